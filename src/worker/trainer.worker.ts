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
import { breath } from './breath.ts';
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
if (leader)
  followLeader(leader, async ({ request, backend }, worker) => {
    const compute = await createCompute(parseComputeChoice(backend), { threads: 1 });
    return ReinforcementRun.create(resolveRun(request), compute, { worker });
  });
else serve();
