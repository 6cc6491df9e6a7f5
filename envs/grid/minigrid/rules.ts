/** What a MiniGrid world adds to the shared rules: its size, how its level is built, what its mission says to a step. */
import type { Rng } from '#core/rng.ts';
import type { Extent, Slot } from './slot.ts';

export const Act = { left: 0, right: 1, forward: 2, pickUp: 3, drop: 4, toggle: 5, done: 6 } as const;

/** What a step means for the episode. */
export const Verdict = { goesOn: 0, success: 1, failure: 2, collision: 3 } as const;

export interface Rules extends Extent {
  /** Time limit, and the number over which success loses its worth. */
  readonly maxSteps: number;
  /** True: walls do not block sight. */
  readonly seeThrough: boolean;
  /** True: the world has the three moves only, and things that move. */
  readonly crowded?: boolean;
  /** Writes the level of a slot whose agent is nowhere and carries nothing; sets `slot.failed` where it cannot. */
  build(slot: Slot, rng: Rng): void;
  /** Another action to be played instead. */
  instead?(action: number): number;
  /** What must be known from before the step, as one number; things that move by themselves move here. */
  before?(slot: Slot, action: number, rng: Rng): number;
  /** The mission's verdict on the step, beside goal and lava, which always end an episode. */
  judge?(slot: Slot, action: number, before: number): number;
}
