/** A thread of the pool in Node. See thread.browser.worker.ts for the other side. */
import { parentPort } from 'node:worker_threads';
import { serveThread } from '#compile/simd/thread.ts';

serveThread({
  send: (message) => parentPort?.postMessage(message),
  listen: (onMessage) => parentPort?.on('message', onMessage),
});
