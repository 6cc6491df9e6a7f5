/** When tfjs's backends start: those of the GPU by their names, the others when a step cannot be compiled. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NamedValues, Runner, Step } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';

const shapes = { state: {}, inputs: { x: { shape: [3], dtype: 'float32' } } } as const;
const inputs: NamedValues = { x: Float32Array.of(3, 1, 2) };
const doubled: Step = (state, { x }) => ({ state, outputs: { y: tf.mul(x, 2) } });
const largest: Step = (state, { x }) => ({ state, outputs: { y: tf.topk(x, 2).values } });

const WITHOUT_DEVICE = {
  info: { vendor: 'acme', architecture: '', device: '', description: '' },
  features: new Set(),
  limits: {},
  requestDevice: () => Promise.reject(new Error('no device today')),
};

let before: string | undefined;
beforeEach(async () => {
  before = tf.getBackend();
  await tf.setBackend('cpu');
});
afterEach(async () => {
  vi.unstubAllGlobals();
  if (before !== undefined) await tf.setBackend(before);
});

/** Leaves tfjs without a current backend, beside one that it would start by itself and that never gets ready. */
async function withoutBackend(): Promise<Disposable> {
  let asked = 0;
  const never = new Promise<never>(() => undefined);
  tf.registerBackend('gone', tf.findBackendFactory('cpu'));
  await tf.setBackend('gone');
  tf.removeBackend('gone');
  tf.registerBackend(
    'never',
    () => {
      asked++;
      return never;
    },
    9,
  );
  return {
    [Symbol.dispose]() {
      tf.removeBackend('never');
      expect(asked).toBe(0);
    },
  };
}

test('steps may be compiled while one starts, also such that wait for it', async () => {
  using compute = await createCompute('simd', { threads: 1 });
  const starting = ['one', 'another'].map(async (name) => compute.compile(name, largest, shapes, {}));
  const meanwhile: Runner[] = [];
  const open = new Set(starting);
  for (const one of starting) void one.then(() => open.delete(one));
  while (open.size > 0) {
    meanwhile.push(await compute.compile('doubled', doubled, shapes, {}));
    await new Promise((resolve) => setTimeout(resolve));
  }
  for (const runner of await Promise.all(starting))
    expect((await runner.run(inputs, ['y']))['y']).toEqual(Float32Array.of(3, 2));
  for (const runner of meanwhile) {
    expect((await runner.run(inputs, ['y']))['y']).toEqual(Float32Array.of(6, 2, 4));
    runner.dispose();
  }
});

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

test('where the last one has gone, none is started for compiled steps', async () => {
  using _ = await withoutBackend();
  using compute = await createCompute('simd', { threads: 1 });
  const runner = await compute.compile('doubled', doubled, shapes, {});
  expect((await runner.run(inputs, ['y']))['y']).toEqual(Float32Array.of(6, 2, 4));
  runner.dispose();
  expect([...tf.add([1], [2]).dataSync()]).toEqual([3]);
});

test('a GPU that gives no device is passed over, or refused where it was asked for', async () => {
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => WITHOUT_DEVICE } });
  using compute = await createCompute('auto', { threads: 1 });
  const runner = await compute.compile('doubled', doubled, shapes, {});
  expect((await runner.run(inputs, ['y']))['y']).toEqual(Float32Array.of(6, 2, 4));
  expect(compute.label).toBe('simd');
  runner.dispose();
  await expect(createCompute('webgpu')).rejects.toThrow('no device today');
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
