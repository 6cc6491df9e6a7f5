/** The statistics against closed forms and properties; `tests/golden` compares them with recordings. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interquartileMean, mean, median, standardDeviation } from '#core/stats.ts';

describe('statistics', () => {
  it('agree with their closed forms', () => {
    const values = [1, 2, 3, 4, 100];
    expect(mean(values)).toBe(22);
    expect(median(values)).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(interquartileMean(values)).toBe(3);
    // rliable's own cases: squares of 0 … 9 and of 0 … 6, and all runs of two tasks as one list.
    expect(interquartileMean([0, 1, 4, 9, 16, 25, 36, 49, 64, 81])).toBeCloseTo(139 / 6, 12);
    expect(interquartileMean([0, 1, 4, 9, 16, 25, 36])).toBe(11);
    expect(interquartileMean([1, 2, 2, 2, 1, 1, 2, 1])).toBe(1.5);
    expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
    expect(standardDeviation([3])).toBe(0);
    expect(mean([])).toBeNaN();
    expect(median([])).toBeNaN();
  });

  it('do not depend on the order, and move with the values', () => {
    const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(numbers, fc.double({ min: -1e3, max: 1e3, noNaN: true }), (values, shift) => {
        const moved = values.map((value) => value + shift).toReversed();
        for (const statistic of [mean, median, interquartileMean])
          expect(statistic(moved)).toBeCloseTo(statistic(values) + shift, 6);
        expect(standardDeviation(moved)).toBeCloseTo(standardDeviation(values), 4);
      }),
    );
  });
});
