/**
 * What every browser test needs: pages of the production build that fail their test if anything is written to the console,
 * and ways to wait for what they show.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Locator, Page, Route } from 'playwright';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { launch, launchShell } from '#node/bench/browser.ts';
import { serve, type Site } from '#node/page-server.ts';
import { countResources, precededBy } from './resources.ts';
import { slowDisplay } from './slow-display.ts';

/** A page and what went wrong on it. */
export interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** Errors and warnings of the console, uncaught errors, requests that failed. */
  readonly complaints: string[];
  /** The card of a run, the only one if no letter is given. */
  run(letter?: 'A' | 'B' | 'C' | 'D'): RunOnPage;
  button(name: string | RegExp): Locator;
  /** The part of the page with this heading: `World`, `Agent`. */
  panel(name: string | RegExp): Locator;
  /** The part of the address after `#`. */
  hash(): Promise<string>;
}

/** The card of a run as a user reads it. */
export interface RunOnPage {
  readonly card: Locator;
  title(): Promise<string>;
  state(): Promise<string>;
  /** The value beside a name, e.g. `Steps`. */
  value(name: string): Promise<string>;
  /** The same as a number: `1,234`, `25.1 M`, `1.5e9`. */
  number(name: string): Promise<number>;
  /** Waits until a number is above a bound, and gives it. */
  above(name: string, bound: number): Promise<number>;
  /** Waits until it is paused and its last numbers have come, and gives its steps. */
  atRest(): Promise<number>;
}

/** Milliseconds to wait for what does become true: much, since a busy machine takes its time. */
const PATIENCE = 120_000;
/** Milliseconds after which a look that has no answer is taken again: a page may be asked what it never answers. */
const NO_ANSWER = 10_000;
/** Frames per second of the display: enough to see what happens. */
const HZ = 5;
/** Warnings that no page can help: Playwright's where it keeps service workers off, and Chromium's where it draws on the CPU. */
const OF_BROWSER = ['Service Worker registration blocked', 'GPU stall due to ReadPixels'];

/** What becomes true some time: a loaded machine may need long for what usually takes a moment. */
export function eventually<T>(look: () => T | Promise<T>, timeout = PATIENCE) {
  return expect.poll(() => answered(look), { timeout, interval: 200 });
}

