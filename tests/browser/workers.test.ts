/** Several workers that learn together on the page: sharing memory where it is isolated, by messages where it is not. */
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

test.each([{ isolated: true }, { isolated: false }])(
  'A3C learns with two workers, pauses, steps and starts anew; isolated: $isolated',
  async ({ isolated }) => {
    const link = 'world=cart-pole&agent=a3c&backend=simd&speed=turbo';
    await using v = await visit(browser, site, link, { isolated });
    expect(await v.page.evaluate(() => crossOriginIsolated)).toBe(isolated);
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
  },
);

test('a worker that dies ends the run by an error that names it, and a restart goes on', async () => {
  await using v = await visit(browser, site, 'world=cart-pole&agent=a3c&backend=simd&speed=turbo');
  await v.above('#steps', 2000);
  const [, peer] = v.page.workers();
  await peer.evaluate(() => {
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
