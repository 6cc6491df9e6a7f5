/**
 * The leader's side of parallel workers: starts a thread per follower, lets each play as many steps as the leader, and waits
 * for all of them at the end of every slice. Between slices every worker is at rest.
 */
import type { Thread, Threads, WorkerContext } from '#core/workers.ts';
import { DivergenceError, type Divergence } from '#core/divergence.ts';
import { refusal } from '#core/errors.ts';
import { children, type Snapshot } from '#core/snapshot.ts';
import type { EpisodeRows, Tuning } from '../record/recorder.ts';
import type { CompleteRequest } from '../request/resolve.ts';
import { LAST, PLAYED, ROUNDS, type Answer, type Order } from './messages.ts';

/** A follower as the leader knows it: its thread, and its answer to the last order. */
interface Follower {
  readonly index: number;
  readonly thread: Thread;
  answer: Answer | undefined;
}

/** The leader of `size` workers; undefined for one. Throws an `InputError` where threads cannot share memory. */
export function leaderOf(size: number, threads: Threads | undefined): Leader | undefined {
  if (size === 1) return undefined;
  if (threads) return new Leader(threads, size);
  const expected = '1 on a page that is not cross-origin isolated, where threads cannot share memory';
  throw refusal('agent.workers', expected, `${size}`);
}

/** Seconds for which a follower may keep the others waiting without getting on. */
const PATIENCE = 120;

/** Every promise here rejects once a follower has died or has stopped. */
export class Leader {
  /** For the leader's own agent. */
  readonly context: WorkerContext;
  private readonly threads: Threads;
  /** [2 + size] see messages.ts. */
  private readonly slice: Int32Array<SharedArrayBuffer>;
  private agentMemory: SharedArrayBuffer | undefined;
  private followers: readonly Follower[] = [];
  /** State from which followers that are not started yet will continue. */
  private saved: readonly Snapshot[] = [];
  private failure: Error | undefined;
  private wake: (() => void) | undefined;

  constructor(threads: Threads, size: number) {
    this.threads = threads;
    this.slice = new Int32Array(new SharedArrayBuffer(4 * (PLAYED + size)));
    this.context = { index: 0, size, memory: (bytes) => this.memory(bytes) };
  }

  /** Begins a slice. The first one starts the threads, so that merely opening a checkpoint starts none. */
  async begin(request: CompleteRequest): Promise<void> {
    if (this.failure) throw this.failure;
    if (this.followers.length === 0) {
      this.start(request);
      await this.answers('joined');
    }
    this.slice.fill(0);
    this.order({ kind: 'play' });
  }

  /** Lets the followers play up to this many rounds of the slice, as many as the leader has played. */
  grant(rounds: number): void {
    Atomics.store(this.slice, ROUNDS, rounds);
  }

  /** Ends a slice: waits for the followers to catch up and returns their episodes of this slice. */
  async rest(): Promise<readonly EpisodeRows[]> {
    Atomics.store(this.slice, LAST, 1);
    Atomics.notify(this.slice, ROUNDS);
    return (await this.answers('rested')).map(({ episodes }) => episodes);
  }

  /** Followers that are not started yet get it from the request. */
  tune(change: Tuning): void {
    for (const { thread } of this.followers) thread.post({ kind: 'tune', change } satisfies Order);
  }

  /** The followers' states, in order; none before they have played. Call it between slices. */
  async snapshot(): Promise<readonly Snapshot[]> {
    // A copy, since the caller may transfer its buffers to another thread.
    if (this.followers.length === 0 && !this.failure) return structuredClone(this.saved);
    this.order({ kind: 'snapshot' });
    return (await this.answers('saved')).map(({ saved }) => saved);
  }

  /** Ends the threads; the next slice continues the followers of a run's snapshot in new ones. */
  restore(trainer: Snapshot): void {
    // Older checkpoints call them `crew`.
    const key = 'crew' in trainer ? 'crew' : 'followers';
    const saved = trainer[key];
    const havePlayed = Array.isArray(saved) && saved.length > 0;
    this.saved = havePlayed ? children(trainer, key, this.context.size - 1) : [];
    this.end();
    this.failure = undefined;
  }

  dispose(): void {
    this.end();
    this.failure = new Error('the workers were disposed');
    this.wake?.();
  }

  private memory(bytes: number): SharedArrayBuffer {
    return (this.agentMemory ??= new SharedArrayBuffer(bytes));
  }

  private start(request: CompleteRequest): void {
    const { context, saved, slice, threads } = this;
    const { size } = context;
    const { backend } = threads;
    const memory = this.memory(0);
    this.followers = Array.from({ length: size - 1 }, (_, k) => {
      const follower: Follower = { index: k + 1, thread: threads.start(), answer: undefined };
      const { index, thread } = follower;
      thread.listen((message) => this.take(follower, message as Answer));
      thread.watch((reason) => this.fail(follower, reason));
      thread.post({
        kind: 'join',
        index,
        size,
        request,
        backend,
        slice: slice.buffer,
        memory,
        saved: saved[k],
      } satisfies Order);
      return follower;
    });
  }

  private order(order: Order): void {
    for (const follower of this.followers) {
      follower.answer = undefined;
      follower.thread.post(order);
    }
  }

  private take(follower: Follower, answer: Answer): void {
    if (answer.kind === 'failed') return this.fail(follower, answer.message, answer.divergence);
    follower.answer = answer;
    this.wake?.();
  }

  /** A dead worker's share of the updates is lost, so the run can only continue from the last checkpoint. */
  private fail(follower: Follower, reason: string, divergence?: Divergence): void {
    if (!this.followers.includes(follower)) return;
    this.end();
    const which = `worker ${follower.index + 1} of ${this.context.size}`;
    this.failure = divergence
      ? new DivergenceError(divergence)
      : new Error(`${which} stopped: ${reason}. Resume from the last checkpoint.`);
    this.wake?.();
  }

  /** Looks at a follower that is missing, and ends the wait for one that does not move. */
  private watch(missing: () => Follower | undefined): () => void {
    let still = 0;
    let seen: readonly unknown[] = [];
    return this.threads.everySecond((late) => {
      const follower = missing();
      if (!follower) return;
      const now = [follower, this.slice[PLAYED + follower.index]];
      still = late || now.some((each, i) => each !== seen[i]) ? 0 : still + 1;
      seen = now;
      if (still >= PATIENCE) this.fail(follower, 'it does not answer');
    });
  }

  private end(): void {
    const { followers } = this;
    this.followers = [];
    for (const { thread } of followers) thread.terminate();
  }

  /** The answers of this kind from all followers. */
  private async answers<K extends Answer['kind']>(
    kind: K,
  ): Promise<readonly Extract<Answer, { readonly kind: K }>[]> {
    const given = (): readonly Answer[] =>
      this.followers.flatMap(({ answer }) => (answer?.kind === kind ? [answer] : []));
    const missing = (): Follower | undefined => this.followers.find(({ answer }) => answer?.kind !== kind);
    const stop = this.watch(missing);
    while (!this.failure && missing()) await new Promise<void>((resolve) => (this.wake = resolve));
    stop();
    if (this.failure) throw this.failure;
    return given() as readonly Extract<Answer, { readonly kind: K }>[];
  }
}
