/** Up to four runs on the page, and the table of those that there were: what a row keeps, and what can be done with it. */
import { expect, test } from 'vitest';
import { pageHarness } from '#tests/page-harness.ts';
import { until } from '#tests/worker-harness.ts';
import type { AnyRow } from '#ui/state/ledger.ts';
import { changesOf, type RunRow } from '#ui/state/run-row.ts';
import { curveOf, listenTo, placesOf, RETURN, seriesOf } from '#ui/state/series.ts';

const LAKE = 'world=frozen-lake&agent=q-learning&backend=cpu&speed=64&seed=3';

const harness = pageHarness();
const { phases, steps, alive } = harness;
const compared = (link = LAKE): Promise<void> => harness.compared(link);

const rows = (): readonly RunRow[] =>
  harness.page.ledger.rows.value.flatMap((row: AnyRow) => (row.kind === 'run' ? [row] : []));
const told = (): unknown[] => rows().map((row) => [row.name.value, row.ending ?? 'live', changesOf(row)]);

test('four runs are the most: each is a copy of the focused one, and all start over', async () => {
  await compared();
  harness.page.edit('agent', 'stepSize', '0.25', true);
  await until(() => harness.page.runs.value[1].worker.info.value?.request.config['stepSize'] === 0.25);
  await harness.page.compare();
  expect(harness.page.runs.value.map((run) => harness.page.letterOf(run))).toEqual(['A', 'B', 'C']);
  harness.page.focus(harness.page.runs.value[0]);
  await harness.page.compare();
  const sizes = harness.page.runs.value.map(({ worker }) => worker.info.value?.request.config['stepSize']);
  expect(sizes).toEqual([sizes[0], 0.25, 0.25, sizes[0]]);
  expect(harness.page.differences.value).toEqual([
    [expect.stringMatching(/ 0\.25 instead of /)],
    [expect.stringMatching(/ 0\.25 instead of /)],
    [],
  ]);
  expect([phases(), harness.page.hasRoom.value]).toEqual([
    ['running', 'running', 'running', 'running'],
    false,
  ]);
  await harness.page.compare();
  expect([harness.page.runs.value.length, alive()]).toEqual([4, 4]);
  const { value: link } = harness.page.link;
  expect(link).toMatch(/b\.agent=q-learning.*&c\.agent=.*&d\.agent=q-learning$/);
  harness.page.close(harness.page.runs.value[1]);
  expect([harness.page.runs.value.length, alive()]).toEqual([3, 3]);
  await harness.page.open(`#${link}`);
  expect(harness.page.link.value).toBe(link);
  expect(alive()).toBe(4);
});

test('a replaced run stays in the table with its settings and its curve, and says where the next came from', async () => {
  const { page } = harness;
  await page.open(`#${LAKE}`);
  const [run] = page.runs.value;
  await until(() => run.worker.record.returns.points > 5);
  const first = run.worker.record;
  page.edit('agent', 'stepSize', '0.25', true);
  await until(() => first.marks.value.length === 1);
  await run.pickAgent('sarsa');
  await until(() => steps()[0] > 0);
  expect(told()).toEqual([
    ['Run 1', 'replaced', undefined],
    ['Run 2', 'live', ['SARSA instead of Q-learning']],
  ]);
  const [before, after] = rows();
  expect(before.record).toBe(first);
  expect(before.record.returns.points).toBeGreaterThan(5);
  expect(after.record).toBe(run.worker.record);
  // What was changed while it ran belongs to its settings.
  expect(before.request.value.config).toEqual({ stepSize: 0.25 });
  expect([before.shown.value, after.shown.value]).toEqual([false, true]);
});

test('the runs of a link stand as it gives them, whichever is ready first, and the others come from the first', async () => {
  const { page } = harness;
  // The first has a network to compile, the others are tables.
  await page.open(
    '#world=frozen-lake&agent=dqn&backend=cpu&b.agent=sarsa&c.agent=sarsa&c.agent.stepSize=0.3',
  );
  expect(told()).toEqual([
    ['Run 1', 'live', undefined],
    ['Run 2', 'live', ['SARSA instead of DQN']],
    ['Run 3', 'live', ['SARSA instead of DQN']],
  ]);
  expect(rows().map(({ origin }) => origin.value?.name.value)).toEqual([undefined, 'Run 1', 'Run 1']);
  await until(() => steps().every((count) => count > 0));
  page.focus(page.runs.value[1]);
  page.trainSeeds(100);
  const names = (): string[] => page.ledger.rows.value.map(({ name }) => name.value);
  expect(names()).toEqual(['Run 1', 'Run 2', 'Run 2, 5 seeds', 'Run 3']);
  // A run of another link beside the first comes from the one that is first there.
  page.close(page.runs.value[2]);
  page.close(page.runs.value[1]);
  await page.open('#world=frozen-lake&agent=q-learning&backend=cpu&b.agent=sarsa');
  expect(told().slice(-2)).toEqual([
    ['Run 4', 'live', ['Q-learning instead of DQN']],
    ['Run 5', 'live', ['SARSA instead of Q-learning']],
  ]);
});

