/** A thread that follows another thread's run, with backends of its own. */
import { createCompute, parseComputeChoice } from '#host/compute.ts';
import type { Port } from '#core/workers.ts';
import { followLeader } from '#train/parallel/follower.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

/** Carries out the leader's orders until the thread ends. */
export function follow(leader: Port): void {
  followLeader(leader, async ({ request, backend }, worker) => {
    const compute = await createCompute(parseComputeChoice(backend), { threads: 1 });
    return ReinforcementRun.create(resolveRun(request), compute, { worker });
  });
}
