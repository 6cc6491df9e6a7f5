/** Steps on several threads in a browser: the same bits as in Node on an isolated page, one thread where it is not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { build, preview } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchShell } from '#node/bench/browser.ts';

import { runOnThreads, type ThreadsRun } from './threads-run.ts';

const STEPS = 96;
const folder = mkdtempSync(join(tmpdir(), 'ludus-threads-'));
let browser: Browser;

beforeAll(async () => {
  const input = new URL('threads.worker.ts', import.meta.url).pathname;
  await build({
    logLevel: 'error',
    build: { outDir: folder, rollupOptions: { input, output: { entryFileNames: 'run.js' } } },
  });
  browser = await launchShell();
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The run in a worker of a page that is served with these headers. */
async function inBrowser(headers: Record<string, string>, threads: number): Promise<ThreadsRun> {
  const server = await preview({
    build: { outDir: folder },
    preview: { port: 0, host: '127.0.0.1', headers },
  });
  const page = await browser.newPage();
  try {
    await page.goto(`${server.resolvedUrls?.local[0]}run.js`);
    return await page.evaluate(
      async (order) =>
        new Promise<ThreadsRun>((resolve, reject) => {
          const worker = new Worker('/run.js', { type: 'module' });
          worker.addEventListener('message', ({ data }) => resolve(data));
          worker.addEventListener('error', (event) => reject(new Error(event.message)));
          worker.postMessage(order);
        }),
      { threads, steps: STEPS },
    );
  } finally {
    await page.close();
    await server.close();
  }
}

test('two threads of an isolated page learn what one thread learns in Node', async () => {
  const headers = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  };
  const there = await inBrowser(headers, 2);
  expect(there.label).toMatch(/^simd · 2 threads for /);
  const here = await runOnThreads(1, STEPS);
  expect(here.label).toBe('simd');
  expect(there.online).toEqual(here.online);
  expect((await runOnThreads(1, STEPS - 8)).online).not.toEqual(here.online);
});

test('a page that is not isolated learns the same on one thread, and says why', async () => {
  const headers = {
    'Cross-Origin-Opener-Policy': 'unsafe-none',
    'Cross-Origin-Embedder-Policy': 'unsafe-none',
  };
  const there = await inBrowser(headers, 2);
  expect(there.label).toBe('simd · one thread: the page is not cross-origin isolated');
  expect(there.online).toEqual((await runOnThreads(1, STEPS)).online);
});
