/**
 * Threads beside the one that trains, shared by all compiled steps of a `Compute`. They start with the first step that uses
 * them, sleep while nothing runs, and end with the pool. If one dies, runs fail instead of hanging.
 */
import { hasFailed, openRun } from './emit/sharing.ts';
import { Word, type FromThread, type ThreadedStep, type ToThread } from './thread.ts';

/** A worker that runs `serveThread`. */
export interface PoolThread {
  post(message: ToThread): void;
  /** Whether the thread keeps the process alive: only while an answer from it is awaited. */
  hold(held: boolean): void;
  terminate(): void;
}

export interface ThreadListener {
  readonly onMessage: (message: FromThread) => void;
  /** It ended by itself, or did not start. */
  readonly onDeath: (reason: string) => void;
}

export type SpawnThread = (listener: ThreadListener) => PoolThread;

export interface PoolOptions {
  readonly spawn: SpawnThread;
  /** The caller's own included; at least 2. */
  readonly threads: number;
  /** A step is shared from this estimate of its time on, in nanoseconds. */
  readonly worthwhile?: number | undefined;
  /** Milliseconds that a thread may take to finish a chunk before it counts as dead. */
  readonly timeout?: number;
  /** The same for loading a step, which starts the thread first. */
  readonly loading?: number;
}

/** A step that all threads have loaded. */
export interface PooledStep {
  /** Wakes the other threads; the caller begins at once. Throws if a thread is known to be dead. */
  begin(): void;
  /** Throws if a thread died during the run. */
  end(): void;
  /** Unloads the step. */
  release(): void;
}

/** Nanoseconds: longer steps gain from a second thread (`npm run bench -- compile`, its rows on two threads). */
export const WORTHWHILE = 100_000;
const TIMEOUT = 30_000;
const LOADING = 120_000;

export class ThreadPool implements Disposable {
  readonly threads: number;
  readonly worthwhile: number;
  readonly timeout: number;
  private readonly loading: number;
  private readonly spawn: SpawnThread;
  private workers: Workers | undefined;

  constructor({
    spawn,
    threads,
    worthwhile = WORTHWHILE,
    timeout = TIMEOUT,
    loading = LOADING,
  }: PoolOptions) {
    this.spawn = spawn;
    this.threads = threads;
    this.worthwhile = worthwhile;
    this.timeout = timeout;
    this.loading = loading;
  }

  /** Loads a step on all threads; rejects if one cannot be started. After a thread has died, starts new ones. */
  async load(step: ThreadedStep): Promise<PooledStep> {
    if (!this.workers || this.workers.lost) {
      this.workers?.terminate();
      this.workers = new Workers(this.spawn, this.threads, this.loading);
    }
    return this.workers.load(step);
  }

  [Symbol.dispose](): void {
    this.workers?.terminate();
    this.workers = undefined;
  }
}

/** The pool's threads: if one dies, all are terminated. */
class Workers {
  /** Why no more runs are possible; undefined while all are alive. */
  lost: Error | undefined;
  private readonly threads: readonly PoolThread[];
  private readonly control: Int32Array;
  /** Steps that are being loaded: how many answers are missing, and what to call then. */
  private readonly waiting = new Map<number, { missing: number; settle: (lost?: Error) => void }>();
  private readonly loading: number;
  private steps = 0;

  constructor(spawn: SpawnThread, count: number, loading: number) {
    this.loading = loading;
    this.control = new Int32Array(new SharedArrayBuffer(4 * Word.size * count));
    this.threads = Array.from({ length: count - 1 }, () =>
      spawn({
        onMessage: (message) => this.receive(message),
        onDeath: (reason) => this.lose(`a thread of the pool ended: ${reason}`),
      }),
    );
    this.threads.forEach((_, i) => this.send(i, { kind: 'join', control: this.control, index: i + 1 }));
  }

  async load(step: ThreadedStep): Promise<PooledStep> {
    if (this.lost) throw this.lost;
    const id = this.steps++;
    const loaded = new Promise<void>((resolve, reject) => {
      const settle = (lost?: Error): void => (lost ? reject(lost) : resolve());
      this.waiting.set(id, { missing: this.threads.length, settle });
    });
    this.hold();
    this.threads.forEach((_, i) => this.send(i, { kind: 'load', id, ...step }));
    const patience = setTimeout(() => this.lose('a thread of the pool did not load a step'), this.loading);
    await loaded.finally(() => clearTimeout(patience));
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
        if (!this.lost) this.threads.forEach((_, i) => this.send(i, { kind: 'unload', id }));
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

  /** Posts a message and wakes the thread: it reads its messages only when it leaves its loop of runs. */
  private send(i: number, message: ToThread): void {
    const words = (i + 1) * Word.size;
    // Counted first: a thread that has read as many as are counted does not return to its event loop.
    Atomics.add(this.control, words + Word.messages, 1);
    this.threads[i].post(message);
    this.wake(words);
  }

  private wake(words: number): void {
    Atomics.add(this.control, words + Word.wake, 1);
    Atomics.notify(this.control, words + Word.wake);
  }

  private receive(message: FromThread): void {
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

  /** Terminates all threads; pending loads and later runs fail with the error. */
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
