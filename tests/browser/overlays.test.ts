/** Overlays by hand: every toggle shows its numbers, which agree with one another; the link keeps them; the keyboard reaches them. */
import type { Locator } from 'playwright';
import { expect, test } from 'vitest';
import { colours, eventually, longTasks, servePage, visit, type Visit } from './page.ts';

const served = servePage();

const toggle = (v: Visit, name: string): Locator =>
  v.page.getByRole('toolbar', { name: 'Overlays' }).getByRole('button', { name, exact: true });
const panel = (v: Visit, name: string): Locator => v.run().card.getByRole('group', { name });

/** A paused run: what is shown stays as it is. */
async function pausedAfter(v: Visit, steps: number): Promise<void> {
  await v.run().above('Steps', steps);
  await v.button('Pause').click();
  await eventually(() => v.run().state()).toBe('Paused');
}

/** The numbers of a row of a table, by its action. */
async function rowOf(v: Visit, action: string): Promise<number[]> {
  const cells = panel(v, 'States').getByRole('row').filter({ hasText: action }).getByRole('cell');
  return (await cells.allInnerTexts()).map((text) => Number(text.replaceAll(',', '')));
}

test('on the cells of FrozenLake: values, Q, policy, visits and traces, with numbers that agree', async () => {
  await using v = await visit(served, 'world=frozen-lake&agent=q-lambda&speed=turbo');
  await pausedAfter(v, 30_000);
  const picture = v.run().card.getByRole('img', { name: 'Picture of FrozenLake' });
  const plain = await colours(picture);

  await toggle(v, 'Values').click();
  const states = panel(v, 'States');
  await eventually(() => states.innerText()).toMatch(/V\(s\)\s+[\d.e-]+\s+0\.\d+/);
  await eventually(() => colours(picture)).toBeGreaterThan(plain);
  await toggle(v, 'Q').click();
  await toggle(v, 'Policy').click();
  await toggle(v, 'Visits').click();
  await toggle(v, 'Traces').click();
  await eventually(() => rowOf(v, 'left')).toHaveLength(4);
  const rows = await Promise.all(['left', 'down', 'right', 'up'].map((action) => rowOf(v, action)));
  const [best] = rows.toSorted((a, b) => b[0] - a[0]);
  // The greedy action is the likeliest, and V is its Q.
  expect(Math.max(...rows.map(([, p]) => p))).toBe(best[1]);
  expect(rows.reduce((sum, [, p]) => sum + p, 0)).toBeCloseTo(1, 1);
  expect(await states.locator('.cell-name b').innerText()).toBe(`V ${best[0]}`);
  expect(rows.reduce((sum, [, , visits]) => sum + visits, 0)).toBeGreaterThan(1000);
  // The same numbers as the bars.
  const bars = await v.run().card.getByRole('figure', { name: 'Action values' }).innerText();
  for (const [q] of rows) expect(bars).toContain(String(q));

  // Pointing at a cell tells of that one.
  const box = (await picture.boundingBox())!;
  const side = Math.min(box.width, box.height);
  await v.page.mouse.move(box.x + box.width / 2 + side / 8, box.y + box.height / 2 + (3 * side) / 8);
  await eventually(() => states.innerText()).toContain('State 14');
  await v.page.mouse.move(2, 2);
  await eventually(() => states.innerText()).toContain('where the agent is');

  await eventually(() => v.hash()).toContain('show=values%2Cactions%2Cpolicy%2Cvisits%2Ctraces%2Cbars');
  for (const name of ['Values', 'Q', 'Policy', 'Visits', 'Traces']) await toggle(v, name).click();
  await eventually(() => v.run().card.getByRole('complementary').count()).toBe(0);
  await eventually(() => colours(picture)).toBe(plain);
  await eventually(() => v.hash()).not.toContain('show=');
  expect(v.complaints).toEqual([]);
});

test('the sweeps of value iteration are followed step by step', async () => {
  const link = 'world=corridor&agent=value-iteration&agent.inPlace=false&show=values&speed=1';
  await using v = await visit(served, link);
  await v.button('Pause').click();
  await v.button('Reset: start over with an untrained agent').click();
  await eventually(() => v.run().number('Steps')).toBe(0);
  const least = async (): Promise<string> => {
    const text = await panel(v, 'States').locator('.overlay-legend').first().innerText();
    return text.split(/\s+/)[1];
  };
  await eventually(least).toBe('0');
  // The value of the far end reaches the start, seven cells away, in the seventh sweep.
  for (let sweep = 1; sweep <= 7; sweep++) {
    expect(await least(), `before sweep ${sweep}`).toBe('0');
    await v.page.keyboard.press('ArrowRight');
    await eventually(() => v.run().number('Steps')).toBe(sweep);
  }
  await eventually(least).toBe('0.941');
  expect(v.complaints).toEqual([]);
});

