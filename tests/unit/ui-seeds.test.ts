/** Groups of seeds: every seed is the run that it would be alone, the band is rliable's, and the verdict says what it can. */
import { describe, expect, test, vi } from 'vitest';
import { stratifiedInterval } from '#core/bootstrap.ts';
import { rngStreams } from '#core/rng.ts';
import { interquartileMean, mean } from '#core/stats.ts';
import { createCompute } from '#host/compute.ts';
import { pageHarness } from '#tests/page-harness.ts';
import { until } from '#tests/worker-harness.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { GroupCurve, PLACES, SeedCurve } from '#ui/state/seed-curve.ts';
import { firstOf, stepsFor, type SeedGroup } from '#ui/state/seed-group.ts';
import { verdictOf } from '#ui/state/verdict.ts';

const LAKE = 'world=frozen-lake&agent=q-learning&backend=cpu&speed=64&seed=3';

const harness = pageHarness();

async function begun(steps: number): Promise<SeedGroup> {
  const { page } = harness;
  await page.open(`#${LAKE}`);
  page.trainSeeds(steps);
  return page.ledger.rows.value.at(-1) as SeedGroup;
}

const STEPS = 3000;

test('five seeds train for the same steps, and each is the run that it would be alone', async () => {
  const group = await begun(STEPS);
  await until(() => !group.active.value);
  expect(group.runs.map(({ seed, state }) => [seed, state.value])).toEqual(
    [3, 4, 5, 6, 7].map((seed) => [seed, 'done']),
  );
  using compute = await createCompute('cpu');
  for (const { seed, curve } of group.runs) {
    const run = await createRun(resolveRun({ world: 'frozen-lake', agent: 'q-learning', seed }), compute);
    await run.advance(() => run.progress >= STEPS);
    const { return: returns } = run.recorder.episodesSince(0);
    run.dispose();
    expect(curve.means.at(-1), `seed ${seed}`).toBeCloseTo(mean(returns.slice(-100)), 12);
  }
  await until(() => group.curve.count === PLACES && group.curve.scoresAt(STEPS).length === 5);
  const finals = group.runs.map(({ curve }) => curve.means[PLACES - 1]);
  await until(() => group.curve.latestMean === interquartileMean(finals));
  // Its workers are gone.
  await until(() => harness.alive() === 1);
});

test('stopped, nothing moves; continued, the seeds go on', async () => {
  const group = await begun(20_000_000);
  await until(() => group.runs[0].progress.value > 0);
  group.stop();
  const progress = (): string => group.runs.map((run) => run.progress.value).join();
  const rests = async (): Promise<boolean> => {
    const before = progress();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return progress() === before;
  };
  // News of the slices in progress may still be on their way.
  await expect.poll(rests).toBe(true);
  const before = group.runs.map((run) => run.progress.value);
  expect([group.stopped.value, group.active.value]).toEqual([true, true]);
  group.continue();
  await until(() => group.runs[0].progress.value > before[0]);
  harness.page.ledger.delete(group);
  await until(() => harness.alive() === 1);
  expect(harness.page.ledger.rows.value.some(({ id }) => id === group.id)).toBe(false);
});

test('a seed whose worker dies is trained again, and ends as if nothing had been', async () => {
  const group = await begun(STEPS);
  await until(() => group.runs[0].progress.value > 0);
  harness.workers[1].die('out of memory');
  await until(() => !group.active.value);
  expect(group.runs.map(({ state, problem }) => [state.value, problem.value])).toEqual(
    group.runs.map(() => ['done', undefined]),
  );
  const alone = await begun(STEPS);
  await until(() => !alone.active.value);
  expect(group.runs.map(({ curve }) => curve.means)).toEqual(alone.runs.map(({ curve }) => curve.means));
  expect(harness.workers.length).toBeGreaterThan(3);
});

test('a seed whose workers keep dying is left out and named, and the others go on', async () => {
  // One lane, so that the newest worker is that of the first seed.
  vi.stubGlobal('navigator', { hardwareConcurrency: 2 });
  const group = await begun(100_000_000);
  const [first] = group.runs;
  for (let killed = 1; first.state.value !== 'failed';) {
    await until(() => harness.workers.length > killed || first.state.value === 'failed');
    if (harness.workers.length > killed) harness.workers[killed++].die('out of memory');
  }
  expect(first.problem.value).toBe('its worker has crashed: out of memory');
  await until(() => group.runs[1].progress.value > 0);
  expect(group.active.value).toBe(true);
});

