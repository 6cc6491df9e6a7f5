/**
 * Agents that learn in several threads at once. The contract between such an agent, which knows no threads, the trainer, which
 * runs one member per thread, and the host, which starts them.
 */

/** One end of a channel between two threads. */
export interface Port {
  /** Buffers in `transfer` move to the other side; everything else is cloned, shared memory shared. */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  listen(onMessage: (message: unknown) => void): void;
}

/** A thread that was started, seen from the one that started it. */
export interface Thread extends Port {
  /** Calls back once, with the reason, when the thread dies of itself. */
  watch(onDeath: (reason: string) => void): void;
  terminate(): void;
}

/** Where more threads come from. */
export interface Threads {
  /** Whether threads can see the same memory: always in Node, in a browser only on a cross-origin isolated page. */
  readonly shareMemory: boolean;
  /** The backend that a new thread computes on, as src/host names it. */
  readonly backend: string;
  /** Starts a thread that waits to be told what to do (src/train/parallel/follower.ts). */
  start(): Thread;
}

/**
 * What the agent of one thread knows of the others. All members are made from the same settings. Member 0 leads: it is the
 * one that is shown, asked, tuned and saved first, and it is made before the others.
 */
export interface WorkerContext {
  readonly index: number;
  readonly size: number;
  /**
   * The crew's memory, zeros at first: made by the leader, the very same for everyone who can see it, undefined for members
   * that cannot and have to ask. Of the same size in every call.
   */
  memory(bytes: number): ArrayBufferLike | undefined;
  /** A question to the leader from a member without memory. The buffer moves there, and the answer comes back. */
  ask(question: ArrayBuffer): Promise<ArrayBuffer>;
  /** How the leader answers; it may write the answer into the question. */
  answerWith(answer: (question: ArrayBuffer) => ArrayBuffer): void;
}

/** The only member of a crew of one. */
export function soleWorker(): WorkerContext {
  let memory: ArrayBuffer | undefined;
  return {
    index: 0,
    size: 1,
    memory: (bytes) => (memory ??= new ArrayBuffer(bytes)),
    ask: () => Promise.reject(new Error('ask: the leader has the memory itself')),
    answerWith: () => {},
  };
}
