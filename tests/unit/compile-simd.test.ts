/** The compiled runner itself: what it gives, what it refuses, and that running for long takes no more memory. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { eagerCompute } from '#compile/eager.ts';
import {
  denseNetwork,
  inferenceExample,
  updateExample,
  type Example,
  type ExampleNetwork,
} from '#compile/examples.ts';
import type { KernelBuild } from '#compile/simd/kernel-module.ts';
import { simdCompute } from '#compile/simd/simd.ts';
import type { ImmediateRunner, Runner, Step } from '#compile/step.ts';
import { useRelaxedSimd } from '#tests/relaxed-simd.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

function floats(size: number): { shape: [number]; dtype: 'float32' } {
  return { shape: [size], dtype: 'float32' };
}

function compile({ step, shapes, initial }: Example, build: KernelBuild = 'exact'): ImmediateRunner {
  const compute = simdCompute(eagerCompute(), { build });
  return compute.infer('example', step, shapes, initial);
}

describe('a compiled runner', () => {
  it('gives the same arrays from run to run, with new values', () => {
    const example = updateExample(denseNetwork([3, 5, 2], 4));
    const runner = compile(example);
    const read = ['loss'];
    const first = runner.run(example.inputs, read);
    const loss = first['loss'][0];
    expect(runner.run(example.inputs, read)['loss']).toBe(first['loss']);
    expect(first['loss'][0]).toBeLessThan(loss);
    expect(runner.run(example.inputs, [])).toEqual({});
  });

  it('goes on from a saved state, bit for bit', () => {
    const example = updateExample(denseNetwork([3, 7, 2], 5));
    const straight = compile(example);
    for (let k = 0; k < 10; k++) straight.run(example.inputs, []);
    const half = compile(example);
    for (let k = 0; k < 5; k++) half.run(example.inputs, []);
    const resumed = compile(example);
    resumed.setState(half.getState());
    for (let k = 0; k < 5; k++) resumed.run(example.inputs, []);
    expect(resumed.getState()).toEqual(straight.getState());
  });

  it('names what is missing or too short, before anything is changed', () => {
    const example = inferenceExample(denseNetwork([3, 5, 2], 4));
    const runner = compile(example);
    expect(() => runner.run({}, [])).toThrow('example.inputs.x: expected 12 numbers, got nothing');
    expect(() => runner.run(example.inputs, ['z'])).toThrow('example.outputs: expected one of y, got z');
    expect(() => runner.readState(['params'], new Float32Array(3))).toThrow(
      'room for 32 numbers of params, got 3',
    );
    expect(() => compile({ ...example, initial: {} })).toThrow(
      'example.state.params: expected initial values',
    );
    runner.dispose();
    expect(() => runner.run(example.inputs, [])).toThrow('example: the runner was disposed');
  });

  it('takes no more memory after a million updates', () => {
    const example = updateExample(denseNetwork([2, 4, 1], 4));
    const runner = compile(example);
    const read = ['loss'];
    const run = (times: number): void => {
      for (let k = 0; k < times; k++) runner.run(example.inputs, read);
    };
    run(100_000);
    const before = process.memoryUsage();
    const tensors = tf.memory().numTensors;
    run(900_000);
    const after = process.memoryUsage();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(1e6);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(2e7);
  });

  it('keeps state free of denormal numbers, which would slow every later update down', () => {
    const example = updateExample(denseNetwork([2, 8, 1], 4));
    const runner = compile(example);
    // Next to no gradient: the moments only decay.
    const inputs = { x: new Float32Array(8), y: new Float32Array(4) };
    const size = example.shapes.state['params'].shape[0];
    runner.setState({ params: new Float32Array(size), m: new Float32Array(size).fill(1e-37) });
    for (let k = 0; k < 100; k++) runner.run(inputs, []);
    const { m, v } = runner.getState();
    const denormal = [...m, ...v].filter((value) => value !== 0 && Math.abs(value) < 2 ** -126);
    expect(denormal).toEqual([]);
    expect([...m].filter((value) => value === 0).length).toBeGreaterThan(size / 2);
  });
});

/** The first part is made before the old state, which it will replace, is read for the second. */
const fromParts: Step = ({ s, t }) => {
  const squares = tf.matMul(tf.reshape(s, [2, 2]), tf.reshape(s, [2, 2]));
  const sums = tf.matMul(squares, tf.reshape(tf.slice1d(t as tf.Tensor1D, 0, 4), [2, 2]));
  const next = tf.concat1d([tf.reshape(squares, [4]), tf.reshape(sums, [4])]);
  return { state: { s: tf.slice1d(next, 2, 4), t: next }, outputs: { sums } };
};

