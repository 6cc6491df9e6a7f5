/** Which jobs a sweep asks for, whatever the order in which results come, and what it takes for the best. */
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { InputError, problemOf } from '#core/errors.ts';
import { rngStreams } from '#core/rng.ts';
import { bestLine } from '#node/sweep/sweep-report.ts';
import { bestOf } from '#train/sweep/best.ts';
import { createSearch } from '#train/sweep/create-search.ts';
import type { Job } from '#train/sweep/job.ts';
import type { Plan } from '#train/sweep/plan.ts';
import { nextJob } from '#train/sweep/search.ts';
import { explore, gridPoint, gridSize, randomPoint } from '#train/sweep/space.ts';
import { planOf, play, presentStepSize, stepSize, type Score } from './sweep-harness.ts';

const halving = planOf({ search: { kind: 'halving', trials: 9, minSteps: 100 } });
const pbt = planOf({ steps: 1000, search: { kind: 'pbt', population: 5, interval: 250 } });

/** What is asked for with so many workers, by key. */
function jobsBy(plan: Plan, workers: number, seed = 1): readonly Job[] {
  const { jobs } = play(createSearch(plan), stepSize, { workers, seed });
  return jobs.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

const untilOf = (job: Job): number => job.legs[job.legs.length - 1].until;

describe('a grid', () => {
  const space = {
    'config.gamma': [0.9, 0.99],
    'config.stepSize': { from: 0.1, to: 0.5, count: 3, scale: 'linear' },
  };

  it('has every point once', () => {
    const { axes } = planOf({ space, search: { kind: 'grid' } });
    expect(gridSize(axes)).toBe(6);
    const points = [0, 1, 2, 3, 4, 5].map((k) => gridPoint(axes, k));
    const sizes = [0.1, 0.3, 0.5];
    expect(points.map((point) => point['config.gamma'])).toEqual([0.9, 0.9, 0.9, 0.99, 0.99, 0.99]);
    points.forEach((point, k) => expect(point['config.stepSize']).toBeCloseTo(sizes[k % 3], 12));
  });

  it('asks how many values of a range', () => {
    const open = { space: { 'config.gamma': { from: 0.1, to: 0.5 } }, search: { kind: 'grid' } };
    expect(problemOf(() => planOf(open))?.field).toBe('space.config.gamma.count');
  });
});

it('draws are within a range, on its scale, and each has its own stream', () => {
  const { axes } = planOf();
  const draws = Array.from(
    { length: 2000 },
    (_, k) => randomPoint(axes, rngStreams(1)('trial', k))['config.stepSize'] as number,
  );
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(0.01);
  expect(Math.max(...draws)).toBeLessThanOrEqual(1);
  // Half of them below the geometric mean, with five standard deviations to spare.
  const below = draws.filter((draw) => draw < 0.1).length;
  expect(Math.abs(below - 1000)).toBeLessThan(5 * Math.sqrt(500));
});

it('values of a logarithmic scale have eight digits, which engines agree on whatever their powers are', () => {
  const space = {
    'config.stepSize': { from: 0.01, to: 1, scale: 'log' },
    'config.gamma': { from: 0.5, to: 0.99, scale: 'complement' },
  };
  const { axes } = planOf({ space });
  for (let k = 0; k < 100; k++)
    for (const value of Object.values(randomPoint(axes, rngStreams(1)('trial', k))))
      expect(Number((value as number).toPrecision(8))).toBe(value);
});

it('whole numbers of a linear range are equally likely, its ends included', () => {
  const { axes } = planOf({
    run: { world: 'cart-pole', agent: 'dqn' },
    space: { 'config.trainEvery': { from: 1, to: 4, scale: 'linear' } },
  });
  const counts = [0, 0, 0, 0];
  for (let k = 0; k < 4000; k++)
    counts[(randomPoint(axes, rngStreams(2)('trial', k))['config.trainEvery'] as number) - 1]++;
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(750));
});

