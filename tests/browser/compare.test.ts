/** Runs side by side on the built page in a real Chromium: what a user does to compare them, and what is left afterwards. */
import { expect, test } from 'vitest';
import { colours, eventually, longTasks, servePage, visit, type Visit } from './page.ts';

const served = servePage();

const TWO = 'world=cart-pole&agent=dqn&b.agent=dqn&b.agent.learningRate=0.01';

const cards = ({ page }: Visit): Promise<number> => page.getByRole('article').count();
const difference = ({ page }: Visit): Promise<string> =>
  page.getByRole('status', { name: 'Difference' }).innerText();
/** The points of each run's curve, as the chart's text alternative says. */
const points = async ({ page }: Visit, chart: string | RegExp): Promise<Record<string, number>> => {
  const plot = page.getByRole('figure', { name: chart }).getByRole('img');
  const said = (await plot.getAttribute('aria-label')) ?? '';
  return Object.fromEntries(
    [...said.matchAll(/([AB]): ([\d,]+) /g)].map(([, letter, count]) => [
      letter,
      Number(count.replaceAll(',', '')),
    ]),
  );
};
const steps = (v: Visit): Promise<number[]> =>
  Promise.all([v.run('A').number('Steps'), v.run('B').number('Steps')]);
const states = (v: Visit): Promise<string[]> => Promise.all([v.run('A').state(), v.run('B').state()]);

test('a user compares two learning rates: both curves grow, pause and reset act on both, closing leaves one', async () => {
  await using v = await visit(served);
  await v.run().above('Steps', 200);
  await v.button('Compare').click();
  await eventually(() => states(v)).toEqual(['Learning', 'Learning']);
  expect(await Promise.all([v.run('A').title(), v.run('B').title()])).toEqual([
    expect.stringMatching(/^A\s*DQN on CartPole$/),
    expect.stringMatching(/^B\s*DQN on CartPole$/),
  ]);
  expect(v.page.workers()).toHaveLength(2);
  expect(await difference(v)).toBe('No difference yet: change a setting of run B');

  // The panel is that of the second run, which is marked.
  expect(await v.run('B').card.getAttribute('aria-current')).toBe('true');
  const rate = v.panel('Agent of run B').getByRole('textbox', { name: 'Learning rate', exact: true });
  await rate.fill('0.01');
  await rate.press('Enter');
  await eventually(() => difference(v)).toMatch(/^B\s*Learning rate 0\.01 instead of 0\.002$/);
  await v.run('A').card.getByRole('heading').click();
  const others = v.panel('Agent of run A').getByRole('textbox', { name: 'Learning rate', exact: true });
  expect(await others.inputValue()).toBe('0.002');

  const before = await points(v, 'Return per episode');
  await eventually(async () => (await points(v, 'Return per episode'))['A']).toBeGreaterThan(before['A'] + 3);
  await eventually(async () => (await points(v, 'Return per episode'))['B']).toBeGreaterThan(before['B'] + 3);
  await eventually(async () => Object.keys(await points(v, 'Loss'))).toEqual(['A', 'B']);
  const legend = v.page.getByRole('list', { name: /^Mean return/ }).getByRole('listitem');
  expect(await legend.allInnerTexts()).toEqual([
    expect.stringMatching(/^A\s+DQN\s+[\d.]+$/),
    expect.stringMatching(/^B\s+DQN\s+[\d.]+$/),
  ]);
  for (const letter of ['A', 'B'] as const)
    expect(await colours(v.run(letter).card.getByRole('img')), letter).toBeGreaterThan(2);

  await v.button('Pause').click();
  const paused = [await v.run('A').atRest(), await v.run('B').atRest()];
  await v.page.waitForTimeout(500);
  expect(await steps(v)).toEqual(paused);
  await v.button('Single step').click();
  await eventually(() => steps(v)).toEqual(paused.map((count) => count + 1));
  await v.button(/^Reset/).click();
  await eventually(() => steps(v)).toEqual([0, 0]);
  await v.button('Play').click();
  await v.run('A').above('Steps', 50);
  await v.run('B').above('Steps', 50);

  await v.button('Close run B').click();
  await eventually(() => cards(v)).toBe(1);
  await eventually(() => v.page.workers().length).toBe(1);
  expect(await v.run().title()).toBe('DQN on CartPole');
  await v.run().above('Steps', await v.run().number('Steps'));
  await eventually(() => v.hash()).not.toContain('b.agent');
  expect(v.complaints).toEqual([]);
});

