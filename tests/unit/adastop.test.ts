/** AdaStop: how often it errs, by counting all deals and by simulation, and how soon it sees what is there. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adaStop, ADASTOP } from '#core/adastop.ts';
import { rngStreams, type Rng } from '#core/rng.ts';

const rng = (seed: number): Rng => rngStreams(seed)('adastop');

/** All ways to deal a group's scores to two sides, the half of the first and that of the second. */
function dealsOf(scores: readonly number[]): readonly (readonly [number[], number[]])[] {
  const half = scores.length / 2;
  return Array.from({ length: 2 ** scores.length }, (_, mask) => mask)
    .map((mask): [number[], number[]] => [
      scores.filter((_, i) => (mask >> i) & 1),
      scores.filter((_, i) => !((mask >> i) & 1)),
    ])
    .filter(([first]) => first.length === half);
}

describe('AdaStop', () => {
  it('finds a difference in no more than α of all deals of the same scores, ties or not', () => {
    const six = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 6, maxLength: 6 });
    const alphas = fc.constantFrom(0.1, 0.25, 0.5);
    fc.assert(
      fc.property(six, six, alphas, fc.constantFrom(0, 0.2), (one, two, alpha, beta) => {
        const plan = { group: 3, groups: 2, alpha, beta };
        const counts = { found: 0, early: 0, all: 0 };
        for (const [x1, y1] of dealsOf(one))
          for (const [x2, y2] of dealsOf(two)) {
            const { decision, seeds } = adaStop([...x1, ...x2], [...y1, ...y2], rng(1), plan);
            counts.all++;
            if (decision !== 'same') counts.found++;
            if (decision !== 'same' && seeds === 3) counts.early++;
          }
        expect(counts.all).toBe(400);
        expect(counts.found).toBeLessThanOrEqual(alpha * 400);
        expect(counts.early).toBeLessThanOrEqual((alpha / 2) * 400);
      }),
      { numRuns: 8 },
    );
  });

  it('spends nearly all of α where no two deals are alike', () => {
    const [one, two] = [
      [1, 2, 4, 8, 16, 32],
      [3, 9, 27, 81, 243, 729],
    ];
    const plan = { group: 3, groups: 2, alpha: 0.2, beta: 0 };
    const found = dealsOf(one).flatMap(([x1, y1]) =>
      dealsOf(two).filter(
        ([x2, y2]) => adaStop([...x1, ...x2], [...y1, ...y2], rng(1), plan).decision !== 'same',
      ),
    );
    expect(found.length / 400).toBeGreaterThan(0.19);
    expect(found.length / 400).toBeLessThanOrEqual(0.2);
  });

  it('decides by five seeds of each where all of one side beat all of the other', () => {
    const [low, high] = [
      [1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10],
    ];
    expect(adaStop(high, low, rng(1))).toEqual({ decision: 'better', seeds: 5 });
    expect(adaStop(low, high, rng(1))).toEqual({ decision: 'worse', seeds: 5 });
    expect(adaStop([...low.slice(1), 6], [...high.slice(1), 5], rng(1)).decision).toBe('open');
  });

  it('needs whole groups, and tells nothing apart that is alike', () => {
    expect(adaStop([6, 7, 8, 9], [1, 2, 3, 4], rng(1))).toEqual({ decision: 'open', seeds: 0 });
    expect(adaStop(Array(5).fill(500), Array(5).fill(500), rng(1))).toEqual({ decision: 'same', seeds: 5 });
    const draws = rng(2);
    const scores = Array.from({ length: 30 }, () => draws.normal());
    expect(adaStop(scores, scores, rng(1)).decision).toBe('same');
  });

  it('is the same for the same stream, whatever the unit of the scores', () => {
    const draws = rng(3);
    const [x, y] = [0.6, 0].map((shift) => Array.from({ length: 30 }, () => draws.normal() + shift));
    const result = adaStop(x, y, rng(4));
    expect(adaStop(x, y, rng(4))).toEqual(result);
    const scaled = [x, y].map((scores) => scores.map((score) => score * 1024));
    expect(adaStop(scaled[0], scaled[1], rng(4))).toEqual(result);
  });

  it.each([
    ['normal', (draws: Rng) => draws.normal()],
    ['either all or nothing', (draws: Rng) => Math.floor(2 * draws.uniform())],
    ['rarely far off', (draws: Rng) => draws.normal() / (0.05 + draws.uniform())],
  ] as const)('errs in about one of twenty at most where scores are %s', (_, draw) => {
    const trials = 300;
    const draws = rng(5);
    let found = 0;
    for (let trial = 0; trial < trials; trial++) {
      const [x, y] = [0, 1].map(() => Array.from({ length: 30 }, () => draw(draws)));
      const { decision } = adaStop(x, y, rng(trial), ADASTOP, 500);
      if (decision !== 'same') found++;
    }
    // Of 300 with a chance of 0.05 each, more than 32 come about once in ten thousand times.
    expect(found).toBeLessThanOrEqual(32);
  });

  it('sees a difference of a standard deviation mostly, one of two nearly always and with fewer seeds', () => {
    const draws = rng(6);
    const seen = [1, 2].map((shift) => {
      const results = Array.from({ length: 100 }, (_, trial) => {
        const x = Array.from({ length: 30 }, () => draws.normal() + shift);
        const y = Array.from({ length: 30 }, () => draws.normal());
        return adaStop(x, y, rng(trial), ADASTOP, 500);
      });
      return {
        better: results.filter(({ decision }) => decision === 'better').length,
        seeds: results.reduce((sum, { seeds }) => sum + seeds, 0) / results.length,
      };
    });
    expect(seen[0].better).toBeGreaterThan(80);
    expect(seen[1].better).toBeGreaterThan(95);
    expect(seen[0].seeds).toBeLessThan(22);
    expect(seen[1].seeds).toBeLessThan(12);
  });
});
