/** The promise of compiled steps: one seed gives the same parameters in Node and in Chromium, to the last bit. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, preview } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchShell } from '#node/bench/browser.ts';

import { runDqn } from './same-bits-run.ts';

const STEPS = 20_000;
const folder = mkdtempSync(join(tmpdir(), 'ludus-bits-'));

beforeAll(async () => {
  await build({
    logLevel: 'error',
    build: {
      outDir: folder,
      rollupOptions: {
        input: new URL('same-bits-run.ts', import.meta.url).pathname,
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: 'run.js' },
      },
    },
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('20 000 steps of DQN end in the same parameters in Node and in Chromium', async () => {
  const server = await preview({ build: { outDir: folder }, preview: { port: 0, host: '127.0.0.1' } });
  await using browser = await launchShell();
  try {
    const page = await browser.newPage();
    await page.goto(`${server.resolvedUrls?.local[0]}run.js`);
    // As text: the test's own `import` has been compiled for Node.
    const there: unknown = await page.evaluate(`import('/run.js').then((run) => run.runDqn(${STEPS}))`);
    const here = await runDqn(STEPS);
    expect(Object.keys(here).some((path) => path.endsWith('online'))).toBe(true);
    expect(there).toEqual(here);
    expect(await runDqn(STEPS / 10)).not.toEqual(here);
  } finally {
    await server.close();
  }
});
