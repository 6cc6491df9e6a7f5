/** The bootstrap against cases that can be reckoned by hand, and its intervals against how often they hold what they should. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stratifiedInterval } from '#core/bootstrap.ts';
import { improvementOf, probabilityOfImprovement } from '#core/improvement.ts';
import { rngStreams } from '#core/rng.ts';
import { interquartileMean, mean } from '#core/stats.ts';

const rng = (seed: number): ReturnType<ReturnType<typeof rngStreams>> => rngStreams(seed)('bootstrap');

describe('the stratified bootstrap', () => {
  it('of two runs, 0 and 1, has the mean 0 or 1 in a quarter of the draws each', () => {
    // The mean of a draw is 0, ½ or 1 with ¼, ½, ¼: the quartiles of that lie at the steps, the eighths within the outer ones.
    for (const [confidence, low, high] of [
      [0.75, 0, 1],
      [0.25, 0.5, 0.5],
    ]) {
      const options = { confidence, repetitions: 10_000 };
      expect(stratifiedInterval([[0, 1]], mean, rng(1), options)).toEqual({ low, high });
    }
  });

  it('draws every task from its own runs', () => {
    // However the runs are drawn, the middle half of 0 0 9 9 is 0 and 9.
    expect(
      stratifiedInterval(
        [
          [0, 0],
          [9, 9],
        ],
        interquartileMean,
        rng(1),
        { repetitions: 100 },
      ),
    ).toEqual({
      low: 4.5,
      high: 4.5,
    });
  });

  it('stays within the scores, holds the middle, and is the same for the same stream', () => {
    const scores = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(scores, fc.integer({ min: 0, max: 1000 }), (runs, seed) => {
        const options = { repetitions: 200 };
        const { low, high } = stratifiedInterval([runs], interquartileMean, rng(seed), options);
        expect(low).toBeGreaterThanOrEqual(Math.min(...runs));
        expect(high).toBeLessThanOrEqual(Math.max(...runs));
        expect(low).toBeLessThanOrEqual(high);
        expect(stratifiedInterval([runs], interquartileMean, rng(seed), options)).toEqual({ low, high });
      }),
    );
  });

  it('of ten normal runs holds their true middle about as often as it says', () => {
    // A percentile interval of so few runs is known to be somewhat short of its 95 %.
    const draws = rng(7);
    let held = 0;
    for (let trial = 0; trial < 300; trial++) {
      const runs = Array.from({ length: 10 }, () => draws.normal());
      const { low, high } = stratifiedInterval([runs], interquartileMean, draws, { repetitions: 500 });
      if (low <= 0 && high >= 0) held++;
    }
    expect(held / 300).toBeGreaterThan(0.85);
    expect(held / 300).toBeLessThan(0.99);
  });

  it('refuses a task without runs', () => {
    expect(() => stratifiedInterval([[1], []], mean, rng(1))).toThrow('at least one run');
  });
});

describe('the probability of improvement', () => {
  it('of several tasks is the mean over them, however many runs each has', () => {
    // rliable's own case: [1 2 2 1] against [1 2 3], and another task on which all is lost.
    expect(probabilityOfImprovement([1, 2, 2, 1], [1, 2, 3])).toBeCloseTo(1 / 3, 12);
    const { probability } = improvementOf(
      [[1, 2, 2, 1], [0]],
      [
        [1, 2, 3],
        [1, 1],
      ],
      rng(1),
    );
    expect(probability).toBeCloseTo(1 / 6, 12);
  });

  it('has an opinion where its interval leaves one half out, and the opposite one of the opposite question', () => {
    const [low, high] = [
      [1, 2, 3, 4, 5],
      [5, 6, 7, 8, 9],
    ];
    expect(improvementOf([high], [low], rng(1)).opinion).toBe('better');
    expect(improvementOf([low], [high], rng(1)).opinion).toBe('worse');
    expect(improvementOf([low, high], [high, low], rng(1)).opinion).toBe('unclear');
    const { low: from, probability, high: to } = improvementOf([high], [low], rng(1));
    expect(from).toBeLessThan(probability);
    expect(to).toBe(1);
  });

  it('is the share of pairs that are won, ties counting half', () => {
    expect(probabilityOfImprovement([2, 3], [1, 2])).toBe(3.5 / 4);
    expect(probabilityOfImprovement([1], [1])).toBe(0.5);
  });

  it('of one side and of the other add up to one', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(scores, scores, (ours, theirs) => {
        const both = probabilityOfImprovement(ours, theirs) + probabilityOfImprovement(theirs, ours);
        expect(both).toBeCloseTo(1, 12);
      }),
    );
  });
});
