/** Integers and booleans, and floats at their limits: compiled steps give what tfjs's cpu backend gives. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DataType, Values } from '#compile/step.ts';
import { compareOutputs, numbers, sizeOf } from './compile-close.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

type Function = (x: tf.Tensor, y: tf.Tensor) => tf.Tensor;

/** The function of two tensors of a type, on both executors, for random shapes that broadcast. */
function check(dtype: DataType, compute: Function, low = -9): void {
  const shape = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(shape, fc.nat(7), fc.nat(99), (dims, ones, seed) => {
      const other = dims.map((dim, axis) => ((ones >> axis) & 1 ? 1 : dim));
      const values = (seed: number, count: number): Values => valuesOf(dtype, low, numbers(seed, count));
      compareOutputs(
        (state, { x, y }) => ({ state, outputs: { z: compute(x, y) } }),
        { x: { shape: dims, dtype }, y: { shape: other, dtype } },
        { x: values(seed, sizeOf(dims)), y: values(seed + 1, sizeOf(other)) },
        ['z'],
      );
    }),
    { numRuns: 12, seed: 11 },
  );
}

function valuesOf(dtype: DataType, low: number, uniform: Float32Array): Values {
  switch (dtype) {
    case 'float32':
      return uniform;
    case 'int32':
      return Int32Array.from(uniform, (value) => Math.max(low, Math.round(value * 4.5)));
    case 'bool':
      return Uint8Array.from(uniform, (value) => Number(value > 0));
  }
}

describe('int32', () => {
  it.each<[string, Function, number?]>([
    ['add', (x, y) => tf.add(x, y)],
    ['sub', (x, y) => tf.sub(x, y)],
    ['mul', (x, y) => tf.mul(x, y)],
    ['floorDiv', (x, y) => tf.floorDiv(x, y), 1],
    ['floorDiv of negatives', (x, y) => tf.floorDiv(tf.neg(x), y), 1],
    ['mod', (x, y) => tf.mod(x, y), 1],
    ['maximum', (x, y) => tf.maximum(x, y)],
    ['minimum', (x, y) => tf.minimum(x, y)],
    ['abs', (x) => tf.abs(x)],
    ['square', (x) => tf.square(x)],
    ['less', (x, y) => tf.less(x, y)],
    ['equal', (x, y) => tf.equal(x, y)],
    ['greaterEqual', (x, y) => tf.greaterEqual(x, y)],
    ['where', (x, y) => tf.where(tf.less(x, y), x, y)],
    ['sum', (x) => tf.sum(x, -1)],
    ['max', (x) => tf.max(x, 0)],
    ['min', (x) => tf.min(x)],
    ['to float', (x) => tf.cast(x, 'float32')],
    ['to bool', (x) => tf.cast(x, 'bool')],
    ['argMax', (x) => tf.argMax(x, -1)],
    ['argMin', (x) => tf.argMin(x, 0)],
    ['transpose', (x) => tf.transpose(x)],
    ['concat', (x) => tf.concat([x, x], 0)],
    ['gather', (x) => tf.gather(x, tf.tensor1d([0, x.shape[0] - 1], 'int32'))],
    ['oneHot', (x) => tf.oneHot(x, 5)],
    ['mean', (x) => tf.mean(x)],
  ])('%s', (_, compute, low) => check('int32', compute, low));
});

describe('bool', () => {
  it.each<[string, Function]>([
    ['and', (x, y) => tf.logicalAnd(x, y)],
    ['or', (x, y) => tf.logicalOr(x, y)],
    ['not', (x) => tf.logicalNot(x)],
    ['equal', (x, y) => tf.equal(x, y)],
    ['notEqual', (x, y) => tf.notEqual(x, y)],
    ['all', (x) => tf.all(x, 0)],
    ['any', (x) => tf.any(x)],
    ['to float', (x) => tf.cast(x, 'float32')],
    ['to int', (x) => tf.cast(x, 'int32')],
    ['sum counts', (x) => tf.sum(x)],
    ['where', (x, y) => tf.where(x, tf.cast(x, 'float32'), tf.scalar(3).add(tf.cast(y, 'float32')))],
    ['transpose', (x) => tf.transpose(x)],
    ['passed on', (x) => tf.clone(x)],
  ])('%s', (_, compute) => check('bool', compute));
});

