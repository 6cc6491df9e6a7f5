/** When tfjs's backends start: those of the GPU by their names, the others when a step cannot be compiled. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NamedValues, Step } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';

const shapes = { state: {}, inputs: { x: { shape: [3], dtype: 'float32' } } } as const;
const inputs: NamedValues = { x: Float32Array.of(3, 1, 2) };
const doubled: Step = (state, { x }) => ({ state, outputs: { y: tf.mul(x, 2) } });
const largest: Step = (state, { x }) => ({ state, outputs: { y: tf.topk(x, 2).values } });

let before: string | undefined;
beforeEach(async () => {
  before = tf.getBackend();
  await tf.setBackend('cpu');
});
afterEach(() => before !== undefined && tf.setBackend(before));

test('compiled steps leave the backend of others alone', async () => {
  using compute = await createCompute('simd', { threads: 1 });
  const runner = await compute.compile('doubled', doubled, shapes, {});
  expect((await runner.run(inputs, ['y']))['y']).toEqual(Float32Array.of(6, 2, 4));
  expect(compute.label).toBe('simd');
  expect(tf.getBackend()).toBe('cpu');
  runner.dispose();
});

test.each(['simd', 'auto'] as const)('with %s, a step that cannot be compiled starts one', async (choice) => {
  using compute = await createCompute(choice, { threads: 1 });
  const runner = await compute.compile('largest', largest, shapes, {});
  expect((await runner.run(inputs, ['y']))['y']).toEqual(Float32Array.of(3, 2));
  expect(compute.label).toBe('simd, except largest (TopK: not known to the compiler) on eager · wasm');
  expect(tf.getBackend()).toBe('wasm');
  runner.dispose();
});

test('a step may be compiled while one starts', async () => {
  using compute = await createCompute('simd', { threads: 1 });
  const starting = compute.compile('largest', largest, shapes, {});
  const second = await compute.compile('doubled', doubled, shapes, {});
  const first = await starting;
  expect((await first.run(inputs, ['y']))['y']).toEqual(Float32Array.of(3, 2));
  expect((await second.run(inputs, ['y']))['y']).toEqual(Float32Array.of(6, 2, 4));
  expect(compute.label).toBe('simd, except largest (TopK: not known to the compiler) on eager · wasm');
  for (const runner of [first, second]) runner.dispose();
});

test('what has failed is no backend for such steps', async () => {
  using compute = await createCompute('simd', { threads: 1, avoid: ['wasm'] });
  (await compute.compile('largest', largest, shapes, {})).dispose();
  expect(compute.label).toContain('on eager · cpu');
  using none = await createCompute('simd', { threads: 1, avoid: ['wasm', 'cpu'] });
  await expect(Promise.resolve(none.compile('largest', largest, shapes, {}))).rejects.toThrow(
    'backend: expected a working backend, got none on this machine',
  );
});