test('a run that never took a step leaves no row, and the next one comes from the one before', async () => {
  const { page } = harness;
  await page.open(`#${LAKE}`);
  await until(() => steps()[0] > 0);
  await page.toggle();
  const [run] = page.runs.value;
  await page.reset();
  await run.pickAgent('sarsa');
  await run.pickAgent('expected-sarsa');
  expect(told()).toEqual([
    ['Run 1', 'replaced', undefined],
    ['Run 4', 'live', ['Expected SARSA instead of Q-learning']],
  ]);
});

test('restoring starts the settings again in the focused run; the run beside it goes on in the same world', async () => {
  const { page } = harness;
  await compared(`${LAKE}&agent.stepSize=0.3&reward.goal=2`);
  const [first, second] = page.runs.value;
  await until(() => steps().every((count) => count > 0));
  await second.pickAgent('sarsa');
  await until(() => second.worker.progress.value.done > 0);
  const kept = first.worker.record;
  const row = rows().find(({ request, ending }) => ending && request.value.agent === 'q-learning');
  expect(row).toBeDefined();
  await page.restore(row as RunRow);
  expect(second.worker.info.value?.request).toMatchObject({
    agent: 'q-learning',
    seed: 3,
    config: { stepSize: 0.3 },
    rewards: { goal: 2 },
  });
  expect(first.worker.record).toBe(kept);
  expect(changesOf(page.ledger.rowOf(second) as RunRow)).toEqual([]);
  expect(page.ledger.rowOf(second)?.origin.value?.name.value).toBe(row?.name.value);
  expect(phases()).toEqual(['running', 'running']);
});

test('restoring a run of another world takes all runs there', async () => {
  const { page } = harness;
  await compared();
  await until(() => steps().every((count) => count > 0));
  await page.pickWorld('taxi');
  await until(() => steps().every((count) => count > 0));
  page.setSeed('5');
  await page.reset();
  const row = rows().find(({ form }) => form.world.value?.id === 'frozen-lake') as RunRow;
  await page.restore(row);
  expect(page.runs.value.map(({ worker }) => worker.info.value?.request)).toMatchObject([
    { world: 'frozen-lake', seed: 3, agent: 'q-learning' },
    { world: 'frozen-lake', seed: 3, agent: 'q-learning' },
  ]);
});

test('a closed run can be shown beside those on the page, renamed, hidden and deleted', async () => {
  const { page } = harness;
  await compared();
  const [, second] = page.runs.value;
  await until(() => second.worker.record.returns.points > 3);
  const row = page.ledger.rowOf(second) as RunRow;
  page.ledger.delete(row);
  expect(rows().includes(row)).toBe(true);
  page.close(second);
  expect([row.ending, row.live.value]).toEqual(['closed', undefined]);
  expect(seriesOf(page).map(({ name }) => name)).toEqual([undefined]);
  row.shown.value = true;
  row.name.value = 'The slow one';
  const [live, past] = seriesOf(page);
  expect([live.tone, past.name]).toEqual([undefined, 'The slow one']);
  listenTo([live, past]);
  expect(curveOf(past, RETURN, 'steps')?.points).toBe(row.record.returns.points);
  expect(placesOf(past, 'steps').end()).toBe(row.record.progress);
  page.ledger.delete(row);
  expect(seriesOf(page)).toHaveLength(1);
  expect(rows().includes(row)).toBe(false);
});

test('of many runs the oldest that nobody looks at are forgotten', async () => {
  const { page } = harness;
  await page.open(`#${LAKE}&speed=turbo`);
  const [run] = page.runs.value;
  await until(() => steps()[0] > 0);
  rows()[0].shown.value = true;
  for (let time = 0; time < 65; time++) {
    await run.reset();
    await until(() => run.worker.record.progress > 0);
    // Ended, the first would be hidden.
    if (time === 0) rows()[0].shown.value = true;
  }
  expect(rows()).toHaveLength(60);
  expect(
    rows()
      .map(({ name }) => name.value)
      .slice(0, 2),
  ).toEqual(['Run 1', 'Run 8']);
}, 120_000);

test('a run that crashed and was restored keeps its row', async () => {
  const { page, workers } = harness;
  await page.open(`#${LAKE}`);
  await until(() => steps()[0] > 10);
  const { record } = page.runs.value[0].worker;
  workers[0].die('out of memory');
  await until(() => page.runs.value[0].worker.ready);
  await until(() => steps()[0] > 0);
  expect(rows()).toHaveLength(1);
  expect(rows()[0].record).toBe(record);
  expect(page.runs.value[0].worker.record).toBe(record);
});
