/**
 * Convolutions and pooling of random geometry, with gradients: compiled against eager tfjs on cpu. tfjs kernels that are known
 * to be wrong are listed below and are checked against finite differences instead.
 */
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

const geometry = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 3, max: 9 }),
  width: fc.integer({ min: 3, max: 9 }),
  channels: fc.constantFrom(1, 2, 3, 4, 5, 8),
  filters: fc.constantFrom(1, 2, 3, 4, 7, 8, 16),
  size: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  pad: fc.constantFrom('same' as const, 'valid' as const),
  /** Share of zeros in the image, as in arcade planes. */
  sparse: fc.boolean(),
});

const float = (shape: readonly number[]): { shape: readonly number[]; dtype: 'float32' } => ({
  shape,
  dtype: 'float32',
});

describe('images', () => {
  it('conv2d with bias and ReLU, and its gradients', () => {
    fc.assert(
      fc.property(geometry, fc.nat(99), (g, seed) => {
        const image = [g.batch, g.height, g.width, g.channels];
        const filter = [...g.size, g.channels, g.filters];
        const step: Step = (state, { x, w, b }) => {
          const { value, grads } = tf.valueAndGrads((...args: tf.Tensor[]) => {
            const y = tf.add(
              tf.conv2d(args[0] as tf.Tensor4D, args[1] as tf.Tensor4D, g.stride, g.pad),
              args[2],
            );
            return tf.mean(tf.square(tf.relu(y))).asScalar();
          })([x, w, b]);
          const y = tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, g.stride, g.pad);
          return { state, outputs: { y, value, dx: grads[0], dw: grads[1], db: grads[2] } };
        };
        const x = numbers(seed, sizeOf(image));
        if (g.sparse) x.forEach((value, i) => (x[i] = value > 1.5 ? 1 : 0));
        compareOutputs(
          step,
          { x: float(image), w: float(filter), b: float([g.filters]) },
          { x, w: numbers(seed + 1, sizeOf(filter)), b: numbers(seed + 2, g.filters) },
          ['y', 'value', 'dx', 'dw', 'db'],
        );
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it('depthwise conv2d with bias and ReLU, and its gradients', () => {
    fc.assert(
      fc.property(geometry, fc.integer({ min: 1, max: 3 }), fc.nat(99), (g, multiplier, seed) => {
        const image = [g.batch, g.height, g.width, g.channels];
        const filter = [...g.size, g.channels, multiplier];
        const convolve = (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
          tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, g.stride, g.pad);
        const step: Step = (state, { x, w, b }) => {
          const { value, grads } = tf.valueAndGrads((...args: tf.Tensor[]) =>
            tf.mean(tf.square(tf.relu(tf.add(convolve(args[0], args[1]), args[2])))).asScalar(),
          )([x, w, b]);
          return { state, outputs: { y: convolve(x, w), value, dx: grads[0], dw: grads[1], db: grads[2] } };
        };
        const outputs = g.channels * multiplier;
        compareOutputs(
          step,
          { x: float(image), w: float(filter), b: float([outputs]) },
          {
            x: numbers(seed, sizeOf(image)),
            w: numbers(seed + 1, sizeOf(filter)),
            b: numbers(seed + 2, outputs),
          },
          ['y', 'value', 'dx', 'dw', 'db'],
        );
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  // tfjs has gradients of neither.
  it.each(['conv2d', 'depthwiseConv2d'] as const)('dilated %s', (kind) => {
    const dilation = fc.integer({ min: 1, max: 3 });
    fc.assert(
      fc.property(geometry, fc.tuple(dilation, dilation), fc.nat(99), (g, dilations, seed) => {
        const reach = g.size.map((size, i) => (size - 1) * dilations[i] + 1);
        if (g.pad === 'valid' && (reach[0] > g.height || reach[1] > g.width)) return;
        const image = [g.batch, g.height, g.width, g.channels];
        const filter = [...g.size, g.channels, kind === 'conv2d' ? g.filters : 2];
        const step: Step = (state, { x, w }) => {
          const [images, weights] = [x as tf.Tensor4D, w as tf.Tensor4D];
          const y =
            kind === 'conv2d'
              ? tf.conv2d(images, weights, 1, g.pad, 'NHWC', dilations)
              : tf.depthwiseConv2d(images, weights, 1, g.pad, 'NHWC', dilations);
          return { state, outputs: { y } };
        };
        compareOutputs(
          step,
          { x: float(image), w: float(filter) },
          { x: numbers(seed, sizeOf(image)), w: numbers(seed + 1, sizeOf(filter)) },
          ['y'],
        );
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  it.each(['max', 'avg'] as const)('%s pooling and its gradient', (kind) => {
    fc.assert(
      fc.property(geometry, fc.nat(99), (g, seed) => {
        const image = [g.batch, g.height, g.width, g.channels];
        const pool = kind === 'max' ? tf.maxPool : tf.avgPool;
        const pad = kind === 'max' ? g.pad : 'valid';
        const step: Step = (state, { x }) => {
          const { value, grads } = tf.valueAndGrads((x: tf.Tensor) =>
            tf.mean(tf.square(pool(x as tf.Tensor4D, g.size, g.stride, pad))).asScalar(),
          )([x]);
          return {
            state,
            outputs: { y: pool(x as tf.Tensor4D, g.size, g.stride, pad), value, dx: grads[0] },
          };
        };
        compareOutputs(step, { x: float(image) }, { x: numbers(seed, sizeOf(image)) }, ['y', 'value', 'dx']);
      }),
      { numRuns: 40, seed: 5 },
    );
  });
});

/**
 * MaxPoolGrad on wasm: windows whose maximum is not positive send their gradient to element 0. AvgPoolGrad on every backend:
 * divides by the whole window where the forward pass leaves padding out.
 */
describe('kernels that tfjs has wrong agree with finite differences', () => {
  it.each<[string, (x: tf.Tensor4D) => tf.Tensor, number]>([
    ['max pooling of negative numbers', (x) => tf.maxPool(x, 2, 2, 'valid'), 4],
    ['average pooling with padding', (x) => tf.avgPool(x, 3, 2, 'same'), 16],
  ])('%s', (_, pool, reached) => {
    const x = numbers(1, 16).map((value) => value - 3);
    const step: Step = (state, { x }) => {
      const { value, grads } = tf.valueAndGrads((x: tf.Tensor) =>
        tf.sum<tf.Scalar>(tf.square(pool(x as tf.Tensor4D))),
      )([x]);
      return { state, outputs: { value, dx: grads[0] } };
    };
    using both = bothRunners('pool', step, { state: {}, inputs: { x: float([1, 4, 4, 1]) } }, {});
    const value = (x: Float32Array): number => both.compiled.run({ x }, ['value'])['value'][0];
    const dx = both.compiled.run({ x }, ['dx'])['dx'].slice();
    const h = 2 ** -6;
    for (let i = 0; i < x.length; i++) {
      const moved = (by: number): Float32Array => x.map((each, k) => (k === i ? each + by : each));
      expect(dx[i]).toBeCloseTo((value(moved(h)) - value(moved(-h))) / (2 * h), 2);
    }
    expect([...dx].filter((gradient) => gradient !== 0)).toHaveLength(reached);
  });
});
