/** The page's side of a run: commands to its worker, checkpoints of it, and another worker when this one dies. */
import type { Executor } from '#host/executor.ts';
import type { Place } from '#storage/saves.ts';
import { Link, WorkerDied, type RemoteApi, type WorkerLike } from './link.ts';
import type { BackendChoice, KeptRunFile, Outcome, RunEvent, RunFile, Vital } from './protocol.ts';
import type { WatchdogTiming } from './watchdog.ts';

export { WorkerDied, type RemoteApi, type WorkerLike } from './link.ts';

/** What all setups of runs have. */
export interface AnySetup {
  readonly backend: BackendChoice;
  /** What it goes on with: a file, or the name of one in the browser's database. */
  readonly file?: Blob;
  readonly kept?: string;
  readonly avoid?: readonly Executor[];
}

/** What every worker with a run understands; the rest of its commands is its own. */
export interface RunApi<Setup, Info> {
  /** Transfers the port for `TrainerEvent`s and `PageMessage`s. */
  connect(events: MessagePort): void;
  create(setup: Setup): Promise<Outcome<Info>>;
  start(): void;
  pause(): Promise<void>;
  step(by?: StepSize): Promise<void>;
  save(): Promise<Outcome<RunFile>>;
  keep(place: Place): Promise<Outcome<KeptRunFile>>;
  ping(): Vital;
}

/** What a step by hand is; a run without epochs knows only the first. */
export type StepSize = 'step' | 'epoch';

export interface ClientListener {
  /** Return a frame's buffer with `giveBack`; the client acknowledges batches itself. */
  onEvent(event: RunEvent): void;
  /** The worker crashed, did not start or has stopped; every call rejects until `restart`. */
  onDeath(message: string): void;
  /** The worker does not answer (true) or answers again (false): it may only be busy. */
  onSilence(silent: boolean): void;
  /** A checkpoint is being taken: what goes with it is now as it is. */
  onCheckpoint?(): void;
}

export interface ClientTiming extends WatchdogTiming {
  /** Milliseconds between checkpoints while the run advances; the first comes in half that time. */
  readonly checkpoint: number;
}

/** A little more than what autosave takes, whose files serve here, too. */
const CHECKPOINT = 12_000;
const TIMING: ClientTiming = { heartbeat: 2_000, patience: 10_000, checkpoint: CHECKPOINT };
/** Checkpoints take at most one part in so many of the time: a large replay buffer takes long to pack. */
const SHARE = 20;

/** Why a client that is no longer used answers nothing. */
const CLOSED = 'closed';

/** Sends commands to the current worker, and replaces it after its death. */
export class RunClient<Api extends RunApi<Setup, Info>, Setup extends AnySetup, Info> implements Disposable {
  private readonly spawn: () => WorkerLike;
  private readonly listener: ClientListener;
  private readonly timing: ClientTiming;
  private readonly timer: ReturnType<typeof setInterval>;
  private link: Link<Api>;
  private setup: Setup | undefined;
  private saved: { readonly file: RunFile; readonly setup: Setup } | undefined;
  private running = false;
  /** Whether the run may have moved since the last checkpoint. */
  private moved = false;
  private nextCheckpoint = 0;
  private silent = false;
  private closed = false;

  constructor(spawn: () => WorkerLike, listener: ClientListener, timing: ClientTiming = TIMING) {
    this.spawn = spawn;
    this.listener = listener;
    this.timing = timing;
    this.link = this.connect();
    this.timer = setInterval(() => this.beat(), timing.heartbeat);
  }

