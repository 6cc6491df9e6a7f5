/**
 * Faults of what computes: where each is let in, and what must be said of it. A worker runs `FAULTY` before its own code; a fault is
 * then asked for by name, and is gone with the worker, as the real ones are.
 */
import type { Worker } from 'playwright';

export interface ComputeFault {
  readonly fault: string;
  /** Where it is let in. */
  readonly where: string;
  readonly backend: 'simd' | 'webgpu' | 'webgl';
  /** What the page says of it. */
  readonly said: RegExp;
  /** What computes afterwards. */
  readonly on: RegExp;
}

const CRASHED = 'The training worker has crashed';
const ON_SIMD = /^simd/;

const COMPUTE_FAULTS: readonly ComputeFault[] = [
  { fault: 'throw', where: 'a timer of the worker', backend: 'simd', said: RegExp(CRASHED), on: ON_SIMD },
  {
    fault: 'reject',
    where: 'a promise of the worker',
    backend: 'simd',
    said: /stopped with an error/,
    on: ON_SIMD,
  },
  { fault: 'close', where: 'the worker ends itself', backend: 'simd', said: RegExp(CRASHED), on: ON_SIMD },
  { fault: 'loop', where: 'a task that never ends', backend: 'simd', said: RegExp(CRASHED), on: ON_SIMD },
  {
    fault: 'wait',
    where: 'mapAsync, which never settles',
    backend: 'webgpu',
    said: RegExp(CRASHED),
    on: /webgpu/,
  },
  { fault: 'map', where: 'mapAsync, which rejects', backend: 'webgpu', said: /^webgpu failed/, on: ON_SIMD },
  { fault: 'lose', where: 'GPUDevice.destroy', backend: 'webgpu', said: /^webgpu failed/, on: ON_SIMD },
  { fault: 'memory', where: 'an uncaptured error', backend: 'webgpu', said: /^webgpu failed/, on: ON_SIMD },
  { fault: 'shader', where: 'createComputePipeline', backend: 'webgpu', said: /^webgpu failed/, on: ON_SIMD },
  { fault: 'context', where: 'WEBGL_lose_context', backend: 'webgl', said: /^webgl failed/, on: ON_SIMD },
];

/** One of each way in which a fault is noticed. */
const KINDS = new Set(['throw', 'close', 'wait', 'lose', 'context']);

/** `LUDUS_FAULTS=all` stands for the whole list. */
export const ALL = process.env['LUDUS_FAULTS'] === 'all';

/** What is let in, by `npm test` one of each kind. */
export const FAULTS = COMPUTE_FAULTS.filter(({ fault }) => ALL || KINDS.has(fault));

/** Code for a worker, in a block: the worker's own has names as short. */
export const FAULTY = `{
  const contexts = [], devices = [], on = new Set();
  const wrap = (type, name, make) => {
    if (globalThis[type]) globalThis[type].prototype[name] = make(globalThis[type].prototype[name]);
  };
  wrap('OffscreenCanvas', 'getContext', (original) => function (...args) {
    const context = original.apply(this, args);
    contexts.push(context);
    return context;
  });
  wrap('GPUAdapter', 'requestDevice', (original) => async function (...args) {
    const device = await original.apply(this, args);
    devices.push(device);
    return device;
  });
  wrap('GPUBuffer', 'mapAsync', (original) => function (...args) {
    if (on.has('wait')) return new Promise(() => {});
    if (on.has('map')) return Promise.reject(new DOMException('mapping was aborted', 'AbortError'));
    return original.apply(this, args);
  });
  wrap('GPUDevice', 'createBindGroup', (original) => function (...args) {
    if (on.delete('shader')) {
      const module = this.createShaderModule({ code: 'this is no shader' });
      this.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } });
    }
    return original.apply(this, args);
  });
  const faults = {
    throw: () => setTimeout(() => { throw new Error('struck by lightning'); }),
    reject: () => void Promise.reject(new Error('struck by lightning')),
    close: () => close(),
    loop: () => setTimeout(() => { for (;;); }),
    lose: () => devices.forEach((device) => device.destroy()),
    memory: () => devices.forEach((device) => device.dispatchEvent(new GPUUncapturedErrorEvent(
      'uncapturederror', { error: new GPUOutOfMemoryError('no memory for a buffer') }))),
    context: () => contexts.forEach((context) => context?.getExtension('WEBGL_lose_context')?.loseContext()),
  };
  globalThis.letFault = (name) => (faults[name] ?? (() => on.add(name)))();
}`;

/** A worker whose machine has WebGPU but no adapter. */
export const NO_ADAPTER = 'GPU.prototype.requestAdapter = () => Promise.resolve(null);';

export async function letFault(worker: Worker, fault: string): Promise<void> {
  const asked = worker.evaluate(
    (name) => (globalThis as unknown as { letFault(name: string): void }).letFault(name),
    fault,
  );
  // A worker that ends at once gives no answer.
  await asked.catch(() => undefined);
}
