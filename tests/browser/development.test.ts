/** What `npm start` serves right after an install: the sources, with dependencies that Vite bundles apart, in an order of its own. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createServer } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchShell } from '#node/bench/browser.ts';
import { eventually, hearComplaints, onPage } from './page.ts';

const parent = resolve(import.meta.dirname, '../../.tests');
let cacheDir: string;
beforeAll(() => {
  mkdirSync(parent, { recursive: true });
  cacheDir = mkdtempSync(join(parent, 'vite-'));
});
afterAll(() => rmSync(cacheDir, { recursive: true, force: true }));

test('on the development server an agent is learning when the page opens, compiled or by operations', async () => {
  const server = await createServer({
    cacheDir,
    logLevel: 'error',
    server: { port: 0, host: '127.0.0.1' },
  });
  const browser = await launchShell();
  try {
    await server.listen();
    const url = server.resolvedUrls?.local[0];
    for (const backend of ['auto', 'wasm']) {
      const page = await browser.newPage();
      const complaints: string[] = [];
      hearComplaints(page, complaints);
      await page.goto(`${url}#world=cart-pole&agent=dqn&speed=64&backend=${backend}`);
      const run = onPage(page.getByRole('article', { name: /^Run A: / }));
      // Beyond the steps that DQN takes before it learns.
      await run.above('Steps', 1100);
      await eventually(() => page.locator('body').innerText()).toContain(
        backend === 'wasm' ? 'eager · wasm' : 'simd',
      );
      expect(complaints).toEqual([]);
      await page.close();
    }
  } finally {
    await browser.close();
    await server.close();
  }
});
