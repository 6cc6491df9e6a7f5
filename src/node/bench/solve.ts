/**
 * Seconds until CartPole is solved with its fastest preset, startup included: from the start of the process in Node, from opening
 * the page in Chromium. Both take the same steps, bit for bit, so that Node's final evaluation holds for the page as well.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright';
import { median } from '#core/stats.ts';
import type { Row } from './row.ts';

const STEPS = 30_000;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
/** Gymnasium's reward threshold. */
const SOLVED = 475;
/** Milliseconds. */
const TIMEOUT = 60_000;

export async function* benchSolve(filter: string): AsyncIterable<Row> {
  const places = { Node: inNode, Chromium: inChromium };
  for (const [place, solve] of Object.entries(places)) {
    const row = `ppo cart-pole cart-pole, ${place}`;
    if (!row.includes(filter)) continue;
    yield { suite: 'solve', row, value: median(await solve()), unit: 's', vs: {} };
  }
}

const run = promisify(execFile);

/** Seconds per seed of `ludus train`, final evaluation included; prints how many seeds are solved. */
async function inNode(): Promise<number[]> {
  let solved = 0;
  const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
  const command = ['--import', 'tsx/esm', cli, 'train', 'cart-pole', '--json'];
  const settings = ['--agent', 'ppo', '--preset', 'cart-pole', '--steps', String(STEPS)];
  const seconds: number[] = [];
  for (const seed of SEEDS) {
    const out = mkdtempSync(join(tmpdir(), 'ludus-solve-'));
    const begin = performance.now();
    const { stdout } = await run(process.execPath, [
      ...command,
      ...settings,
      '--seed',
      String(seed),
      '--out',
      out,
    ]);
    seconds.push((performance.now() - begin) / 1000);
    rmSync(out, { recursive: true, force: true });
    if (greedyReturn(stdout) >= SOLVED) solved++;
  }
  process.stderr.write(`solved (greedy return of at least ${SOLVED}): ${solved} of ${SEEDS.length} seeds\n`);
  return seconds;
}

/** From the line `{ kind: 'evaluation', mean, … }` of `ludus train --json`. */
function greedyReturn(lines: string): number {
  for (const line of lines.split('\n').filter(Boolean)) {
    const { kind, mean } = JSON.parse(line) as { readonly kind: string; readonly mean?: number };
    if (kind === 'evaluation' && mean !== undefined) return mean;
  }
  throw new Error('ludus train: expected a line of kind evaluation, got none');
}

/** Seconds per seed from opening the page to the step at which training ends in Node. */
async function inChromium(): Promise<number[]> {
  // Loaded here, because only this row and the tests need it.
  const { launch } = await import('./browser.ts');
  const { serve } = await import('../page-server.ts');
  await using site = await serve();
  await using browser = await launch({ webgpu: false });
  const seconds: number[] = [];
  for (const seed of SEEDS) seconds.push(await onPage(browser, site.url, seed));
  return seconds;
}

/** Whether the page's step counter has reached `steps`; runs in the page. */
function reached(steps: number): boolean {
  const name = [...document.querySelectorAll('dt')].find(({ textContent }) => textContent === 'Steps');
  return Number(name?.nextElementSibling?.textContent?.replaceAll(/\D/g, '')) >= steps;
}

async function onPage(browser: Browser, address: string, seed: number): Promise<number> {
  await using context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const begin = performance.now();
  await page.goto(`${address}#world=cart-pole&agent=ppo&preset=cart-pole&seed=${seed}&speed=turbo`);
  await page.waitForFunction(reached, STEPS, { timeout: TIMEOUT, polling: 20 });
  return (performance.now() - begin) / 1000;
}
