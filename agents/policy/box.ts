/** Continuous actions in units of their box: −1 … 1 for networks and noise, `low` … `high` for the world. */
import type { ActionSpec } from '#core/env.ts';

/** The box to −1 … 1: what a policy would have drawn to act like this. */
export function fromBox({ low, high }: ActionSpec & { kind: 'box' }, dim: number, x: number): number {
  return (2 * x - low[dim] - high[dim]) / (high[dim] - low[dim]);
}

/** −1 … 1 to the box, clipped to it. */
export function intoBox(action: ActionSpec & { kind: 'box' }, dim: number, x: number): number {
  const { low, high } = action;
  const middle = (low[dim] + high[dim]) / 2;
  const half = (high[dim] - low[dim]) / 2;
  return Math.min(high[dim], Math.max(low[dim], middle + half * x));
}

/** The same for policies that stay within −1 … 1, over a batch; discrete actions have no dims. */
export class ActionBox {
  /** Half the box and its middle, per dim. */
  private readonly half: readonly number[];
  private readonly middle: readonly number[];

  constructor(action: ActionSpec) {
    const { low, high } = action.kind === 'box' ? action : { low: [], high: [] };
    this.half = low.map((least, d) => (high[d] - least) / 2);
    this.middle = low.map((least, d) => (high[d] + least) / 2);
  }

  /** From −1 … 1 to the world's number. */
  toWorld(dim: number, x: number): number {
    return this.middle[dim] + this.half[dim] * x;
  }

  /** From the world's numbers [B, dims] to −1 … 1, in place. */
  normalise(actions: Float32Array | Int32Array): void {
    const { half, middle } = this;
    if (half.length === 0) return;
    for (let k = 0; k < actions.length; k++) {
      const dim = k % half.length;
      actions[k] = (actions[k] - middle[dim]) / half[dim];
    }
  }
}
