/**
 * Convolution, bias, ReLU and max pooling, whose gradients two passes rearrange: compiled against eager tfjs on cpu, against
 * finite differences, and by hand where pixels tie, are all zero, or are no numbers.
 */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { explain } from '#compile/explain.ts';
import type { Step, StepShapes } from '#compile/step.ts';
import { bothRunners, compareOutputs, numbers, sizeOf } from './compile-close.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const geometry = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 3, max: 9 }),
  width: fc.integer({ min: 3, max: 9 }),
  channels: fc.constantFrom(1, 3, 4, 5, 8),
  size: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 3 }),
  pad: fc.constantFrom('same' as const, 'valid' as const),
  /** Whole numbers, so that windows hold their maximum more than once. */
  ties: fc.boolean(),
});

type Geometry = typeof geometry extends fc.Arbitrary<infer G> ? G : never;

const float = (shape: readonly number[]) => ({ shape, dtype: 'float32' }) as const;

/** Gradients of Σ pool(relu(x · w + b))², or of Σ c · pool(relu(…)); w is one factor per channel. */
function pooledStep(g: Geometry, weighted = false): { step: Step; inputs: StepShapes['inputs'] } {
  const pool = (x: tf.Tensor): tf.Tensor => tf.maxPool(x as tf.Tensor4D, g.size, g.stride, g.pad);
  const step: Step = (state, { x, w, b, c }) => {
    const { value, grads } = tf.valueAndGrads((...[x, w, b]: tf.Tensor[]) => {
      const y = pool(tf.relu(tf.add(tf.mul(x, w), b)));
      return tf.sum<tf.Scalar>(weighted ? tf.mul(c, y) : tf.square(y));
    })([x, w, b]);
    return { state, outputs: { value, dx: grads[0], dw: grads[1], db: grads[2] } };
  };
  const image = float([g.batch, g.height, g.width, g.channels]);
  const row = float([g.channels]);
  return { step, inputs: { x: image, w: row, b: row, ...(weighted && { c: row }) } };
}

describe('bias, ReLU and max pooling', () => {
  it('have the gradients of eager tfjs', () => {
    fc.assert(
      fc.property(geometry, fc.nat(99), (g, seed) => {
        const { step, inputs } = pooledStep(g);
        const values = Object.fromEntries(
          Object.entries(inputs).map(([name, { shape }], i) => {
            const some = numbers(seed + i, sizeOf(shape));
            return [name, g.ties ? some.map(Math.round) : some];
          }),
        );
        compareOutputs(step, inputs, values, ['value', 'dx', 'dw', 'db']);
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it('after a convolution have the gradients of eager tfjs', () => {
    fc.assert(
      fc.property(geometry, fc.constantFrom(1, 4, 7, 16), fc.nat(99), (g, filters, seed) => {
        const step: Step = (state, { x, w, b }) => {
          const { value, grads } = tf.valueAndGrads((...[x, w, b]: tf.Tensor[]) => {
            const sum = tf.add(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), b);
            const y = tf.relu(sum) as tf.Tensor4D;
            return tf.mean<tf.Scalar>(tf.square(tf.maxPool(y, g.size, g.stride, g.pad)));
          })([x, w, b]);
          return { state, outputs: { value, dx: grads[0], dw: grads[1], db: grads[2] } };
        };
        const image = [g.batch, g.height, g.width, g.channels];
        const filter = [3, 3, g.channels, filters];
        compareOutputs(
          step,
          { x: float(image), w: float(filter), b: float([filters]) },
          {
            x: numbers(seed, sizeOf(image)),
            w: numbers(seed + 1, sizeOf(filter)),
            b: numbers(seed + 2, filters),
          },
          ['value', 'dx', 'dw', 'db'],
        );
      }),
      { numRuns: 30, seed: 5 },
    );
  });
});

/** One channel of 4 × 4 in windows of 2 × 2, each with a weight of its own. */
describe('one image by hand', () => {
  const g: Geometry = {
    batch: 1,
    height: 4,
    width: 4,
    channels: 1,
    size: 2,
    stride: 2,
    pad: 'valid',
    ties: false,
  };
  const gradients = (x: readonly number[], bias: number): { dx: number[]; db: number } => {
    const { step, inputs } = pooledStep(g, true);
    using both = bothRunners('by hand', step, { state: {}, inputs }, {});
    const values = {
      x: Float32Array.from(x),
      w: Float32Array.of(1),
      b: Float32Array.of(bias),
      c: Float32Array.of(3),
    };
    const { dx, db } = both.compiled.run(values, ['dx', 'db']);
    return { dx: [...dx], db: db[0] };
  };

  it('masks and sums at the pooled size', () => {
    const { step, inputs } = pooledStep(g, true);
    const text = explain('by hand', step, { state: {}, inputs });
    expect(text).toMatch(/loop \[4\] less toFloat mul → @\d+, sum/);
  });

  it('gives the gradient of a tie to the first pixel', () => {
    const x = [1, 1, 0, 2, 1, 1, 2, 2, -1, -1, 5, 0, -1, -1, 5, 5];
    expect(gradients(x, 0)).toEqual({ dx: [3, 0, 0, 3, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0], db: 9 });
  });

  it('gives no gradient where nothing is positive', () => {
    const x = Array.from({ length: 16 }, () => 0);
    expect(gradients(x, 0)).toEqual({ dx: x, db: 0 });
    expect(gradients(x, -1)).toEqual({ dx: x, db: 0 });
  });

  it('gives no gradient to a window with a NaN, and leaves the others alone', () => {
    const x = [Number.NaN, 1, 0, 2, 1, 1, 2, 2, 1, 0, 5, 0, 0, 0, 5, 5];
    expect(gradients(x, 0)).toEqual({ dx: [0, 0, 0, 3, 0, 0, 0, 0, 3, 0, 3, 0, 0, 0, 0, 0], db: 9 });
  });

  it('agrees with finite differences', () => {
    const { step, inputs } = pooledStep({ ...g, size: 3, stride: 1, pad: 'same' });
    using both = bothRunners('differences', step, { state: {}, inputs }, {});
    const x = numbers(3, 16);
    const run = (bias: number, at: Float32Array) =>
      both.compiled.run({ x: at, w: Float32Array.of(1), b: Float32Array.of(bias) }, ['value', 'dx', 'db']);
    const { dx, db } = run(0.1, x);
    const [wanted, bias] = [[...dx], db[0]];
    const h = 2 ** -8;
    const slope = (value: (by: number) => number): number => (value(h) - value(-h)) / (2 * h);
    const moved = (i: number, by: number) => x.map((each, k) => (k === i ? each + by : each));
    expect(slope((by) => run(0.1 + by, x)['value'][0])).toBeCloseTo(bias, 2);
    wanted.forEach((each, i) =>
      expect(slope((by) => run(0.1, moved(i, by))['value'][0])).toBeCloseTo(each, 2),
    );
  });
});
