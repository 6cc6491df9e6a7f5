import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Examples, Task } from '#core/data-set.ts';
import { rngStreams } from '#core/rng.ts';
import { Batches, writeExamples } from '#data/batches.ts';
import { splitRows, splitRowsByClass } from '#data/examples.ts';
import { plainScale, standardScale } from '#data/scale.ts';

const classes: Task = { kind: 'classes', names: ['a', 'b', 'c'] };

/** Picture k is one pixel of value k, of class k % 3. */
function pixels(count: number): Examples {
  return {
    count,
    shape: [1, 1, 1],
    inputs: Uint8Array.from({ length: count }, (_, k) => k),
    targets: Int32Array.from({ length: count }, (_, k) => k % 3),
  };
}

function batches(count: number, batchSize: number, seed = 1): Batches {
  const examples = pixels(count);
  return new Batches(classes, examples, {
    batchSize,
    scale: plainScale(examples),
    rng: rngStreams(seed)('shuffle'),
  });
}

/** The rows of the next batch. */
function take(source: Batches): readonly number[] {
  const inputs = new Float32Array(source.batchSize);
  const targets = new Int32Array(source.batchSize);
  source.next(inputs, targets);
  const rows = Array.from(inputs, (x) => Math.round(255 * x));
  expect([...targets]).toEqual(rows.map((row) => row % 3));
  return rows;
}

describe('batches', () => {
  it('go over every example once per epoch, in a new order each time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 70 }), (count, size) => {
        const source = batches(count, size);
        expect(source.batchSize).toBe(Math.min(size, count));
        expect(source.perEpoch).toBe(Math.floor(count / source.batchSize));
        const orders = [0, 1].map((epoch) => {
          expect(source.epoch).toBe(epoch);
          return Array.from({ length: source.perEpoch }, () => take(source)).flat();
        });
        for (const order of orders) {
          expect(new Set(order).size).toBe(source.perEpoch * source.batchSize);
          expect(order.every((row) => row < count)).toBe(true);
        }
        if (count > 20) expect(orders[0]).not.toEqual(orders[1]);
      }),
    );
  });

  it('follow the seed', () => {
    expect(take(batches(50, 20, 1))).toEqual(take(batches(50, 20, 1)));
    expect(take(batches(50, 20, 1))).not.toEqual(take(batches(50, 20, 2)));
  });

  it('go on from a snapshot as if nothing had happened', () => {
    const source = batches(23, 5);
    for (let k = 0; k < 6; k++) take(source);
    const saved = source.snapshot();
    const wanted = Array.from({ length: 9 }, () => take(source));
    const other = batches(23, 5, 9);
    other.restore(saved);
    expect(Array.from({ length: 9 }, () => take(other))).toEqual(wanted);
  });

  it('have one-hot targets in floats', () => {
    const examples = pixels(6);
    const inputs = new Float32Array(2);
    const targets = new Float32Array(6);
    writeExamples(classes, examples, plainScale(examples), { first: 4, count: 2 }, { inputs, targets });
    expect([...targets]).toEqual([0, 1, 0, 0, 0, 1]);
    expect(inputs[1]).toBeCloseTo(5 / 255, 7);
  });

  it('have the numbers to predict in a regression', () => {
    const task: Task = { kind: 'regression', names: ['u', 'v'] };
    const examples: Examples = {
      count: 2,
      shape: [1],
      inputs: Float32Array.of(1, 2),
      targets: Float32Array.of(3, 4, 5, 6),
    };
    const targets = new Float32Array(2);
    writeExamples(
      task,
      examples,
      plainScale(examples),
      { first: 1, count: 1 },
      { inputs: new Float32Array(1), targets },
    );
    expect([...targets]).toEqual([5, 6]);
  });

  it('keep to the rows given', () => {
    const examples = pixels(30);
    const rows = Uint32Array.of(3, 9, 12, 27);
    const rng = rngStreams(1)('shuffle');
    const source = new Batches(classes, examples, { batchSize: 4, scale: plainScale(examples), rng, rows });
    expect(take(source).toSorted((a, b) => a - b)).toEqual([...rows]);
  });
});

describe('a standardised scale', () => {
  it('gives every feature mean 0 and deviation 1, but a constant one only mean 0', () => {
    const count = 1000;
    const rng = rngStreams(3)('table');
    const inputs = Float32Array.from({ length: 3 * count }, (_, k) =>
      k % 3 === 2 ? 7 : k % 3 === 1 ? 1000 + rng.normal() : 5 * rng.normal(),
    );
    const table: Examples = { count, shape: [3], inputs, targets: new Int32Array(count) };
    const scaled = new Float32Array(3 * count);
    const into = { inputs: scaled, targets: new Int32Array(count) };
    writeExamples(classes, table, standardScale(table), { first: 0, count }, into);
    for (let feature = 0; feature < 3; feature++) {
      const column = scaled.filter((_, k) => k % 3 === feature);
      const mean = column.reduce((sum, x) => sum + x, 0) / count;
      const square = column.reduce((sum, x) => sum + x * x, 0) / count;
      expect(mean).toBeCloseTo(0, 3);
      expect(square).toBeCloseTo(feature === 2 ? 0 : 1, 2);
    }
  });

  it('is one for all pixels of pictures', () => {
    const { gain, bias } = standardScale(pixels(4));
    expect([gain.length, bias.length]).toEqual([1, 1]);
    expect(1.5 * gain[0] + bias[0]).toBeCloseTo(0, 6);
  });
});

describe('splits', () => {
  it('have every row on one side', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (count, share) => {
          const [a, b] = splitRows(count, share, rngStreams(1)('split'));
          expect(a.length).toBeGreaterThan(0);
          expect(b.length).toBeGreaterThan(0);
          expect([...a, ...b].toSorted((x, y) => x - y)).toEqual(Array.from({ length: count }, (_, k) => k));
        },
      ),
    );
  });

  it('by class keep the share of each class', () => {
    const labels = Int32Array.from({ length: 1000 }, (_, k) => (k < 900 ? 0 : 1));
    const [train, test] = splitRowsByClass(labels, 0.8, rngStreams(1)('split'));
    expect([train.length, test.length]).toEqual([800, 200]);
    expect(test.filter((row) => labels[row] === 1)).toHaveLength(20);
  });
});
