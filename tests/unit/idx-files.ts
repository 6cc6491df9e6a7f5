/** Small IDX files for tests, and files as a user would give them. */
import { gzipSync } from 'node:zlib';
import type { GivenFile } from '#core/data-set.ts';

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
