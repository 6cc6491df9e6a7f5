/** A thread of the pool in a browser. See thread.node.ts for the other side. */
import { serveThread, type ToThread } from '#compile/simd/thread.ts';

const here = globalThis as unknown as DedicatedWorkerScope;

/** The part of a worker's global scope that is used here; the project's types are those of pages. */
interface DedicatedWorkerScope {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent<ToThread>) => void) | null;
}

serveThread({
  send: (message) => here.postMessage(message),
  listen: (onMessage) => {
    here.onmessage = ({ data }) => onMessage(data);
  },
});
