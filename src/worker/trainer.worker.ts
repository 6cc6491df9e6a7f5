/**
 * The thread of a run: gives a session its clock and its backends and exposes it to the page. If another run's thread started
 * it, it is a follower of that run.
 */
import { expose } from 'comlink';
import { createCompute, parseComputeChoice } from '#host/compute.ts';
import { starter } from '#host/platform.ts';
import { followLeader } from '#train/parallel/follower.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';
import { Session } from './session.ts';

/** Exposes a session to the page. */
function serve(): void {
  // A message to itself arrives right after those already waiting; a timer would be throttled to 4 ms.
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
}

const leader = starter();
if (leader)
  followLeader(leader, async ({ request, backend }, worker) => {
    const compute = await createCompute(parseComputeChoice(backend), { threads: 1 });
    return ReinforcementRun.create(resolveRun(request), compute, { worker });
  });
else serve();
