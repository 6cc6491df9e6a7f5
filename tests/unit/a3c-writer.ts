/** A thread of a3c-shared.test.ts: applies the same gradient again and again to parameters that another thread changes, too. */
import { parentPort, workerData } from 'node:worker_threads';
import { SharedParameters } from '#agents/policy/a3c/shared.ts';

const { memory, size, times } = workerData as { memory: SharedArrayBuffer; size: number; times: number };
const shared = new SharedParameters(memory, size, { decay: 0, epsilon: 1e-30 });
const gradient = new Float32Array(size).fill(1);
for (let k = 0; k < times; k++) shared.apply(gradient, 1);
parentPort?.postMessage('done');
