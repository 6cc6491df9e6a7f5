/** Files of the user as data sets take them. */
import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import type { DataSource, GivenFile } from '#core/data-set.ts';
import { shippedFiles } from '#host/shipped.ts';
import { refusal } from '#core/errors.ts';

/** The option that names files or folders. */
export function fromOption() {
  return new Option('--from <path...>', 'Files of the data set, or the folder that holds them');
}

/** Where a data set finds its files: those that come with the project, and those under the paths given. */
export function dataSource(paths: readonly string[] = []): DataSource {
  return { given: paths.flatMap(filesAt), shipped: shippedFiles() };
}

/** A file, or the files in a folder, of which some may be something else. */
function filesAt(path: string): readonly GivenFile[] {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry) throw refusal('--from', 'an existing file or folder', path);
  if (!entry.isDirectory()) return [fileAt(path, entry.size, false)];
  return readdirSync(path, { withFileTypes: true })
    .filter((inner) => inner.isFile() && !inner.name.startsWith('.'))
    .map(({ name }) => join(path, name))
    .map((file) => fileAt(file, statSync(file).size, true));
}

function fileAt(path: string, bytes: number, incidental: boolean): GivenFile {
  return {
    name: basename(path),
    bytes,
    incidental,
    async read() {
      // A `Buffer` would be copied by none of the ways that copy a `Uint8Array`.
      const { buffer, byteOffset, length } = await readFile(path);
      return new Uint8Array(buffer, byteOffset, length);
    },
  };
}
