/**
 * A world's transition model as flat arrays, and the backups that planning is made of: Sutton & Barto (2018), chapter 4.
 * Pair (s, a) is s · actions + a; its outcomes are rows offsets[pair] to offsets[pair + 1].
 */
import type { EnvSpec, TransitionModel } from '#core/env.ts';

export interface FlatModel {
  readonly states: number;
  readonly actions: number;
  /** [states] */
  readonly initial: Float64Array;
  /** [states · actions + 1] */
  readonly offsets: Int32Array;
  /** [outcomes] */
  readonly probability: Float64Array;
  readonly next: Int32Array;
  /** [states, actions] Σ p · r, the expected reward of a pair. */
  readonly reward: Float64Array;
}

/** Flattens a model. Outcomes that end the episode keep only their reward: nothing follows them. */
export function flatten(model: TransitionModel): FlatModel {
  const { states, actions } = model;
  const offsets = new Int32Array(states * actions + 1);
  const reward = new Float64Array(states * actions);
  const probability: number[] = [];
  const next: number[] = [];
  for (let pair = 0; pair < states * actions; pair++) {
    for (const outcome of model.transitions(Math.floor(pair / actions), pair % actions)) {
      reward[pair] += outcome.probability * outcome.reward;
      if (outcome.terminated || outcome.probability === 0) continue;
      probability.push(outcome.probability);
      next.push(outcome.next);
    }
    offsets[pair + 1] = probability.length;
  }
  return {
    states,
    actions,
    initial: Float64Array.from(model.initial),
    offsets,
    probability: Float64Array.from(probability),
    next: Int32Array.from(next),
    reward,
  };
}

/** The model that a planner was given, flattened. Worlds without one have been refused (`needs`). */
export function requireModel(spec: EnvSpec, model: TransitionModel | undefined): FlatModel {
  if (!model) throw new Error(`${spec.id}: expected a transition model, got none`);
  return flatten(model);
}

/** Σ p(s', r | s, a) [r + γ v(s')], eq. 4.6 without the sum over actions. */
export function backup(model: FlatModel, pair: number, values: Float64Array, gamma: number): number {
  const { offsets, probability, next } = model;
  let future = 0;
  for (let k = offsets[pair]; k < offsets[pair + 1]; k++) future += probability[k] * values[next[k]];
  return model.reward[pair] + gamma * future;
}

/** Σ p(S_0) v(S_0): what an episode is worth at its start. */
export function startValue(model: FlatModel, values: Float64Array): number {
  return model.initial.reduce((sum, probability, state) => sum + probability * values[state], 0);
}

/** One in-place sweep of v ← v_π for a deterministic policy [states]; gives the largest change (§4.1). */
export function evaluationSweep(
  model: FlatModel,
  policy: Int32Array,
  values: Float64Array,
  gamma: number,
): number {
  let delta = 0;
  for (let s = 0; s < model.states; s++) {
    const value = backup(model, s * model.actions + policy[s], values, gamma);
    delta = Math.max(delta, Math.abs(value - values[s]));
    values[s] = value;
  }
  return delta;
}
