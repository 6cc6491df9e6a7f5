/**
 * The leader's side of a crew: starts a thread per further worker, lets all of them play as many steps as the leader plays,
 * and brings them to rest before anybody looks. What a peer does is in peer.ts.
 */
import type { WorkerContext, Thread, Threads } from '#core/workers.ts';
import type { Snapshot } from '#core/snapshot.ts';
import type { EpisodeRows, Tuning } from '../record/recorder.ts';
import type { Run } from '../request/resolve.ts';

/** Leader → peer. */
export type ToFollower =
  | {
      readonly kind: 'join';
      readonly index: number;
      readonly size: number;
      readonly request: Run['request'];
      readonly backend: string;
      readonly shared: SharedState | undefined;
      readonly saved: Snapshot | undefined;
    }
  /** Begins a slice, and where no memory is shared says how far it goes by now. */
  | ({ readonly kind: 'play' } & Grant)
  | { readonly kind: 'tune'; readonly change: Tuning }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'answer'; readonly buffer: ArrayBuffer };

/** Peer → leader. */
export type FromFollower =
  | { readonly kind: 'ready' }
  | { readonly kind: 'played'; readonly rounds: number }
  | { readonly kind: 'rested'; readonly episodes: EpisodeRows }
  | { readonly kind: 'saved'; readonly saved: Snapshot }
  | { readonly kind: 'ask'; readonly buffer: ArrayBuffer }
  | { readonly kind: 'failed'; readonly message: string };

/** How many steps of every slot a peer may have played in this slice, and whether that is the end of it. */
export interface Grant {
  readonly rounds: number;
  readonly last: boolean;
}

/** What the threads see together. */
export interface SharedState {
  /** The grant: [rounds, last]. */
  readonly words: SharedArrayBuffer;
  /** The agents' memory. */
  readonly memory: SharedArrayBuffer;
}

export const ROUNDS = 0;
export const LAST = 1;

/** Without shared memory, rounds between two looks at the mailbox, and how far the leader may be ahead. */
const STRIDE = 8;

/** A peer as the leader knows it: its thread, and what it said last. */
interface Peer {
  readonly index: number;
  readonly thread: Thread;
  ready: boolean;
  played: number;
  episodes: EpisodeRows | undefined;
  saved: Snapshot | undefined;
}

export class Crew {
  readonly size: number;
  /** What the leader's agent knows of its crew. */
  readonly leader: WorkerContext;
  private readonly threads: Threads;
  private readonly words: Int32Array<SharedArrayBuffer> | undefined;
  private memory: ArrayBufferLike | undefined;
  private answer: ((question: ArrayBuffer) => ArrayBuffer) | undefined;
  private peers: readonly Peer[] = [];
  /** Where peers that have yet to be started go on. */
  private saved: readonly Snapshot[] = [];
  private rounds = 0;
  private failure: Error | undefined;
  private waiting: { done(): boolean; resolve(): void; reject(error: Error): void } | undefined;

