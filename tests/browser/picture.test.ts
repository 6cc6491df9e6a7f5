/** The arena's picture in a real Chromium: what a graphics card, a screen or a window does to it while nothing is playing. */
import { expect, test } from 'vitest';
import { colours, eventually, servePage, visit, type Visit } from './page.ts';
import { switchContexts } from './resources.ts';

const served = servePage();

/** How many clearly different colours the picture has. */
const drawn = (visit: Visit): Promise<number> => colours(visit.run().card.getByRole('img'));

const BREAKOUT = 'world=breakout&agent=dqn';

interface Resting {
  readonly paused: number;
  /** Colours of the picture. */
  readonly shown: number;
}

/** Pauses the run with a picture on its card. */
async function atRest(v: Visit): Promise<Resting> {
  const run = v.run();
  await run.above('Steps', 20);
  await v.button('Pause').click();
  const paused = await run.atRest();
  let shown = 0;
  // The last step may not be painted yet.
  await eventually(async () => {
    const before = shown;
    shown = await drawn(v);
    return shown > 2 && shown === before;
  }).toBe(true);
  return { paused, shown };
}

/** Waits for the same picture, without a step; then the run goes on. */
async function comesBack(v: Visit, { paused, shown }: Resting): Promise<void> {
  const run = v.run();
  await eventually(() => drawn(v)).toBeGreaterThan(2);
  await v.page.setViewportSize({ width: 1280, height: 800 });
  await eventually(() => drawn(v)).toBe(shown);
  expect(await run.number('Steps')).toBe(paused);
  await v.button('Play').click();
  await run.above('Steps', paused);
}

test('a context that is lost and restored while paused shows the picture again without a step', async () => {
  await using v = await visit(served, BREAKOUT, { counted: true });
  const resting = await atRest(v);
  await v.page.evaluate(switchContexts, 'loseContext' as const);
  // Another size empties the card's canvas: what it shows next is painted by the restored context.
  await v.page.setViewportSize({ width: 1400, height: 900 });
  await v.page.evaluate(switchContexts, 'restoreContext' as const);
  await comesBack(v, resting);
});

test('a context that the browser does not give back is replaced while paused', async () => {
  await using v = await visit(served, BREAKOUT, { counted: true });
  const resting = await atRest(v);
  await v.page.evaluate(switchContexts, 'loseContext' as const);
  // Another size empties the card's canvas: what it shows next is painted by a context of its own.
  await v.page.setViewportSize({ width: 1400, height: 900 });
  await v.page.waitForFunction(
    () => (globalThis as unknown as { readonly contexts: ReadonlySet<unknown> }).contexts.size > 1,
  );
  await comesBack(v, resting);
});

test('the picture follows the density of the screen', async () => {
  await using v = await visit(served);
  const run = v.run();
  await run.above('Steps', 20);
  const canvas = run.card.getByRole('img');
  const density = (): Promise<number> =>
    canvas.evaluate((canvas: HTMLCanvasElement) => canvas.width / canvas.clientWidth);
  expect(await density()).toBeCloseTo(1, 1);
  const session = await v.page.context().newCDPSession(v.page);
  const metrics = { width: 1280, height: 800, deviceScaleFactor: 2, mobile: false };
  await session.send('Emulation.setDeviceMetricsOverride', metrics);
  await eventually(density).toBeCloseTo(2, 1);
  await eventually(() => drawn(v)).toBeGreaterThan(2);
  expect(v.complaints).toEqual([]);
});
