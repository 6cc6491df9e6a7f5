/** What a thread of the pool does with a job. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createCompute } from '#host/compute.ts';
import type { Job, JobResult } from '#train/sweep/job.ts';
import { runJob, type States } from '#train/sweep/work.ts';
import { fitData } from './fit-data.ts';
import { StateFiles } from './state-files.ts';

/** Where the states of runs are kept: in a folder, or in the store of a queue. */
export type StatePlace =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'redis'; readonly address: string };

export interface Task {
  readonly job: Job;
  readonly states: StatePlace;
  /** [1] not 0 once all jobs are to stop; shared. */
  readonly stop: Int32Array;
}

/** The result of a job, or undefined if it was stopped. Compiled steps give the same bits on every machine. */
export async function work({ job, states: place, stop }: Task): Promise<JobResult | undefined> {
  // One thread, since jobs run in parallel.
  using compute = await createCompute('simd', { threads: 1 });
  return runJob(job, {
    compute,
    data: fitData,
    states: await statesAt(place),
    now: () => performance.now(),
    stopped: () => Atomics.load(stop, 0) !== 0,
    breathe: () => nextTurn(),
  });
}

/** Of this thread, made at its first job and closed with it. */
let ofQueue: Promise<States> | undefined;

async function statesAt(place: StatePlace): Promise<States> {
  switch (place.kind) {
    case 'folder':
      return new StateFiles(place.path);
    case 'redis':
      ofQueue ??= connectStates(place.address);
      return ofQueue;
  }
}

async function connectStates(address: string): Promise<States> {
  const { connect } = await import('../queue/connection.ts');
  const { RedisStates } = await import('../queue/redis-states.ts');
  return new RedisStates(await connect(address));
}
