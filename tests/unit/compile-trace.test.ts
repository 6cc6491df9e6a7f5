/** Tracing: what a step may not do, what the compiler does not know, and that nothing is left behind in tfjs. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { eagerCompute } from '#compile/eager.ts';
import { explain } from '#compile/explain.ts';
import { denseNetwork, updateExample } from '#compile/examples.ts';
import { simdCompute } from '#compile/simd/simd.ts';
import type { ImmediateRunner, Step, StepShapes } from '#compile/step.ts';
import { trace } from '#compile/trace/trace.ts';
import { InputError } from '#core/errors.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const vector = { shape: [3], dtype: 'float32' } as const;
const shapes: StepShapes = { state: { s: vector }, inputs: { x: vector } };
const initial = { s: Float32Array.of(1, 2, 3) };

describe('a step that is wrong', () => {
  it.each<[string, Step, RegExp]>([
    [
      'reads a tensor',
      (state, { x }) => ({ state, outputs: { y: tf.scalar(x.dataSync()[0]) } }),
      /was read inside a step/,
    ],
    [
      'leaves out a state',
      (_, { x }) => ({ state: {}, outputs: { x } }),
      /wrong: state s: expected its next value, got nothing/,
    ],
    [
      'invents a state',
      (state, { x }) => ({ state: { ...state, t: x }, outputs: {} }),
      /state t: expected one of s/,
    ],
    [
      'changes a shape',
      (state) => ({ state: { s: tf.sum(state['s']) }, outputs: {} }),
      /expected float32 \[3\], got float32 \[\]/,
    ],
    [
      'makes random numbers',
      (state) => ({ state, outputs: { y: tf.add(state['s'], tf.randomUniform([3])) } }),
      /two traces of the step differ \(constant \[3\]\)/,
    ],
  ])('%s', (_, step, message) => {
    const tensors = tf.memory().numTensors;
    expect(() => trace('wrong', step, shapes)).toThrow(message);
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

const topk: Step = (state, { x }) => ({ state, outputs: { y: tf.topk(x, 2).values } });
const counted: Step = (state, { x }) => ({ state, outputs: { y: tf.cumsum(tf.cast(x, 'int32')) } });
const contracted: Step = (state, { x }) => ({ state, outputs: { y: tf.einsum('i,j->ij', x, x) } });

describe('what the compiler does not know', () => {
  it.each([
    ['a kernel', topk, 'TopK: not known to the compiler'],
    ['another kernel', contracted, 'Einsum: not known to the compiler'],
    ['a use of a kernel', counted, 'Cumsum: no sums of int32'],
  ])('%s is named, and the step runs on the fallback', (_, step, reason) => {
    expect(trace('step', step, shapes)).toMatchObject({ kind: 'unsupported', reason });
    const compute = simdCompute(eagerCompute());
    const runner = compute.compile('step', step, shapes, initial) as ImmediateRunner;
    expect(runner.run({ x: Float32Array.of(3, 1, 2) }, ['y'])['y'].length).toBeGreaterThan(0);
    expect(compute.label).toBe(`simd, except step (${reason}) on eager · cpu`);
    for (const each of [compute, eagerCompute()])
      expect(() => each.infer('acting', step, shapes, initial)).toThrow(
        new InputError([
          { field: 'acting', expected: 'a network that can be compiled for acting', got: reason },
        ]),
      );
    runner.dispose();
  });
});

describe('a step that needs more memory than there is', () => {
  const side = 24_000;
  const large: Step = (state, { x }) => {
    const row = tf.tile(x, [side]);
    // Three of 2.1 GiB: products of a row and a column.
    const square = tf.mul(tf.reshape(row, [side, 1]), tf.reshape(row, [1, side]));
    return { state, outputs: { y: tf.matMul(square, tf.transpose(square)) } };
  };
  const one = { state: {}, inputs: { x: { shape: [1], dtype: 'float32' } } } as const;

  it('is refused before it runs, where the fallback has no more', () => {
    const compute = simdCompute(eagerCompute(), { refusesLarge: true });
    expect(() => compute.compile('large', large, one, {})).toThrow(
      /^backend: expected a step of at most 2 GiB: a smaller batch, .* got large, which needs \d\.\d GiB$/,
    );
  });
});

describe('a trace', () => {
  it('takes tensors from outside as constants and leaves them usable', () => {
    const outside = tf.tensor1d([1, 2, 3]);
    const step: Step = (state, { x }) => ({ state, outputs: { y: tf.mul(x, outside) } });
    const tensors = tf.memory().numTensors;
    const runner = simdCompute(eagerCompute()).compile('outside', step, shapes, initial) as ImmediateRunner;
    expect(runner.run({ x: Float32Array.of(1, 1, 2) }, ['y'])['y']).toEqual(Float32Array.of(1, 2, 6));
    expect(tf.memory().numTensors).toBe(tensors);
    expect([...tf.add(outside, 1).dataSync()]).toEqual([2, 3, 4]);
    outside.dispose();
  });

  it('is explained as traced, after the passes, and as kernels', () => {
    const { step, shapes } = updateExample(denseNetwork([4, 8, 2], 5));
    const text = explain('update', step, shapes);
    expect(text).toContain('# update, as traced\n%0 = state params(): float32 [58]');
    expect(text).toMatch(/after the passes[^]*matmul relu\(%\d+, %\d+, %\d+\): float32 \[5, 8\]/);
    expect(text).toMatch(/as kernels[^]*loop \[58\] mul mul add[^]*\d+ bytes$/);
    const kernels = text.slice(text.indexOf('as kernels')).split('\n');
    expect(kernels.filter((line) => line.startsWith('matmul'))).toHaveLength(5);
    expect(explain('topk', (state, { x }) => ({ state, outputs: { y: tf.topk(x).values } }), shapes)).toBe(
      'topk cannot be compiled: TopK: not known to the compiler',
    );
  });
});
