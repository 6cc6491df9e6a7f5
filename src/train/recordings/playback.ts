/** Recorded episodes: put on tape while a world is played, and played again, step by step, with a check of what they claim. */
import { actionSize, type EnvKernel } from '#core/env.ts';
import { InputError } from '#core/errors.ts';
import { rngStreams, type RngStreams, type SavableRng } from '#core/rng.ts';
import type { Columns } from '#core/snapshot.ts';
import { actionBuffer, VectorEnv, type ActionBuffer } from '#core/vector-env.ts';
import { derive } from '#core/wrappers.ts';
import { setWeights } from '../world/setup.ts';
import { recordedWorld, type RecordedEpisode, type Recording } from './recording.ts';
import { wrapWorld, type WrapperSetup } from '../world/wrappers.ts';
import type { Wrappers } from '../catalogue/wrappers.ts';

/** What an episode began with. */
type Start = Pick<RecordedEpisode, 'start' | 'carried'>;

/** What is known of a running episode. */
interface Running {
  start: Start;
  actions: number[];
}

const NOWHERE: Start = { start: [] };

/** Notes the actions of every slot of a `VectorEnv` and gives whole episodes; allocates as it grows. */
export class EpisodeRecorder {
  readonly env: VectorEnv;
  private readonly player: string;
  private readonly rngs: SavableRng[] = [];
  /** [slots] what each slot's last reset began with, and the episode that is being played. */
  private readonly starts: Start[] = [];
  private readonly running: Running[];
  private readonly dims: number;

  /** Makes the worlds to be recorded; `kernel` and `streams` as for a `VectorEnv`. */
  constructor(kernel: EnvKernel, n: number, streams: RngStreams, player: string) {
    const watched = derive(kernel, {
      reset: (s, i, rng) => {
        const start = [...this.rngs[i].state];
        kernel.reset(s, i, rng);
        this.starts[i] = { start, ...carried(s, i, untouched(kernel, start)) };
      },
    });
    this.player = player;
    this.env = new VectorEnv(
      watched,
      n,
      (purpose, index = 0) => (this.rngs[index] = streams(purpose, index)),
    );
    this.dims = kernel.spec.action.kind === 'box' ? actionSize(kernel.spec) : 0;
    this.running = Array.from({ length: n }, () => ({ start: NOWHERE, actions: [] }));
  }

  /** Notes the actions of the step that is about to be made. */
  note({ discrete, box }: ActionBuffer): void {
    this.running.forEach((slot, i) => {
      if (slot.actions.length === 0) slot.start = this.starts[i];
      if (this.dims === 0) slot.actions.push(discrete[i]);
      else slot.actions.push(...box.subarray(i * this.dims, (i + 1) * this.dims));
    });
  }

  /**
   * The episode of slot i after the step that ended it, or so far, and forgets it; undefined before its first step. `cut`:
   * it counts as one that was left, whatever the world says.
   */
  take(i: number, cut = false): RecordedEpisode | undefined {
    const { start, actions } = this.running[i];
    this.running[i] = { start: NOWHERE, actions: [] };
    if (actions.length === 0) return undefined;
    const { terminated, truncated, episodeReturn } = this.env;
    const end = cut ? 'cut' : terminated[i] ? 'terminated' : truncated[i] ? 'truncated' : 'cut';
    return { player: this.player, ...start, return: episodeReturn[i], end, actions };
  }
}

/** A slot after a reset from this point of the random stream, if nothing had been played in it before. */
function untouched(kernel: EnvKernel, start: readonly number[]): Columns {
  const rng = rngStreams(0)('world');
  rng.state.set(start);
  const state = kernel.allocate(1);
  kernel.reset(state, 0, rng);
  return state;
}

/** The columns in which slot i differs from an untouched one. */
function carried(s: Columns, i: number, fresh: Columns): Pick<RecordedEpisode, 'carried'> {
  const differing = Object.entries(fresh)
    .map(([name, { length }]) => [name, [...s[name].subarray(i * length, (i + 1) * length)]] as const)
    .filter(([name, row]) => row.some((x, k) => !Object.is(x, fresh[name][k])));
  return differing.length > 0 ? { carried: Object.fromEntries(differing) } : {};
}

