/** MNIST on the page: downloaded compressed from its own server when asked for, kept, checked, and downloaded again if damaged. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { build, createServer, preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchShell } from '#node/bench/browser.ts';
import { loadMnist, type Loaded } from './data-files-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'ludus-data-'));
const input = new URL('data-files-run.ts', import.meta.url).pathname;
let browser: Browser;
let server: PreviewServer;

beforeAll(async () => {
  await build({
    logLevel: 'error',
    build: {
      outDir: folder,
      rollupOptions: { input, preserveEntrySignatures: 'strict', output: { entryFileNames: 'run.js' } },
    },
  });
  server = await preview({ build: { outDir: folder }, preview: { port: 0, host: '127.0.0.1' } });
  browser = await launchShell();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** Addresses of data files that were asked for. */
  readonly requests: string[];
  load(): Promise<Loaded | string>;
}

/** A page in a browser of its own, with an empty cache. */
async function visit(): Promise<Visit> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const requests: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('ubyte')) requests.push(request.url());
  });
  await page.goto(`${server.resolvedUrls?.local[0]}run.js`);
  return {
    page,
    requests,
    // As text: the test's own `import` has been compiled for Node.
    load: () => page.evaluate<Loaded | string>("import('/run.js').then((run) => run.loadMnist())"),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

test('is downloaded once, with progress, and is what Node reads', async () => {
  await using v = await visit();
  expect(v.requests).toEqual([]);
  const first = await v.load();
  const { progress, ...content } = first as Loaded;
  const { progress: none, ...inNode } = (await loadMnist()) as Loaded;
  expect(none).toEqual([]);
  expect(content).toEqual(inNode);
  expect(v.requests).toHaveLength(4);
  for (const url of v.requests) expect(url).toMatch(new RegExp(`^${server.resolvedUrls?.local[0]}assets/`));
  const [done, total] = progress[progress.length - 1];
  expect(done).toBe(total);
  // Compressed.
  expect(done).toBeGreaterThan(11_000_000);
  expect(done).toBeLessThan(11_600_000);
  expect(progress.map(([done]) => done)).toEqual(progress.map(([done]) => done).toSorted((a, b) => a - b));
  expect(await v.load()).toMatchObject(content);
  expect(v.requests).toHaveLength(4);
});

test('a damaged copy is thrown away and downloaded again', async () => {
  await using v = await visit();
  const whole = (await v.load()) as Loaded;
  for (const damage of ['bytes[5000] ^= 1', 'bytes = bytes.slice(0, 9000)', "bytes = '<html>'"]) {
    v.requests.length = 0;
    await v.page.evaluate(`(async () => {
      const cache = await caches.open('ludus-data');
      const [key] = (await cache.keys()).filter(({ url }) => url.includes('t10k-images'));
      let bytes = new Uint8Array(await (await cache.match(key)).arrayBuffer());
      ${damage};
      await cache.put(key, new Response(bytes));
    })()`);
    expect(await v.load()).toMatchObject({ counts: whole.counts, crc32: whole.crc32, labels: whole.labels });
    expect(v.requests).toHaveLength(1);
    expect(v.requests[0]).toContain('t10k-images');
  }
});

test('what another version kept is removed', async () => {
  await using v = await visit();
  const old = `${server.resolvedUrls?.local[0]}assets/t10k-images-old`;
  await v.page.evaluate(
    `caches.open('ludus-data').then((cache) => cache.put('${old}', new Response('old')))`,
  );
  await v.load();
  const kept = await v.page.evaluate<string[]>(
    "caches.open('ludus-data').then((cache) => cache.keys()).then((keys) => keys.map(({ url }) => url))",
  );
  expect(kept.toSorted()).toEqual(v.requests.toSorted());
});

test.each([
  [
    'a web page',
    { status: 200, body: '<!DOCTYPE html>' },
    /^t10k-labels-idx1-ubyte: expected 10008 bytes, got 15: a web page/,
  ],
  [
    'nothing there',
    { status: 404, body: '' },
    /^t10k-labels-idx1-ubyte: expected a download .* got status 404/,
  ],
])('instead of a file %s: an error, and nothing of it is kept', async (_, answer, message) => {
  await using v = await visit();
  let isBroken = true;
  await v.page.route('**/*t10k-labels*', (route) => (isBroken ? route.fulfill(answer) : route.continue()));
  expect(await v.load()).toMatch(message);
  isBroken = false;
  expect(await v.load()).toMatchObject({ counts: [60_000, 10_000] });
});

test('the development server serves the same', async () => {
  const development = await createServer({ logLevel: 'error', server: { port: 0, host: '127.0.0.1' } });
  try {
    await development.listen();
    const url = development.resolvedUrls?.local[0];
    const page = await browser.newPage();
    await page.goto(`${url}README.md`);
    const path = input.slice(development.config.root.length);
    const loaded = await page.evaluate<Loaded>(`import('${path}').then((run) => run.loadMnist())`);
    expect(loaded).toMatchObject({ counts: [60_000, 10_000], labels: [7, 2, 1, 0, 4, 1, 4, 9, 5, 9] });
    expect(loaded.progress[loaded.progress.length - 1][0]).toBeLessThan(11_600_000);
    await page.close();
  } finally {
    await development.close();
  }
});