  /** The last checkpoint of the run; undefined before the first. */
  get checkpoint(): RunFile | undefined {
    return this.saved?.setup === this.setup ? this.saved?.file : undefined;
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
      this.saved = undefined;
      this.running = this.moved = false;
    }
    return made;
  }

  async start(): Promise<void> {
    this.running = this.moved = true;
    const { checkpoint } = this.timing;
    this.nextCheckpoint = performance.now() + (this.checkpoint ? checkpoint : checkpoint / 2);
    await this.tell((api) => api.start());
  }

  async pause(): Promise<void> {
    this.running = false;
    await this.tell((api) => api.pause());
  }

  async step(by?: StepSize): Promise<void> {
    this.running = false;
    this.moved = true;
    await this.tell((api) => api.step(by));
  }

  /** Keeps the run in the browser's database; its file is a checkpoint as well, whether it could be kept there or not. */
  keep(place: Place): Promise<Outcome<KeptRunFile>> {
    return this.take((api) => api.keep(place));
  }

  /** Returns a frame's buffer, so that the worker can send another frame. */
  giveBack(buffer: ArrayBuffer): void {
    this.link.send({ kind: 'returned', buffer }, [buffer]);
  }

  /**
   * Replaces the worker and resumes the last run from its last checkpoint, paused; undefined if there was no run. Where its
   * backend is one of those to `avoid`, the next takes its place.
   */
  async restart(avoid: readonly Executor[] = []): Promise<Outcome<Info> | undefined> {
    if (this.closed) throw new WorkerDied(CLOSED);
    this.link.close(new WorkerDied('restarted'));
    this.link = this.connect();
    this.running = this.moved = false;
    this.hear();
    const { setup, checkpoint } = this;
    if (!setup) return undefined;
    const { kept: _, ...rest } = setup;
    const from = checkpoint ? { ...rest, file: new Blob([checkpoint.content]) } : setup;
    return this.tell((api) => api.create({ ...from, avoid } as unknown as Setup));
  }

  [Symbol.dispose](): void {
    this.closed = true;
    clearInterval(this.timer);
    this.link.close(new WorkerDied(CLOSED));
  }

  private connect(): Link<Api> {
    return new Link<Api>(this.spawn, this.timing, {
      onEvent: (event) => {
        if (event.kind === 'failed') this.running = this.moved = false;
        this.listener.onEvent(event);
      },
      onDeath: (message) => {
        this.running = this.moved = false;
        this.hear();
        this.listener.onDeath(message);
      },
    });
  }

  /** Looks after the worker, and requests a checkpoint when one is due. */
  private beat(): void {
    const { link } = this;
    if (link.dead) return;
    const now = performance.now();
    switch (link.watchdog.beat(now, isHidden())) {
      case 'stopped':
        link.die('it has stopped answering');
        return;
      case 'silent':
        if (!this.silent) this.listener.onSilence(true);
        this.silent = true;
        break;
      case 'well':
        this.hear();
        break;
    }
    this.tell((api) => api.ping()).then((vital) => link.watchdog.hear(vital), nothing);
    if (this.moved && now >= this.nextCheckpoint) this.take((api) => api.save()).catch(nothing);
  }

  private hear(): void {
    if (this.silent) this.listener.onSilence(false);
    this.silent = false;
  }

  /** Takes the file of the run as a checkpoint. */
  private async take<File extends RunFile>(
    command: (api: RemoteApi<RunApi<Setup, Info>>) => Promise<Outcome<File>>,
  ): Promise<Outcome<File>> {
    const { setup } = this;
    const begin = performance.now();
    this.nextCheckpoint = Infinity;
    // What happens from here on may not be in it.
    this.moved = this.running;
    this.listener.onCheckpoint?.();
    try {
      const file = await this.tell(command);
      if (file.ok && setup && setup === this.setup) this.saved = { file: file.value, setup };
      return file;
    } finally {
      const end = performance.now();
      this.nextCheckpoint = end + Math.max(this.timing.checkpoint, SHARE * (end - begin));
    }
  }
}

/** A page that nobody sees is given hardly any time. */
function isHidden(): boolean {
  return (globalThis as { readonly document?: Document }).document?.visibilityState === 'hidden';
}

function nothing(): void {
  // The error reaches the caller, if there is one.
}
