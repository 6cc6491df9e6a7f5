/**
 * What every browser test needs: pages of the production build that fail their test if anything is written to the console,
 * and ways to wait for what they show.
 */
import type { Browser, Page, Route } from 'playwright';
import { expect } from 'vitest';
import type { Site } from '#node/bench/browser.ts';

/** A page and what went wrong on it. */
export interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** Errors and warnings of the console, uncaught errors, requests that failed. */
  readonly complaints: string[];
  /** The number that an element shows, digits and sign only. */
  number(selector: string): Promise<number>;
  text(selector: string): Promise<string>;
  /** Waits until a number is above a bound, and gives it. */
  above(selector: string, bound: number): Promise<number>;
}

const PATIENCE = 60_000;

/** What becomes true some time: a loaded machine may need long for what usually takes a moment. */
export function eventually<T>(look: () => T | Promise<T>) {
  return expect.poll(look, { timeout: PATIENCE, interval: 100 });
}

/** Opens the page at a link, e.g. `world=cart-pole&agent=dqn`; `isolated: false` as a server does that sends no headers for it. */
export async function visit(
  browser: Browser,
  site: Site,
  link = '',
  { isolated = true } = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  if (!isolated) await context.route(site.url, withoutIsolation);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('requestfailed', (request) => complaints.push(`request failed: ${request.url()}`));
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`${site.url}${link === '' ? '' : `#${link}`}`);
  const text = (selector: string): Promise<string> => page.locator(selector).innerText();
  const number = async (selector: string): Promise<number> => {
    const shown = (await text(selector)).replaceAll(/[^\d.-]/g, '');
    return shown === '' ? NaN : Number(shown);
  };
  return {
    page,
    complaints,
    text,
    number,
    above: async (selector, bound) => {
      await eventually(() => number(selector)).toBeGreaterThan(bound);
      return number(selector);
    },
    [Symbol.asyncDispose]: () => context.close(),
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

/** How many clearly different colours an element shows: a blank canvas has one. */
export async function colours(page: Page, selector: string): Promise<number> {
  const png = (await page.locator(selector).screenshot()).toString('base64');
  return page.evaluate(async (data) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
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