  constructor(threads: Threads, size: number) {
    this.threads = threads;
    this.size = size;
    this.words = threads.shareMemory ? new Int32Array(new SharedArrayBuffer(8)) : undefined;
    this.leader = {
      index: 0,
      size,
      memory: (bytes) =>
        (this.memory ??= threads.shareMemory ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes)),
      ask: () => Promise.reject(new Error('ask: the leader has the memory itself')),
      answerWith: (answer) => (this.answer = answer),
    };
  }

  /** Sets the peers going; the first time it starts them. Rejects, as everything here does, once a peer has died. */
  async begin(run: Run): Promise<void> {
    if (this.peers.length === 0 && !this.failure) this.start(run);
    await this.until(() => this.peers.every(({ ready }) => ready));
    this.rounds = 0;
    if (this.words) this.words.fill(0);
    for (const peer of this.peers) {
      peer.played = 0;
      peer.episodes = undefined;
    }
    this.tellAll({ kind: 'play', rounds: 0, last: false });
  }

  /** The leader has played so many rounds of this slice: the peers may, too. A promise where it has to listen to them. */
  grant(rounds: number): Promise<void> | undefined {
    this.rounds = rounds;
    if (this.words) {
      Atomics.store(this.words, ROUNDS, rounds);
      return undefined;
    }
    if (rounds % STRIDE !== 0) return undefined;
    this.tellAll({ kind: 'play', rounds, last: false });
    return this.until(() => this.peers.every(({ played }) => played >= rounds - STRIDE));
  }

  /** Lets the peers play what the leader has played, and waits until they rest. Gives their episodes since the last rest. */
  async rest(): Promise<readonly EpisodeRows[]> {
    if (this.words) {
      Atomics.store(this.words, LAST, 1);
      Atomics.notify(this.words, ROUNDS);
    } else this.tellAll({ kind: 'play', rounds: this.rounds, last: true });
    await this.until(() => this.peers.every(({ episodes }) => episodes));
    return this.peers.map(({ episodes }) => episodes as EpisodeRows);
  }

  /** Peers that have yet to be started learn it from the run. */
  tune(change: Tuning): void {
    this.tellAll({ kind: 'tune', change });
  }

  /** The peers' states in their order; none before they have played. They must rest. */
  async snapshot(): Promise<readonly Snapshot[]> {
    // A copy: whoever asked may send it on and leave nothing behind.
    if (this.peers.length === 0 && !this.failure) return structuredClone(this.saved);
    for (const peer of this.peers) peer.saved = undefined;
    this.tellAll({ kind: 'snapshot' });
    await this.until(() => this.peers.every(({ saved }) => saved));
    return this.peers.map(({ saved }) => saved as Snapshot);
  }

  /** The next peers go on from here; those that are there end. */
  restore(saved: readonly Snapshot[]): void {
    this.end();
    this.failure = undefined;
    this.saved = saved;
  }

  dispose(): void {
    this.end();
    this.failure = new Error('the crew was disposed');
    this.waiting?.reject(this.failure);
  }

  private start(run: Run): void {
    const { size, threads, words, memory } = this;
    const { request } = run;
    const shared = words && memory instanceof SharedArrayBuffer ? { words: words.buffer, memory } : undefined;
    this.peers = Array.from({ length: size - 1 }, (_, k) => {
      const index = k + 1;
      const thread = threads.start();
      const peer: Peer = { index, thread, ready: false, played: 0, episodes: undefined, saved: undefined };
      thread.listen((message) => this.take(peer, message as FromFollower));
      thread.watch((reason) => this.fail(peer, reason));
      const saved = this.saved[k];
      thread.post({
        kind: 'join',
        index,
        size,
        request,
        backend: threads.backend,
        shared,
        saved,
      } satisfies ToFollower);
      return peer;
    });
  }

  private tellAll(message: ToFollower): void {
    for (const { thread } of this.peers) thread.post(message);
  }

  private take(peer: Peer, message: FromFollower): void {
    switch (message.kind) {
      case 'ready':
        peer.ready = true;
        break;
      case 'played':
        peer.played = message.rounds;
        break;
      case 'rested':
        peer.episodes = message.episodes;
        break;
      case 'saved':
        peer.saved = message.saved;
        break;
      case 'ask': {
        const buffer = this.answer?.(message.buffer) ?? message.buffer;
        peer.thread.post({ kind: 'answer', buffer } satisfies ToFollower, [buffer]);
        break;
      }
      case 'failed':
        this.fail(peer, message.message);
        break;
    }
    if (this.waiting?.done()) this.settle()?.resolve();
  }

  /** One is gone, so what the others did since is worth nothing: the run goes on from its checkpoint. */
  private fail(peer: Peer, reason: string): void {
    if (!this.peers.includes(peer)) return;
    this.end();
    const which = `worker ${peer.index + 1} of ${this.size}`;
    this.failure = new Error(`${which} stopped: ${reason}. Go on from the last checkpoint.`);
    this.settle()?.reject(this.failure);
  }

  private end(): void {
    const { peers } = this;
    this.peers = [];
    for (const { thread } of peers) thread.terminate();
  }

  /** Waits for the peers to say something that makes it true. */
  private until(done: () => boolean): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    if (done()) return Promise.resolve();
    return new Promise((resolve, reject) => (this.waiting = { done, resolve, reject }));
  }

  private settle(): Crew['waiting'] {
    const { waiting } = this;
    this.waiting = undefined;
    return waiting;
  }
}
