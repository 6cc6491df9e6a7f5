/** A backend that is not there, or that fails while a run is made on it, gives way to the next. */
import { expect, test } from 'vitest';
import { createCompute } from '#host/compute.ts';
import { ExecutorError } from '#host/executor.ts';
import { BackendInUse, type CreateCompute, type HostCompute } from '#worker/backend-in-use.ts';

/** As this machine would, if its WebGPU failed at every step. */
const failing: CreateCompute = (choice, options = {}) =>
  choice === 'webgpu' && !options.avoid?.includes('webgpu')
    ? createCompute('cpu')
    : createCompute(choice, options);

const make = (compute: HostCompute): Promise<string> =>
  compute.label === 'eager · cpu'
    ? Promise.reject(new Error('dqn: no', { cause: new ExecutorError('webgpu', new Error('lost')) }))
    : Promise.resolve(compute.label);

test('one that fails gives way, and what it was is told', async () => {
  using backend = new BackendInUse(failing);
  expect(await backend.make('webgpu', make, { yields: true })).toBe('simd');
  expect(backend.info).toMatchObject({
    choice: 'webgpu',
    label: 'simd',
    instead: { of: 'webgpu', why: 'dqn: no' },
  });
});

test('one that this machine does not have gives way, too', async () => {
  using backend = new BackendInUse(createCompute);
  expect(await backend.make('webgl', make, { yields: true })).toBe('simd');
  expect(backend.info.instead).toMatchObject({ of: 'webgl', why: expect.stringMatching(/^backend: /) });
});

test('where a run goes on that was there before, the attempt is refused', async () => {
  using backend = new BackendInUse(failing);
  await expect(backend.make('webgpu', make, { yields: false })).rejects.toThrow('dqn: no');
  expect(backend.is).toBeUndefined();
});

test('what has failed is not tried again', async () => {
  for (const [avoid, label] of [
    [['webgpu'], 'simd'],
    [['webgpu', 'simd'], 'eager · wasm'],
    [['webgpu', 'simd', 'wasm'], 'eager · cpu'],
  ] as const) {
    using backend = new BackendInUse(createCompute);
    backend.avoid(avoid);
    await backend.make('webgpu', (compute) => Promise.resolve(compute.label), { yields: false });
    expect(backend.info).toMatchObject({ choice: 'webgpu', label });
  }
});
