/** The table of runs outlives the page: rows that have ended, groups of seeds, and the numbers and names of runs that go on. */
import { expect, test } from 'vitest';
import { pageHarness } from '#tests/page-harness.ts';
import { until } from '#tests/worker-harness.ts';
import { keptLedger, keptRows, rowParts, takeLedgerBack } from '#ui/state/kept-ledger.ts';
import type { AnyRow } from '#ui/state/ledger.ts';
import { Page } from '#ui/state/page.ts';
import { changesOf } from '#ui/state/run-row.ts';
import type { SeedGroup } from '#ui/state/seed-group.ts';
import { verdictOf } from '#ui/state/verdict.ts';

const LAKE = 'world=frozen-lake&agent=q-learning&backend=cpu&speed=64&seed=3';

const harness = pageHarness();

/** Another page that begins with what is kept of the first, after it has been through the database. */
async function reloaded(most?: number): Promise<Page & Disposable> {
  const { page } = harness;
  await page.toggle();
  const state = structuredClone(keptLedger(page.ledger, page.runs.value));
  const parts = structuredClone(
    rowParts(page.ledger, most).map(({ name, stamp, value }) => ({ name, stamp, value: value() })),
  );
  const again = new Page(page.spawn);
  takeLedgerBack(again.ledger, state, parts, again);
  await again.open(`#${page.link.value}`);
  // Nothing that has come back has to be written once more.
  expect(rowParts(again.ledger).map(({ name, stamp }) => [name, stamp])).toEqual(
    parts.map(({ name, stamp }) => [name, stamp]),
  );
  return again;
}

const told = ({ ledger }: Page): unknown[] =>
  ledger.rows.value.map((row: AnyRow) => [
    row.id,
    row.order,
    row.name.value,
    row.kind === 'run' ? (row.ending ?? 'live') : `${row.done.value} done`,
    row.shown.value,
    changesOf(row),
    row.origin.value?.name.value,
    row.info.value.request,
  ]);

const curves = (row: AnyRow | undefined): unknown =>
  row?.kind === 'run'
    ? [row.record.returns, ...row.record.names.value.map((name) => row.record.curve(name))].map((curve) => [
        curve?.columns,
        curve?.latestMean,
        curve?.points,
      ])
    : undefined;

test('rows come back with settings, names, curves and marks, and the next run counts on', async () => {
  const { page } = harness;
  await page.open(`#${LAKE}`);
  const [run] = page.runs.value;
  await until(() => run.worker.record.returns.points > 5);
  page.edit('agent', 'stepSize', '0.25', true);
  await until(() => run.worker.record.marks.value.length === 1);
  await run.pickAgent('sarsa');
  await until(() => run.worker.progress.value.done > 0);
  const [first, second] = page.ledger.rows.value;
  first.name.value = 'Before';
  first.shown.value = true;
  second.name.value = 'After';
  using again = await reloaded();
  expect(told(again)).toEqual(told(page));
  expect(again.ledger.rows.value[0].request.value.config).toEqual({ stepSize: 0.25 });
  expect(curves(again.ledger.rows.value[0])).toEqual(curves(first));
  expect(again.ledger.rowOf(again.runs.value[0])?.name.value).toBe('After');
  // A new name of the row is that of the run's origin, too.
  again.ledger.rows.value[0].name.value = 'Renamed';
  expect(again.ledger.rows.value[1].origin.value?.name.value).toBe('Renamed');
  await until(() => again.runs.value[0].worker.progress.value.done > 0);
  await again.restore(again.ledger.rows.value[0]);
  expect(again.runs.value[0].draft.value).toMatchObject({ agent: 'q-learning', config: { stepSize: 0.25 } });
  expect(again.ledger.rows.value.map(({ name }) => name.value)).toEqual(['Renamed', 'After', 'Run 3']);
});

const groups = (of: Page): readonly SeedGroup[] =>
  of.ledger.rows.value.flatMap((row) => (row.kind === 'seeds' ? [row] : []));

test('a group of seeds comes back with its verdict, and seeds that were not over are trained again', async () => {
  const { page } = harness;
  await page.open(`#${LAKE}`);
  await until(() => harness.steps()[0] > 0);
  page.trainSeeds(2000);
  await page.runs.value[0].pickAgent('sarsa');
  await until(() => harness.steps()[0] > 0);
  page.trainSeeds(2000);
  const [a, b] = groups(page);
  await until(() => !a.active.value && !b.active.value);
  await until(() => a.curve.scoresAt(2000).length === 5 && a.curve.count === 100 && b.curve.count === 100);
  const verdict = verdictOf(a, b);
  expect(verdict).toContain('5 and 5 seeds');
  page.trainSeeds(20_000_000);
  const [, , c] = groups(page);
  c.stop();
  const before = harness.workers.length;
  using again = await reloaded();
  const [x, y, z] = groups(again);
  await until(() => x.curve.count === 100 && y.curve.count === 100);
  expect(verdictOf(x, y)).toBe(verdict);
  expect(x.curve.columns).toEqual(a.curve.columns);
  // Only the one that is not over has workers, and it is still stopped.
  expect([z.stopped.value, z.active.value, z.done.value]).toEqual([true, true, 0]);
  expect(harness.workers.length - before).toBeLessThanOrEqual(1 + 5);
  z.continue();
  await until(() => z.runs[0].progress.value > 0);
  again.ledger.delete(z);
});

test('what is too much is left out, the oldest first, and rows that came from it keep their origin', async () => {
  const { page } = harness;
  await page.open(`#${LAKE}`);
  const [run] = page.runs.value;
  const agents = ['sarsa', 'expected-sarsa', 'double-q'];
  for (const agent of agents) {
    await until(() => run.worker.progress.value.done > 0);
    await run.pickAgent(agent);
  }
  await until(() => run.worker.progress.value.done > 0);
  const names = (most?: number): string[] => keptRows(page.ledger, most).map(({ name }) => name.value);
  expect(names()).toEqual(['Run 3', 'Run 2', 'Run 1']);
  expect(names(1)).toEqual([]);
  const least = Array.from({ length: 1000 }, (_, k) => k * 1000).find((most) => names(most).length === 2);
  expect(names(least)).toEqual(['Run 3', 'Run 2']);
  const before = told(page).slice(1);
  using again = await reloaded(least);
  expect(told(again)).toEqual(before);
});
