/** What a browser has to fetch before the arena is on the page: the scripts of the first load, compressed, without the worker. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Manifest } from 'vite';

/** What the page loads at once, by source: itself, the arena, its renderer, and the part of Pixi that is for pages. */
const ROOTS = [
  'index.html',
  'src/ui/parts/app.tsx',
  'src/view/stage.ts',
  'node_modules/pixi.js/lib/environment-browser/browserAll.mjs',
];

export interface Script {
  readonly file: string;
  /** Compressed with gzip at its usual level. */
  readonly bytes: number;
}

/** The scripts of the first load of a build in this folder, the largest first. */
export function firstLoad(folder: string): readonly Script[] {
  const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8')) as Manifest;
  const seen = new Set<string>();
  const visit = (key: string): void => {
    if (seen.has(key)) return;
    seen.add(key);
    const chunk = manifest[key];
    if (!chunk) throw new Error(`manifest: expected ${key}, got none`);
    chunk.imports?.forEach(visit);
  };
  ROOTS.forEach(visit);
  return [...seen]
    .map((key) => manifest[key].file)
    .map((file) => ({ file, bytes: gzipSync(readFileSync(join(folder, file))).length }))
    .sort((a, b) => b.bytes - a.bytes);
}
