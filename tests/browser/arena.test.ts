/** What a user does on the page, done on the built page in a real Chromium: watch, pause, change, break, restart. */
import type { Locator } from 'playwright';
import { expect, test } from 'vitest';
import { colours, eventually, longTasks, servePage, visit, type Visit } from './page.ts';

const served = servePage({ webgpu: true });

/** Points of the curve of returns, as its text alternative says. */
const points = async ({ page }: Visit): Promise<number> => {
  const plot = page.getByRole('figure', { name: 'Return per episode' }).getByRole('img');
  const [, shown] = /^([\d,]+) episode/.exec((await plot.getAttribute('aria-label')) ?? '') ?? [];
  return shown === undefined ? 0 : Number(shown.replaceAll(',', ''));
};
const marks = ({ page }: Visit): Promise<number> =>
  page.getByRole('list', { name: 'Changes during training' }).getByRole('listitem').count();
const notice = ({ page }: Visit): Locator =>
  page.getByRole('alert').filter({ has: page.getByRole('button') });
const waiting = ({ page }: Visit): Promise<number> => page.getByText('needs reset').count();
/** How many clearly different colours the picture has. */
const drawn = (visit: Visit): Promise<number> => colours(visit.run().card.getByRole('img'));

test('without a click DQN learns CartPole in a worker, and its curve grows', async () => {
  await using v = await visit(served);
  const run = v.run();
  await run.above('Steps', 200);
  expect([await run.title(), await run.state()]).toEqual(['DQN on CartPole', 'Learning']);
  expect(v.page.workers()).toHaveLength(1);
  const before = await points(v);
  await eventually(() => points(v)).toBeGreaterThan(before + 3);
  await run.above('Steps/s', 0);
  expect(await drawn(v)).toBeGreaterThan(2);
  expect(v.complaints).toEqual([]);
});

test('on WebGPU it trains, pauses and takes changes', async () => {
  // Small and early, since a GPU that is computed on a CPU takes its time for every kernel.
  const small = 'agent.learningStarts=100&agent.batchSize=16&agent.gradientSteps=1';
  await using v = await visit(served, `world=cart-pole&agent=dqn&backend=webgpu&speed=turbo&${small}`);
  const run = v.run();
  await run.above('Steps', 300);
  expect(await v.page.getByRole('status', { name: 'Backend in use' }).innerText()).toMatch(/webgpu/);
  expect(await points(v)).toBeGreaterThan(0);
  // Past the warm-up: gradient steps have been made, on the GPU.
  const metric = v.page.getByRole('combobox', { name: 'Metric' });
  await eventually(() => metric.getByRole('option').allInnerTexts()).toContainEqual(
    expect.stringMatching(/^Loss/),
  );
  await v.button('Pause').click();
  const paused = await run.atRest();
  await v.page.waitForTimeout(1000);
  expect(await run.number('Steps')).toBe(paused);
  await v.button('Play').click();
  await run.above('Steps', paused);
  expect(await marks(v)).toBe(0);
  await v.panel('Agent').getByRole('slider', { name: 'Learning rate', exact: true }).focus();
  await v.page.keyboard.press('PageUp');
  await eventually(() => marks(v)).toBe(1);
  await run.above('Steps', await run.number('Steps'));
  expect(v.complaints).toEqual([]);
});

test('turbo keeps the page free: no task takes over 50 ms of processor time', async () => {
  await using v = await visit(served, 'speed=turbo', { smooth: true });
  await v.run().above('Steps', 2000);
  expect(await longTasks(v.page)).toEqual([]);
  expect(v.complaints).toEqual([]);
});

