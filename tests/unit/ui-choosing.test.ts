/** Choices in quick succession, over the worker's own code: the last one counts, and nothing of the others is lost. */
import { expect, test } from 'vitest';
import { pageHarness } from '#tests/page-harness.ts';
import { until } from '#tests/worker-harness.ts';

const LAKE = 'world=frozen-lake&agent=q-learning&backend=cpu&speed=64&seed=3';

const harness = pageHarness();
const { phases } = harness;

const info = (i = 0) => harness.page.runs.value[i].worker.info.value;
const made = (i = 0) => {
  const { world, agent, seed } = info(i)?.request ?? {};
  return { world, agent, seed };
};
const notice = () => harness.page.runs.value[0].worker.notice.value;

test('of two worlds the second one is played, though the agent has to be replaced in the first', async () => {
  const { page } = harness;
  await page.open('#world=cart-pole&agent=dqn&agent.learningRate=0.002&backend=cpu');
  await Promise.all([page.pickWorld('pendulum'), page.pickWorld('mountain-car')]);
  expect(made()).toMatchObject({ world: 'mountain-car', agent: 'dqn' });
  expect(info()?.request.config['learningRate']).toBe(0.002);
  expect(notice()).toBeUndefined();
});

test('of two links the second one is opened, though the first has to be repaired; it says nothing of the first', async () => {
  const { page } = harness;
  await page.open(`#${LAKE}`);
  const opened = await Promise.all([
    page.open('#world=pendulum&agent=dqn&agent.foo=3&world.x=7&backend=cpu'),
    page.open('#world=taxi&agent=q-learning&backend=cpu'),
  ]);
  expect(opened).toEqual([false, true]);
  expect(made()).toMatchObject({ world: 'taxi', agent: 'q-learning' });
  expect([notice(), page.link.value]).toEqual([undefined, 'world=taxi&agent=q-learning&backend=cpu']);
});

test('a world that is picked while a link opens has the backend, speed, seed and runs of the link', async () => {
  const { page } = harness;
  const opening = page.open(`#${LAKE}&b.agent=sarsa`);
  await until(() => page.comparing.value);
  await Promise.all([page.pickWorld('taxi'), opening]);
  expect([made(0).world, made(1).world, made(1).agent]).toEqual(['taxi', 'taxi', 'sarsa']);
  expect(page.link.value).toMatch(/^world=taxi&.*seed=3&backend=cpu&speed=64&.*b\.agent=sarsa/);
  expect([info(0)?.backend.choice, info(1)?.backend.choice]).toEqual(['cpu', 'cpu']);
  expect(phases()).toEqual(['running', 'running']);
});

test('what is chosen after a world is chosen for that world: reset, agent, backend, seed, comparison', async () => {
  const { page } = harness;
  await page.open(`#${LAKE}`);
  await Promise.all([page.pickWorld('taxi'), page.reset()]);
  expect(made().world).toBe('taxi');
  const [run] = page.runs.value;
  await Promise.all([page.pickWorld('cliff-walking'), run.pickAgent('sarsa')]);
  expect(made()).toMatchObject({ world: 'cliff-walking', agent: 'sarsa' });
  await Promise.all([page.pickWorld('frozen-lake'), page.pickBackend('wasm')]);
  expect([made().world, info()?.backend.choice]).toEqual(['frozen-lake', 'wasm']);
  const picking = page.pickWorld('taxi');
  page.setSeed('12');
  await picking;
  expect([made().world, run.draft.value.seed]).toEqual(['taxi', '12']);
  await Promise.all([page.pickWorld('corridor'), page.compare()]);
  expect([made(0).world, made(1).world]).toEqual(['corridor', 'corridor']);
});

test('a world is in the address as soon as it is picked, and goes from there if it is refused', async () => {
  const { page } = harness;
  await page.open(`#${LAKE}`);
  const picking = page.pickWorld('taxi');
  expect(page.link.value).toMatch(/^world=taxi&/);
  await picking;
  const { value: link } = page.link;
  const broken = page.pickWorld('no-such-world');
  expect(page.link.value).not.toBe(link);
  await broken;
  expect([page.link.value, made().world]).toEqual([link, 'taxi']);
});

test('a link that is refused leaves neither forms nor address behind', async () => {
  const { page } = harness;
  await page.open(`#${LAKE}`);
  const { value: link } = page.link;
  await page.open('#world=taxi&agent=sarsa&backend=webgpu&speed=64');
  expect(notice()?.title).toBe('Not changed; the previous run continues');
  expect(made()).toMatchObject({ world: 'frozen-lake', agent: 'q-learning' });
  expect([page.link.value, page.runs.value[0].draft.value.world]).toEqual([link, 'frozen-lake']);
});
