/** A job as it stands in a queue. */
import type { Job, JobResult } from '#train/sweep/job.ts';
import { version } from '../version.ts';

export const QUEUE = 'jobs';

export interface QueuedJob {
  readonly job: Job;
  /** Of the program that made it: another one might give another result. */
  readonly version: string;
}

/** `null`: bullmq stores JSON. */
export type QueuedResult = JobResult | null;

/** Of this program, with the format of jobs: raised when a job means something else than before. */
export function jobVersion(): string {
  return `${version()}/2`;
}
