/**
 * tfjs's backend on WebAssembly, with the kernels that training needs besides. It is ready before tfjs has it: while a backend of
 * its own starts tfjs does nothing at all, and steps are traced at any time.
 */
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { wasmPaths } from '#host/platform.ts';
import { registerWasmKernels } from './wasm-kernels.ts';

/** As tfjs registers it. */
const PRIORITY = 2;

let loading: Promise<void> | undefined;

/** Loads it, once; tfjs can then change to it at once. */
export function loadWasm(): Promise<void> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<void> {
  // A program may have started it before us.
  if (!('wasm' in tf.engine().registry)) await makeReady();
  registerWasmKernels();
}

async function makeReady(): Promise<void> {
  // tfjs's threaded build hangs in minified bundles on isolated pages (its worker code names minified variables).
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths(wasmPaths);
  const backend = await tf.findBackendFactory('wasm')();
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', () => backend, PRIORITY);
}
