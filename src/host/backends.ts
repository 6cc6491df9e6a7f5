/**
 * tfjs's backends. All but `cpu` are loaded when they are started: a run whose steps are all compiled needs none of them, and they
 * are most of what a worker would have to load.
 */
import * as tf from '@tensorflow/tfjs-core';
import { eagerCompute } from '#compile/eager.ts';
import type { Fallback } from '#compile/simd/simd.ts';
import type { Compute } from '#compile/step.ts';
import { messageOf, refusal } from '#core/errors.ts';
import { findAdapter, hasWebgl } from './adapter.ts';
import { startWatchedWebgpu, watchWebgl } from './watched-gpu.ts';

export type Backend = 'webgpu' | 'webgl' | 'wasm' | 'cpu';

type Started = Compute & Disposable;

/**
 * Makes a backend tfjs's current one: tensors do not survive a change of it. Undefined if it is missing or, unless `software` is
 * accepted, has no hardware.
 */
export async function startBackend(backend: Backend, software: boolean): Promise<Started | undefined> {
  switch (backend) {
    case 'webgpu': {
      const adapter = await findAdapter(software);
      return adapter && startWatchedWebgpu(adapter).catch((error: unknown) => missing(error, software));
    }
    case 'webgl':
      if (!hasWebgl(software)) return undefined;
      await loaded(backend, import('./webgl.ts'));
      return (await works('webgl')) ? watchWebgl() : undefined;
    case 'wasm': {
      const { loadWasm } = await loaded(backend, import('./wasm.ts'));
      await loadWasm();
      return (await works('wasm')) ? started() : undefined;
    }
    case 'cpu':
      return (await works('cpu')) ? started() : undefined;
  }
}

/** A part of the build, which may be out of reach. */
async function loaded<T>(backend: Backend, part: Promise<T>): Promise<T> {
  return part.catch((error: unknown) => {
    throw refusal('backend', 'one that can be loaded', `${backend} (${messageOf(error)})`);
  });
}

/**
 * Makes the CPU's the current backend where there is none: tfjs would start one by itself as soon as it is asked for, and does
 * nothing until that is ready.
 */
export function ensureBackend(): void {
  if (!(tf.getBackend() in tf.engine().registry)) void tf.setBackend('cpu');
}

/** Starts the first that is there. One that fails to, e.g. a GPU whose driver gives no device, is passed over. */
export async function startFirst(backends: readonly Backend[]): Promise<Started> {
  const { first, reasons } = await tryEach(backends);
  if (first) return first;
  const got = `none on this machine ${reasons.join(', ')}`.trimEnd();
  throw refusal('backend', 'a working backend', got);
}

/** As `startFirst`; undefined if none starts. */
export async function startAny(backends: readonly Backend[]): Promise<Started | undefined> {
  return (await tryEach(backends)).first;
}

async function tryEach(backends: readonly Backend[]): Promise<{ first?: Started; reasons: string[] }> {
  const reasons: string[] = [];
  for (const backend of backends) {
    try {
      const first = await startBackend(backend, false);
      if (first) return { first, reasons };
    } catch (error) {
      reasons.push(`${backend}: ${messageOf(error)}`);
    }
  }
  return { reasons };
}

/** The first of these backends that starts, when a step is compiled on it; until then tfjs's current backend stays. */
export function startLater(backends: readonly Backend[]): Fallback & Disposable {
  let starting: Promise<Started> | undefined;
  let is: Started | undefined;
  return {
    get label() {
      return is?.label ?? 'a backend not started yet';
    },
    async compile(...step) {
      starting ??= startFirst(backends).catch((error: unknown) => {
        starting = undefined;
        throw error;
      });
      is = await starting;
      return is.compile(...step);
    },
    [Symbol.dispose]: () => is?.[Symbol.dispose](),
  };
}

/** The npm package leaves this backend to those whose Node has a GPU: it is refused by name, or passed over where nobody asked for it. */
function missing(error: unknown, asked: boolean): undefined {
  if ((error as { readonly code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
  if (!asked) return undefined;
  const name = '@tensorflow/tfjs-backend-webgpu';
  const expected = `the package ${name} (npm install ${name}@${tf.version_core})`;
  throw refusal('backend', expected, 'webgpu without it');
}

async function works(backend: Backend): Promise<boolean> {
  return (tf.getBackend() === backend || (await tf.setBackend(backend))) && tf.getBackend() === backend;
}

function started(): Started {
  return { ...eagerCompute(), [Symbol.dispose]: () => {} };
}
