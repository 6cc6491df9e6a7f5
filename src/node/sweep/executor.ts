/** Where the jobs of a sweep run: on the threads of this machine, or wherever a queue's workers are. */
import type { Job, JobResult } from '#train/sweep/job.ts';

export interface Executor extends AsyncDisposable {
  /** How many jobs it can run at once. */
  readonly slots: number;
  /** The result; undefined if it was stopped before there was one. Rejects if the job could not be run. */
  run(job: Job): Promise<JobResult | undefined>;
  /** Stops all jobs, which keep what they have trained. */
  stop(): void;
}
