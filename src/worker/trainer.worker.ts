/** The worker of a run: gives a session its clock and its backends, and opens it to the page. */
import { expose } from 'comlink';
import { createCompute } from '#host/compute.ts';
import { Session } from './session.ts';

// A message to oneself comes back at once, behind those already waiting; a timer would be held back to 4 ms.
const { port1, port2 } = new MessageChannel();
let resume: (() => void) | undefined;
port2.onmessage = () => resume?.();

const session = new Session({
  createCompute,
  now: () => performance.now(),
  yield: () =>
    new Promise((resolve) => {
      resume = resolve;
      port1.postMessage(undefined);
    }),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
});

globalThis.addEventListener('unhandledrejection', (event) => session.fail(event.reason));
expose(session);
