/**
 * Advantages and returns of a rollout, each by one backward pass. Arrays are [T, E] (step-major): T steps of E environments.
 * `nextValues` holds the value of the true successor, also where an episode was truncated; nothing crosses an episode's end.
 */

/** What happened in a rollout, and what the critic said about it. */
export interface Rollout {
  /** T */
  readonly steps: number;
  /** E */
  readonly slots: number;
  readonly rewards: Float32Array;
  readonly values: Float32Array;
  readonly nextValues: Float32Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
}

/** Generalised advantage estimation (Schulman et al. 2016, eq. 16): Aₜ = δₜ + γλ Aₜ₊₁. Returns are advantage + value. */
export function gae(rollout: Rollout, gamma: number, lambda: number, advantages: Float32Array): void {
  const { steps, slots, rewards, values, nextValues, terminated, truncated } = rollout;
  for (let slot = 0; slot < slots; slot++) {
    let advantage = 0;
    for (let at = (steps - 1) * slots + slot; at >= 0; at -= slots) {
      const nonTerminal = terminated[at] | truncated[at] ? 0 : 1;
      const next = terminated[at] ? 0 : nextValues[at];
      const delta = rewards[at] + gamma * next - values[at];
      advantage = delta + gamma * lambda * nonTerminal * advantage;
      advantages[at] = advantage;
    }
  }
}

/**
 * λ-returns (Sutton & Barto 2018, eq. 12.18): Gₜ = r + γ((1 − λ) V′ + λ Gₜ₊₁), which bootstraps from V′ alone at a
 * truncation and at the rollout's end. `values` is not used.
 */
export function lambdaReturns(
  rollout: Omit<Rollout, 'values'>,
  gamma: number,
  lambda: number,
  returns: Float32Array,
): void {
  const { steps, slots, rewards, nextValues, terminated, truncated } = rollout;
  for (let slot = 0; slot < slots; slot++) {
    const last = (steps - 1) * slots + slot;
    for (let at = last; at >= 0; at -= slots) {
      const next = nextValues[at];
      const later = at === last || truncated[at] ? next : returns[at + slots];
      const bootstrap = terminated[at] ? 0 : (1 - lambda) * next + lambda * later;
      returns[at] = rewards[at] + gamma * bootstrap;
    }
  }
}
