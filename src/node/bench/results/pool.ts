/**
 * A pool of processes that train seeds in parallel and report each one as it finishes. Not of threads, as src/host/thread-pool.ts
 * has them: the CPU time of each seed is recorded, and Node measures that of a whole process.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { codeBeside } from '#host/platform.node.ts';
import type { Provenance, SeedRecord } from './record.ts';
import type { Experiment } from './suite.ts';

/** A seed to train. */
export interface Job {
  readonly experiment: Experiment;
  readonly seed: number;
  readonly provenance: Provenance;
  /** The folder for its log, if it is kept. */
  readonly logs?: string;
}

export type Outcome = { readonly record: SeedRecord } | { readonly failure: string };

export interface PoolOptions {
  readonly processes: number;
  readonly done: (job: Job, outcome: Outcome) => void;
  /** Polled; once true, the processes are killed and unfinished seeds are lost. */
  readonly stopped: () => boolean;
}

/** Milliseconds between two calls of `stopped`. */
const POLL_INTERVAL = 200;

/** Runs all jobs in order. Rejects if a process dies; after a failed seed it takes the next. */
export async function trainAll(jobs: readonly Job[], options: PoolOptions): Promise<void> {
  const queue = [...jobs];
  const workers = Array.from({ length: Math.min(options.processes, queue.length) }, startProcess);
  const stopAll = (): void => workers.forEach((worker) => worker.kill());
  const watch = setInterval(() => {
    if (options.stopped()) stopAll();
  }, POLL_INTERVAL);
  try {
    await Promise.all(workers.map(async (worker) => runJobs(worker, queue, options)));
  } finally {
    clearInterval(watch);
    stopAll();
  }
}

function startProcess(): ChildProcess {
  const path = fileURLToPath(codeBeside(import.meta.url, 'seed-process'));
  // JavaScript, as in the npm package, needs no loader.
  return fork(path, { execArgv: path.endsWith('.ts') ? ['--import', 'tsx/esm'] : [] });
}

async function runJobs(worker: ChildProcess, queue: Job[], { done, stopped }: PoolOptions): Promise<void> {
  for (let job = queue.shift(); job && !stopped(); job = queue.shift()) {
    const outcome = await runJob(worker, job);
    if (outcome) done(job, outcome);
    else if (stopped()) return;
    else throw new Error(`${job.experiment.agent} on ${job.experiment.world}: its process died`);
  }
}

/** The outcome of a job; undefined if the process exited instead. */
async function runJob(worker: ChildProcess, job: Job): Promise<Outcome | undefined> {
  return new Promise((settle) => {
    const onMessage = (outcome: Outcome): void => {
      worker.off('exit', onExit);
      settle(outcome);
    };
    const onExit = (): void => {
      worker.off('message', onMessage);
      settle(undefined);
    };
    worker.once('message', onMessage);
    worker.once('exit', onExit);
    worker.send(job);
  });
}
