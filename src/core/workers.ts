/**
 * Agents that learn in several threads at once: the contract between the agent, which knows nothing of threads, the runs, of
 * which each thread has one, and the host, which starts the threads.
 */

/** One end of a channel between two threads. */
export interface Port {
  /** The other end gets a copy, but the same memory where a message holds shared memory. */
  post(message: unknown): void;
  listen(onMessage: (message: unknown) => void): void;
}

/** A thread, seen from the one that started it. */
export interface Thread extends Port {
  /** Calls back once, with the reason, if the thread dies. */
  watch(onDeath: (reason: string) => void): void;
  terminate(): void;
}

/** A source of threads that share memory with this one. */
export interface Threads {
  /** The backend that a new thread computes on, as src/host names it. */
  readonly backend: string;
  /** Starts a thread that waits for orders (src/train/parallel/follower.ts). */
  start(): Thread;
  /**
   * Calls back every second until it is stopped by the function returned. `late`: the call comes later than it should, because the
   * machine is busy or was asleep.
   */
  everySecond(look: (late: boolean) => void): () => void;
}

/**
 * What the agent of one worker knows of the others. All are made from the same settings. Worker 0 leads: its agent is made
 * first, and it is the one that is watched, inspected and evaluated.
 */
export interface WorkerContext {
  readonly index: number;
  /** How many workers there are. */
  readonly size: number;
  /** The one block of memory that all workers see, zeros at first. Every call asks for the same size. */
  memory(bytes: number): ArrayBufferLike;
}

/** The only worker of an agent that learns in one thread. */
export function soleWorker(): WorkerContext {
  let memory: ArrayBuffer | undefined;
  return { index: 0, size: 1, memory: (bytes) => (memory ??= new ArrayBuffer(bytes)) };
}
