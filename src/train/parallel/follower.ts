/** A follower: a worker in its own thread that steps its own world and agent as far as the leader has stepped. */
import { messageOf } from '#core/errors.ts';
import type { Port, WorkerContext } from '#core/workers.ts';
import { DivergenceError } from '#core/divergence.ts';
import type { Snapshot } from '#core/snapshot.ts';
import type { MaybePromise } from '#compile/step.ts';
import type { EpisodeRows, Tuning } from '../record/recorder.ts';
import { LAST, PLAYED, ROUNDS, type Answer, type Join, type Order } from './messages.ts';

/** What a follower drives: a run. */
export interface FollowerRun {
  readonly recorder: { drain(): EpisodeRows };
  /** Plays at least one round, then until `enough()`. */
  advance(enough: () => boolean): MaybePromise<void>;
  tune(change: Tuning): unknown;
  snapshot(): Promise<Snapshot>;
  restore(saved: Snapshot): Promise<void>;
}

export type CreateFollowerRun = (
  order: Pick<Join, 'request' | 'backend'>,
  worker: WorkerContext,
) => Promise<FollowerRun>;

/** Milliseconds for which a follower that has caught up yields its core. */
const NAP = 0.1;

/** Carries out the orders that the leader sends through the port, until the thread ends. */
export function followLeader(port: Port, createRun: CreateFollowerRun): void {
  const follower = new Follower(createRun);
  const take = async (order: Order): Promise<void> => {
    const answer = await follower.obey(order).catch(failed);
    if (answer) port.post(answer);
  };
  port.listen((message) => void take(message as Order));
}

function failed(error: unknown): Answer {
  const divergence = error instanceof DivergenceError ? error.divergence : undefined;
  return { kind: 'failed', message: messageOf(error), divergence };
}

class Follower {
  private readonly createRun: CreateFollowerRun;
  private joined:
    | { readonly run: FollowerRun; readonly slice: Int32Array; readonly index: number }
    | undefined;

  constructor(createRun: CreateFollowerRun) {
    this.createRun = createRun;
  }

  async obey(order: Order): Promise<Answer | undefined> {
    if (order.kind === 'join') return this.join(order);
    if (!this.joined) throw new Error(`${order.kind}: expected an order to join first`);
    const { run, slice, index } = this.joined;
    switch (order.kind) {
      case 'play':
        await playSlice(run, slice, PLAYED + index);
        return { kind: 'rested', episodes: run.recorder.drain() };
      case 'tune':
        run.tune(order.change);
        return undefined;
      case 'snapshot':
        return { kind: 'saved', saved: await run.snapshot() };
    }
  }

  private async join({ index, size, memory, slice, saved, ...order }: Join): Promise<Answer> {
    const run = await this.createRun(order, { index, size, memory: () => memory });
    if (saved) await run.restore(saved);
    this.joined = { run, slice: new Int32Array(slice), index };
    return { kind: 'joined' };
  }
}

/** Plays as many rounds as the leader, close behind it. */
async function playSlice(run: FollowerRun, slice: Int32Array, mine: number): Promise<void> {
  for (let played = 0; ;) {
    // Read first: no rounds are granted after it is set.
    const isLast = Atomics.load(slice, LAST) === 1;
    const rounds = Atomics.load(slice, ROUNDS);
    if (played < rounds) {
      const pending = run.advance(() => (slice[mine] = ++played) >= rounds);
      if (pending) await pending;
    } else if (isLast) return;
    else Atomics.wait(slice, ROUNDS, rounds, NAP);
  }
}
