/** Gathers with batch dimensions, and running sums along any axis: compiled against eager tfjs on cpu, values and gradients. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '#compile/step.ts';
import { bothRunners, compareOutputs, numbers, sizeOf } from './compile-close.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const float = (shape: readonly number[]): { shape: readonly number[]; dtype: 'float32' } => ({
  shape,
  dtype: 'float32',
});

const pickSecond: Step = (state, { x, indices }) => ({ state, outputs: { y: tf.gather(x, indices, 1, 1) } });
const sums: Step = (state, { x }) => ({ state, outputs: { y: tf.cumsum(x) } });

const dim = fc.integer({ min: 1, max: 5 });

describe('a gather with batch dimensions', () => {
  it('picks rows of its own batch, and its gradient comes back to them', () => {
    const boxes = fc.record({
      batch: fc.array(dim, { minLength: 1, maxLength: 2 }),
      outer: fc.array(dim, { maxLength: 1 }),
      rows: dim,
      after: fc.array(dim, { maxLength: 2 }),
      picked: fc.array(dim, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(boxes, fc.nat(99), ({ batch, outer, rows, after, picked }, seed) => {
        const [table, chosen] = [
          [...batch, ...outer, rows, ...after],
          [...batch, ...picked],
        ];
        const axis = batch.length + outer.length;
        const pick = (x: tf.Tensor, indices: tf.Tensor): tf.Tensor =>
          tf.gather(x, indices, axis, batch.length);
        // tfjs has the gradient for one batch dimension, with the rows right behind it.
        const differentiable = batch.length === 1 && outer.length === 0;
        const step: Step = (state, { x, indices }) => {
          const y = pick(x, indices);
          if (!differentiable) return { state, outputs: { y } };
          const { grads } = tf.valueAndGrads((x: tf.Tensor) =>
            tf.sum<tf.Scalar>(tf.square(pick(x, indices))),
          )([x]);
          return { state, outputs: { y, dx: grads[0] } };
        };
        compareOutputs(
          step,
          { x: float(table), indices: { shape: chosen, dtype: 'int32' } },
          {
            x: numbers(seed, sizeOf(table)),
            indices: Int32Array.from(numbers(seed + 1, sizeOf(chosen)), (v) => Math.abs(v * 1e4) % rows),
          },
          differentiable ? ['y', 'dx'] : ['y'],
        );
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('gives zeros, and no neighbouring batch, for an index out of range', () => {
    const shapes = { x: float([2, 2]), indices: { shape: [2, 3], dtype: 'int32' } } as const;
    using both = bothRunners('gather', pickSecond, { state: {}, inputs: shapes }, {});
    const inputs = { x: Float32Array.of(1, 2, 3, 4), indices: Int32Array.of(-1, 0, 2, -2, 1, 9) };
    expect([...both.compiled.run(inputs, ['y'])['y']]).toEqual([0, 1, 0, 0, 4, 0]);
  });
});

describe('a running sum', () => {
  it('runs along any axis, exclusive and reversed', () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shapes, fc.nat(3), fc.boolean(), fc.boolean(), (shape, which, exclusive, reverse) => {
        const axis = which % shape.length;
        const step: Step = (state, { x }) => ({
          state,
          outputs: { y: tf.cumsum(x, axis, exclusive, reverse) },
        });
        compareOutputs(step, { x: float(shape) }, { x: numbers(which, sizeOf(shape)) }, ['y']);
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('is as long as it has to be', () => {
    compareOutputs(sums, { x: float([3000]) }, { x: numbers(1, 3000) }, ['y']);
    expect.hasAssertions();
  });
});
