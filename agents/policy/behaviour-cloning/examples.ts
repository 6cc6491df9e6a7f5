/** Demonstrations as examples for a policy: whole episodes are held out or learned from, and batches are gathered by row. */
import type { Demonstrations } from '#core/fit.ts';
import { observationSize, type EnvSpec } from '#core/env.ts';
import { fromBox } from '../box.ts';
import { actionWidth } from '../rollout.ts';

export class Examples {
  /** Rows of the demonstrations. Neighbours in an episode are nearly alike, so an episode is on one side or the other. */
  readonly learned: Uint32Array;
  readonly heldOut: Uint32Array;
  /** Numbers of an observation and of an action. */
  readonly observation: number;
  readonly width: number;
  private readonly obs: Float32Array;
  /** [steps × width] indices, or dims in units of half the box, as a policy draws them. */
  private readonly actions: Int32Array | Float32Array;

  /** Holds out the given share of the episodes, at least one and all but one, if there are two and the share is not 0. */
  constructor(spec: EnvSpec, { obs, actions, starts }: Demonstrations, share: number) {
    const { action } = spec;
    this.observation = observationSize(spec);
    this.width = actionWidth(spec);
    this.obs = obs;
    this.actions =
      action.kind === 'discrete'
        ? actions.discrete
        : actions.box.map((x, k) => fromBox(action, k % this.width, x));
    const episodes = starts.length - 1;
    const wanted = share === 0 ? 0 : Math.max(1, Math.round(share * episodes));
    const isHeldOut = spread(episodes, Math.min(wanted, episodes - 1));
    const rows = (side: boolean): Uint32Array =>
      Uint32Array.from(
        isHeldOut.flatMap((held, k) => (held === side ? range(starts[k], starts[k + 1]) : [])),
      );
    this.learned = rows(false);
    this.heldOut = rows(true);
  }

  /** Copies the examples of some rows of `learned`, as many as `obs` has room for. */
  gather(rows: Uint32Array, obs: Float32Array, actions: Float32Array | Int32Array): void {
    for (let k = 0; k < rows.length; k++) this.copy(this.learned[rows[k]], k, obs, actions);
  }

  /** Copies `count` examples of `heldOut` from `first` on. */
  gatherHeldOut(first: number, count: number, obs: Float32Array, actions: Float32Array): void {
    for (let k = 0; k < count; k++) this.copy(this.heldOut[first + k], k, obs, actions);
  }

  private copy(row: number, to: number, obs: Float32Array, actions: Float32Array | Int32Array): void {
    const { observation, width } = this;
    for (let j = 0; j < observation; j++) obs[to * observation + j] = this.obs[row * observation + j];
    for (let j = 0; j < width; j++) actions[to * width + j] = this.actions[row * width + j];
  }
}

/** Which `count` of n are held out: evenly spread, so that it depends on the recording only. */
function spread(n: number, count: number): readonly boolean[] {
  return Array.from({ length: n }, (_, k) => Math.floor(((k + 1) * count) / n) > Math.floor((k * count) / n));
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, k) => from + k);
}
