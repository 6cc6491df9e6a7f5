/**
 * Jobs in a queue, for workers anywhere. The queue delivers at least once and may forget: a job is named by a hash of all that
 * decides its result, so that one that is there twice is one, and what is waited for is looked at again and again.
 */
import { Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { idOf, type Job, type JobResult } from '#train/sweep/job.ts';
import type { Executor } from '../sweep/executor.ts';
import { connect, PREFIX } from './connection.ts';
import { jobVersion, QUEUE, type QueuedJob, type QueuedResult } from './queued-job.ts';
import { KEPT } from './redis-states.ts';

/** Milliseconds between two looks at what is waited for: events tell of most ends sooner. */
const LOOK_EVERY = 2000;
/** How often a job is tried again that failed for a reason that may pass, such as a full disk, and the first pause. */
const ATTEMPTS = 3;
const PAUSE = 1000;

interface Waiting {
  readonly job: Job;
  readonly done: (result: JobResult | undefined) => void;
  readonly fail: (error: Error) => void;
}

export class QueueExecutor implements Executor {
  readonly slots: number;
  private readonly redis: Redis;
  private readonly queue: Queue<QueuedJob, QueuedResult>;
  private readonly events: QueueEvents;
  /** By id. */
  private readonly waiting = new Map<string, Waiting>();
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> | undefined;
  private isStopped = false;

  private constructor(redis: Redis, slots: number) {
    this.slots = slots;
    this.redis = redis;
    this.queue = new Queue(QUEUE, { connection: redis, prefix: PREFIX });
    this.events = new QueueEvents(QUEUE, { connection: redis.duplicate(), prefix: PREFIX });
    // Errors of the connection, which comes back; what is lost meanwhile is looked for.
    this.queue.on('error', () => {});
    this.events.on('error', () => {});
    const look = ({ jobId }: { readonly jobId: string }): void => void this.lookAt(jobId).catch(() => {});
    this.events.on('completed', look);
    this.events.on('failed', look);
    this.timer = setInterval(() => {
      this.looking ??= this.lookAtAll().finally(() => (this.looking = undefined));
    }, LOOK_EVERY);
  }

  /** `slots`: jobs in the queue at a time. Rejects if there is no server. */
  static async connect(address: string, slots: number): Promise<QueueExecutor> {
    return new QueueExecutor(await connect(address), slots);
  }

  async run(job: Job): Promise<JobResult | undefined> {
    const id = await idOf(job);
    if (this.isStopped) return undefined;
    return new Promise((done, fail) => {
      this.waiting.set(id, { job, done, fail });
      this.lookAt(id).catch(fail);
    });
  }

  /** Jobs that are in the queue stay there, and their results, for who goes on with the sweep. */
  stop(): void {
    this.isStopped = true;
    for (const { done } of this.waiting.values()) done(undefined);
    this.waiting.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    clearInterval(this.timer);
    this.redis.disconnect();
    await Promise.allSettled([this.queue.disconnect(), this.events.close()]);
  }

  private async lookAtAll(): Promise<void> {
    for (const id of this.waiting.keys()) await this.lookAt(id).catch(() => {});
  }

  /** Takes the result of a job that has ended; adds one that the queue does not know, or knows no longer. */
  private async lookAt(id: string): Promise<void> {
    const waiting = this.waiting.get(id);
    if (!waiting) return;
    const found = await this.queue.getJob(id);
    if (!found) return this.add(id, waiting.job);
    const state = await found.getState();
    if (state === 'completed' && found.returnvalue) {
      this.waiting.delete(id);
      waiting.done(found.returnvalue);
    } else if (state === 'completed' || (state === 'failed' && found.data.version !== jobVersion())) {
      // Stopped without a result, or left by another version.
      await found.remove();
      await this.add(id, waiting.job);
    } else if (state === 'failed') {
      this.waiting.delete(id);
      // Tried again if the sweep is.
      await found.remove();
      waiting.fail(new Error(`job ${waiting.job.key}: ${found.failedReason}`));
    }
  }

  private async add(id: string, job: Job): Promise<void> {
    await this.queue.add(
      'run',
      { job, version: jobVersion() },
      {
        jobId: id,
        attempts: ATTEMPTS,
        backoff: { type: 'exponential', delay: PAUSE },
        removeOnComplete: { age: KEPT },
        removeOnFail: { age: KEPT },
      },
    );
  }
}
