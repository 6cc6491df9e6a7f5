/**
 * A Vite plugin for pages that start without a network: adds the service worker to the build, with the list of what it keeps.
 * Left out is what few visits need: other rooms' workers, other backends, and all data.
 */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { Plugin } from 'vite';

const SOURCE = 'src/worker/offline.worker.ts';
const FILE = 'sw.js';
const KEPT = /\.(js|css)$/;
/** A step that is neither compiled nor finds one of these backends runs on the CPU's, which every worker has. */
const LEFT_OUT = /^assets\/(classifier\.worker|webgpu|webgl|wasm)/;

export function offline(): Plugin {
  let publicDir = '';
  return {
    name: 'ludus-offline',
    apply: 'build',
    // After Vite has added the workers.
    enforce: 'post',
    configResolved(config) {
      ({ publicDir } = config);
    },
    buildStart() {
      this.emitFile({ type: 'chunk', id: SOURCE, fileName: FILE });
    },
    generateBundle(_, bundle) {
      const worker = bundle[FILE];
      if (worker?.type !== 'chunk') this.error(`expected ${FILE} in the build, got none`);
      if (worker.imports.length > 0) this.error(`${FILE}: expected no imports, got ${worker.imports.join()}`);
      const built = Object.keys(bundle)
        .filter((file) => KEPT.test(file) && !LEFT_OUT.test(file) && file !== FILE)
        .sort();
      const page = bundle['index.html'];
      const files = ['./', 'rescue.html', ...built, ...readdirSync(publicDir).sort()];
      const digest = createHash('sha256')
        .update(JSON.stringify(files))
        .update(page?.type === 'asset' ? page.source : '')
        .digest('hex')
        .slice(0, 12);
      worker.code = `const OFFLINE = ${JSON.stringify({ files, digest })};\n${worker.code}`;
    },
  };
}
