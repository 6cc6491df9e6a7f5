/** One worker of a pool: trains one run after another at full speed, without pictures and checkpoints. */
import { InputError } from '#core/errors.ts';
import { RunClient, WorkerDied, type WorkerLike } from '#worker/client.ts';
import type {
  BatchEvent,
  FailedEvent,
  Outcome,
  RunEvent,
  RunInfo,
  Setup,
  TrainerApi,
} from '#worker/protocol.ts';
import { faultOf, type Fault } from './recovery.ts';

const TIMING = { heartbeat: 2_000, patience: 10_000, checkpoint: Infinity };

/** A run ended by what computes it, not by itself: it may go well another time. */
export class LaneFault extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(`${fault.what}: ${fault.why}`);
    this.fault = fault;
  }
}

/** The run in training. */
interface Job {
  /** Its number in the worker. */
  readonly run: number;
  /** Takes news; true: that was all. */
  readonly take: (batch: BatchEvent) => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class SeedLane implements Disposable {
  closed = false;
  private readonly client: RunClient<TrainerApi, Setup, RunInfo>;
  private job: Job | undefined;
  private paused = false;

  constructor(spawn: () => WorkerLike) {
    this.client = new RunClient<TrainerApi, Setup, RunInfo>(
      spawn,
      {
        onEvent: (event) => this.onEvent(event),
        onDeath: (why) => this.end(crashed(why)),
        onSilence: () => undefined,
      },
      TIMING,
    );
  }

  /**
   * Trains a run until `take` has had enough, in a new worker if the last one died. Rejects with an `InputError` if the run is
   * refused, with a `LaneFault` if what computes it fails, and with another error if the run itself does.
   */
  async train(setup: Setup, take: Job['take']): Promise<void> {
    const made = await this.create({ ...setup, unwatched: true });
    if (!made.ok) throw new InputError(made.problems);
    await new Promise<void>((resolve, reject) => {
      this.job = { run: made.value.run, take, resolve, reject };
      if (!this.paused) this.tell(this.client.start());
    });
  }

  pause(): void {
    this.paused = true;
    if (this.job) this.tell(this.client.pause());
  }

  resume(): void {
    this.paused = false;
    if (this.job) this.tell(this.client.start());
  }

  [Symbol.dispose](): void {
    this.closed = true;
    this.job = undefined;
    this.client[Symbol.dispose]();
  }

  private async create(setup: Setup): Promise<Outcome<RunInfo>> {
    try {
      return await this.client.create(setup);
    } catch (error) {
      throw error instanceof WorkerDied ? crashed(error.message) : error;
    }
  }

  /** Frames are kept: a worker without a buffer draws no further ones. */
  private onEvent(event: RunEvent): void {
    const { job } = this;
    if (!job || event.run !== job.run) return;
    if (event.kind === 'failed') this.end(failed(event));
    if (event.kind !== 'batch' || !job.take(event)) return;
    this.tell(this.client.pause());
    this.end();
  }

  private end(error?: Error): void {
    const { job } = this;
    this.job = undefined;
    if (error) job?.reject(error);
    else job?.resolve();
  }

  /** A worker that dies says so by itself. */
  private tell(command: Promise<void>): void {
    command.catch(() => undefined);
  }
}

function crashed(why: string): LaneFault {
  return new LaneFault({ what: 'its worker has crashed', why });
}

function failed(event: FailedEvent): Error {
  const fault = faultOf(event);
  return fault ? new LaneFault(fault) : new Error(event.message);
}
