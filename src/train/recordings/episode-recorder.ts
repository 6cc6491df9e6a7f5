/** Records episodes while a world is played: the start of each, its actions and how it ended. */
import { actionSize, type EnvKernel } from '#core/env.ts';
import { rngStreams, type RngStreams, type SavableRng } from '#core/rng.ts';
import type { Columns } from '#core/snapshot.ts';
import { VectorEnv, type ActionBuffer, type Transforms } from '#core/vector-env.ts';
import { derive } from '#core/wrappers.ts';
import type { RecordedEpisode } from './recording.ts';

/** The start of an episode. */
type Start = Pick<RecordedEpisode, 'start' | 'carried'>;

/** An episode in progress. */
interface Unfinished {
  start: Start;
  actions: number[];
}

const NOWHERE: Start = { start: [] };

/** Records the actions of every slot of a `VectorEnv` and returns whole episodes; allocates as it grows. */
export class EpisodeRecorder {
  readonly env: VectorEnv;
  private readonly player: string;
  private readonly rngs: SavableRng[] = [];
  /** [slots] the start at each slot's last reset, and its episode in progress. */
  private readonly starts: Start[] = [];
  private readonly running: Unfinished[];
  private readonly dims: number;

  /** Creates the worlds to record; `kernel`, `streams` and `transforms` as for a `VectorEnv`. */
  constructor(kernel: EnvKernel, n: number, streams: RngStreams, player: string, transforms?: Transforms) {
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
      transforms,
    );
    this.dims = kernel.spec.action.kind === 'box' ? actionSize(kernel.spec) : 0;
    this.running = Array.from({ length: n }, () => ({ start: NOWHERE, actions: [] }));
  }

  /** Records the actions of the next step. */
  note({ discrete, box }: ActionBuffer): void {
    this.running.forEach((slot, i) => {
      if (slot.actions.length === 0) slot.start = this.starts[i];
      if (this.dims === 0) slot.actions.push(discrete[i]);
      else slot.actions.push(...box.subarray(i * this.dims, (i + 1) * this.dims));
    });
  }

  /**
   * Returns and clears the episode of slot i, ended or so far; undefined before its first step. `cut` marks it as abandoned
   * whatever the world says.
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

/** A fresh slot after a reset from this point of the random stream. */
function untouched(kernel: EnvKernel, start: readonly number[]): Columns {
  const rng = rngStreams(0)('world');
  rng.state.set(start);
  const state = kernel.allocate(1);
  kernel.reset(state, 0, rng);
  return state;
}

/** The columns in which slot i differs from a fresh one. */
function carried(s: Columns, i: number, fresh: Columns): Pick<RecordedEpisode, 'carried'> {
  const differing = Object.entries(fresh)
    .map(([name, { length }]) => [name, [...s[name].subarray(i * length, (i + 1) * length)]] as const)
    .filter(([name, row]) => row.some((x, k) => !Object.is(x, fresh[name][k])));
  return differing.length > 0 ? { carried: Object.fromEntries(differing) } : {};
}