/** Writes down what the page itself complains of. */
export function hearComplaints(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    const [kind, text] = [message.type(), message.text()];
    if (['error', 'warning'].includes(kind) && !OF_BROWSER.some((part) => text.includes(part)))
      complaints.push(`${kind}: ${text}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
}

async function answered<T>(look: () => T | Promise<T>): Promise<T> {
  const ended = new AbortController();
  const never = sleep(NO_ANSWER, undefined, { signal: ended.signal }).then(() => {
    throw new Error(`no answer for ${NO_ANSWER / 1000} s`);
  });
  try {
    return await Promise.race([look(), never]);
  } finally {
    never.catch(() => undefined);
    ended.abort();
  }
}

interface VisitOptions {
  /** False: as from a server that sends no headers for it. */
  readonly isolated?: boolean;
  /** Whether the page has `contexts`, all its WebGL contexts, and `held()`, which counts them and what is held of them. */
  readonly counted?: boolean;
  /** Code that the worker of the room runs before its own. */
  readonly worker?: string;
  /** What the system asks for. */
  readonly look?: 'light' | 'dark';
  /** Whether the system asks for less motion. */
  readonly calm?: boolean;
  /** A small screen and fingers. */
  readonly phone?: boolean;
  /** Whether the page may be kept for a start without a network. */
  readonly offline?: boolean;
  /** Drawn as a user sees it, all frames and on the GPU, where it matters what drawing costs the page. */
  readonly smooth?: boolean;
}

/** What the tests of a file have in common. */
export interface Served {
  readonly site: Site;
  readonly browser: Browser;
  /** One that draws as users' do, started when it is first asked for. */
  smooth(): Promise<Browser>;
}

/** Serves the build and starts a browser before the tests of a file, and ends both after them. */
export function servePage({ webgpu = false }: { readonly webgpu?: boolean } = {}): Served {
  let [site, browser, smooth]: [Site?, Browser?, Promise<Browser>?] = [];
  beforeAll(async () => {
    [site, browser] = await Promise.all([
      serve({ built: inject('built') }),
      webgpu ? launch({ webgpu: true }) : launchShell(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await (await smooth)?.close();
    await site?.[Symbol.asyncDispose]();
  });
  return {
    get site() {
      return inTest(site);
    },
    get browser() {
      return inTest(browser);
    },
    smooth: () => (smooth ??= launchShell('gpu')),
  };
}

function inTest<T>(made: T | undefined): T {
  if (made === undefined) throw new Error('expected to be in a test, where the page is served');
  return made;
}

/** Opens the page at a link, e.g. `world=cart-pole&agent=dqn`. */
export async function visit(
  served: Served,
  link = '',
  {
    isolated = true,
    counted = false,
    worker = '',
    look = 'dark',
    calm = false,
    phone = false,
    offline = false,
    smooth = false,
  }: VisitOptions = {},
): Promise<Visit> {
  const { site } = served;
  const browser = smooth ? await served.smooth() : served.browser;
  const context = await browser.newContext({
    viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 800 },
    hasTouch: phone,
    serviceWorkers: offline ? 'allow' : 'block',
    colorScheme: look,
    reducedMotion: calm ? 'reduce' : 'no-preference',
  });
  if (!smooth) await context.addInitScript(slowDisplay, HZ);
  if (counted) await context.addInitScript(countResources);
  if (worker !== '')
    await context.route(/(trainer|classifier)\.worker/, (route) => precededBy(route, worker));
  if (!isolated) await context.route(site.url, withoutIsolation);
  const page = await context.newPage();
  const complaints: string[] = [];
  hearComplaints(page, complaints);
  page.on('requestfailed', (request) => {
    // A reload and a stopped worker cut their requests off, which is no fault of the page.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED')
      complaints.push(`request failed: ${request.url()}`);
  });
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`${site.url}${link === '' ? '' : `#${link}`}`);
  return {
    page,
    complaints,
    run: (letter = 'A') => onPage(page.getByRole('article', { name: new RegExp(`^Run ${letter}: `) })),
    button: (name) => page.getByRole('button', { name, exact: true }),
    panel: (name) => page.getByRole('region', { name }),
    hash: () => page.evaluate(() => location.hash),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

export function onPage(card: Locator): RunOnPage {
  const value = (name: string): Promise<string> =>
    card
      .locator('dl > div')
      .filter({ has: card.page().getByText(name, { exact: true }) })
      .getByRole('definition')
      .innerText();
  const number = async (name: string): Promise<number> => {
    const [, digits = 'NaN', million] = /^(-?[\d,.]+(?:e-?\d+)?)( M)?/.exec(await value(name)) ?? [];
    // A run in turbo is past a million before a busy machine looks.
    return Number(digits.replaceAll(',', '')) * (million ? 1e6 : 1);
  };
  const state = (): Promise<string> => card.getByRole('status', { name: 'State' }).innerText();
  return {
    card,
    title: () => card.getByRole('heading').innerText(),
    state,
    value,
    number,
    above: async (name, bound) => {
      await eventually(() => number(name)).toBeGreaterThan(bound);
      return number(name);
    },
    atRest: async () => {
      await eventually(state).toBe('Paused');
      let before = NaN;
      // The numbers come another way than the worker's answer.
      await eventually(async () => {
        const [last, now] = [before, await number('Steps')];
        before = now;
        await card.page().waitForTimeout(200);
        return last === now;
      }).toBe(true);
      return before;
    },
  };
}

async function withoutIsolation(route: Route): Promise<void> {
  const response = await route.fetch();
  const {
    'cross-origin-opener-policy': _,
    'cross-origin-embedder-policy': __,
    ...headers
  } = response.headers();
  await route.fulfill({ response, headers });
}

/**
 * Milliseconds of processor time of the page's tasks over 50 ms in the next three seconds. Of processor time, since a busy machine
 * may interrupt any task for longer than that.
 */
export async function longTasks(page: Page): Promise<number[]> {
  const browser = page.context().browser();
  if (!browser) throw new Error('expected a page of a browser');
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await page.waitForTimeout(3000);
  const trace = (await browser.stopTracing()).toString();
  const { traceEvents } = JSON.parse(trace) as { readonly traceEvents: readonly TraceEvent[] };
  const mainThreads = new Set(
    traceEvents.filter(({ args }) => args?.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) => name.endsWith('RunTask') && mainThreads.has(`${pid} ${tid}`),
  );
  expect(tasks.length).toBeGreaterThan(0);
  return tasks.map(({ tdur = 0 }) => tdur / 1000).filter((milliseconds) => milliseconds > 50);
}

/** Of Chromium's trace format; `tdur`: microseconds of processor time. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** How many clearly different colours an element shows: a blank canvas has one. */
export async function colours(element: Locator): Promise<number> {
  const png = (await element.screenshot()).toString('base64');
  return element.page().evaluate(async (data) => {
    const image = await createImageBitmap(
      new Blob([Uint8Array.from(atob(data), (digit) => digit.charCodeAt(0))], { type: 'image/png' }),
    );
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
    context.drawImage(image, 0, 0);
    const { data: bytes } = context.getImageData(0, 0, image.width, image.height);
    const counts = new Map<number, number>();
    for (let i = 0; i < bytes.length; i += 4) {
      const colour = ((bytes[i] >> 4) << 8) | ((bytes[i + 1] >> 4) << 4) | (bytes[i + 2] >> 4);
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    // Less than a thousandth of the picture may be an edge.
    return [...counts.values()].filter((count) => count * 1000 > image.width * image.height).length;
  }, png);
}
