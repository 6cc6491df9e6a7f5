/** A job as it stands in a queue. */
import { readFileSync } from 'node:fs';
import type { Job, JobResult } from '#train/sweep/job.ts';

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
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return `${version}/1`;
}
