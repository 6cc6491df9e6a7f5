/** Nothing is lost: a page that is reloaded, closed, opened twice, without room or killed shows its session again and goes on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { findChromium } from '#node/bench/chromium.ts';
import { launch, serve, type Site } from '#node/bench/browser.ts';
import { eventually, visit } from './page.ts';

let site: Site;
let browser: Browser;

beforeAll(async () => {
  [site, browser] = await Promise.all([serve(inject('built')), launch({ webgpu: false })]);
});

afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

interface SavedLabel {
  readonly run: string;
  readonly turn: number;
  readonly about: string;
}

/** What the database holds of runs, read beside the page. */
const labels = (page: Page): Promise<readonly SavedLabel[]> =>
  page.evaluate(async () => {
    // Whoever opens a database that is not there makes one, and the page would find it without its stores.
    const all = await indexedDB.databases();
    if (!all.some(({ name }) => name === 'ludus')) return [];
    const answer = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('no answer'));
      });
    const connection = await answer(indexedDB.open('ludus'));
    try {
      return (await answer(connection.transaction('labels').objectStore('labels').getAll())) as SavedLabel[];
    } finally {
      connection.close();
    }
  });

const stepsIn = ({ about }: SavedLabel): number => Number(/(\d+) env steps/.exec(about)?.[1]);

/** Steps of the newest save. */
const savedSteps = async (page: Page): Promise<number> =>
  Math.max(0, ...(await labels(page).catch(() => [])).map(stepsIn));

const status = (page: Page) => page.getByRole('status', { name: 'Saving' });
const LINK = 'world=frozen-lake&agent=q-learning&seed=3';

test('a reload shows the run where it was, with its curve, and it goes on', async () => {
  await using v = await visit(browser, site, LINK);
  await v.run().above('Episodes', 20);
  await v.page.keyboard.press('Space');
  await eventually(() => v.run().state()).toContain('Paused');
  // The last batch may be on its way.
  await eventually(async () => (await savedSteps(v.page)) - (await v.run().number('Steps'))).toBe(0);
  const before = await v.run().number('Steps');
  const plot = v.page.getByRole('figure', { name: 'Return per episode' }).getByRole('img');
  const shown = await plot.getAttribute('aria-label');
  await v.page.reload();
  await eventually(() => v.run().number('Steps')).toBe(before);
  expect(await v.run().state()).toContain('Paused');
  await eventually(() => plot.getAttribute('aria-label')).toBe(shown);
  await v.page.keyboard.press('Space');
  await v.run().above('Steps', before);
  expect(v.complaints).toEqual([]);
});

test('ten reloads right after a save find it every time', async () => {
  await using v = await visit(browser, site, LINK);
  for (let n = 0; n < 10; n++) {
    const before = await savedSteps(v.page);
    await eventually(() => savedSteps(v.page)).toBeGreaterThan(before);
    const saved = await savedSteps(v.page);
    await v.page.reload();
    await v.run().above('Steps', saved - 1);
    expect(await status(v.page).innerText()).toBe('');
  }
  expect(v.complaints).toEqual([]);
});

test('a second tab reads the session only, until the first is closed', async () => {
  await using v = await visit(browser, site, LINK);
  await eventually(() => savedSteps(v.page)).toBeGreaterThan(0);
  const opening = v.page.waitForEvent('popup');
  await v.page.evaluate(() => void open(location.href));
  const second = await opening;
  await eventually(() => status(second).innerText()).toContain('another tab');
  await v.page.close();
  await eventually(() => status(second).innerText()).toBe('');
  const before = await savedSteps(second);
  await eventually(() => savedSteps(second)).toBeGreaterThan(before);
});

test('without room it says so, goes on training, and saves again when there is room', async () => {
  await using v = await visit(browser, site, LINK);
  const client = await v.page.context().newCDPSession(v.page);
  const origin = new URL(site.url).origin;
  await client.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 0 });
  await eventually(() => status(v.page).innerText()).toContain('Not saved: there is no room left');
  const before = await v.run().number('Steps');
  await v.run().above('Steps', before);
  await client.send('Storage.overrideQuotaForOrigin', { origin });
  await eventually(() => status(v.page).innerText()).toBe('');
  expect(await savedSteps(v.page)).toBeGreaterThan(0);
});

test('a browser that is killed opens again with the session', async () => {
  const profile = mkdtempSync(join(tmpdir(), 'ludus-profile-'));
  const start = (): Promise<BrowserContext> =>
    chromium.launchPersistentContext(profile, {
      executablePath: findChromium(),
      serviceWorkers: 'block',
      args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
    });
  try {
    const first = await start();
    const page = await first.newPage();
    await page.goto(`${site.url}#${LINK}`);
    await eventually(() => savedSteps(page)).toBeGreaterThan(100);
    const saved = await savedSteps(page);
    // No handler of the page hears of it.
    const client = await page.context().newCDPSession(page);
    await client.send('Page.crash').catch(() => undefined);
    await first.close();
    await using again = await start();
    const next = await again.newPage();
    await next.goto(site.url);
    const card = next.getByRole('article', { name: /^Run A: / });
    const steps = async (): Promise<number> =>
      Number(
        (
          await card
            .locator('dl > div')
            .filter({ has: next.getByText('Steps', { exact: true }) })
            .getByRole('definition')
            .innerText()
        ).replaceAll(/\D/g, ''),
      );
    await eventually(steps).toBeGreaterThanOrEqual(saved);
    expect(next.url()).toContain('frozen-lake');
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
});