it('exploring moves by a fifth, to a neighbour of a list, or draws anew, and stays in the space', () => {
  const space = { 'config.stepSize': { from: 0.1, to: 0.5 }, 'config.gamma': [0.9, 0.95, 0.99] };
  const { axes } = planOf({ space });
  const seen = new Set<number>();
  for (let k = 0; k < 500; k++) {
    const next = explore(axes, { 'config.stepSize': 0.3, 'config.gamma': 0.95 }, rngStreams(3)('x', k));
    const size = next['config.stepSize'] as number;
    expect(size).toBeGreaterThanOrEqual(0.1);
    expect(size).toBeLessThanOrEqual(0.5);
    seen.add(Number(size.toFixed(6)));
    expect([0.9, 0.95, 0.99]).toContain(next['config.gamma']);
  }
  expect(seen).toContain(0.24);
  expect(seen).toContain(0.36);
  expect(seen.size).toBeGreaterThan(50);
});

describe('successive halving', () => {
  it('trains nine, then three, then one, and takes over where the rung before ended', () => {
    const { jobs } = play(createSearch(halving), stepSize);
    expect(jobs.map(untilOf)).toEqual([...Array(9).fill(100), ...Array(3).fill(300), 900]);
    expect(jobs[12].legs).toEqual([{ until: 100 }, { until: 300 }, { until: 900 }]);
    const best = Math.max(...jobs.map(stepSize as (job: Job) => number));
    expect(stepSize(jobs[12])).toBe(best);
    expect(jobs.filter(({ keep }) => keep)).toHaveLength(12);
  });

  it('asks for the same jobs however many run at once and whichever ends first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(1000), (workers, seed) => {
        expect(jobsBy(halving, workers, seed)).toEqual(jobsBy(halving, 1));
      }),
      { numRuns: 30 },
    );
  });

  it('goes on with those that are left where trials fail, and ends where all do', () => {
    const fails = play(createSearch(halving), (job) =>
      job.key.startsWith('tune 1/') ? stepSize(job) : 'fails',
    );
    expect(fails.jobs.filter((job) => untilOf(job) > 100).map(({ key }) => key)).toEqual(['tune 1/1/101']);
    const all = play(createSearch(halving), () => 'fails');
    expect(all.jobs).toHaveLength(9);
    expect(createSearch(halving).test(all.results, [1])).toEqual([]);
  });
});

describe('ASHA', () => {
  const asha = planOf({ search: { kind: 'asha', trials: 27, minSteps: 100 } });

  it('promotes before its rung is complete, never more than a third of it, and reaches the last', () => {
    const search = createSearch(asha);
    const { jobs, results } = play(search, stepSize, { workers: 4 });
    const order = jobs.map(untilOf);
    expect(order.indexOf(300)).toBeLessThan(order.lastIndexOf(100));
    const onRung = (until: number): number => order.filter((each) => each === until).length;
    expect(onRung(100)).toBe(27);
    expect(onRung(300)).toBeGreaterThanOrEqual(9);
    expect(onRung(900)).toBeGreaterThanOrEqual(3);
    const [winner] = search.standings(results);
    expect(winner.steps).toBe(900);
    expect(winner.score).toBe(Math.max(...jobs.map(stepSize as (job: Job) => number)));
  });

  it('goes on from its results as if it had never stopped: no job twice', () => {
    const search = createSearch(asha);
    const { jobs, results } = play(search, stepSize);
    fc.assert(
      fc.property(fc.nat(jobs.length - 1), (count) => {
        const some = new Map([...results].slice(0, count));
        const next = nextJob(search, some, new Set());
        expect(next?.key).toBe(jobs[count].key);
      }),
      { numRuns: 20 },
    );
  });
});

