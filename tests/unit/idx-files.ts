/** Small IDX files for tests, files as a user would give them, and how they are read or refused. */
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { parseConfig } from '#core/config.ts';
import { findDataSet, type DataSet, type GivenFile } from '#core/data-set.ts';
import { InputError } from '#core/errors.ts';
import { dataSets } from '#data/catalogue.ts';

/** Content with a header of these dims and the values given, or 0, 1, 2, … */
export function idx(shape: readonly number[], values?: readonly number[]): Uint8Array<ArrayBuffer> {
  const count = shape.reduce((product, length) => product * length, 1);
  const content = new Uint8Array(4 + 4 * shape.length + count);
  const view = new DataView(content.buffer);
  view.setUint32(0, 0x800 + shape.length);
  shape.forEach((length, k) => view.setUint32(4 + 4 * k, length));
  content.set(values ?? Array.from({ length: count }, (_, k) => k), 4 + 4 * shape.length);
  return content;
}

export function gzip(content: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(content));
}

export function given(name: string, content: Uint8Array, incidental = false): GivenFile {
  return { name, bytes: content.length, incidental, read: () => Promise.resolve(new Uint8Array(content)) };
}

export function load(
  files: readonly GivenFile[],
  settings: Readonly<Record<string, unknown>> = {},
  id = 'idx',
): Promise<DataSet> {
  const definition = findDataSet(dataSets, id);
  const source = { given: files, shipped: () => Promise.reject(new Error('nothing is shipped')) };
  return Promise.resolve(definition.load(parseConfig(definition.config, settings, 'data'), source));
}

/** The one line that is said about a file. */
export async function refusal(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
}