test('so many steps as the run has taken are offered, rounded up to one digit', () => {
  expect([0, 9000, 10_000, 10_001, 123_456, 950_000].map(stepsFor)).toEqual([
    10_000, 10_000, 10_000, 20_000, 200_000, 1_000_000,
  ]);
});

/** A seed with a return per step, all taken. */
function seedOf(returns: readonly number[], steps = returns.length): SeedCurve {
  const curve = new SeedCurve(steps);
  const step = Float64Array.from(returns, (_, i) => i + 1);
  curve.take({ step, return: Float64Array.from(returns) }, returns.length);
  return curve;
}

describe('curves of seeds', () => {
  test('hold the mean of the last hundred episodes at every place, and nothing beyond the last', () => {
    const returns = Array.from({ length: 500 }, (_, i) => i);
    const curve = seedOf(returns, 400);
    expect(curve.reached).toBe(PLACES);
    // Places are 4 steps apart; returns i of step i + 1 ≤ place.
    expect(curve.means[0]).toBeCloseTo(1.5, 12);
    expect(curve.means[PLACES - 1]).toBeCloseTo(mean(returns.slice(300, 400)), 9);
  });

  test('have the interquartile mean and the stratified-bootstrap band of the seeds that got so far', async () => {
    const seeds = [1, 2, 4, 8, 16].map((value) => seedOf(Array.from({ length: 200 }, () => value)));
    seeds.push(seedOf([32, 32, 32], 200));
    let changes = 0;
    using curve = new GroupCurve(seeds, 200, () => changes++);
    curve.refresh();
    await until(() => curve.count === PLACES);
    const [x, low, high, means] = curve.columns;
    expect([x[0], x.at(-1), means[0], means.at(-1)]).toEqual([2, 200, 7.5, 14 / 3]);
    const rng = rngStreams(0)('band', PLACES - 1);
    const band = stratifiedInterval([[1, 2, 4, 8, 16]], interquartileMean, rng, { repetitions: 2000 });
    expect({ low: low.at(-1), high: high.at(-1) }).toEqual(band);
    expect(changes).toBeGreaterThan(0);
  });
});

/** A group that is done, with these final returns. */
async function groups(...finals: readonly (readonly number[])[]): Promise<SeedGroup[]> {
  const { page } = harness;
  await page.open(`#${LAKE}`);
  return finals.map((values, i) => {
    page.trainSeeds(PLACES);
    const group = page.ledger.rows.value.at(-1) as SeedGroup;
    group.stop();
    group.name.value = 'AB'[i];
    values.forEach((value, k) => group.runs[k].curve.means.fill(value));
    values.forEach((_, k) => (group.runs[k].curve.reached = PLACES));
    return group;
  });
}

describe('the verdict', () => {
  test('names the better one with the probability of improvement and its interval', async () => {
    const [a, b] = await groups([1, 2, 3, 4, 5], [6, 7, 8, 9, 5]);
    expect(verdictOf(a, b)).toMatch(
      /^“B” is better: a run of “B” beats one of “A” with probability 98 % \(95 % interval 8\d to 100 %; 5 and 5 seeds, after 100 env steps\)\.$/,
    );
    expect(verdictOf(b, a)).toMatch(/^“A” is worse: .* probability 2 % \(95 % interval 0 to 1\d %/);
  });

  test('does not choose where the interval holds one half', async () => {
    const [a, b] = await groups([1, 2, 3, 4, 5], [2, 1, 4, 3, 6]);
    expect(verdictOf(a, b)).toMatch(/^No clear difference: .* probability 52 % /);
  });

  test('says that too few seeds tell nothing, and what cannot be compared', async () => {
    const [a, b] = await groups([1, 2, 3], [4, 5, 6, 7, 8]);
    expect(verdictOf(a, b)).toBe('Too few seeds to tell: “A” has 3, “B” has 5, and each needs at least 4.');
    const { page } = harness;
    const [run] = page.ledger.rows.value;
    expect(verdictOf(run, b)).toMatch(/^Too few seeds to tell: “Run 1” has 1,/);
    page.edit('reward', 'goal', '3', true);
    await until(() => page.runs.value[0].worker.record.marks.value.length > 0);
    expect(verdictOf(run, b)).toBe('Not comparable: Goal 1 instead of 3.');
  });
});

test('a group begins at the seed of its run, unless there are too few above it', () => {
  expect([firstOf(7), firstOf('1e3')]).toEqual([7, 1000]);
  const most = Number.MAX_SAFE_INTEGER;
  expect([firstOf(most), firstOf(most - 4), firstOf(most - 5)]).toEqual([most - 4, most - 4, most - 5]);
});
