/**
 * What a MiniGrid world adds to the shared rules: its size, how its level is built, and when its mission
 * succeeds or fails.
 */
import type { Rng } from '#core/rng.ts';
import type { Extent, Slot } from './slot.ts';

/** Minigrid's actions. */
export const Act = { left: 0, right: 1, forward: 2, pickUp: 3, drop: 4, toggle: 5, done: 6 } as const;

/**
 * What a step means for the episode. 0 continues, so that the mission's outcome overrides the world's with
 * `||`.
 */
export const Outcome = { continues: 0, success: 1, failure: 2, collision: 3 } as const;

export interface Rules extends Extent {
  /** Time limit in steps, over which the reward of success falls from 1 to 0.1. */
  readonly maxSteps: number;
  /** True: the picture shows all cells, not only those in use. */
  readonly whole?: boolean;
  /** True: walls do not block sight. */
  readonly seeThrough: boolean;
  /** True: the agent can only turn and walk, and a collision ends the episode. */
  readonly movesOnly?: boolean;
  /**
   * Builds a level in a slot whose agent is nowhere and carries nothing; sets `slot.failed` if it finds no
   * room for something.
   */
  build(slot: Slot, rng: Rng): void;
  /** The action to play in place of the given one. */
  replaceAction?(action: number): number;
  /**
   * Runs before the action: moves what moves by itself, and notes in one number what `judge` must know of the
   * old state.
   */
  before?(slot: Slot, action: number, rng: Rng): number;
  /** The outcome of the step by the mission, besides goal and lava, which always end an episode. */
  judge?(slot: Slot, action: number, before: number): number;
}
