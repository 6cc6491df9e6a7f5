/** What `ludus compare` says of seeds: scales, failures, curves, and what it refuses to put together. */
import { describe, expect, it } from 'vitest';
import { rngStreams } from '#core/rng.ts';
import { compare, scoresPerSeed, type ComparisonOptions } from '#node/compare/comparison.ts';
import type { Contestant, Task, Trained } from '#node/compare/contestant.ts';
import { bandOf } from '#node/compare/curves.ts';
import { formatComparison, testSentence } from '#node/compare/report.ts';
import { experimentsOf } from '#node/compare/request.ts';
import { profileOf } from '#node/compare/statistics.ts';
import { wordsOf } from '#node/compare/words.ts';
import { resolveRun } from '#train/request/resolve.ts';

const AMOUNT = { steps: 1000, seeds: 5, episodes: 10 };
const OPTIONS: ComparisonOptions = { score: 'greedy', random: {}, best: {} };

function trained(world: string, seed: number, score: number, more: Partial<Trained> = {}): Trained {
  return {
    seed,
    steps: 1000,
    training: { mean: score, episodes: 100, curve: [] },
    greedy: { mean: score, std: 0, episodes: 10 },
    request: resolveRun({ world, seed }).request,
    ...more,
  };
}

function task(world: string, scores: readonly number[], failed: readonly number[] = []): Task {
  const free = Array.from({ length: scores.length + failed.length }, (_, k) => k + 1).filter(
    (seed) => !failed.includes(seed),
  );
  return { world, seeds: scores.map((score, k) => trained(world, free[k], score)), failed };
}

const side = (name: string, ...tasks: readonly Task[]): Contestant => ({ name, tasks });

