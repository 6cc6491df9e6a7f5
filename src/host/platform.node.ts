/** The host's view of Node; see platform.browser.ts. */
import { messageOf } from '#core/errors.ts';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { SpawnThread } from '#compile/simd/pool.ts';
import type { FromThread } from '#compile/simd/thread.ts';
import type { Port, Thread, Threads } from '#core/workers.ts';
import { everySecond } from './seconds.ts';

/** The folder with tfjs's WebAssembly files, as `setWasmPaths` takes it. */
export const wasmPaths = `${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`;

/** `.ts` as it was written, `.js` in the npm package. */
const EXTENSION = import.meta.url.slice(-3);

/** The file of this name that a thread or process is to run, beside the module at `from`; it is compiled where that is. */
export function codeBeside(from: string, name: string): URL {
  return new URL(`${name}${EXTENSION}`, from);
}

/** The file of a thread that follows where `starter` finds a leader. */
const ENTRY = codeBeside(import.meta.url, '../worker/follower.node');

/** What a thread begins with that runs a file of this package, which finds `data` beside `entry` in its `workerData`. */
export function threadOptions(entry: URL, data: Readonly<Record<string, unknown>> = {}) {
  // JavaScript needs no loader; start.mjs brings the one for TypeScript.
  const file = EXTENSION === '.js' ? entry : new URL('start.mjs', import.meta.url);
  // The loaders of the command line or the tests are not for this thread.
  return { file, options: { workerData: { ...data, entry: entry.href }, execArgv: [] } };
}

/** Starts a file of this package in a thread of its own. */
export function startThread(entry: URL, data?: Readonly<Record<string, unknown>>): Worker {
  const { file, options } = threadOptions(entry, data);
  return new Worker(file, options);
}

/** The threads of this process. */
export function threads(backend: string): Threads | undefined {
  return { backend, start, everySecond };
}

function start(): Thread {
  const worker = startThread(ENTRY);
  return {
    post: (message) => worker.postMessage(message),
    listen: (onMessage) => worker.on('message', onMessage),
    watch(onDeath) {
      let told = false;
      const tell = (reason: string): void => {
        if (!told) onDeath(reason);
        told = true;
      };
      worker.on('error', (error) => tell(messageOf(error)));
      worker.on('exit', (code) => tell(`its thread ended with code ${code}`));
    },
    terminate: () => void worker.terminate(),
  };
}

/** The channel to the thread that started this one as a follower; undefined in any other thread. */
export function starter(): Port | undefined {
  const data = workerData as { readonly entry?: string } | null;
  const port = parentPort;
  if (!port || data?.entry !== ENTRY.href) return undefined;
  return {
    post: (message) => port.postMessage(message),
    listen: (onMessage) => port.on('message', onMessage),
  };
}

export function cores(): { readonly count: number; readonly why?: string } {
  return { count: availableParallelism() };
}

/** The thread keeps the process alive only while it is held. */
export const spawnThread: SpawnThread = ({ onMessage, onDeath }) => {
  const worker = startThread(codeBeside(import.meta.url, 'thread.node'));
  worker.on('message', (message: FromThread) => onMessage(message));
  worker.on('error', (error) => onDeath(messageOf(error)));
  worker.on('exit', (code) => onDeath(`exit code ${code}`));
  return {
    post: (message) => worker.postMessage(message),
    hold: (held) => (held ? worker.ref() : worker.unref()),
    terminate: () => void worker.terminate(),
  };
};
