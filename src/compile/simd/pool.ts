/**
 * A few threads beside the one that trains, shared by all compiled steps of a `Compute`. They are started when the first step
 * wants them, sleep while nothing runs, and end with the pool. A thread that dies makes the runs on it fail, not hang.
 */
import { hasFailed, openRun } from './emit/sharing.ts';
import { Word, type FromThread, type ThreadedStep, type ToThread } from './thread.ts';

/** A worker that runs `serveThread`. */
export interface PoolThread {
  post(message: ToThread): void;
  /** Whether the process has to stay for this thread: only while somebody waits for its answer. */
  hold(held: boolean): void;
  terminate(): void;
}

export interface ThreadListener {
  readonly onMessage: (message: FromThread) => void;
  /** It ended without being told to, or did not start. */
  readonly onDeath: (reason: string) => void;
}

export type SpawnThread = (listener: ThreadListener) => PoolThread;

/** What threads there are, from src/host. */
export interface PoolOptions {
  readonly spawn: SpawnThread;
  /** All together, the caller's own included; at least 2. */
  readonly threads: number;
  /** Nanoseconds of work, by estimate, from which on a step is shared. */
  readonly worthwhile?: number | undefined;
  /** Milliseconds after which a thread that does not finish what it began counts as gone. */
  readonly patience?: number;
}

/** A step that the threads are ready to run. */
export interface PooledStep {
  /** Calls the other threads; the caller begins at once. Throws if a thread is known to be gone. */
  begin(): void;
  /** Throws if a thread went away during the run. */
  end(): void;
  /** The threads forget the step. */
  release(): void;
}

/** Nanoseconds of a step from which a second thread is worth starting: see the rows on two threads of `npm run bench -- compile`. */
export const WORTHWHILE = 100_000;
const PATIENCE = 30_000;

export class ThreadPool implements Disposable {
  readonly threads: number;
  readonly worthwhile: number;
  readonly patience: number;
  private readonly spawn: SpawnThread;
  private crew: Crew | undefined;

  constructor({ spawn, threads, worthwhile = WORTHWHILE, patience = PATIENCE }: PoolOptions) {
    this.spawn = spawn;
    this.threads = threads;
    this.worthwhile = worthwhile;
    this.patience = patience;
  }

  /** Gives a step to all threads. Rejects if one cannot be started. A pool of which a thread died starts anew. */
  async load(step: ThreadedStep): Promise<PooledStep> {
    if (!this.crew || this.crew.lost) {
      this.crew?.terminate();
      this.crew = new Crew(this.spawn, this.threads);
    }
    return this.crew.load(step);
  }

  [Symbol.dispose](): void {
    this.crew?.terminate();
    this.crew = undefined;
  }
}

/** Threads that live and die together. */
class Crew {
  /** Why no more runs are possible. */
  lost: Error | undefined;
  private readonly threads: readonly PoolThread[];
  private readonly control: Int32Array;
  /** Who waits for a step to be loaded: how many answers are missing, and whom to tell. */
  private readonly waiting = new Map<number, { missing: number; settle: (lost?: Error) => void }>();
  private steps = 0;

  constructor(spawn: SpawnThread, count: number) {
    this.control = new Int32Array(new SharedArrayBuffer(4 * Word.size * count));
    this.threads = Array.from({ length: count - 1 }, () =>
      spawn({
        onMessage: (message) => this.hear(message),
        onDeath: (reason) => this.lose(`a thread of the pool ended: ${reason}`),
      }),
    );
    this.threads.forEach((_, i) => this.mail(i, { kind: 'join', control: this.control, index: i + 1 }));
  }

  async load(step: ThreadedStep): Promise<PooledStep> {
    if (this.lost) throw this.lost;
    const id = this.steps++;
    const loaded = new Promise<void>((resolve, reject) => {
      const settle = (lost?: Error): void => (lost ? reject(lost) : resolve());
      this.waiting.set(id, { missing: this.threads.length, settle });
    });
    this.hold();
    this.threads.forEach((_, i) => this.mail(i, { kind: 'load', id, ...step }));
    await loaded;
    const words = new Int32Array(step.memory.buffer);
    return {
      begin: () => {
        if (this.lost) throw this.lost;
        openRun(words);
        this.begin(id);
      },
      end: () => {
        if (hasFailed(words)) throw this.lose('a thread of the pool did not answer');
      },
      release: () => {
        if (!this.lost) this.threads.forEach((_, i) => this.mail(i, { kind: 'unload', id }));
      },
    };
  }

  terminate(): void {
    this.lose('the pool was disposed');
  }

  private begin(id: number): void {
    const { control } = this;
    for (let thread = 1; thread <= this.threads.length; thread++) {
      const words = thread * Word.size;
      Atomics.store(control, words + Word.step, id);
      Atomics.add(control, words + Word.runs, 1);
      this.wake(words);
    }
  }

  /** A thread reads its messages only when it is called to its mailbox. */
  private mail(i: number, message: ToThread): void {
    const words = (i + 1) * Word.size;
    // Counted first: a thread that has read all mails there are stops looking at its mailbox.
    Atomics.add(this.control, words + Word.mails, 1);
    this.threads[i].post(message);
    this.wake(words);
  }

  private wake(words: number): void {
    Atomics.add(this.control, words + Word.wake, 1);
    Atomics.notify(this.control, words + Word.wake);
  }

  private hear(message: FromThread): void {
    if (message.kind === 'failed') {
      this.lose(`a thread of the pool failed: ${message.message}`);
      return;
    }
    const waiting = this.waiting.get(message.id);
    if (!waiting || --waiting.missing > 0) return;
    this.waiting.delete(message.id);
    this.hold();
    waiting.settle();
  }

  /** Ends all threads; whoever waits or runs gets the error. */
  private lose(message: string): Error {
    if (this.lost) return this.lost;
    this.lost = new Error(message);
    this.threads.forEach((thread) => thread.terminate());
    for (const { settle } of this.waiting.values()) settle(this.lost);
    this.waiting.clear();
    return this.lost;
  }

  private hold(): void {
    this.threads.forEach((thread) => thread.hold(this.waiting.size > 0));
  }
}
