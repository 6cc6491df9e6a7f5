/**
 * Takes jobs from a queue and runs each on a thread, so that this one is free to tell the queue that it is alive. A job whose
 * worker is silent is given to another, which goes on from the last state.
 */
import { UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { machineMemory } from '../compute.ts';
import { bytesOf } from '../sweep/run-sweep.ts';
import { ThreadPool } from '../sweep/thread-pool.ts';
import { connect, PREFIX } from './connection.ts';
import { jobVersion, QUEUE, type QueuedJob, type QueuedResult } from './queued-job.ts';

export interface QueueWorkerOptions {
  readonly address: string;
  /** Jobs at a time. */
  readonly threads: number;
  /** Seconds of silence after which another worker takes a job over. */
  readonly lock: number;
  readonly told: (event: WorkerEvent) => void;
}

export type WorkerEvent =
  | { readonly kind: 'taken'; readonly key: string }
  | { readonly kind: 'done'; readonly key: string }
  | { readonly kind: 'failed'; readonly key: string; readonly reason: string };

/** How often a job may lose its worker before it counts as what kills them. */
const MOST_STALLS = 20;

export class QueueWorker implements AsyncDisposable {
  private readonly pool: ThreadPool;
  private readonly worker: Worker<QueuedJob, QueuedResult>;
  private readonly redis: Redis;

  private constructor(redis: Redis, { address, threads, lock, told }: QueueWorkerOptions) {
    this.redis = redis;
    this.pool = new ThreadPool(threads, { kind: 'redis', address });
    const milliseconds = lock * 1000;
    this.worker = new Worker<QueuedJob, QueuedResult>(
      QUEUE,
      async ({ data: { job, version } }) => {
        if (version !== jobVersion())
          throw new UnrecoverableError(`made by version ${version}, and this worker has ${jobVersion()}`);
        // Tried again, by a machine that has more if there is one.
        bytesOf(job, machineMemory() / threads);
        told({ kind: 'taken', key: job.key });
        return (await this.pool.run(job)) ?? null;
      },
      {
        connection: redis,
        prefix: PREFIX,
        concurrency: threads,
        lockDuration: milliseconds,
        stalledInterval: milliseconds,
        maxStalledCount: MOST_STALLS,
      },
    );
    this.worker.on('error', () => {});
    this.worker.on('completed', ({ data }) => told({ kind: 'done', key: data.job.key }));
    this.worker.on('failed', (failed, error) =>
      told({ kind: 'failed', key: failed?.data.job.key ?? '', reason: error.message }),
    );
  }

  static async connect(options: QueueWorkerOptions): Promise<QueueWorker> {
    return new QueueWorker(await connect(options.address), options);
  }

  /** Stops its jobs, which keep what they have trained, and takes no more. */
  stop(): void {
    this.pool.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.worker.close();
    await this.pool[Symbol.asyncDispose]();
    this.redis.disconnect();
  }
}
