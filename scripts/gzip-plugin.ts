/**
 * A Vite plugin for data files: `import { url, bytes } from 'package/file?gzip'` gives the address of the file compressed, with
 * a hash of it in its name, and its compressed size; on the development server as in the build.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const SUFFIX = '?gzip';

export function gzipFiles(): Plugin {
  let cache = '';
  return {
    name: 'ludus-gzip-files',
    enforce: 'pre',
    configResolved({ cacheDir }) {
      cache = join(cacheDir, 'gzip');
    },
    async resolveId(source, importer) {
      if (!source.endsWith(SUFFIX)) return undefined;
      const resolved = await this.resolve(source.slice(0, -SUFFIX.length), importer, { skipSelf: true });
      return resolved && `${resolved.id}${SUFFIX}`;
    },
    load(id) {
      if (!id.endsWith(SUFFIX)) return undefined;
      // Vite makes an asset of it, with an address and a hash.
      const file = compressed(id.slice(0, -SUFFIX.length), cache);
      const asset = JSON.stringify(`${file}?url&no-inline`);
      return `export { default as url } from ${asset};\nexport const bytes = ${statSync(file).size};`;
    },
  };
}

/**
 * Compresses a file once per content. It does not end in .gz: servers that know this ending would have the browser uncompress
 * it, and a download could no longer tell how far it is.
 */
function compressed(file: string, folder: string): string {
  const content = readFileSync(file);
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const path = join(folder, `${basename(file)}-${hash}.gzip`);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    // Written under another name first, so that a second process sees all of it or nothing.
    writeFileSync(`${path}.${process.pid}`, gzipSync(content, { level: 9 }));
    renameSync(`${path}.${process.pid}`, path);
  }
  return path;
}
