/**
 * Films some episodes of a run while it trains: the state of the world in which each began and the actions taken, which together
 * replay it bit for bit. It costs a comparison per step while no episode is filmed.
 */
import { actionSize } from '#core/env.ts';
import { child, savedArray, isTypedArray, type Snapshot, type TypedArray } from '#core/snapshot.ts';
import type { ActionBuffer, VectorEnv } from '#core/vector-env.ts';
import type { StepWatcher } from '../runs/run.ts';

/** An episode of training. */
export interface Tape {
  /** Its place among the finished episodes, from 1. */
  readonly number: number;
  /** The world with this episode's slot alone, before its first step. */
  readonly start: Snapshot;
  /** An index per step, or the numbers of a box action step by step. */
  readonly actions: Int32Array | Float32Array;
  /** Undiscounted, and steps. */
  readonly return: number;
  readonly length: number;
}

/** Numbers of actions beyond which an episode is not filmed: it would take minutes to watch. */
const MOST = 50_000;

/** The last episode that is filmed: watching every step of a run of millions of steps per second would slow it down by a tenth. */
const LAST = 10_000;

/** Films the first, the 10th, 100th, 1000th and 10 000th episode; with several slots, the one that begins when that many less one are over. */
export class Tapes implements StepWatcher {
  /** In the order in which they ended. */
  readonly all: Tape[] = [];
  private wanted: number;
  private filming:
    | { readonly slot: number; readonly start: Snapshot; readonly actions: number[] }
    | undefined;

  /** `episodes` have ended already. */
  constructor(env: VectorEnv, episodes: number) {
    this.wanted = nextWanted(episodes);
    this.beginWithRun(env, episodes);
  }

  /** Whether there is nothing left to film. */
  get isDone(): boolean {
    return this.wanted > LAST && !this.filming;
  }

  stepped(env: VectorEnv, actions: ActionBuffer, episodes: number): void {
    const { filming } = this;
    if (filming) this.film(filming, env, actions, episodes);
    if (this.filming || episodes + 1 < this.wanted) return;
    // None where the last episode ended in another thread.
    const slot = endedSlot(env);
    if (slot >= 0) this.begin(env, slot);
  }

  /** Forgets what was filmed after so many episodes: the run has gone back. Returns what undoes that. */
  goBack(env: VectorEnv, episodes: number): () => void {
    const all = [...this.all];
    this.replace(
      all.filter(({ number }) => number <= episodes),
      env,
      episodes,
    );
    return () => this.replace(all, env, all.at(-1)?.number ?? 0);
  }

  private replace(tapes: readonly Tape[], env: VectorEnv, episodes: number): void {
    this.all.splice(0, Infinity, ...tapes);
    this.filming = undefined;
    this.wanted = nextWanted(episodes);
    this.beginWithRun(env, episodes);
  }

  private beginWithRun(env: VectorEnv, episodes: number): void {
    if (episodes === 0 && env.episodeLength[0] === 0) this.begin(env, 0);
  }

  private begin(env: VectorEnv, slot: number): void {
    this.filming = { slot, start: slotOf(env.snapshot(), slot, env.n), actions: [] };
  }

  private film(
    { slot, start, actions }: NonNullable<typeof this.filming>,
    env: VectorEnv,
    { discrete, box }: ActionBuffer,
    episodes: number,
  ): void {
    const dims = env.spec.action.kind === 'box' ? actionSize(env.spec) : 0;
    if (dims === 0) actions.push(discrete[slot]);
    else for (let d = 0; d < dims; d++) actions.push(box[slot * dims + d]);
    const isOver = (env.terminated[slot] | env.truncated[slot]) !== 0;
    if (!isOver && actions.length < MOST) return;
    this.filming = undefined;
    if (!isOver) {
      this.wanted = nextWanted(episodes + 1);
      return;
    }
    // Those that ended in the same step are in the order of their slots.
    let number = episodes;
    for (let i = slot + 1; i < env.n; i++) number -= env.terminated[i] | env.truncated[i];
    this.wanted = nextWanted(number);
    // Other weights than at its start would give another return.
    if (!env.weights.every((weight, k) => weight === weightsOf(start)[k])) return;
    const Kind = dims === 0 ? Int32Array : Float32Array;
    this.all.push({
      number,
      start,
      actions: Kind.from(actions),
      return: env.episodeReturn[slot],
      length: env.episodeLength[slot],
    });
  }
}

/** The next power of ten above so many episodes. */
function nextWanted(episodes: number): number {
  let wanted = 1;
  while (wanted <= episodes) wanted *= 10;
  return wanted;
}

function endedSlot(env: VectorEnv): number {
  for (let i = 0; i < env.n; i++) if (env.terminated[i] | env.truncated[i]) return i;
  return -1;
}

/** One slot of n saved worlds, as a single saved world. */
function slotOf(saved: Snapshot, slot: number, n: number): Snapshot {
  const row = (column: TypedArray): TypedArray => {
    const size = column.length / n;
    return column.slice(slot * size, (slot + 1) * size);
  };
  const rows = (columns: Snapshot): Snapshot =>
    Object.fromEntries(
      Object.entries(columns).flatMap(([name, column]) =>
        isTypedArray(column) ? [[name, name === 'weights' ? column : row(column)]] : [],
      ),
    );
  const rngs = saved['rngs'] as readonly TypedArray[];
  // The weights are the same for all slots, in the buffers only.
  const state = Object.fromEntries(
    Object.entries(child(saved, 'state')).flatMap(([name, column]) =>
      isTypedArray(column) ? [[name, row(column)]] : [],
    ),
  );
  return { state, buffers: rows(child(saved, 'buffers')), rngs: [rngs[slot]] };
}

function weightsOf(start: Snapshot): TypedArray {
  return savedArray(child(start, 'buffers'), 'weights');
}
