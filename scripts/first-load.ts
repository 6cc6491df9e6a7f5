/** Builds the page and prints the scripts of the first load: `npx tsx scripts/first-load.ts`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { firstLoad } from '#node/bench/first-load.ts';

const outDir = mkdtempSync(join(tmpdir(), 'ludus-page-'));
await build({ logLevel: 'error', build: { outDir, emptyOutDir: true } });
const scripts = firstLoad(outDir);
const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1).padStart(7)} kB`;
for (const { file, bytes } of scripts) process.stdout.write(`${kilobytes(bytes)}  ${file}\n`);
process.stdout.write(`${kilobytes(scripts.reduce((sum, { bytes }) => sum + bytes, 0))}  compressed in all\n`);
rmSync(outDir, { recursive: true, force: true });