describe('a comparison', () => {
  const low = side(
    'low',
    task('cart-pole', [100, 120, 90, 110, 130]),
    task('corridor', [0.8, 0.8, 0.9, 0.8, 0.8]),
  );
  const high = side(
    'high',
    task('cart-pole', [500, 480, 500, 490, 470]),
    task('corridor', [1, 1, 0.95, 1, 1]),
  );

  it('says which side is better, over all worlds', () => {
    const { improvement, overall, tasks } = compare(low, high, OPTIONS);
    expect(improvement?.opinion).toBe('better');
    expect(tasks.map(({ scale }) => scale)).toEqual([
      { random: 23.28, best: 500 },
      { random: 0.7807, best: 1 },
    ]);
    const [a, b] = overall?.aggregates ?? [];
    // Of the mean of normalised means: 0.1817 and 0.1799.
    expect(a?.mean.value).toBeCloseTo(0.1808, 3);
    expect(b?.optimalityGap?.value).toBeCloseTo(1 - (b?.mean.value ?? 0), 12);
    expect(a?.iqm.low).toBeLessThan(a?.iqm.value ?? 0);
    expect(compare(high, low, OPTIONS).improvement?.opinion).toBe('worse');
  });

  it('is the same each time, and prints its verdict', () => {
    expect(compare(low, high, OPTIONS)).toEqual(compare(low, high, OPTIONS));
    const text = formatComparison(compare(low, high, OPTIONS), { decision: 'better', seeds: 5 });
    expect(text).toContain('All worlds, normalised');
    expect(text).toContain(
      'Decided: B is better than A (AdaStop, error at most 0.05, 5 seeds of each; 25 of 30 seeds of each were not needed).',
    );
    expect(text).toMatch(
      /B is better: a run of B beats one of A with probability 100 % \(95 % interval 100 to 100 %; 5 and 5 seeds, after 1000 env steps\)\.$/,
    );
  });

  it('gives scores per seed, averaged over the worlds of its own', () => {
    const [first] = scoresPerSeed(low, high, OPTIONS)[0];
    expect(first).toBeCloseTo(((100 - 23.28) / 476.72 + (0.8 - 0.7807) / 0.2193) / 2, 12);
    const alone = scoresPerSeed(side('', low.tasks[0]), side('', high.tasks[0]), OPTIONS);
    expect(alone[0]).toEqual([100, 120, 90, 110, 130]);
  });

  it('counts a seed that failed as the worst there is, in its place', () => {
    const failing = side('failing', task('cart-pole', [500, 480, 500, 490], [2]));
    const other = side('other', task('cart-pole', [400, 300, 350, 310, 320]));
    expect(scoresPerSeed(failing, other, OPTIONS)[0]).toEqual([500, 300, 480, 500, 490]);
    const comparison = compare(failing, other, OPTIONS);
    expect(comparison.tasks[0].failed).toEqual([1, 0]);
    expect(formatComparison(comparison, undefined)).toContain('5 (1 failed)');
  });

  it('takes scales from the user where none is known, and asks for them by name', () => {
    const [one, other] = [0, 1].map((k) =>
      side('', task('breakout', [k, 2, 3, 4]), task('cart-pole', [k, 2, 3, 4])),
    );
    expect(() => scoresPerSeed(one, other, OPTIONS)).toThrow('--best: expected breakout=<score>');
    expect(compare(one, other, OPTIONS).overall).toBeUndefined();
    const given = { ...OPTIONS, best: { breakout: 20 } };
    expect(scoresPerSeed(one, other, given)[1]).toHaveLength(4);
    expect(compare(one, other, given).overall).toBeDefined();
  });

  it('of a single world has its optimality gap in the table, and of a single seed no interval', () => {
    const [cartPole] = high.tasks;
    const one = formatComparison(
      compare(side('', task('cart-pole', [100])), side('', cartPole), OPTIONS),
      undefined,
    );
    expect(one).toMatch(/interquartile mean +100 +490 \[/);
    expect(one).toMatch(/optimality gap +0\.\d+ +0\.\d+ \[/);
  });

  it('needs four seeds, the same worlds and the same rules', () => {
    const few = side('', task('cart-pole', [1, 2, 3]));
    const { improvement } = compare(few, few, OPTIONS);
    expect(improvement).toBeUndefined();
    expect(formatComparison(compare(few, few, OPTIONS), undefined)).toContain(
      'Too few seeds to tell: B has 3, A has 3, and each needs at least 4.',
    );
    const [cartPole] = few.tasks;
    const both = side('', cartPole, task('corridor', [1, 1, 1, 1]));
    expect(formatComparison(compare(both, both, OPTIONS), undefined)).toContain(
      'Too few seeds on cart-pole to tell: B has 3, A has 3',
    );
    expect(() => compare(low, side('', task('corridor', [1, 1, 1, 1])), OPTIONS)).toThrow(
      'B: expected cart-pole, corridor, got corridor',
    );
    const { request } = resolveRun({ world: 'cart-pole', rewards: { centre: 1 } });
    const changed = { world: 'cart-pole', seeds: [trained('cart-pole', 1, 3, { request })], failed: [] };
    expect(() => compare(few, side('', changed), OPTIONS)).toThrow(
      'B.cart-pole.reward.centre: expected 0, as A has it, got 1',
    );
  });
});

/** Returns that rise with the steps, in so many seconds. */
function rising(seconds: number): Partial<Trained> {
  const curve = [200, 400, 600, 800, 1000].map((step): [number, number] => [step, step]);
  return { training: { mean: 0, episodes: 1, curve }, seconds };
}

describe('profiles and curves', () => {
  it('fall from all runs to none, within their intervals', () => {
    const draws = rngStreams(1)('scores');
    const profile = profileOf([Array.from({ length: 10 }, () => draws.uniform())], 'A');
    expect(profile[0].value).toBe(1);
    expect(profile.at(-1)?.value).toBe(0);
    profile.forEach(({ value, low, high }, k) => {
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
      if (k > 0) expect(value).toBeLessThanOrEqual(profile[k - 1].value);
    });
  });

  it('lie where all seeds have been, by steps and by seconds', () => {
    const seeds = [10, 20, 30].map((seconds, k) => trained('cart-pole', k, 0, rising(seconds)));
    const steps = bandOf(seeds, 'steps');
    expect(steps[0].at).toBe(200);
    expect(steps.at(-1)?.at).toBe(1000);
    // The three seeds are alike by steps.
    for (const { at, iqm, low, high } of steps)
      expect([iqm, low, high]).toEqual([at, at, at].map((x) => expect.closeTo(x, 9)));
    // By seconds the first one is over after 10, and the last has its first point at 6.
    const seconds = bandOf(seeds, 'seconds');
    expect(seconds[0].at).toBeCloseTo(6, 9);
    expect(seconds.at(-1)?.at).toBeCloseTo(10, 9);
    expect(seconds.at(-1)?.iqm).toBeCloseTo((1000 + 500 + 1000 / 3) / 3, 6);
    expect(bandOf([trained('cart-pole', 1, 0)], 'steps')).toEqual([]);
  });
});

describe('a request', () => {
  it('is split into words as a shell does', () => {
    expect(wordsOf(`a  --set x='1 2' "b c"d`, 'A')).toEqual(['a', '--set', 'x=1 2', 'b cd']);
    expect(() => wordsOf(`a "b`, 'A')).toThrow('A: expected quotes that are closed, got "a \\"b"');
  });

  it('becomes a complete experiment per world', () => {
    const [one, other] = experimentsOf(
      'frozen-lake,cliff-walking --agent sarsa --set gamma=0.9',
      'A',
      AMOUNT,
    );
    expect([one.world, other.world]).toEqual(['frozen-lake', 'cliff-walking']);
    expect(one.config?.['gamma']).toBe(0.9);
    expect(one).toMatchObject({ agent: 'sarsa', steps: 1000 });
    expect(one).not.toHaveProperty('seed');
  });

  it.each([
    ['cart-pole --agent dqnn', 'agent: expected a known name (near: dqn'],
    ['cart-pole --sett gamma=1', 'option: expected a known name (near: --set'],
    ['cart-pole,cart-pole', 'A: expected each world once'],
    ['cart-pole --agent dqn --set gama=1', 'gama'],
  ])('%s is refused by name', (text, message) => {
    expect(() => experimentsOf(text, 'A', AMOUNT)).toThrow(message);
  });
});

it('a test that ran to its end has saved nothing and says so', () => {
  expect(testSentence({ decision: 'same', seeds: 30 })).toContain('no difference');
  expect(testSentence({ decision: 'same', seeds: 30 })).toContain('no seed was saved');
  expect(testSentence({ decision: 'open', seeds: 10 })).toContain('Not decided: 10 seeds of each');
});
