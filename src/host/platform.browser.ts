/** What the host needs of a browser. See platform.node.ts for the other side; package.json chooses. */
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import type { Port, Thread, Threads } from '#core/crew.ts';

/** URLs of tfjs's WebAssembly files, as `setWasmPaths` takes them; it asks for all three, whichever is used. */
export const wasmPaths = {
  'tfjs-backend-wasm.wasm': plain,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threadedSimd,
};

/** By this name a worker knows that it is a peer. */
const PEER = 'ludus-peer';

/** Workers beside the one that this is called in; none for the page itself, whose address is no worker's. */
export function threads(backend: string): Threads | undefined {
  if (!('WorkerGlobalScope' in globalThis)) return undefined;
  return { shareMemory: globalThis.crossOriginIsolated, backend, start };
}

/** The same file as this worker's under another name: nothing is built or loaded twice. */
function start(): Thread {
  const worker = new Worker(globalThis.location.href, { type: 'module', name: PEER });
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
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

/** The way to the worker that started this one as a peer; undefined in any other thread. */
export function starter(): Port | undefined {
  if ((globalThis as { readonly name?: unknown }).name !== PEER) return undefined;
  return {
    post: (message, transfer = []) => globalThis.postMessage(message, { transfer: [...transfer] }),
    listen: (onMessage) => globalThis.addEventListener('message', ({ data }) => onMessage(data)),
  };
}