test('the last update in words adds up, and its formula is at hand', async () => {
  const link = 'world=frozen-lake&agent=q-learning&world.slippery=false&show=update&speed=turbo';
  await using v = await visit(served, link);
  await pausedAfter(v, 20_000);
  const told = panel(v, 'Last update');
  await eventually(() => told.innerText()).toMatch(/In state \d+ it expected .* of “(left|down|right|up)”/);
  await told.locator('summary').click();
  await eventually(() => told.innerText()).toMatch(/Q\(\d+, \w+\) ← /);
  const text = await told.innerText();
  const [, reward, rest, target] =
    /It got (-?[\d.e-]+), and what follows is worth (-?[\d.e-]+) to it now, (-?[\d.e-]+) in all/.exec(text)!;
  expect(Number(reward) + Number(rest)).toBeCloseTo(Number(target), 2);
  expect(v.complaints).toEqual([]);
});

test('CartPole: the agent’s view, its saliency, and V over time', async () => {
  await using v = await visit(served, 'world=cart-pole&agent=ppo&show=none&speed=4', { smooth: true });
  await v.run().above('Steps', 200);
  await eventually(() => v.run().card.getByRole('figure').count()).toBe(0);
  await toggle(v, 'Agent’s view').click();
  const eye = panel(v, 'Agent’s view');
  await eventually(() => eye.getByRole('row').count()).toBe(5);
  expect(await eye.innerText()).toContain('angular velocity');
  await toggle(v, 'Saliency').click();
  await eventually(() => eye.getByRole('columnheader').allInnerTexts()).toContain('Saliency');
  const salience = async (): Promise<number[]> =>
    (await eye.locator('.eye-salient').allInnerTexts()).map(Number);
  await eventually(async () => Math.max(...(await salience()))).toBeGreaterThan(0);
  await toggle(v, 'V over time').click();
  const trace = panel(v, 'V over time').getByRole('img');
  await eventually(() => trace.getAttribute('aria-label')).toMatch(/V from .* over the last [2-9]\d* steps/);
  await toggle(v, 'Bars').click();
  await v.run().card.getByRole('figure', { name: 'Action probabilities' }).waitFor();
  expect(await longTasks(v.page)).toEqual([]);
  expect(v.complaints).toEqual([]);
});

test('a finger chooses the cell that it touches', async () => {
  await using v = await visit(served, 'world=frozen-lake&agent=q-learning&show=values&speed=turbo');
  await v.page.setViewportSize({ width: 390, height: 844 });
  await pausedAfter(v, 1000);
  const picture = v.run().card.getByRole('img', { name: 'Picture of FrozenLake' });
  await eventually(() => panel(v, 'States').innerText()).toContain('where the agent is');
  const box = (await picture.boundingBox())!;
  const side = Math.min(box.width, box.height) / 8;
  const at = { clientX: box.x + box.width / 2 + side, clientY: box.y + box.height / 2 + 3 * side };
  for (const type of ['pointerdown', 'pointerup', 'pointerleave'])
    await picture.dispatchEvent(type, { ...at, pointerType: 'touch', bubbles: type !== 'pointerleave' });
  await eventually(() => panel(v, 'States').innerText()).toContain('State 14');
  expect(v.complaints).toEqual([]);
});

test('Breakout: planes by name, and saliency over the picture', async () => {
  await using v = await visit(served, 'world=breakout&agent=pqn&speed=1');
  await pausedAfter(v, 32);
  const picture = v.run().card.getByRole('img', { name: 'Picture of Breakout' });
  const plain = await colours(picture);
  await toggle(v, 'Saliency').click();
  const brick = panel(v, 'Agent’s view').getByRole('img', { name: /^brick: \d+ of 100 not 0/ });
  await brick.waitFor();
  await eventually(() => colours(picture)).toBeGreaterThan(plain);
  const salient = await colours(picture);
  await v
    .button('Take over')
    .or(v.page.getByRole('button', { name: /Take over/ }))
    .first()
    .click();
  await eventually(() => v.run().state()).toBe('You are playing');
  // A human has no saliency.
  await eventually(() => v.run().card.getByRole('complementary').innerText()).toContain('while you play');
  await eventually(() => colours(picture)).toBeLessThan(salient);
  expect(v.complaints).toEqual([]);
});

test('the keyboard reaches the toggles, a link brings them back, and a wrong name is told', async () => {
  await using v = await visit(served, 'world=cliff-walking&agent=sarsa&show=policy,heat&speed=16');
  await v.run().above('Steps', 50);
  await eventually(() => toggle(v, 'Policy').getAttribute('aria-pressed')).toBe('true');
  expect(await v.page.getByRole('alert').or(v.page.locator('.notice')).first().innerText()).toContain('show');
  await v.page.keyboard.press('o');
  await eventually(() => toggle(v, 'Values').evaluate((button) => button === document.activeElement)).toBe(
    true,
  );
  const before = await v.run().number('Steps');
  await v.page.keyboard.press('ArrowRight');
  await v.page.keyboard.press('Space');
  await eventually(() => toggle(v, 'Q').getAttribute('aria-pressed')).toBe('true');
  // Neither key reached the run, which goes on.
  expect(await v.run().state()).toBe('Learning');
  await v.run().above('Steps', before);
  await v.page.keyboard.press('v');
  await eventually(() => v.hash()).toContain('show=actions%2Cpolicy%2Cbars');
  expect(v.complaints).toEqual([]);
});
