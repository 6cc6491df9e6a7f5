/**
 * Transforms of the reward that the agent gets: they apply to the weighted sum Σ weight · event, so that an edited reward is
 * clipped as edited. Episode returns are never transformed.
 */
import { refusal } from './errors.ts';
import type { RunningMoments } from './moments.ts';
import { restoreColumns, type Columns, type Snapshot } from './snapshot.ts';

/** In-place transforms of the rewards of n slots; order: clip, then normalise. */
export interface RewardTransform {
  /** rewards [n], and the ends of episodes [n] of the same step. */
  apply(rewards: Float32Array, terminated: Uint8Array, truncated: Uint8Array): void;
  /** Its state, saved with the worlds. */
  readonly columns: Columns;
}

export interface RewardOptions {
  /** Largest magnitude of a reward; 0 clips nothing. */
  readonly clip: number;
  /** One feature: the discounted return. Absent: rewards keep their scale. */
  readonly moments?: RunningMoments | undefined;
  /** The agent's γ, read at every step because it may change during training. */
  readonly discount: () => number;
}

/** The transform for n slots, or undefined where the options ask for none. */
export function rewardTransform(n: number, options: RewardOptions): RewardTransform | undefined {
  const { clip, moments, discount } = options;
  if (!(clip >= 0)) throw refusal('clip', 'at least 0', String(clip));
  if (clip === 0 && !moments) return undefined;
  if (!moments) return { columns: {}, apply: (rewards) => clipTo(rewards, clip) };
  const scaler = new ReturnScaler(n, moments, discount);
  return {
    columns: { discounted: scaler.discounted },
    apply(rewards, terminated, truncated) {
      if (clip > 0) clipTo(rewards, clip);
      scaler.apply(rewards, terminated, truncated);
    },
  };
}

/** Brings back a transform's columns. */
export function restoreTransform(transform: RewardTransform, saved: Snapshot): void {
  restoreColumns(transform.columns, saved, 'world.reward');
}

function clipTo(rewards: Float32Array, most: number): void {
  for (let i = 0; i < rewards.length; i++) rewards[i] = Math.min(most, Math.max(-most, rewards[i]));
}

/**
 * Divides rewards by the standard deviation of the discounted return so far, which one set of moments learns from all slots
 * (Engstrom et al. 2020, "Implementation Matters", reward scaling; Gymnasium's NormalizeReward).
 */
class ReturnScaler {
  /** [n] Σ γᵏ r of the running episode. */
  readonly discounted: Float64Array;
  private readonly moments: RunningMoments;
  private readonly discount: () => number;
  private readonly row = new Float64Array(1);

  constructor(n: number, moments: RunningMoments, discount: () => number) {
    this.discounted = new Float64Array(n);
    this.moments = moments;
    this.discount = discount;
  }

  apply(rewards: Float32Array, terminated: Uint8Array, truncated: Uint8Array): void {
    const { discounted, moments, row } = this;
    const gamma = this.discount();
    for (let i = 0; i < rewards.length; i++) {
      row[0] = gamma * discounted[i] + rewards[i];
      moments.add(row);
      rewards[i] /= Math.sqrt(moments.variance(0) + 1e-8);
      discounted[i] = terminated[i] | truncated[i] ? 0 : row[0];
    }
  }
}
