/**
 * What every browser test needs: the production build behind a server, one Chromium, and pages that fail their test if
 * anything is written to the console. The flags give a GPU-less machine WebGL and WebGPU that compute on the CPU.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page, type Route } from 'playwright';
import { build, preview, type PreviewServer } from 'vite';
import { expect } from 'vitest';
import { findChromium } from './chromium.ts';

const SOFTWARE_WEBGL = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
const SOFTWARE_WEBGPU = ['--enable-unsafe-webgpu', '--enable-features=Vulkan', '--use-vulkan=swiftshader'];

export interface Site extends AsyncDisposable {
  /** Address of the served build. */
  readonly url: string;
}

/** Builds the page and serves it as `npm run preview` would. */
export async function serve(): Promise<Site> {
  const outDir = mkdtempSync(join(tmpdir(), 'ludus-page-'));
  await build({ logLevel: 'error', build: { outDir, emptyOutDir: true } });
  const server: PreviewServer = await preview({ build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('preview: expected an address, got none');
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      await server.close();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}

/** Starts Chromium; `webgpu` says whether the pages see an adapter. */
export async function launch(options: { readonly webgpu: boolean }): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', ...SOFTWARE_WEBGL, ...(options.webgpu ? SOFTWARE_WEBGPU : [])],
  });
}

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
