/** What a thread of the pool does with a job. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createCompute } from '#host/compute.ts';
import type { Job, JobResult } from '#train/sweep/job.ts';
import { runJob } from '#train/sweep/work.ts';
import { StateFiles } from './state-files.ts';

export interface Task {
  readonly job: Job;
  readonly folder: string;
  /** [1] not 0 once all jobs are to stop; shared. */
  readonly stop: Int32Array;
}

/** The result of a job, or undefined if it was stopped. Compiled steps give the same bits on every machine. */
export async function work({ job, folder, stop }: Task): Promise<JobResult | undefined> {
  // One thread, since jobs run in parallel.
  using compute = await createCompute('simd', { threads: 1 });
  return runJob(job, {
    compute,
    states: new StateFiles(folder),
    now: () => performance.now(),
    stopped: () => Atomics.load(stop, 0) !== 0,
    breathe: () => nextTurn(),
  });
}