test('a slider changes the running agent; a wrong value is reported at its field and the run continues', async () => {
  await using v = await visit(served, 'speed=64');
  const run = v.run();
  await run.above('Steps', 100);
  const rewards = v.panel('World').getByRole('group', { name: 'Rewards' });
  await rewards.getByRole('slider', { name: 'Step', exact: true }).focus();
  await v.page.keyboard.press('ArrowLeft');
  await eventually(() => marks(v)).toBe(1);
  await eventually(() => v.hash()).toContain('reward.step=');
  const input = v.panel('Agent').getByRole('textbox', { name: 'Learning rate', exact: true });
  const errors = v.panel('Agent').getByRole('alert');
  await input.fill('seven');
  await input.press('Enter');
  await eventually(() => errors.allInnerTexts()).toEqual([
    expect.stringMatching(/^Expected a number from .* got "seven"\.$/),
  ]);
  // The message belongs to the field for a screen reader too.
  const [described, error] = await Promise.all([
    input.getAttribute('aria-describedby'),
    errors.getAttribute('id'),
  ]);
  expect(described?.split(' ')).toContain(error);
  expect(await input.getAttribute('aria-invalid')).toBe('true');
  expect(await marks(v)).toBe(1);
  await run.above('Steps', await run.number('Steps'));
  await input.fill('0.003');
  await input.press('Enter');
  await eventually(() => marks(v)).toBe(2);
  expect(await v.page.getByRole('alert').count()).toBe(0);
  expect(v.complaints).toEqual([]);
});

test('what needs a reset says so, and the reset applies it', async () => {
  await using v = await visit(served, 'speed=64');
  const run = v.run();
  // So far that the run after the reset, which is slow, is behind it for a minute.
  await run.above('Steps', 4000);
  await v.page.keyboard.press('1');
  const world = v.panel('World');
  const seed = world.getByRole('textbox', { name: 'Seed', exact: true });
  await seed.fill('12');
  await seed.press('Enter');
  const parameters = world.getByRole('group', { name: 'Parameters' });
  await parameters.getByRole('switch').first().press('Space');
  await eventually(() => waiting(v)).toBe(2);
  expect(await parameters.innerText()).toContain('needs reset');
  const before = await run.number('Steps');
  await v.button(/^Reset/).click();
  await eventually(() => waiting(v)).toBe(0);
  await eventually(() => run.number('Steps')).toBeLessThan(before);
  await run.above('Steps', 50);
  await eventually(() => v.hash()).toContain('seed=12');
  expect(v.complaints).toEqual([]);
});

test('the keys do what the buttons do', async () => {
  await using v = await visit(served, 'speed=4');
  const run = v.run();
  await run.above('Steps', 20);
  await v.page.keyboard.press('Space');
  const paused = await run.atRest();
  await v.page.keyboard.press('ArrowRight');
  await eventually(() => run.number('Steps')).toBeGreaterThan(paused);
  const one = (await run.number('Steps')) - paused;
  await v.page.keyboard.press('ArrowRight');
  await eventually(() => run.number('Steps')).toBe(paused + 2 * one);
  await v.page.keyboard.press('5');
  expect(await v.page.getByRole('button', { name: 'Turbo', pressed: true }).count()).toBe(1);
  const values = run.card.getByRole('figure', { name: 'Action values' });
  await v.page.keyboard.press('v');
  expect(await values.count()).toBe(0);
  await v.page.keyboard.press('v');
  expect(await values.count()).toBe(1);
  await v.page.keyboard.press('r');
  await eventually(() => run.number('Steps')).toBeLessThan(paused);
  expect(v.complaints).toEqual([]);
});

test('Space plays and pauses also after a click on another button', async () => {
  await using v = await visit(served, 'speed=4');
  const run = v.run();
  await run.above('Steps', 20);
  await v.button('16×').click();
  await v.page.keyboard.press('Space');
  const paused = await run.atRest();
  await v.page.waitForTimeout(400);
  expect(await run.number('Steps')).toBe(paused);
  await v.button('4×').focus();
  await v.page.keyboard.press('Tab');
  await v.page.keyboard.press('Shift+Tab');
  await v.page.keyboard.press('Space');
  expect(await run.number('Steps')).toBe(paused);
  expect(v.complaints).toEqual([]);
});

test('after a crash of its worker the run goes on with its curve, in one worker', async () => {
  await using v = await visit(served, 'speed=turbo');
  const run = v.run();
  const before = await run.above('Steps', 1000);
  // Longer than the time between two checkpoints.
  await v.page.waitForTimeout(13_000);
  const [worker] = v.page.workers();
  await worker.evaluate(
    () =>
      void setTimeout(() => {
        throw new Error('ended by the test');
      }),
  );
  const said = v.page.locator('.notice');
  await eventually(() => said.allInnerTexts()).toEqual([
    expect.stringContaining('the run goes on from its last checkpoint'),
  ]);
  await run.above('Steps', before);
  await run.above('Steps', await run.number('Steps'));
  expect(await points(v)).toBeGreaterThan(0);
  expect(v.page.workers()).toHaveLength(1);
});

