/** Loops over rows of every length around the turns that long ones are taken in: compiled against eager tfjs on cpu. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '#compile/step.ts';
import { bothRunners, compareOutputs, numbers } from './compile-close.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const float = (shape: readonly number[]) => ({ shape, dtype: 'float32' }) as const;

/** Lengths on both sides of where rows count as long, and of whole turns. */
const lengths = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 58, max: 100 }));
const matrices = fc.record({ rows: fc.integer({ min: 1, max: 5 }), columns: lengths, seed: fc.nat(99) });

/** A moment and parameters that follow it one way only. */
const follow: Step = ({ p, m }, { g }) => {
  const next = tf.add(tf.mul(m, 0.9), tf.mul(g, 0.1));
  return { state: { m: next, p: tf.sub(p, tf.relu(tf.div(next, 3))) }, outputs: {} };
};

describe('rows', () => {
  it.each<[string, (x: tf.Tensor, y: tf.Tensor) => tf.Tensor]>([
    ['are computed', (x, y) => tf.sub(tf.mul(x, y), tf.sqrt(tf.abs(x)))],
    ['are summed', (x, y) => tf.sum(tf.mul(x, y), 1)],
    ['are summed into one', (x, y) => tf.sum(tf.mul(x, y), 0)],
    ['are summed to one number', (x, y) => tf.sum(tf.mul(x, y))],
    ['have a largest element', (x, y) => tf.max(tf.sub(x, y), 1)],
    ['have a smallest element, all together', (x, y) => tf.min(tf.mul(x, y))],
    ['are multiplied', (x, y) => tf.prod(tf.add(1, tf.div(tf.mul(x, y), 100)), 1)],
    ['are read backwards', (x, y) => tf.add(tf.reverse(x, 1), y)],
    ['are read as columns', (x, y) => tf.sum(tf.mul(tf.transpose(x), 2), 0).add(tf.sum(y, 1))],
    ['are placed beside others', (x, y) => tf.concat([tf.mul(x, 2), y, tf.reverse(y, 1)], 1)],
    ['are compared with their mean', (x, y) => tf.cast(tf.greater(x, tf.mean(y, 1, true)), 'float32')],
    [
      'are whole numbers',
      (x, y) => tf.sum(tf.floorDiv(tf.cast(tf.mul(x, 9), 'int32'), 2), 1).add(tf.sum(y, 1)),
    ],
  ])('%s', (_, of) => {
    const step: Step = (state, { x, y }) => ({ state, outputs: { out: of(x, y) } });
    fc.assert(
      fc.property(matrices, ({ rows, columns, seed }) => {
        const shape = [rows, columns];
        const [x, y] = [numbers(seed, rows * columns), numbers(seed + 1, rows * columns)];
        compareOutputs(step, { x: float(shape), y: float(shape) }, { x, y }, ['out']);
      }),
      { numRuns: 30, seed: 5 },
    );
  });

  it('are updated in place', () => {
    fc.assert(
      fc.property(lengths, fc.nat(99), (size, seed) => {
        const shapes = { state: { p: float([size]), m: float([size]) }, inputs: { g: float([size]) } };
        const initial = { p: numbers(seed, size), m: numbers(seed + 1, size) };
        using both = bothRunners('in place', follow, shapes, initial);
        const p = initial.p.slice();
        const m = initial.m.slice();
        const g = numbers(seed + 2, size);
        for (let round = 0; round < 3; round++) {
          both.compiled.run({ g }, []);
          for (let i = 0; i < size; i++) {
            m[i] = 0.9 * m[i] + 0.1 * g[i];
            p[i] -= Math.max(m[i] / 3, 0);
          }
        }
        const state = both.compiled.getState();
        for (let i = 0; i < size; i++) {
          expect(state['m'][i]).toBeCloseTo(m[i], 5);
          expect(state['p'][i]).toBeCloseTo(p[i], 5);
        }
      }),
      { numRuns: 30, seed: 5 },
    );
  });
});
