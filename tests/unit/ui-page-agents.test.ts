/** Which agent plays when another world is chosen: the world's own, or the one that was chosen by hand. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { spawn } from '#tests/worker-harness.ts';
import { defaultAgent } from '#train/catalogue/defaults.ts';
import { Page } from '#ui/state/page.ts';

let page: Page;
beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, 1));
  page = new Page(spawn);
});
afterEach(() => {
  page[Symbol.dispose]();
  vi.unstubAllGlobals();
});

/** What a run plays and what plays it. */
function pick(request: { world: string; agent: string; preset?: string } | undefined): object {
  const { world, agent, preset } = request ?? {};
  return { world, agent, ...(preset !== undefined && { preset }) };
}

test('the page takes what each world starts with, and says nothing about it', async () => {
  await page.open('#world=taxi&backend=cpu');
  const [run] = page.runs.value;
  const shown = () => ({
    ...pick(run.worker.info.value?.request),
    title: run.worker.notice.value?.title,
  });
  expect(shown()).toEqual({ world: 'taxi', ...defaultAgent('taxi') });
  for (const world of ['minigrid-door-key', 'pendulum', 'memory', 'taxi']) {
    await page.pickWorld(world);
    expect(shown()).toEqual({ world, ...defaultAgent(world) });
  }
});

test('an agent that was chosen by hand stays, until a world that it cannot play', async () => {
  await page.open('#world=taxi&backend=cpu');
  const [run] = page.runs.value;
  const shown = () => pick(run.worker.info.value?.request);
  await run.pickAgent('ppo');
  await page.pickWorld('corridor');
  expect(shown()).toEqual({ world: 'corridor', agent: 'ppo' });
  await page.pickWorld('pendulum');
  expect(shown()).toEqual({ world: 'pendulum', agent: 'ppo' });
  await run.pickAgent('td3');
  await page.pickWorld('catch');
  expect(shown()).toEqual({ world: 'catch', ...defaultAgent('catch') });
  expect(run.worker.notice.value).toMatchObject({ kind: 'note' });
  // What took its place was the page's choice.
  await page.pickWorld('memory');
  expect(shown()).toEqual({ world: 'memory', ...defaultAgent('memory') });
  expect(run.worker.notice.value).toBeUndefined();
});

test('a setting makes an agent one’s own; the agent that the world starts with comes with its preset', async () => {
  await page.open('#world=pong&backend=cpu');
  const [run] = page.runs.value;
  const shown = () => pick(run.worker.info.value?.request);
  const own = defaultAgent('pong');
  await run.pickAgent('dqn');
  expect(shown()).toEqual({ world: 'pong', agent: 'dqn' });
  await run.pickAgent(own.agent);
  expect(shown()).toEqual({ world: 'pong', ...own });
  page.edit('agent', 'learningRate', '0.01', true);
  await page.pickWorld('catch');
  expect(run.worker.info.value?.request).toMatchObject({
    world: 'catch',
    ...own,
    config: { learningRate: 0.01 },
  });
});

test('a wrong agent in a link gives way to the world’s own', async () => {
  await page.open('#world=taxi&agent=nobody&backend=cpu');
  expect(pick(page.runs.value[0].worker.info.value?.request)).toEqual({
    world: 'taxi',
    ...defaultAgent('taxi'),
  });
});