test('a link opens both runs; another world starts in both, and the keys act on both', async () => {
  await using v = await visit(served, TWO);
  await v.run('A').above('Steps', 20);
  await v.run('B').above('Steps', 20);
  expect(await difference(v)).toContain('Learning rate 0.01 instead of 0.001');
  await v.page.getByRole('combobox', { name: 'World' }).selectOption('acrobot');
  await v
    .run('A')
    .card.getByRole('heading', { name: /on Acrobot$/ })
    .waitFor();
  await v
    .run('B')
    .card.getByRole('heading', { name: /on Acrobot$/ })
    .waitFor();
  await eventually(() => states(v)).toEqual(['Learning', 'Learning']);
  await eventually(() => v.hash()).toMatch(/^#world=acrobot&.*&b\.agent\.learningRate=0\.01$/);
  await v.page.keyboard.press('Space');
  await eventually(() => states(v)).toEqual(['Paused', 'Paused']);
  await v.page.keyboard.press('Space');
  await eventually(() => states(v)).toEqual(['Learning', 'Learning']);
  // H takes over the run that is focused; the other one waits.
  await v.run('B').card.getByRole('heading').click();
  await v.page.keyboard.press('h');
  await eventually(() => states(v)).toEqual(['Paused', 'You are playing']);
  await v.page.keyboard.press('Escape');
  await eventually(() => states(v)).toEqual(['Learning', 'Learning']);
  expect(v.complaints).toEqual([]);
});

test('two cards lie side by side on a wide screen and above each other on a narrow one, all within reach', async () => {
  await using v = await visit(served, TWO);
  await v.run('B').above('Steps', 5);
  const boxes = async () => {
    const [a, b] = await Promise.all([v.run('A').card.boundingBox(), v.run('B').card.boundingBox()]);
    if (!a || !b) throw new Error('two cards: expected both to be visible');
    return { a, b };
  };
  const scrolls = (): Promise<boolean> =>
    v.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  await v.page.setViewportSize({ width: 1440, height: 900 });
  const wide = await boxes();
  expect(wide.b.x).toBeGreaterThanOrEqual(wide.a.x + wide.a.width);
  expect(wide.b.y).toBe(wide.a.y);
  expect(await scrolls()).toBe(false);
  await v.page.setViewportSize({ width: 390, height: 844 });
  const narrow = await boxes();
  expect(narrow.b.x).toBe(narrow.a.x);
  expect(narrow.b.y).toBeGreaterThanOrEqual(narrow.a.y + narrow.a.height);
  expect(await scrolls()).toBe(false);
  for (const letter of ['A', 'B'] as const) {
    await v.run(letter).card.getByRole('button', { name: 'Take over' }).focus();
    expect(await v.run(letter).card.getAttribute('aria-current')).toBe('true');
    await v.page.keyboard.press('Tab');
    const focused = v.page.locator(':focus-visible');
    expect(await focused.getAttribute('aria-label')).toBe(`Close run ${letter}`);
    expect(await focused.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
  }
  // Closed by keyboard, the focus is on what opened it.
  await v.page.keyboard.press('Enter');
  await eventually(() => cards(v)).toBe(1);
  expect(await v.page.locator(':focus').innerText()).toContain('Compare');
  expect(v.complaints).toEqual([]);
});

test('turbo on both keeps the page free: no task takes over 50 ms of processor time', async () => {
  await using v = await visit(served, `${TWO}&speed=turbo`, { smooth: true });
  await v.run('A').above('Steps', 2000);
  await v.run('B').above('Steps', 2000);
  expect(await longTasks(v.page)).toEqual([]);
  expect(v.complaints).toEqual([]);
});

test('comparing five times leaves one worker and no more of the graphics card than once', async () => {
  await using v = await visit(served, 'speed=turbo', { counted: true });
  await v.run().above('Steps', 200);
  const held = () =>
    v.page.evaluate(() => (globalThis as unknown as { held(): { contexts: number } }).held());
  const once = async (): Promise<void> => {
    await v.button('Compare').click();
    await v.run('B').above('Steps', 0);
    await eventually(() => colours(v.run('B').card.getByRole('img'))).toBeGreaterThan(2);
    await v.button('Close run B').click();
    await eventually(() => cards(v)).toBe(1);
    // The picture and the two charts, which are made after the card is gone.
    await eventually(() => v.page.locator('canvas').count()).toBe(3);
  };
  const { contexts } = await held();
  await once();
  const after = await held();
  // A second picture does not need a second context.
  expect(after.contexts).toBe(contexts);
  for (let time = 1; time < 5; time++) await once();
  expect(await held()).toEqual(after);
  await eventually(() => v.page.workers().length).toBe(1);
  await v.run().above('Steps', await v.run().number('Steps'));
  expect(v.complaints).toEqual([]);
});