describe('compiled and eager runners', () => {
  it('agree where the next state is put together from parts that need the old one', () => {
    const shapes = { state: { s: floats(4), t: floats(8) }, inputs: {} };
    const initial = { s: Float32Array.of(1, 0, 2, 1), t: new Float32Array(8).fill(1) };
    const compiled = compile({ step: fromParts, shapes, initial, inputs: {} });
    const eager = eagerCompute().compile('parts', fromParts, shapes, initial) as ImmediateRunner;
    for (let k = 0; k < 3; k++) expect(compiled.run({}, ['sums'])).toEqual(eager.run({}, ['sums']));
    expect(compiled.getState()).toEqual(eager.getState());
    eager.dispose();
  });

  it('agree on a long run of updates', () => {
    const example = updateExample(denseNetwork([4, 16, 16, 2], 8));
    const compiled = compile(example);
    const { step, shapes, initial } = example;
    const eager = eagerCompute().compile('example', step, shapes, initial) as Runner;
    for (let k = 0; k < 50; k++) {
      compiled.run(example.inputs, []);
      void eager.run(example.inputs, []);
    }
    const [got, expected] = [compiled.run(example.inputs, ['loss']), eager.run(example.inputs, ['loss'])];
    expect(got['loss'][0]).toBeCloseTo((expected as typeof got)['loss'][0], 5);
    eager.dispose();
  });
});

const images: ExampleNetwork = {
  input: [9, 8, 3],
  layers: [
    { kind: 'conv', filters: 8, size: 3 },
    { kind: 'pool', size: 2 },
    { kind: 'dense', units: 13 },
    { kind: 'dense', units: 3 },
  ],
  batch: 5,
  loss: 'cross-entropy',
};

const topk: Step = (state, { x }) => ({ state, outputs: { y: tf.topk(x, 2).values } });

describe('the build with fused multiply-add', () => {
  useRelaxedSimd();

  it.each([
    ['a dense network', denseNetwork([4, 33, 20, 2], 9)],
    ['images', images],
    ['sparse images', { ...images, density: 0.05 }],
  ])('learns as the exact one does, to rounding: %s', (_, network) => {
    const example = updateExample(network);
    const [exact, fast] = (['exact', 'fast'] as const).map((build) => compile(example, build));
    for (let k = 0; k < 20; k++) {
      const expected = exact.run(example.inputs, ['loss'])['loss'][0];
      const got = fast.run(example.inputs, ['loss'])['loss'][0];
      expect(Math.abs(got - expected)).toBeLessThan(1e-5 * (1 + Math.abs(expected)));
    }
    const [expected, got] = [exact.getState(), fast.getState()];
    // Twenty Adam steps of 0.001 each: rounding decides the direction only of parameters whose gradient is next to nothing.
    const differences = [...got['params']].map((value, i) => Math.abs(value - expected['params'][i]));
    expect(differences.filter((difference) => difference > 1e-4).length).toBeLessThan(
      0.01 * differences.length,
    );
    expect(Math.max(...differences)).toBeLessThanOrEqual(2 * 20 * 1e-3);
    for (const runner of [exact, fast]) runner.dispose();
  });

  it('is named in the label, and so is what it cannot compile', () => {
    const compute = simdCompute(eagerCompute(), { build: 'fast' });
    expect(compute.label).toBe('simd-fast');
    const runner = compute.compile('step', topk, { state: {}, inputs: { x: floats(3) } }, {});
    expect(compute.label).toBe('simd-fast, except step (TopK: not known to the compiler) on eager · cpu');
    (runner as ImmediateRunner).dispose();
  });
});