test('worlds of every group can be picked and are drawn', async () => {
  await using v = await visit(served, 'speed=64');
  const run = v.run();
  await run.above('Steps', 10);
  const world = v.page.getByRole('combobox', { name: 'World' });
  const listed = await world.getByRole('option').evaluateAll((options) =>
    (options as HTMLOptionElement[]).map(({ value, textContent, previousElementSibling }) => ({
      id: value,
      title: textContent ?? '',
      firstOfGroup: previousElementSibling === null,
    })),
  );
  const named = ['cart-pole', 'frozen-lake', 'grid-world', 'breakout'];
  expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining(named));
  const said: string[] = [];
  for (const { id, title, firstOfGroup } of listed) {
    if (!firstOfGroup && !named.includes(id)) continue;
    await world.selectOption(id);
    const learning = run.card
      .filter({ has: v.page.getByText('Learning', { exact: true }) })
      .getByRole('heading', { name: new RegExp(` on ${title}$`) });
    await learning.or(notice(v)).first().waitFor();
    // A world that no agent here can play yet says so and leaves the one before.
    if ((await world.inputValue()) !== id) {
      expect(await notice(v).innerText()).toContain('agent');
      await v.button('Dismiss').click();
      continue;
    }
    const shown = await drawn(v);
    said.push(`${id}: ${shown} colours`);
    expect(shown, said.join(', ')).toBeGreaterThan(2);
  }
  expect(v.complaints).toEqual([]);
});

test('a link holds the set-up; a wrong one says what is wrong and starts with defaults for it', async () => {
  await using v = await visit(
    served,
    'world=frozen-lake&world.map=9x9&agent=dqn&seed=-3&speed=warp&agent.gamma=0.9',
  );
  const run = v.run();
  await run.above('Steps', 5);
  const said = await notice(v).innerText();
  expect(said).toMatch(/world\.map: expected one of .*, got "9x9"/);
  expect(said).toMatch(/seed: expected a whole number from 0 .* got "-3"/);
  expect(said).toMatch(/speed: expected one of .* got "warp"/);
  expect(await run.title()).toMatch(/Frozen ?lake/i);
  await eventually(() => v.hash()).not.toMatch(/9x9|warp|-3/);
  expect(await v.hash()).toContain('world=frozen-lake');
  expect(v.complaints).toEqual([]);
});

test('where the agent of a link cannot play its world, another one does; the message goes with its run', async () => {
  await using v = await visit(served, 'world=cart-pole&agent=q-learning');
  const run = v.run();
  await run.above('Steps', 5);
  expect(await run.title()).toMatch(/CartPole/);
  expect((await notice(v).innerText()).match(/agent: expected/g)).toHaveLength(1);
  await v.page.getByRole('combobox', { name: 'World' }).selectOption('acrobot');
  await run.card.getByRole('heading', { name: /Acrobot/ }).waitFor();
  expect(await notice(v).count()).toBe(0);
  expect(v.complaints).toEqual([]);
});

test('the address follows a moving slider only now and then', async () => {
  await using v = await visit(served);
  await v.run().above('Steps', 20);
  await v.page.waitForTimeout(500);
  await v.page.evaluate(() => {
    const replaceState = history.replaceState.bind(history);
    const counted = Object.assign(globalThis, { changes: 0 });
    history.replaceState = (...args) => {
      counted.changes++;
      replaceState(...args);
    };
  });
  await v.panel('Agent').getByRole('slider', { name: 'Learning rate', exact: true }).focus();
  for (let time = 0; time < 50; time++) await v.page.keyboard.press('ArrowRight');
  await eventually(() => v.hash()).toContain('agent.learningRate=');
  const changes = await v.page.evaluate(() => (globalThis as unknown as { changes: number }).changes);
  expect(changes).toBeLessThan(10);
  expect(v.complaints).toEqual([]);
});
