/** On a server that sends no headers for it the page becomes cross-origin isolated all the same, with one reload at most. */
import type { Page } from 'playwright';
import { preview, type PreviewServer } from 'vite';
import { afterEach, expect, test } from 'vitest';
import { eventually, hearComplaints, onPage, servePage } from './page.ts';

const served = servePage();
/** A network that is compiled, whose steps are large enough for threads. */
const LINK = 'world=breakout&agent=dqn&preset=minatar&backend=simd';

let server: PreviewServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** Number of times that the page has been loaded. */
  readonly loads: () => number;
  readonly complaints: readonly string[];
}

/** Opens the page as a host for static files would serve it. `before`: code that runs in it before its own. */
async function opened({
  headers = {},
  before,
}: { readonly headers?: Record<string, string>; readonly before?: () => void } = {}): Promise<Opened> {
  server = await preview({
    configFile: false,
    build: { outDir: served.site.folder },
    preview: { port: 0, host: '127.0.0.1', headers },
  });
  const context = await served.browser.newContext({ viewport: { width: 1280, height: 800 } });
  if (before) await context.addInitScript(before);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  let loads = 0;
  page.on('load', () => loads++);
  hearComplaints(page, complaints);
  await page.goto(`${server.resolvedUrls?.local[0]}#${LINK}`);
  return { page, loads: () => loads, complaints, [Symbol.asyncDispose]: () => context.close() };
}

const isolated = ({ page }: Opened): Promise<boolean> =>
  // It may be in the middle of its reload.
  page.evaluate(() => crossOriginIsolated).catch(() => false);
const isControlled = ({ page }: Opened): Promise<boolean> =>
  page.evaluate(() => navigator.serviceWorker.controller !== null).catch(() => false);
const run = ({ page }: Opened) => onPage(page.getByRole('article', { name: /^Run A: / }));
const backend = ({ page }: Opened): Promise<string> =>
  page.getByRole('status', { name: 'Backend in use' }).innerText();
const ONE_THREAD = 'one thread: the page is not cross-origin isolated';

test('the first visit loads once more and is isolated; the next ones are at once, and without a network', async () => {
  await using v = await opened();
  await eventually(() => isolated(v)).toBe(true);
  await run(v).above('Steps', 10);
  expect(v.loads()).toBe(2);
  expect(await backend(v)).not.toContain(ONE_THREAD);
  expect(await backend(v)).toContain('simd');
  await v.page.reload();
  expect(await isolated(v)).toBe(true);
  await v.page.context().setOffline(true);
  await v.page.reload();
  expect(await isolated(v)).toBe(true);
  await run(v).above('Steps', 10);
  expect(v.loads()).toBe(4);
  expect(v.complaints).toEqual([]);
});

test('a page that somebody uses is not loaded again, and has one thread until it is', async () => {
  await using v = await opened({
    before: () => addEventListener('DOMContentLoaded', () => dispatchEvent(new Event('keydown'))),
  });
  await eventually(() => isControlled(v)).toBe(true);
  await run(v).above('Steps', 10);
  expect(await backend(v)).toContain(ONE_THREAD);
  expect([v.loads(), await isolated(v)]).toEqual([1, false]);
  await v.page.reload();
  await eventually(() => isolated(v)).toBe(true);
  await run(v).above('Steps', 10);
  expect(v.loads()).toBe(2);
  expect(v.complaints).toEqual([]);
});

test('a run that cannot be kept is not given up for it', async () => {
  await using v = await opened({
    before: () => {
      // As in a private window.
      Object.defineProperty(globalThis, 'indexedDB', {
        value: {
          open: () => {
            throw new DOMException('not here', 'SecurityError');
          },
        },
      });
    },
  });
  await eventually(() => v.page.getByRole('status', { name: 'Saving' }).innerText()).toContain('Not saved');
  await eventually(() => isControlled(v)).toBe(true);
  await run(v).above('Steps', 100);
  expect([v.loads(), await isolated(v)]).toEqual([1, false]);
});

test('where the server forbids it the page is loaded once more, and never again', async () => {
  const headers = {
    'Cross-Origin-Opener-Policy': 'unsafe-none',
    'Cross-Origin-Embedder-Policy': 'unsafe-none',
  };
  await using v = await opened({ headers });
  await eventually(() => v.loads()).toBe(2);
  await eventually(() => isControlled(v)).toBe(true);
  await run(v).above('Steps', 100);
  expect([v.loads(), await isolated(v)]).toEqual([2, false]);
  expect(await backend(v)).toContain(ONE_THREAD);
});
