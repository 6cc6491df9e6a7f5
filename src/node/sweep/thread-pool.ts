/** Jobs on threads of this process, one each. */
import { codeBeside } from '#host/platform.node.ts';
import { threadPool } from '#host/thread-pool.ts';
import type { Job, JobResult } from '#train/sweep/job.ts';
import type { Executor } from './executor.ts';
import type { StatePlace, Task } from './job-thread.ts';

const ENTRY = codeBeside(import.meta.url, 'job-thread');

export class ThreadPool implements Executor {
  readonly slots: number;
  private readonly states: StatePlace;
  private readonly stopFlag = new Int32Array(new SharedArrayBuffer(4));
  private readonly pool: ReturnType<typeof threadPool<Task, JobResult | undefined>>;

  constructor(threads: number, states: StatePlace) {
    this.slots = threads;
    this.states = states;
    this.pool = threadPool(ENTRY, threads);
  }

  async run(job: Job): Promise<JobResult | undefined> {
    return this.pool.run({ job, states: this.states, stop: this.stopFlag });
  }

  stop(): void {
    Atomics.store(this.stopFlag, 0, 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.destroy();
  }
}
