/** Priorities of a replay buffer, against a plain list. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rngStreams } from '#core/rng.ts';
import { SumTree } from '#core/sum-tree.ts';

describe('priorities', () => {
  it('are found by mass as a walk over the list finds them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (priorities, share) => {
          fc.pre(priorities.some((p) => p > 1e-6));
          const tree = new SumTree(priorities.length);
          priorities.forEach((p, row) => tree.set(row, p));
          const row = tree.find(share * tree.total);
          expect(row).toBeLessThan(priorities.length);
          expect(priorities[row]).toBeGreaterThan(0);
          expect(tree.smallest).toBe(Math.min(...priorities));
        },
      ),
    );
  });

  it('belong to the row at which their sum exceeds the mass, on a border too, and never to one without any', () => {
    const tree = new SumTree(8);
    [0, 1, 2, 0, 3].forEach((p, row) => tree.set(row, p));
    expect([0, 0.5, 1, 2.9, 3, 5.9].map((mass) => tree.find(mass))).toEqual([1, 1, 2, 2, 4, 4]);
    // What rounding may make of a mass just below the total.
    expect(tree.find(6)).toBe(4);
  });

  it('are drawn in strata, one from each equal part of the mass', () => {
    const tree = new SumTree(16);
    for (let row = 0; row < 16; row++) tree.set(row, 1);
    const rows = new Int32Array(16);
    const rng = rngStreams(1)('replay');
    for (let k = 0; k < 20; k++) {
      tree.sample(rows, rng);
      expect([...rows]).toEqual(Array.from(rows, (_, row) => row));
    }
  });

  it('are drawn in proportion, and never past the last row', () => {
    const tree = new SumTree(5);
    [1, 2, 3, 4].forEach((p, row) => tree.set(row, p));
    const rows = new Int32Array(10_000);
    tree.sample(rows, rngStreams(1)('replay'));
    for (let row = 0; row < 4; row++)
      expect(rows.filter((drawn) => drawn === row).length).toBeCloseTo(1000 * (row + 1), -2);
    expect(Math.max(...rows)).toBeLessThan(4);
  });

  it('do not drift over many changes', () => {
    const tree = new SumTree(64);
    const rng = rngStreams(1)('priorities');
    const list = new Float64Array(64);
    for (let k = 0; k < 20_000; k++) {
      const row = rng.integer(64);
      list[row] = rng.uniform() * 10 ** (rng.integer(12) - 6);
      tree.set(row, list[row]);
    }
    expect(tree.total).toBeCloseTo(
      list.reduce((sum, p) => sum + p, 0),
      9,
    );
  });
});
