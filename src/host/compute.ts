/**
 * Chooses what runs the steps on this machine. A thread has one tfjs backend at a time, since tensors do not survive a change of
 * it. WebGPU's is loaded only if there is a GPU.
 */
// The gradients of all operations, and the backends but WebAssembly and WebGPU.
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { cores, spawnThread, threads as workerThreads, wasmPaths } from '#host/platform.ts';
import { eagerCompute } from '#compile/eager.ts';
import { fastestCompute } from '#compile/fastest.ts';
import { hasRelaxedSimd, type KernelBuild } from '#compile/simd/kernel-module.ts';
import { ThreadPool } from '#compile/simd/pool.ts';
import { simdCompute, type SimdOptions } from '#compile/simd/simd.ts';
import type { Compute } from '#compile/step.ts';
import { InputError, messageOf, show } from '#core/errors.ts';
import { findAdapter, hasGpuApi, looksLikeSoftware } from './adapter.ts';
import type { Executor } from './executor.ts';
import { MOST_THREADS } from './limits.ts';
import { startWatchedWebgpu, watchWebgl } from './watched-gpu.ts';
import { registerWasmKernels } from './wasm-kernels.ts';

/**
 * The backends for learning. `simd` compiles steps, `simd-fast` with fused multiply-add and no promise of equal bits; the
 * others run them eagerly on a tfjs backend. `auto` compiles too, but measures each step against the GPU where there is one, and
 * keeps the faster. Acting is compiled with each of them.
 */
const computeChoices = ['auto', 'simd', 'simd-fast', 'webgpu', 'webgl', 'wasm', 'cpu'] as const;
export type ComputeChoice = (typeof computeChoices)[number];

type Backend = Exclude<ComputeChoice, 'auto' | 'simd' | 'simd-fast'>;

const PREFERENCE: readonly Backend[] = ['webgpu', 'webgl', 'wasm', 'cpu'];
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
    throw new InputError([{ field: 'threads', expected, got: show(threads) }]);
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
  const left = PREFERENCE.filter((backend) => !avoid.includes(backend));
  if (choice === 'auto')
    return avoid.includes('simd') ? firstOf(left) : fastest(await firstOf(left), threads);
  const fallbacks = left.filter((backend) => backend === 'wasm' || backend === 'cpu');
  if (avoid.includes(choice === 'simd-fast' ? 'simd' : choice)) {
    const next = SUCCESSORS.find((executor) => !avoid.includes(executor));
    return next === 'simd' ? compiled(await firstOf(fallbacks), 'exact', threads) : firstOf(fallbacks);
  }
  if (choice === 'simd') return compiled(await firstOf(fallbacks), 'exact', threads);
  if (choice === 'simd-fast' && hasRelaxedSimd()) return compiled(await firstOf(fallbacks), 'fast', threads);
  const compute = choice === 'simd-fast' ? undefined : await start(choice, true);
  if (compute) return compute;
  throw refusal('a backend that this machine has', `${choice}, which does not work here: ${whyNot(choice)}`);
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

function refusal(expected: string, got: string): InputError {
  return new InputError([{ field: 'backend', expected, got }]);
}

/** Compiled steps; if there is a GPU, each step is timed on both. */
function fastest(eager: Compute & Disposable, threads: number | undefined): Compute & Disposable {
  const simd = compiled(eager, 'exact', threads);
  const candidates = isGpu() ? [simd, eager] : [simd];
  const compute = fastestCompute({ candidates, now: () => performance.now(), budget: 1000 });
  return Object.assign(compute, { [Symbol.dispose]: simd[Symbol.dispose] });
}

/** Whether tfjs's current backend, which is the fallback, has memory of its own. */
function isGpu(): boolean {
  return tf.getBackend() === 'webgpu' || tf.getBackend() === 'webgl';
}

/** Compiled steps, with an eager backend for those that cannot be compiled. */
function compiled(
  fallback: Compute & Disposable,
  build: KernelBuild,
  threads: number | undefined,
): Compute & Disposable {
  const shared = threadsFor(threads);
  return Object.assign(simdCompute(fallback, { build, refusesLarge: !isGpu(), ...shared }), {
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

/** The first that starts. One that is there but fails to, e.g. a GPU whose driver gives no device, is passed over. */
async function firstOf(backends: readonly Backend[]): Promise<Compute & Disposable> {
  const reasons: string[] = [];
  for (const backend of backends) {
    try {
      const compute = await start(backend, false);
      if (compute) return compute;
    } catch (error) {
      reasons.push(`${backend}: ${messageOf(error)}`);
    }
  }
  throw refusal('a working backend', `none on this machine ${reasons.join(', ')}`.trimEnd());
}

/** Reads a choice from text; an `InputError` lists the choices. */
export function parseComputeChoice(text: string): ComputeChoice {
  const choice = computeChoices.find((candidate) => candidate === text);
  if (choice) return choice;
  throw refusal(`one of ${computeChoices.join(', ')}`, show(text));
}

/** Makes a backend tfjs's current one. Undefined if it is missing or, unless `software` is accepted, has no hardware. */
async function start(backend: Backend, software: boolean): Promise<(Compute & Disposable) | undefined> {
  switch (backend) {
    case 'webgpu': {
      const adapter = await findAdapter(software);
      return adapter && startWatchedWebgpu(adapter).catch((error: unknown) => missing(error, software));
    }
    case 'webgl':
      if (!hasWebgl(software)) return undefined;
      return (await works('webgl')) ? watchWebgl() : undefined;
    case 'wasm':
      // tfjs's threaded build hangs in minified bundles on isolated pages (its worker code names minified variables).
      tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      if (tf.findBackend('wasm') === null) setWasmPaths(wasmPaths);
      registerWasmKernels();
      return (await works('wasm')) ? started(eagerCompute()) : undefined;
    case 'cpu':
      return (await works('cpu')) ? started(eagerCompute()) : undefined;
  }
}

/** The npm package leaves this backend to those whose Node has a GPU: it is refused by name, or passed over where nobody asked for it. */
function missing(error: unknown, asked: boolean): undefined {
  if ((error as { readonly code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
  if (!asked) return undefined;
  const name = '@tensorflow/tfjs-backend-webgpu';
  throw refusal(`the package ${name} (npm install ${name}@${tf.version_core})`, 'webgpu without it');
}

async function works(backend: Backend): Promise<boolean> {
  return (tf.getBackend() === backend || (await tf.setBackend(backend))) && tf.getBackend() === backend;
}

function started(compute: Compute): Compute & Disposable {
  return { ...compute, [Symbol.dispose]: () => {} };
}

/** Whether this thread has WebGL 2, in hardware unless `software` is accepted. In a worker that takes an OffscreenCanvas. */
function hasWebgl(software: boolean): boolean {
  const context =
    typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!context) return false;
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const renderer = names ? String(context.getParameter(names.UNMASKED_RENDERER_WEBGL)) : '';
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return software || !looksLikeSoftware(renderer);
}