describe('population-based training', () => {
  it('lets the worst take over one of the best, with its legs and near its settings', () => {
    const search = createSearch(pbt);
    const { jobs, results } = play(search, presentStepSize, { workers: 3 });
    expect(jobs).toHaveLength(20);
    expect(jobs.map(untilOf)).toEqual([250, 500, 750, 1000].flatMap((until) => Array<number>(5).fill(until)));
    const taken = search.standings(results).filter(({ parent }) => parent !== undefined);
    expect(taken.length).toBeGreaterThan(0);
    for (const { trial, round, parent } of taken) {
      const keyed = (key: string) => jobs.find((job) => job.key === key);
      const [child, donor] = [keyed(`tune ${trial}/${round}`), keyed(`tune ${parent}/${round - 1}`)];
      expect(child?.legs.slice(0, -1)).toEqual(donor?.legs);
      expect(child?.seed).toBe(donor?.seed);
      expect(child?.legs.at(-1)?.tune).toHaveProperty(['config.stepSize']);
    }
    const [first] = search.standings(results);
    const [test] = search.test(results, [7]);
    expect(test.seed).toBe(7);
    expect(test.legs).toEqual(jobs.find(({ key }) => key === `tune ${first.trial}/3`)?.legs);
  });

  it('does not depend on who is faster', () => {
    expect(jobsBy(pbt, 4)).toEqual(jobsBy(pbt, 1));
  });

  it('replaces every member that failed, and ends when all have', () => {
    const some = play(createSearch(pbt), (job) => (job.seed === 103 ? 1 : 'fails'));
    expect(some.jobs.filter((job) => untilOf(job) === 500).map(({ seed }) => seed)).toEqual(
      Array(5).fill(103),
    );
    const all = play(createSearch(pbt), () => 'fails');
    expect(all.jobs).toHaveLength(5);
  });

  it('is refused over fields that need a reset', () => {
    expect(
      problemOf(() =>
        planOf({
          run: { world: 'cart-pole', agent: 'dqn' },
          space: { 'config.numEnvs': [1, 2] },
          search: { kind: 'pbt', population: 4, interval: 100 },
        }),
      )?.field,
    ).toBe('space.config.numEnvs');
  });
});

it('says how many others share the best score, of which the first is the best', () => {
  const plan = planOf({ space: { 'config.stepSize': [0.1, 0.2, 0.3] }, search: { kind: 'grid' } });
  const search = createSearch(plan);
  const sentence = (score: Score): string => {
    const { results } = play(search, score);
    const best = bestOf(plan, search.standings(results), results);
    if (!best) throw new Error('expected a best trial, got none');
    return bestLine(plan, best);
  };
  expect(sentence((job) => Math.min(stepSize(job) as number, 0.2))).toMatch(
    /^best: trial 1, .*; the first of 2 trials that tie\)/,
  );
  expect(sentence(() => 1)).toMatch(/^best: trial 0, .*; the first of 3 trials that tie\)/);
  expect(sentence(stepSize)).not.toContain('tie');
});

it.each([
  [
    { space: { 'config.stepsize': [1] } },
    'space.config.stepsize: expected a known name (near: config.stepSize)',
  ],
  [{ space: { learningRate: [1] } }, 'space.learningRate: expected'],
  [{ space: {} }, 'space: expected at least one field'],
  [{ space: { 'config.stepSize': { from: 0.5, to: 0.1 } } }, 'space.config.stepSize: expected from below to'],
  [{ space: { 'config.stepSize': [0.1, 7] } }, 'space.config.stepSize: expected a number'],
  [
    { space: { 'config.stepSize': [0.1, 0.2, 0.1] } },
    'space.config.stepSize: expected each value once, got 0.1 more than once',
  ],
  [{ steps: 0 }, 'steps: expected at least 1'],
  [{ search: { kind: 'bayes' } }, 'search.kind: expected'],
  [{ search: { kind: 'asha', trials: 3, minSteps: 100 } }, 'search.trials: expected at least 9'],
  [{ search: { kind: 'asha', trials: 9, minSteps: 800 } }, 'search.minSteps: expected at most steps / eta'],
  [{ run: { world: 'frozen-lak' } }, 'world: expected a known name (near: frozen-lake'],
  [{ run: { world: 'cart-pole', agent: 'bc' } }, 'demonstrations: expected'],
  [{ tuningSeed: 1 }, 'tuningSeed: expected a known name (near: tuningSeeds, seed), got an unknown field'],
  [{ run: { wold: 'cart-pole' } }, 'run.wold: expected a known name (near: world)'],
  [
    { search: { kind: 'random', trails: 3 } },
    'search.trails: expected a known name (near: trials), got an unknown field',
  ],
])('%o is refused before anything runs', (change, message) => {
  expect(() => planOf(change)).toThrow(InputError);
  expect(() => planOf(change)).toThrow(message);
});
