/** The host's view of a browser; platform.node.ts is its counterpart, and package.json chooses. */
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import type { SpawnThread } from '#compile/simd/pool.ts';
import type { FromThread } from '#compile/simd/thread.ts';
import type { Port, Thread, Threads } from '#core/workers.ts';
import { everySecond } from './seconds.ts';

/** URLs of tfjs's WebAssembly files, as `setWasmPaths` takes them; it asks for all three, whichever is used. */
export const wasmPaths = {
  'tfjs-backend-wasm.wasm': plain,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threadedSimd,
};

/** The name of a worker that another worker started as a follower. */
const FOLLOWER = 'ludus-follower';

/**
 * Workers beside the one that this is called in. None where the page is not isolated, since they could share no memory, and
 * none for the page's own thread, whose address is no worker's.
 */
export function threads(backend: string): Threads | undefined {
  if (!globalThis.crossOriginIsolated || !('WorkerGlobalScope' in globalThis)) return undefined;
  return { backend, start, everySecond };
}

/** A worker of the same file under another name: nothing is built or loaded twice. */
function start(): Thread {
  const worker = new Worker(globalThis.location.href, { type: 'module', name: FOLLOWER });
  return {
    post: (message) => worker.postMessage(message),
    listen: (onMessage) => worker.addEventListener('message', ({ data }) => onMessage(data)),
    watch(onDeath) {
      worker.addEventListener(
        'error',
        (event) => {
          event.preventDefault();
          onDeath(event.message || 'its thread did not load');
        },
        { once: true },
      );
    },
    terminate: () => worker.terminate(),
  };
}

/** The channel to the worker that started this one as a follower; undefined in any other thread. */
export function starter(): Port | undefined {
  if ((globalThis as { readonly name?: unknown }).name !== FOLLOWER) return undefined;
  return {
    post: (message) => globalThis.postMessage(message),
    listen: (onMessage) => globalThis.addEventListener('message', ({ data }) => onMessage(data)),
  };
}

/** How many threads a step may use, and the reason if others are out of reach. */
export function cores(): { readonly count: number; readonly why?: string } {
  if (!globalThis.crossOriginIsolated) return { count: 1, why: 'the page is not cross-origin isolated' };
  // A page's own thread may not block.
  if (!('WorkerGlobalScope' in globalThis)) return { count: 1, why: "it is the page's own" };
  return { count: navigator.hardwareConcurrency };
}

/** Starts a thread for parts of steps. It ends with the worker that started it. */
export const spawnThread: SpawnThread = ({ onMessage, onDeath }) => {
  const worker = new Worker(new URL('thread.browser.worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<FromThread>) => onMessage(data);
  worker.onerror = (event) => {
    event.preventDefault();
    onDeath(event.message || 'it did not load');
  };
  return {
    post: (message) => worker.postMessage(message),
    hold: () => undefined,
    terminate: () => worker.terminate(),
  };
};
