/** Several workers that learn together on an isolated page, and their refusal on one that is not. */
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, serve, type Site } from '#node/bench/browser.ts';
import { eventually, visit } from './page.ts';

let site: Site;
let browser: Browser;

beforeAll(async () => {
  [site, browser] = await Promise.all([serve(), launch({ webgpu: false })]);
});

afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

const LINK = 'world=cart-pole&agent=a3c&backend=simd&speed=turbo';

test('A3C learns with two workers, pauses, steps and starts anew', async () => {
  await using v = await visit(browser, site, LINK);
  expect(await v.page.evaluate(() => crossOriginIsolated)).toBe(true);
  await v.above('#steps', 5000);
  expect(await v.text('#watched')).toMatch(/^A3C is learning CartPole/);
  expect(await v.text('#workers')).toBe('2 workers, not repeatable');
  await v.page.locator('#toggle').click();
  await eventually(() => v.text('#watched')).not.toMatch(/is learning/);
  await v.page.waitForTimeout(500);
  const paused = await v.number('#steps');
  await v.page.locator('#step').click();
  await eventually(() => v.number('#steps')).toBe(paused + 2);
  await v.page.waitForTimeout(300);
  expect(await v.number('#steps')).toBe(paused + 2);
  await v.page.locator('#reset').click();
  await eventually(() => v.number('#steps')).toBe(0);
  await v.page.locator('#toggle').click();
  await v.above('#steps', 5000);
  expect(v.complaints).toEqual([]);
});

test('without isolation A3C is refused by the name of its workers, and learns with one', async () => {
  {
    await using v = await visit(browser, site, LINK, { isolated: false });
    expect(await v.page.evaluate(() => crossOriginIsolated)).toBe(false);
    await eventually(() => v.text('#notice')).toContain(
      'agent.workers: expected 1 on a page that is not cross-origin isolated, where threads cannot share memory, got 2',
    );
    expect(v.complaints).toEqual([]);
  }
  await using v = await visit(browser, site, `${LINK}&agent.workers=1`, { isolated: false });
  await v.above('#steps', 5000);
  expect(await v.text('#watched')).toMatch(/^A3C is learning CartPole/);
  expect(await v.page.locator('#workers').count()).toBe(0);
  expect(v.complaints).toEqual([]);
});

test('a worker that dies ends the run by an error that names it, and a restart goes on', async () => {
  await using v = await visit(browser, site, LINK);
  await v.above('#steps', 2000);
  const [, follower] = v.page.workers();
  await follower.evaluate(() => {
    setTimeout(() => {
      throw new Error('struck by lightning');
    });
  });
  await eventually(() => v.page.locator('[role=alert]').allInnerTexts()).toContainEqual(
    expect.stringMatching(/worker 2 of 2 stopped: .*struck by lightning/),
  );
  await v.page.locator('#restart').click();
  await eventually(() => v.page.locator('#notice').count()).toBe(0);
  await eventually(() => v.text('#watched')).toMatch(/is learning/);
  await v.above('#steps', await v.number('#steps'));
});
