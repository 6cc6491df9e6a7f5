/** Replays recorded episodes step by step and checks that each ends as recorded. */
import { actionSize } from '#core/env.ts';
import { refusal, type InputError } from '#core/errors.ts';
import { rngStreams, type SavableRng } from '#core/rng.ts';
import { actionBuffer, VectorEnv, type ActionBuffer, type Transforms } from '#core/vector-env.ts';
import type { Columns } from '#core/snapshot.ts';
import { derive } from '#core/wrappers.ts';
import { setWeights } from '../world/setup.ts';
import { recordedWorld, type RecordedEpisode, type Recording } from './recording.ts';
import { wrapWorld, type WrapperSetup } from '../world/wrappers.ts';
import type { Wrappers } from '../catalogue/wrappers.ts';

/** A world in which the episodes of a recording are replayed, wrapped as `seen` says; without it, bare. */
export class Playback {
  readonly env: VectorEnv;
  readonly actions: ActionBuffer;
  /** Called where an episode has ended, while the world is still in its last state. */
  onEnd: (() => void) | undefined;
  private readonly rng: SavableRng = rngStreams(0)('world');
  private readonly dims: number;
  private readonly episodes: readonly RecordedEpisode[];
  private index = 0;
  private played = 0;
  private over = false;

  constructor(
    { header, episodes }: Recording,
    seen: WrapperSetup = bareWrappers(header.wrappers),
    transforms?: Transforms,
  ) {
    const setup = recordedWorld(header);
    const { actionRepeat, timeLimit } = header.wrappers;
    const wrappers = { ...seen.wrappers, actionRepeat, timeLimit };
    const kernel = wrapWorld(setup.kernel, { ...seen, wrappers });
    this.episodes = episodes;
    const blank = kernel.allocate(1);
    const again = derive(kernel, {
      reset: (s, i, rng) => {
        if (this.played > 0) this.onEnd?.();
        for (const [name, column] of Object.entries(s)) column.set(blank[name]);
        kernel.reset(s, i, rng);
        this.putBack(s);
      },
    });
    this.env = new VectorEnv(again, 1, () => this.rng, transforms);
    setWeights(this.env, setup);
    this.actions = actionBuffer(kernel.spec, 1);
    this.dims = kernel.spec.action.kind === 'box' ? actionSize(kernel.spec) : 1;
  }

  /** Resets to the first observation of an episode. */
  begin(index: number): void {
    this.index = index;
    this.played = 0;
    this.over = false;
    this.rng.state.set(this.episodes[index].start);
    this.env.reset();
    this.load();
  }

  /** Plays `actions`, then loads the next action into it; false once the episode is over. */
  step(): boolean {
    const { env, episodes, index } = this;
    const steps = episodes[index].actions.length / this.dims;
    this.played++;
    env.step(this.actions);
    this.over = (env.terminated[0] | env.truncated[0]) !== 0;
    if (this.over && this.played < steps)
      throw this.mismatch(`${steps} steps`, `an end after ${this.played}`);
    if (this.played === steps) this.check();
    else this.load();
    return this.played < steps;
  }

  /** Writes the columns that the episode carried over from before its reset. */
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

  /** Throws unless the episode ends as recorded, with the same return. */
  private check(): void {
    const { env, over } = this;
    const claimed = this.episodes[this.index];
    if (Math.abs(env.episodeReturn[0] - claimed.return) > 1e-9 * Math.max(1, Math.abs(claimed.return)))
      throw this.mismatch(`a return of ${claimed.return}, as recorded`, String(env.episodeReturn[0]));
    const end = env.terminated[0] ? 'terminated' : env.truncated[0] ? 'truncated' : 'cut';
    // An evaluation may cut off an endless episode, and a player may leave at any time.
    if (claimed.end !== end && !(claimed.end === 'cut' && !over))
      throw this.mismatch(`${claimed.end} at the last action, as recorded`, end);
  }

  private mismatch(expected: string, got: string): InputError {
    return refusal(`recording.episode ${this.index + 1}`, expected, got);
  }
}

/** Only the wrappers that change what happens in the world, not those that change observations. */
export function bareWrappers(wrappers: Wrappers): WrapperSetup {
  const plain = { pixels: false, oneHotPlanes: false, frameStack: 1, normaliseObservation: false };
  return { wrappers: { ...wrappers, ...plain, normaliseReward: false, clipReward: 0 }, oneHot: false };
}
