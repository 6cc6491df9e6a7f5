/** The classifier's own worker in the thread of a test, at the end of a port. */
import { expose } from 'comlink';
import { createCompute } from '#host/compute.ts';
import type { WorkerLike } from '#worker/client.ts';
import { ClassifierSession } from '#worker/classifier/session.ts';

/** `mortal`: gets what kills the worker, as an error in it would. */
export function spawnClassifier(mortal?: (die: (message: string) => void) => void): WorkerLike {
  const { port1, port2 } = new MessageChannel();
  const session = new ClassifierSession({
    createCompute,
    shipped: () => () => Promise.reject(new Error('no files here')),
    now: () => performance.now(),
    yield: () => new Promise((resolve) => setImmediate(resolve)),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  });
  expose(session, port2);
  const terminate = (): void => {
    void session.dispose();
    port1.close();
  };
  mortal?.((message) => {
    void session.dispose();
    port1.dispatchEvent(Object.assign(new Event('error'), { message }));
  });
  return Object.assign(port1, { terminate });
}
