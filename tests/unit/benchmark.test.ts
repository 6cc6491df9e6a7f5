/** Benchmarks for tests of users, and the verdict on them, which says what was measured. */
import { describe, expect, it } from 'vitest';
import type { InputError } from '#core/errors.ts';
import { benchmark, type BenchmarkReport } from '#package/benchmark.ts';
import { reach } from '#package/reach.ts';
import '#package/vitest.ts';
import { forgetOwnDefinitions } from '#tests/own-definitions.ts';

forgetOwnDefinitions();

const options = { world: 'corridor', agent: 'q-learning', steps: 2000, episodes: 5 } as const;

/** As a user without types gives it. */
const any = (value: unknown): never => value as never;

describe('benchmark', () => {
  it('trains and plays once per seed, in their order, each to a result of its own', async () => {
    const { seeds, greedy } = await benchmark({ ...options, seeds: [3, 1, 2] });
    expect(seeds.map(({ seed }) => seed)).toEqual([3, 1, 2]);
    expect(seeds.map(({ returns }) => returns.length)).toEqual([5, 5, 5]);
    expect(new Set(seeds.map(({ training }) => training)).size).toBe(3);
    expect(greedy.interval.low).toBeLessThanOrEqual(greedy.iqm);
  });

  it('names every field that is wrong before anything starts', async () => {
    await expect(benchmark({ ...options, config: { alpha: -1 } })).rejects.toThrow(/^agent\.alpha/);
    await expect(benchmark({ ...options, seeds: [] })).rejects.toThrow('seeds: expected different seeds');
    await expect(benchmark({ ...options, seeds: [1, 1] })).rejects.toThrow('seeds: expected different seeds');
    await expect(benchmark({ ...options, steps: 0 })).rejects.toThrow(
      'steps: expected a whole number from 1, got 0',
    );
    await expect(benchmark({ ...options, seeds: [1, -2] })).rejects.toThrow(
      'seeds: expected different seeds, whole numbers from 0, at least one, got [1,-2]',
    );
    const wrong = { ...options, steps: 0, episodes: -1, seeds: [], config: { alpha: -1, gama: 1 } };
    const error: unknown = await benchmark(wrong).catch((thrown: unknown) => thrown);
    const { problems } = error as InputError;
    expect(problems.map(({ field }) => field)).toEqual([
      'steps',
      'episodes',
      'seeds',
      'agent.alpha',
      'agent.gama',
    ]);
  });
});

describe('toReach', () => {
  const seeds = [400, 500, 450].map((greedy, k) => ({ seed: k + 1, greedy, returns: [greedy] }));
  const report = {
    request: { world: 'cart-pole', agent: 'dqn' },
    steps: 50_000,
    episodes: 20,
    seeds,
    greedy: { iqm: 450, interval: { low: 400, high: 500 } },
  } as unknown as BenchmarkReport;

  it('says what was measured per seed, the interval, and how far off it is', () => {
    expect(reach(report, { greedy: 475 })).toEqual({
      pass: false,
      message: [
        'dqn on cart-pole, 50000 steps, 20 greedy episodes per seed',
        '  greedy: expected an interquartile mean of at least 475, got 450, 25 short',
        '    IQM 450, 95 % interval 400 to 500',
        '    seed 1: 400 (75 short)',
        '    seed 2: 500',
        '    seed 3: 450 (25 short)',
      ].join('\n'),
    });
    expect(() => expect(report).toReach({ greedy: 475 })).toThrow(/got 450, 25 short/);
    expect(report).toReach({ greedy: 450 });
    expect(report).not.toReach({ greedy: 450, by: 'low' });
    expect(report).not.toReach({ greedy: 401, by: 'every' });
    expect(report).toReach({ greedy: 400, by: 'every' });
  });

  it('says so where it was not to be reached', () => {
    expect(() => expect(report).not.toReach({ greedy: 1 })).toThrow('not to reach {"greedy":1} was expected');
  });

  it('refuses targets that were not measured', () => {
    expect(() => reach(any(Promise.resolve(report)), { greedy: 1 })).toThrow(
      'received: expected the report of a benchmark, got a promise: it has to be awaited',
    );
    expect(() => reach(any(3), { greedy: 1 })).toThrow('received: expected the report of a benchmark, got 3');
    expect(() => reach(report, any({ gredy: 1 }))).toThrow(
      'target.gredy: expected a known name (near: greedy)',
    );
    expect(() => reach(report, any({ greedy: 1, by: 'lo' }))).toThrow(
      'target.by: expected one of iqm, low, every',
    );
    expect(() => reach(report, {})).toThrow('target: expected greedy or training, got neither');
    expect(() => reach(report, { training: 1 })).toThrow('target.training: expected episodes that ended');
    expect(() => reach(report, { greedy: NaN })).toThrow('target.greedy: expected a number, got NaN');
  });
});
