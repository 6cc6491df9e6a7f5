/**
 * Chooses what runs the steps on this machine: compiled, on a backend of tfjs, or whichever of the two is faster for a step. A
 * thread has one tfjs backend at a time, since tensors do not survive a change of it.
 */
import '#host/tfjs.ts';
import * as tf from '@tensorflow/tfjs-core';
import { cores, spawnThread, threads as workerThreads } from '#host/platform.ts';
import { fastestCompute } from '#compile/fastest.ts';
import { hasRelaxedSimd, type KernelBuild } from '#compile/simd/kernel-module.ts';
import { ThreadPool } from '#compile/simd/pool.ts';
import { simdCompute, type Fallback, type SimdOptions } from '#compile/simd/simd.ts';
import type { Compute } from '#compile/step.ts';
import { refusal, show } from '#core/errors.ts';
import { hasGpuApi } from './adapter.ts';
import { ensureBackend, startAny, startBackend, startFirst, startLater, type Backend } from './backends.ts';
import type { Executor } from './executor.ts';
import { MOST_THREADS } from './limits.ts';

/**
 * The backends for learning. `simd` compiles steps, `simd-fast` with fused multiply-add and no promise of equal bits; the
 * others run them eagerly on a tfjs backend. `auto` compiles too, but measures each step against the GPU where there is one, and
 * keeps the faster. Acting is compiled with each of them.
 */
const computeChoices = ['auto', 'simd', 'simd-fast', 'webgpu', 'webgl', 'wasm', 'cpu'] as const;
export type ComputeChoice = (typeof computeChoices)[number];

/** Backends in the order of preference: those with memory of their own, and those that also do what cannot be compiled. */
const ON_GPU: readonly Backend[] = ['webgpu', 'webgl'];
const ON_CPU: readonly Backend[] = ['wasm', 'cpu'];
/** What takes over from an executor that has failed: what is likely to work comes first. */
const SUCCESSORS = ['simd', 'wasm', 'cpu'] as const;

export interface ComputeOptions {
  /**
   * Threads of a large compiled step, the caller's included. Default: one per core, at most 4, and only for steps of
   * `WORTHWHILE_UNASKED` and more.
   */
  readonly threads?: number | undefined;
  /** Executors that have failed: where the choice is one of them, the next takes its place. */
  readonly avoid?: readonly Executor[] | undefined;
}

/** More threads gain little on steps of milliseconds, because they wait for each other after every kernel. */
const USUAL_THREADS = 4;
/**
 * Nanoseconds from which on a step is shared if no number of threads was asked for. Much shorter steps gain while the second core
 * is idle (two thirds at 0.9 ms: the row of MinAtar's update on two threads of `npm run bench -- compile`) and lose otherwise: a
 * thread that the system holds up keeps the others waiting for its chunk.
 */
const WORTHWHILE_UNASKED = 2_000_000;

/**
 * Starts a backend. An explicit choice accepts software adapters too; throws an `InputError` if it does not work here. Disposing
 * ends the threads, which start when the first large step is compiled.
 */
export async function createCompute(
  choice: ComputeChoice,
  { threads, avoid = [] }: ComputeOptions = {},
): Promise<Compute & Disposable> {
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS)) {
    const expected = `a whole number from 1 to ${MOST_THREADS}`;
    throw refusal('threads', expected, show(threads));
  }
  const compute = await createBackend(choice, threads, avoid);
  // A GPU serves one thread, and `auto` may choose it, so the other threads compile.
  const others = choice === 'auto' || choice === 'webgpu' || choice === 'webgl' ? 'simd' : choice;
  const available = workerThreads(others);
  return available ? Object.assign(compute, { threads: available }) : compute;
}

async function createBackend(
  choice: ComputeChoice,
  threads: number | undefined,
  avoid: readonly Executor[],
): Promise<Compute & Disposable> {
  tf.enableProdMode();
  ensureBackend();
  const onGpu = ON_GPU.filter((backend) => !avoid.includes(backend));
  const onCpu = ON_CPU.filter((backend) => !avoid.includes(backend));
  const simd = (build: KernelBuild): Compute & Disposable => compiled(startLater(onCpu), build, threads);
  if (choice === 'auto') {
    if (avoid.includes('simd')) return startFirst([...onGpu, ...onCpu]);
    const gpu = await startAny(onGpu);
    return gpu ? fastest(gpu, threads) : simd('exact');
  }
  if (avoid.includes(choice === 'simd-fast' ? 'simd' : choice)) {
    const next = SUCCESSORS.find((executor) => !avoid.includes(executor));
    return next === 'simd' ? simd('exact') : startFirst(onCpu);
  }
  if (choice === 'simd') return simd('exact');
  if (choice === 'simd-fast' && hasRelaxedSimd()) return simd('fast');
  const compute = choice === 'simd-fast' ? undefined : await startBackend(choice, true);
  if (compute) return compute;
  throw refusal(
    'backend',
    'a backend that this machine has',
    `${choice}, which does not work here: ${whyNot(choice)}`,
  );
}

/** Why a backend that was asked for does not start. */
function whyNot(choice: Backend | 'simd-fast'): string {
  switch (choice) {
    case 'simd-fast':
      return 'this engine has no relaxed SIMD, as Node has from version 21 on';
    case 'webgpu':
      return hasGpuApi() ? 'no GPU adapter was found' : 'there is no WebGPU, as in Node';
    case 'webgl':
      return typeof OffscreenCanvas === 'undefined'
        ? 'there is no canvas, as in Node'
        : 'there is no WebGL 2';
    case 'wasm':
    case 'cpu':
      return 'it did not start';
  }
}

/** Each step is timed compiled and on the GPU. */
function fastest(gpu: Compute & Disposable, threads: number | undefined): Compute & Disposable {
  // A step that is too large for memory here may have room on the GPU.
  const simd = compiled(gpu, 'exact', threads, { refusesLarge: false });
  const compute = fastestCompute({ candidates: [simd, gpu], now: () => performance.now(), budget: 1000 });
  return Object.assign(compute, { [Symbol.dispose]: simd[Symbol.dispose] });
}

/** Compiled steps, with an eager backend for those that cannot be compiled. */
function compiled(
  fallback: Fallback & Disposable,
  build: KernelBuild,
  threads: number | undefined,
  { refusesLarge = true } = {},
): Compute & Disposable {
  const shared = threadsFor(threads);
  return Object.assign(simdCompute(fallback, { build, refusesLarge, ...shared }), {
    [Symbol.dispose]: () => {
      shared.pool?.[Symbol.dispose]();
      fallback[Symbol.dispose]();
    },
  });
}

/** A pool of the threads asked for, or why there is none. */
function threadsFor(asked: number | undefined): Pick<SimdOptions, 'pool' | 'alone'> {
  const { count, why } = cores();
  if (why !== undefined) return { alone: asked === 1 ? undefined : why };
  const threads = asked ?? Math.min(count, USUAL_THREADS);
  const worthwhile = asked === undefined ? WORTHWHILE_UNASKED : undefined;
  return threads > 1 ? { pool: new ThreadPool({ spawn: spawnThread, threads, worthwhile }) } : {};
}

/** Reads a choice from text; an `InputError` lists the choices. */
export function parseComputeChoice(text: string): ComputeChoice {
  const choice = computeChoices.find((candidate) => candidate === text);
  if (choice) return choice;
  throw refusal('backend', `one of ${computeChoices.join(', ')}`, show(text));
}
