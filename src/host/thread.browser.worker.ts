/** A thread of the pool in a browser; thread.node.ts is its counterpart. */
import { serveThread, type ToThread } from '#compile/simd/thread.ts';

const scope = globalThis as unknown as DedicatedWorkerScope;

/** The part of a worker's global scope used in this file; the project's DOM types are those of pages. */
interface DedicatedWorkerScope {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent<ToThread>) => void) | null;
}

serveThread({
  send: (message) => scope.postMessage(message),
  listen: (onMessage) => {
    scope.onmessage = ({ data }) => onMessage(data);
  },
});
