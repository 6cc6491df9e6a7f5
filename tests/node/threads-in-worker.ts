/** Runs a shared step inside of a worker thread and tells its parent what came of it; started by `src/host/start.mjs`. */
import { parentPort } from 'node:worker_threads';
import { runOnThreads } from '../browser/threads-run.ts';

parentPort?.postMessage(await runOnThreads(2, 72));
