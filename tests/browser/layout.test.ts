/** What the page looks like in numbers: the picture has an edge and keeps its size, bars take no room from it, parts are in reach. */
import { expect, test } from 'vitest';
import { eventually, servePage, visit, type Visit } from './page.ts';

const served = servePage();

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];

const sizeOf = async (v: Visit): Promise<string> => {
  const box = await v.run().card.getByRole('img').first().boundingBox();
  return box ? `${box.width} × ${box.height}` : 'none';
};

/** Relative luminance of the page's background, #0b0e14 or #f6f8fb. */
const PAGE = { dark: 0.0045, light: 0.936 };

/** Relative luminance as WCAG 2.2 defines it; a transparent pixel shows the page. */
function luminance([red, green, blue, alpha]: readonly number[], page: number): number {
  if (alpha === 0) return page;
  const linear = [red, green, blue].map((byte) => ((byte / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

function contrast(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

test('the picture keeps its size when the user takes over, with two actions and with twenty', async () => {
  for (const link of ['world=seaquest&agent=dqn', 'world=bandit&world.arms=20&agent=q-learning']) {
    await using v = await visit(served, link);
    const run = v.run();
    const values = run.card.getByRole('figure', { name: 'Action values' });
    await values.waitFor();
    for (const size of SIZES) {
      await v.page.setViewportSize(size);
      await v.page.waitForTimeout(200);
      const before = await sizeOf(v);
      const [picture] = (await sizeOf(v)).split(' × ').slice(1).map(Number);
      expect(picture, `${link} at ${size.width}`).toBeGreaterThan(0.4 * size.height);
      await v.page.keyboard.press('h');
      await eventually(() => run.state()).toBe('You are playing');
      expect(await sizeOf(v), `${link} at ${size.width}`).toBe(before);
      await v.page.keyboard.press('Escape');
      await eventually(() => run.state()).toBe('Learning');
      await v.page.keyboard.press('v');
      expect(await sizeOf(v), `${link} at ${size.width} without values`).toBe(before);
      await v.page.keyboard.press('v');
      await values.waitFor();
      expect(await v.page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
    }
    expect(v.complaints).toEqual([]);
  }
});

test.each(['dark', 'light'] as const)(
  'the picture of every world has an edge that stands out from both sides: %s',
  async (look) => {
    await using v = await visit(served, 'world=breakout&agent=dqn', { look });
    const page = PAGE[look];
    const run = v.run();
    await run.above('Steps', 5);
    // From the letterbox into the picture, at mid-height.
    const row = await run.card
      .getByRole('img')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => [
        ...(canvas.getContext('2d')?.getImageData(0, canvas.height >> 1, canvas.width >> 1, 1).data ?? []),
      ]);
    const bright = Array.from({ length: row.length / 4 }, (_, i) =>
      luminance(row.slice(4 * i, 4 * i + 4), page),
    );
    const edge = bright.findIndex((each) => each !== page);
    const contrasts = [page, bright[edge + 3], 1].map((side) => contrast(bright[edge], side));
    // The letterbox, the picture of this world, and a white one: 3 is what WCAG 2.2 asks of graphics.
    for (const each of contrasts) expect(each).toBeGreaterThan(3);
  },
);

test('the key of taking over is shown on the card that it goes to', async () => {
  await using v = await visit(served, 'world=cart-pole&agent=dqn&b.agent=ppo');
  await v.run('B').above('Steps', 5);
  const shown = (): Promise<number[]> =>
    Promise.all((['A', 'B'] as const).map((letter) => v.run(letter).card.locator('.run-head kbd').count()));
  expect(await shown()).toEqual([1, 0]);
  await v.run('B').card.getByRole('heading').click();
  await eventually(shown).toEqual([0, 1]);
});

test('on a phone the world and the agent are one tap away, and structured text has the whole width', async () => {
  await using v = await visit(served);
  await v.page.setViewportSize({ width: 390, height: 844 });
  await v.run().above('Steps', 5);
  for (const part of ['World', 'Agent'] as const) {
    await v.button(part).click();
    await eventually(async () => (await v.panel(part).boundingBox())?.y ?? Infinity).toBeLessThan(200);
  }
  const network = v.panel('Agent').getByRole('textbox', { name: 'Network', exact: true });
  expect((await network.boundingBox())?.width).toBeGreaterThan(300);
});

test('no list is empty while the worker starts', async () => {
  const context = await served.browser.newContext();
  // The worker's code never comes.
  await context.route(/trainer\.worker/, () => undefined);
  const page = await context.newPage();
  await page.goto(served.site.url);
  await page.getByRole('combobox', { name: 'World' }).waitFor();
  const texts = await page
    .getByRole('combobox')
    .evaluateAll((lists) =>
      (lists as HTMLSelectElement[]).map((list) => list.selectedOptions[0]?.text ?? ''),
    );
  expect(texts.length).toBeGreaterThan(2);
  expect(texts).not.toContain('');
  await context.close();
});

test('a fit and a reinforcement run have an x axis each', async () => {
  await using v = await visit(served, 'world=frozen-lake&agent=q-learning&speed=64');
  await v.run().above('Steps', 50);
  await v.button('Compare').click();
  await v.run('B').above('Steps', 5);
  await v.page.keyboard.press('h');
  await eventually(() => v.run('B').state()).toBe('You are playing');
  for (const key of ['ArrowRight', 'ArrowDown', 'ArrowRight']) await v.page.keyboard.press(key);
  await v.run('B').card.getByRole('button', { name: 'Clone' }).click();
  await eventually(() => v.run('B').title()).toMatch(/Behaviour cloning/i);
  await v.run('B').above('Examples', 10);
  const plot = v.page.getByRole('figure', { name: 'Return per episode' }).getByRole('img');
  await eventually(() => plot.locator('.u-axis').count()).toBe(3);
  const under = v.page.getByRole('figure', { name: 'Return per episode' }).locator('.under');
  let x = 200;
  await eventually(async () => {
    await plot.locator('.u-over').hover({ position: { x: x++, y: 40 } });
    return under.innerText();
  }).toMatch(/^A .* at [\d,]+ env steps · B .* at [\d,]+ examples$/);
  expect(v.complaints).toEqual([]);
});
