/** The networks of SAC and their outputs, for continuous (squashed Gaussian) and discrete actions (softmax). */
import * as tf from '@tensorflow/tfjs-core';
import type { AgentNetwork } from '#core/agent.ts';
import { actionSize, observationSize, type EnvSpec } from '#core/env.ts';
import { problemOf, type Problem } from '#core/errors.ts';
import type { Rng } from '#core/rng.ts';
import { needsRows } from '#agents/nn/batch-norm.ts';
import { initialise } from '#agents/nn/init.ts';
import { chosen } from '#agents/nn/losses.ts';
import { networkData } from '#agents/nn/network-data.ts';
import { apply, type Weights } from '#agents/nn/network.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { bodyFor, type Layer, type NetworkPlan } from '#agents/nn/spec.ts';
import type { SacConfig } from './config.ts';

/** log σ lies within it, by a tanh (Haarnoja et al. 2018, appendix D; the bounds are CleanRL's). */
const LOG_STD_RANGE = [-5, 2] as const;

/** log σ from the network's output, on plain numbers. */
export function logStdOf(output: number): number {
  const [low, high] = LOG_STD_RANGE;
  return low + 0.5 * (high - low) * (Math.tanh(output) + 1);
}

export interface SacPlan {
  readonly discrete: boolean;
  /** Dims of a continuous action, or the number of discrete ones. */
  readonly dims: number;
  readonly actor: NetworkPlan;
  readonly critic: NetworkPlan;
  /** In the block's order: actor, two critics, log α. */
  readonly plans: readonly [NetworkPlan, NetworkPlan, NetworkPlan, NetworkPlan];
  readonly size: number;
  readonly targetEntropy: number;
}

export function planSac(spec: EnvSpec, config: SacConfig): SacPlan {
  const discrete = spec.action.kind === 'discrete';
  const dims = actionSize(spec);
  const input = spec.observation.shape;
  const small: Layer = { kind: 'dense', units: 64, activation: 'relu' };
  const body =
    config.network === 'auto' && input.length === 1 ? [small, small] : bodyFor(config.network, input);
  const network = (units: number, shape: readonly number[]): NetworkPlan =>
    needsRows(planNetwork([...body, { kind: 'dense', units }], shape, 'network'), config.batchSize);
  const actor = network(discrete ? dims : 2 * dims, input);
  const critic = discrete ? network(dims, input) : network(1, [observationSize(spec) + dims]);
  const logAlpha: NetworkPlan = {
    input: [],
    output: [1],
    layers: [],
    params: [{ name: 'logAlpha', shape: [1], offset: 0, size: 1, start: { kind: 'constant', value: 0 } }],
    size: 1,
    noise: 0,
    dropout: 0,
    memory: 0,
  };
  const targetEntropy = config.targetEntropy * (discrete ? Math.log(dims) : -dims);
  const plans = [actor, critic, critic, logAlpha] as const;
  return { discrete, dims, actor, critic, plans, size: actor.size + 2 * critic.size + 1, targetEntropy };
}

/** It plays every world, except that critics of continuous actions take observation and action as one vector. */
export function refusesSac(spec: EnvSpec, config: SacConfig): Problem | undefined {
  if (spec.action.kind === 'box' && spec.observation.kind === 'planes')
    return {
      field: 'world',
      expected: 'observations that are a vector',
      got: `${spec.id}, with ${actionSize(spec)} continuous actions and planes`,
    };
  return problemOf(() => planSac(spec, config)) ?? refusesTarget(spec, config);
}

/** Entropy of the narrowest policy with its mean in the middle of the box, per dimension: ½ log 2πe + log σ. */
const LEAST_ENTROPY = 0.5 * Math.log(2 * Math.PI * Math.E) + LOG_STD_RANGE[0];

/** A target that no policy can keep would send the temperature towards infinity or 0 for as long as the run lasts. */
function refusesTarget(spec: EnvSpec, { targetEntropy }: SacConfig): Problem | undefined {
  const field = 'targetEntropy';
  const got = String(targetEntropy);
  if (spec.action.kind === 'discrete')
    return targetEntropy > 0 && targetEntropy < 1
      ? undefined
      : { field, expected: 'more than 0 and less than 1 where actions are discrete', got };
  return targetEntropy <= -LEAST_ENTROPY
    ? undefined
    : { field, expected: `at most ${(-LEAST_ENTROPY).toFixed(2)}, that of the narrowest policy`, got };
}