describe('float32', () => {
  it.each<[string, Function]>([
    ['floorDiv', (x, y) => tf.floorDiv(x, y)],
    ['mod', (x, y) => tf.mod(x, tf.add(tf.abs(y), 0.5))],
    ['floor', (x) => tf.floor(tf.mul(x, 5))],
    ['ceil', (x) => tf.ceil(tf.mul(x, 5))],
    ['round', (x) => tf.round(tf.mul(x, 5))],
    ['sign', (x) => tf.sign(x)],
    ['step', (x) => tf.step(x, 0.5)],
    ['to int', (x) => tf.cast(tf.mul(x, 50), 'int32')],
    ['to bool', (x) => tf.cast(tf.floor(x), 'bool')],
    ['reciprocal', (x) => tf.reciprocal(tf.add(tf.abs(x), 0.1))],
    ['rsqrt', (x) => tf.rsqrt(tf.add(tf.abs(x), 0.1))],
    ['pow', (x, y) => tf.pow(tf.add(tf.abs(x), 0.1), y)],
    ['selu', (x) => tf.selu(x)],
    ['relu6', (x) => tf.relu6(tf.mul(x, 5))],
    ['prelu', (x, y) => tf.prelu(x, y)],
    ['erf', (x) => tf.erf(x)],
    ['cos', (x) => tf.cos(tf.mul(x, 5))],
    ['cumsum', (x) => tf.cumsum(x, x.rank - 1)],
    ['cumsum backwards', (x) => tf.cumsum(x, x.rank - 1, true, true)],
    ['logSumExp', (x) => tf.logSumExp(x, -1)],
    [
      'batchNorm',
      (x) =>
        tf.batchNorm(
          x as tf.Tensor2D,
          tf.scalar(0.1) as never,
          tf.scalar(2) as never,
          tf.scalar(1) as never,
          tf.scalar(3) as never,
        ),
    ],
    ['stridedSlice', (x) => tf.stridedSlice(x, [0], [x.shape[0]], [2])],
    ['split', (x) => tf.split(tf.concat([x, x], 0), 2, 0)[1]],
    ['unsortedSegmentSum', (x) => tf.unsortedSegmentSum(x, tf.zeros([x.shape[0]], 'int32'), 3)],
    ['onesLike', (x) => tf.add(tf.onesLike(x), tf.zerosLike(x))],
    ['range', (x) => tf.mul(tf.sum(x), tf.range(0, 5))],
  ])('%s', (_, compute) => check('float32', compute));

  it('gives large tensors to the routines of their functions', () => {
    const size = 301;
    const functions = {
      tanh: tf.tanh,
      sigmoid: tf.sigmoid,
      exp: tf.exp,
      expm1: tf.expm1,
      sin: tf.sin,
      cos: tf.cos,
    };
    const more = { softplus: tf.softplus, erf: tf.erf, log1p: (x: tf.Tensor) => tf.log1p(tf.abs(x)) };
    const all = Object.entries({ ...functions, ...more });
    compareOutputs(
      (state, { x }) => ({ state, outputs: Object.fromEntries(all.map(([name, f]) => [name, f(x)])) }),
      { x: { shape: [size], dtype: 'float32' } },
      { x: numbers(4, size) },
      all.map(([name]) => name),
    );
    expect(all).toHaveLength(9);
  });

  it('puts activations into products', () => {
    compareOutputs(
      (state, { x, y }) => {
        const product = tf.matMul(x, y);
        const row = tf.sum(y, 0);
        return {
          state,
          outputs: {
            tanh: tf.tanh(tf.add(product, row)),
            sigmoid: tf.sigmoid(tf.matMul(y, x)),
            fused: tf.fused.matMul({
              a: x,
              b: y,
              bias: row,
              activation: 'elu',
            }),
          },
        };
      },
      { x: { shape: [7, 5], dtype: 'float32' }, y: { shape: [5, 7], dtype: 'float32' } },
      { x: numbers(1, 35), y: numbers(2, 35) },
      ['tanh', 'sigmoid', 'fused'],
    );
    expect.assertions(7);
  });

  it('keeps infinities and NaN where tfjs does', () => {
    const x = Float32Array.of(Infinity, -Infinity, Number.NaN, 0, -0, 1e30, -1e30, 100, -100);
    const outputs = ['exp', 'log', 'tanh', 'sigmoid', 'relu', 'maximum', 'isNaN', 'softplus', 'sum', 'clip'];
    const shape = { shape: [9], dtype: 'float32' } as const;
    compareOutputs(
      (state, { x }) => ({
        state,
        outputs: {
          exp: tf.exp(x),
          log: tf.log(x),
          tanh: tf.tanh(x),
          sigmoid: tf.sigmoid(x),
          relu: tf.relu(x),
          maximum: tf.maximum(x, 0.5),
          isNaN: tf.isNaN(x),
          softplus: tf.softplus(x),
          sum: tf.sum(x),
          clip: tf.clipByValue(x, -1, 1),
        },
      }),
      { x: shape },
      { x },
      outputs,
    );
    expect(outputs).toHaveLength(10);
  });
});
