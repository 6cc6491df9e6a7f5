/** A thread of the pool in Node. */
import { parentPort } from 'node:worker_threads';
import { serveThread } from '#compile/simd/thread.ts';

serveThread({
  send: (message) => parentPort?.postMessage(message),
  listen: (onMessage) => parentPort?.on('message', onMessage),
});