/** One world in which the episodes of a recording are played again, seen as `view` says; bare if it is left out. */
export class Playback {
  readonly env: VectorEnv;
  readonly actions: ActionBuffer;
  private readonly rng: SavableRng = rngStreams(0)('world');
  private readonly dims: number;
  private readonly episodes: readonly RecordedEpisode[];
  private index = 0;
  private played = 0;
  private over = false;

  constructor({ header, episodes }: Recording, view: WrapperSetup = bareWrappers(header.wrappers)) {
    const played = recordedWorld(header);
    const { actionRepeat, timeLimit } = header.wrappers;
    const wrappers = { ...view.wrappers, actionRepeat, timeLimit };
    const kernel = wrapWorld(played.kernel, { ...view, wrappers }, NO_MOMENTS);
    this.episodes = episodes;
    const blank = kernel.allocate(1);
    const again = derive(kernel, {
      reset: (s, i, rng) => {
        for (const [name, column] of Object.entries(s)) column.set(blank[name]);
        kernel.reset(s, i, rng);
        this.putBack(s);
      },
    });
    this.env = new VectorEnv(again, 1, () => this.rng);
    setWeights(this.env, played);
    this.actions = actionBuffer(kernel.spec, 1);
    this.dims = kernel.spec.action.kind === 'box' ? actionSize(kernel.spec) : 1;
  }

  /** Goes to the first observation of an episode. */
  begin(index: number): void {
    this.index = index;
    this.played = 0;
    this.over = false;
    this.rng.state.set(this.episodes[index].start);
    this.env.reset();
    this.load();
  }

  /** Plays `actions`, which then holds the next one; false where the episode has been played to its end. */
  step(): boolean {
    const { env, episodes, index } = this;
    const steps = episodes[index].actions.length / this.dims;
    env.step(this.actions);
    this.played++;
    this.over = (env.terminated[0] | env.truncated[0]) !== 0;
    if (this.over && this.played < steps)
      throw this.mismatch(`${steps} steps`, `an end after ${this.played}`);
    if (this.played === steps) this.check();
    else this.load();
    return this.played < steps;
  }

  /** Writes what the episode's first state had from before it. */
  private putBack(s: Columns): void {
    const rows = this.episodes[this.index]?.carried ?? {};
    for (const [name, row] of Object.entries(rows)) {
      const column = Object.hasOwn(s, name) ? s[name] : undefined;
      if (column?.length !== row.length)
        throw this.mismatch(`${column?.length ?? 'no'} numbers in ${name}`, `${row.length}`);
      column.set(row);
    }
  }

  private load(): void {
    const { discrete, box } = this.actions;
    const { actions } = this.episodes[this.index];
    if (discrete.length > 0) discrete[0] = actions[this.played];
    else for (let d = 0; d < this.dims; d++) box[d] = actions[this.played * this.dims + d];
  }

  /** Whether the end is the one that the recording claims: same return, same way to end. */
  private check(): void {
    const { env, over } = this;
    const claimed = this.episodes[this.index];
    if (Math.abs(env.episodeReturn[0] - claimed.return) > 1e-9 * Math.max(1, Math.abs(claimed.return)))
      throw this.mismatch(`a return of ${claimed.return}, as recorded`, String(env.episodeReturn[0]));
    const end = env.terminated[0] ? 'terminated' : env.truncated[0] ? 'truncated' : 'cut';
    // An evaluation may stop what would not end, and a player may leave at any time.
    if (claimed.end !== end && !(claimed.end === 'cut' && !over))
      throw this.mismatch(`${claimed.end} at the last action, as recorded`, end);
  }

  private mismatch(expected: string, got: string): InputError {
    return new InputError([{ field: `recording.episode ${this.index + 1}`, expected, got }]);
  }
}

/** For a view that normalises nothing. */
export const NO_MOMENTS = { observation: undefined, reward: undefined };

/** The world as its rules say, whatever who played it saw. */
export function bareWrappers(wrappers: Wrappers): WrapperSetup {
  const plain = { pixels: false, frameStack: 1, normaliseObservation: false, normaliseReward: false };
  return { wrappers: { ...wrappers, ...plain, clipReward: 0 }, oneHot: false };
}
