/**
 * The page's side of a worker. comlink never rejects when a worker dies, so this client does: it watches for errors and
 * silence, rejects outstanding calls, and can start another worker from the last checkpoint.
 */
import { transfer, wrap, type Endpoint } from 'comlink';
import type { Snapshot } from '#core/snapshot.ts';
import type { Place } from '#storage/saves.ts';
import type { Outcome, PageMessage, SavedFrom, TrainerEvent } from './protocol.ts';
import { Saves, type Saved } from './resuming.ts';

/** What the client needs of a worker; in tests, a port with a `terminate`. */
export type WorkerLike = Endpoint & Pick<EventTarget, 'addEventListener'> & { terminate(): void };

/** What every worker with a run understands; the rest of its commands is its own. */
export interface RunApi<Setup, Info> {
  /** Transfers the port for `TrainerEvent`s and `PageMessage`s. */
  connect(events: MessagePort): void;
  create(setup: Setup): Promise<Outcome<Info>>;
  start(): void;
  pause(): Promise<void>;
  step(by?: StepSize): Promise<void>;
  snapshot(): Promise<Snapshot | undefined>;
  /** Keeps it in the browser's database; returns the length of its file. */
  keep(place: Place): Promise<Outcome<number>>;
  restore(saved: Snapshot): Promise<Outcome<Info>>;
  ping(): void;
}

/** What a step by hand is; a run without epochs knows only the first. */
export type StepSize = 'step' | 'epoch';

/** A worker's commands as the page calls them, in groups too, because comlink's `Remote` distributes over unions. */
export type RemoteApi<Api> = {
  readonly [K in keyof Api]: Api[K] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : RemoteApi<Api[K]>;
};

/** Rejects outstanding calls when the worker dies. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

export interface ClientListener {
  /** Return a frame's buffer with `giveBack`; the client acknowledges batches itself. */
  onEvent(event: TrainerEvent): void;
  /** The worker died; every call rejects until `restart`. */
  onDeath(message: string): void;
  /** The worker has stopped answering (true) or answers again (false). */
  onSilence(silent: boolean): void;
}

export interface ClientTiming {
  /** Milliseconds between pings, and how long an answer may take. */
  readonly heartbeat: number;
  readonly patience: number;
  /** Milliseconds between checkpoints while the run advances. */
  readonly checkpoint: number;
}

const TIMING: ClientTiming = { heartbeat: 2_000, patience: 10_000, checkpoint: 10_000 };

/** Sends commands to the current worker, and replaces it after its death. */
export class RunClient<
  Api extends RunApi<Setup, Info>,
  Setup extends Pick<SavedFrom, 'kept'>,
  Info,
