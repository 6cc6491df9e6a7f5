/** The first seconds: something moves before the worker is up, then learning, and little has to be fetched for it. */
import { expect, test } from 'vitest';
import { firstLoad } from '#node/bench/first-load.ts';
import { eventually, servePage, visit, type Visit } from './page.ts';

const served = servePage();

/** The picture as text: equal where nothing has moved. */
const picture = (v: Visit): Promise<string> =>
  v
    .run()
    .card.getByRole('img')
    .first()
    .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());

/** How many different pictures there are in a while. */
async function pictures(v: Visit, looks: number): Promise<number> {
  const seen = new Set<string>();
  for (let look = 0; look < looks; look++) {
    seen.add(await picture(v));
    await v.page.waitForTimeout(100);
  }
  return seen.size;
}

const told = (v: Visit) => v.run().card.locator('.first-sight');

/** A worker that comes up after long enough to look at what is there before, on a busy machine too, and one that never does. */
const SLOW = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 12000)';
const SILENT = 'await new Promise(() => {})';

test('a recording moves until the agent is live; the sentence says which it is, and is dismissed for good', async () => {
  await using v = await visit(served, '', {
    worker: SLOW,
  });
  await eventually(() => told(v).innerText()).toMatch(/^A recording: DQN after [\d,]+ steps/);
  await eventually(() => pictures(v, 5)).toBeGreaterThan(2);
  expect(await v.run().number('Steps')).toBe(0);
  expect(await v.run().state()).toBe('A recording, until it starts');
  await v.run().above('Steps', 0);
  expect(await told(v).innerText()).toMatch(/^Live: /);
  await told(v).getByRole('button', { name: 'Hide this line' }).click();
  await eventually(() => told(v).count()).toBe(0);
  await v.page.reload();
  await v.run().above('Steps', 0);
  expect(await told(v).count()).toBe(0);
  expect(v.complaints).toEqual([]);
});

test('no recording of CartPole stands for another world, and none moves where motion is not wanted', async () => {
  await using other = await visit(served, 'world=breakout', { worker: SILENT });
  await eventually(() => told(other).innerText()).toMatch(/^Loading/);
  await using still = await visit(served, '', { worker: SILENT, calm: true });
  await eventually(() => told(still).innerText()).toMatch(/^A recording/);
  const blank = await picture(other);
  await eventually(() => picture(still)).not.toBe(blank);
  // The first one may be painted late; one that moves is never the same for so long.
  await eventually(() => pictures(still, 15)).toBe(1);
});

test('the scripts before the worker are at most 300 kB compressed, and no others are loaded', async () => {
  const scripts = firstLoad(served.site.folder);
  expect(scripts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(300_000);
  const context = await served.browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const fetched: string[] = [];
  page.on('request', (request) => {
    // What a worker consists of is no script before it.
    const isOfWorker = /\.worker-/.test(`${request.url()} ${request.headers()['referer']}`);
    if (request.resourceType() === 'script' && !isOfWorker)
      fetched.push(new URL(request.url()).pathname.slice(1));
  });
  await page.goto(served.site.url);
  await page.getByText(/^Live:/).waitFor();
  const known = new Set(scripts.map(({ file }) => file));
  expect(fetched.filter((file) => !known.has(file))).toEqual([]);
  expect(fetched.length).toBeGreaterThan(4);
  await context.close();
});