export function sacNetworks(spec: EnvSpec, config: SacConfig): readonly AgentNetwork[] {
  const { actor, critic } = planSac(spec, config);
  const critics = [0, critic.size].map((offset, k) => {
    const online = { name: 'params', offset: actor.size + offset };
    return networkData(`critic-${k + 1}`, critic, online, { name: 'targets', offset });
  });
  return [networkData('policy', actor, { name: 'params', offset: 0 }), ...critics];
}

export function initialSac(plan: SacPlan, config: SacConfig, rng: Rng): Float32Array {
  const block = new Float32Array(plan.size);
  let offset = 0;
  for (const part of plan.plans) {
    block.set(initialise(part, rng), offset);
    offset += part.size;
  }
  block[plan.size - 1] = Math.log(config.temperature);
  return block;
}

/** Q(s, a) [B] of actions: indices [B], or numbers in −1 … 1 [B, dims]. */
export function qValue(plan: SacPlan, critic: Weights, obs: tf.Tensor, actions: tf.Tensor): tf.Tensor1D {
  if (plan.discrete) return chosen(apply(plan.critic, critic, obs), actions);
  const input = tf.concat([obs, actions], 1);
  return tf.reshape(apply(plan.critic, critic, input), [obs.shape[0]]);
}

interface SoftNetworks {
  readonly actor: Weights;
  readonly critics: readonly Weights[];
  readonly alpha: tf.Tensor;
}

/**
 * E[min Q(s, a) − α log π(a | s)] and E[log π(a | s)], both [B]: exactly where actions are discrete, else by one
 * reparametrised action per row, from `noise` [B, dims], normal.
 */
export function softValue(
  plan: SacPlan,
  { actor, critics, alpha }: SoftNetworks,
  obs: tf.Tensor,
  noise: tf.Tensor | undefined,
): { readonly value: tf.Tensor1D; readonly logProb: tf.Tensor1D } {
  const outputs = apply(plan.actor, actor, obs); // [B, A] logits, or [B, 2·dims] μ and log σ
  if (plan.discrete) {
    const logs = tf.logSoftmax(outputs);
    const probabilities = tf.exp(logs);
    const [q1, q2] = critics.map((critic) => apply(plan.critic, critic, obs)); // [B, A]
    const soft = tf.sub(tf.minimum(q1, q2), tf.mul(alpha, logs));
    return { value: tf.sum(tf.mul(probabilities, soft), 1), logProb: tf.sum(tf.mul(probabilities, logs), 1) };
  }
  if (!noise) throw new Error('sac: continuous actions are drawn with noise');
  const { actions, logProb } = squashedNormal(outputs as tf.Tensor2D, noise, plan.dims);
  const [q1, q2] = critics.map((critic) => qValue(plan, critic, obs, actions));
  return { value: tf.sub(tf.minimum(q1, q2), tf.mul(alpha, logProb)), logProb };
}

/**
 * a = tanh(u), u = μ + σ ε, and log π(a) = log N(u) − Σ log(1 − a²), the latter as 2(log 2 − u − softplus(−2u)), which
 * does not overflow (ibid., appendix C).
 */
function squashedNormal(
  outputs: tf.Tensor2D,
  noise: tf.Tensor,
  dims: number,
): { readonly actions: tf.Tensor; readonly logProb: tf.Tensor1D } {
  const batch = outputs.shape[0];
  const mean = tf.slice2d(outputs, [0, 0], [batch, dims]);
  const raw = tf.slice2d(outputs, [0, dims], [batch, dims]);
  const [low, high] = LOG_STD_RANGE;
  const half = tf.scalar(0.5 * (high - low));
  const logStd = tf.add(tf.scalar(low), tf.mul(half, tf.add(tf.tanh(raw), tf.scalar(1))));
  const u = tf.add(mean, tf.mul(tf.exp(logStd), noise));
  const two = tf.scalar(2);
  const normal = tf.add(
    tf.add(tf.mul(tf.scalar(0.5), tf.square(noise)), logStd),
    tf.scalar(0.5 * Math.log(2 * Math.PI)),
  );
  const tail = tf.sub(tf.sub(tf.scalar(Math.LN2), u), tf.softplus(tf.neg(tf.mul(two, u))));
  const perDim = tf.add(normal, tf.mul(two, tail));
  return { actions: tf.tanh(u), logProb: tf.neg<tf.Tensor1D>(tf.sum(perDim, 1)) };
}