> implements Disposable {
  private readonly spawn: () => WorkerLike;
  private readonly listener: ClientListener;
  private readonly timing: ClientTiming;
  private readonly timers: readonly ReturnType<typeof setInterval>[];
  private link: Link<Api>;
  private setup: Setup | undefined;
  private saves = new Saves();
  private running = false;
  private nextCheckpoint = 0;
  private askedAt: number | undefined;
  private silent = false;
  private closed = false;

  constructor(spawn: () => WorkerLike, listener: ClientListener, timing: ClientTiming = TIMING) {
    this.spawn = spawn;
    this.listener = listener;
    this.timing = timing;
    this.link = this.connect();
    this.timers = [setInterval(() => this.beat(), timing.heartbeat)];
  }

  /** Calls a command; rejects with `WorkerDied` if the worker is dead or dies before it answers. */
  async call<R>(command: (api: RemoteApi<Api>) => Promise<R>): Promise<R> {
    return this.link.call(command);
  }

  /** Calls a command that needs no run, in a new worker if the last one died. */
  async ask<R>(command: (api: RemoteApi<Api>) => Promise<R>): Promise<R> {
    this.revive();
    return this.call(command);
  }

  private revive(): void {
    if (this.link.dead && !this.closed) this.link = this.connect();
  }

  /** The same for the commands that all workers have. */
  private async tell<R>(command: (api: RemoteApi<RunApi<Setup, Info>>) => Promise<R>): Promise<R> {
    return this.link.call((api) => command(api as unknown as RemoteApi<RunApi<Setup, Info>>));
  }

  /** Creates a run, in a new worker if the last one died. If it is refused, the previous run continues. */
  async create(setup: Setup): Promise<Outcome<Info>> {
    this.revive();
    const made = await this.tell((api) => api.create(setup));
    if (made.ok) {
      this.setup = setup;
      this.saves = new Saves();
      this.running = false;
    }
    return made;
  }

  async start(): Promise<void> {
    this.running = true;
    this.nextCheckpoint = performance.now() + this.timing.checkpoint;
    await this.tell((api) => api.start());
  }

  async pause(): Promise<void> {
    this.running = false;
    await this.tell((api) => api.pause());
  }

  async step(by?: StepSize): Promise<void> {
    this.running = false;
    await this.tell((api) => api.step(by));
  }

  /** Returns a frame's buffer, so that the worker can send another frame. */
  giveBack(buffer: ArrayBuffer): void {
    this.link.events.postMessage({ kind: 'returned', buffer } satisfies PageMessage, [buffer]);
  }

  /** Replaces the worker and resumes the last run where it was last saved, paused; undefined if there was no run. */
  async restart(): Promise<Outcome<Info> | undefined> {
    this.link.close(new WorkerDied('restarted'));
    this.link = this.connect();
    this.running = false;
    this.hear();
    const { setup } = this;
    if (!setup) return undefined;
    for (const saved of this.saves.newestFirst) {
      const resumed = await this.resume(setup, saved);
      if (resumed.ok) return resumed;
    }
    return this.tell((api) => api.create(setup));
  }

  /** Keeps the run in the browser's database, where a restart finds it. */
  async keep(place: Place): Promise<Outcome<number>> {
    const { saves } = this;
    const turn = saves.begin();
    saves.expect(place.run);
    const outcome = await this.tell((api) => api.keep(place));
    if (outcome.ok) saves.add({ turn, kept: place.run });
    return outcome;
  }

  private async resume(setup: Setup, saved: Saved): Promise<Outcome<Info>> {
    if ('kept' in saved) return this.tell((api) => api.create({ ...setup, kept: saved.kept }));
    const made = await this.tell((api) => api.create(setup));
    // Cloned, not transferred: the new worker may die before its first checkpoint.
    return made.ok ? this.tell((api) => api.restore(saved.snapshot)) : made;
  }

  [Symbol.dispose](): void {
    this.closed = true;
    this.timers.forEach(clearInterval);
    this.link.close(new WorkerDied('closed'));
  }

  private connect(): Link<Api> {
    return new Link<Api>(this.spawn(), {
      onEvent: (event) => {
        if (event.kind === 'failed') this.running = false;
        this.listener.onEvent(event);
      },
      onDeath: (message) => {
        this.running = false;
        this.hear();
        this.listener.onDeath(message);
      },
    });
  }

  /** Pings the worker, and requests a checkpoint when one is due. */
  private beat(): void {
    if (this.link.dead) return;
    const now = performance.now();
    if (this.askedAt === undefined) {
      this.askedAt = now;
      const asked = this.link;
      this.tell((api) => api.ping()).then(() => asked === this.link && this.hear(), nothing);
    } else if (!this.silent && now - this.askedAt > this.timing.patience) {
      this.silent = true;
      this.listener.onSilence(true);
    }
    if (this.running && now >= this.nextCheckpoint) this.checkpoint(now).catch(nothing);
  }

  private hear(): void {
    this.askedAt = undefined;
    if (this.silent) this.listener.onSilence(false);
    this.silent = false;
  }

  private async checkpoint(begin: number): Promise<void> {
    const { saves } = this;
    const turn = saves.begin();
    this.nextCheckpoint = Infinity;
    const snapshot = await this.tell((api) => api.snapshot());
    if (snapshot) saves.add({ turn, snapshot });
    // A large replay buffer takes long to copy: checkpoints then become rarer and cost at most a hundredth of the time.
    const took = performance.now() - begin;
    this.nextCheckpoint = performance.now() + Math.max(this.timing.checkpoint, 100 * took);
  }
}

/** A worker, its two channels and its end. */
class Link<Api> {
  readonly events: MessagePort;
  private ended: WorkerDied | undefined;
  private readonly worker: WorkerLike;
  private readonly api: RemoteApi<Api>;
  /** Rejects the outstanding calls. */
  private readonly waiting = new Set<(error: WorkerDied) => void>();

  constructor(worker: WorkerLike, listener: Pick<ClientListener, 'onEvent' | 'onDeath'>) {
    this.worker = worker;
    const die = (message: string): void => {
      if (this.ended) return;
      this.close(new WorkerDied(message));
      listener.onDeath(message);
    };
    worker.addEventListener('error', (event) => {
      const { message } = event as ErrorEvent;
      event.preventDefault();
      die(message || 'the worker did not load');
    });
    worker.addEventListener('messageerror', () => die('a message from the worker could not be read'));
    const api = wrap<{ connect(events: MessagePort): void }>(worker);
    this.api = api as unknown as RemoteApi<Api>;
    const { port1, port2 } = new MessageChannel();
    this.events = port1;
    port1.onmessage = ({ data }: MessageEvent<TrainerEvent>) => {
      if (data.kind === 'batch') port1.postMessage({ kind: 'taken' } satisfies PageMessage);
      listener.onEvent(data);
    };
    api.connect(transfer(port2, [port2])).catch(nothing);
  }

  get dead(): boolean {
    return this.ended !== undefined;
  }

  async call<R>(command: (api: RemoteApi<Api>) => Promise<R>): Promise<R> {
    if (this.ended) throw this.ended;
    let giveUp: (error: WorkerDied) => void = nothing;
    const death = new Promise<never>((_, reject) => (giveUp = reject));
    this.waiting.add(giveUp);
    try {
      return await Promise.race([command(this.api), death]);
    } finally {
      this.waiting.delete(giveUp);
    }
  }

  close(reason: WorkerDied): void {
    this.ended = reason;
    this.waiting.forEach((giveUp) => giveUp(reason));
    this.events.close();
    this.worker.terminate();
  }
}

function nothing(): void {
  // The error reaches the caller, if there is one.
}
