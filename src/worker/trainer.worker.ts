/**
 * The thread of a run: gives a session its clock and its backends and exposes it to the page. If another run's thread started
 * it, it is a follower of that run.
 */
import { expose } from 'comlink';
import { createCompute } from '#host/compute.ts';
import { starter } from '#host/platform.ts';
import { breath } from './breath.ts';
import { follow } from './follower.ts';
import { Session } from './session.ts';

/** Exposes a session to the page. */
function serve(): void {
  const session = new Session({
    createCompute,
    now: () => performance.now(),
    yield: breath(),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  });

  globalThis.addEventListener('unhandledrejection', (event) => session.fail(event.reason));
  expose(session);
}

const leader = starter();
if (leader) follow(leader);
else serve();
