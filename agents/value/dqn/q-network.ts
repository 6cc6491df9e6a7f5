/**
 * The Q-network of the DQN family: its layers, and what it says about each action: a number, a distribution over fixed returns
 * (C51) or quantiles (QR-DQN). Each kind of head knows its targets and its loss; outputs are [B, A · N], atoms fastest.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { AgentNetwork } from '#core/agent.ts';
import { actionSize, type EnvSpec } from '#core/env.ts';
import { problemOf, type Problem } from '#core/errors.ts';
import { needsRows } from '#agents/nn/batch-norm.ts';
import { probabilities } from '#agents/nn/distributions.ts';
import { huber, squared } from '#agents/nn/losses.ts';
import { networkData } from '#agents/nn/network-data.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { bodyFor, type Layer, type NetworkPlan } from '#agents/nn/spec.ts';
import { needsDiscrete } from '#agents/nn/worlds.ts';
import type { DqnConfig } from './config.ts';

/**
 * The body, then Q-values (or their distributions) for every action. `noisy` makes every dense layer noisy. A dense head is
 * initialised as the last dense layer of the body.
 */
export function planQNetwork(spec: EnvSpec, config: DqnConfig): NetworkPlan {
  const { noisy, noisySigma: sigma } = config;
  const input = spec.observation.shape;
  const actions = actionSize(spec);
  const { atoms } = valueHead(config);
  const body = bodyFor(config.network, input).map((layer): Layer =>
    noisy && layer.kind === 'dense'
      ? { kind: 'noisy', units: layer.units, activation: layer.activation, sigma }
      : layer,
  );
  const units = actions * atoms;
  const head = (): Layer => {
    if (config.dueling) return { kind: 'dueling', actions, atoms, noisy, sigma };
    return noisy
      ? { kind: 'noisy', units, sigma }
      : { kind: 'dense', units, init: body.findLast(isDense)?.init };
  };
  return needsRows(planNetwork([...body, head()], input, 'network'), config.batchSize);
}

function isDense(layer: Layer): layer is Layer & { kind: 'dense' } {
  return layer.kind === 'dense';
}

/** The head that the settings ask for. */
export function valueHead(config: DqnConfig): ValueHead {
  switch (config.distribution) {
    case 'mean':
      return scalarHead(config.loss);
    case 'categorical':
      return categoricalHead(config.atoms, config.lowestReturn, config.highestReturn);
    case 'quantile':
      return quantileHead(config.atoms);
  }
}

/** Why the DQN family cannot play a world: it has to compare all actions. */
export function refusesQNetwork(spec: EnvSpec, config: DqnConfig): Problem | undefined {
  const { distribution, lowestReturn, highestReturn } = config;
  if (distribution === 'categorical' && lowestReturn >= highestReturn)
    return {
      field: 'highestReturn',
      expected: `more than the lowest return, ${lowestReturn}`,
      got: String(highestReturn),
    };
  return needsDiscrete(spec) ?? problemOf(() => planQNetwork(spec, config));
}

/** One network under three sets of parameters, of which the moving average plays greedily. */
export function qNetworks(spec: EnvSpec, config: DqnConfig): readonly AgentNetwork[] {
  const [average, online, target] = ['average', 'online', 'target'].map((name) => ({ name, offset: 0 }));
  return [networkData('q', planQNetwork(spec, config), average, online, target)];
}

/** The outcome of a transition for the chosen action. */
export interface Outcome {
  /** [B] Σ γⁱ r */
  readonly rewards: tf.Tensor1D;
  /** [B] γᵏ, or 0 where the episode terminated. */
  readonly discounts: tf.Tensor1D;
  /** [B, N] the network's outputs for the best next action. */
  readonly next: tf.Tensor2D;
}

export interface ValueHead {
  /** Outputs per action. */
  readonly atoms: number;
  /** Q(s, a) [B, A] from outputs [B, A, N]. */
  values(outputs: tf.Tensor3D): tf.Tensor2D;
  /** Per transition [B]: the target, which takes no gradient. */
  target(outcome: Outcome): tf.Tensor;
  /** Per transition [B]: the loss of the chosen action's outputs [B, atoms]. */
  losses(chosen: tf.Tensor2D, target: tf.Tensor): tf.Tensor1D;
  /** [B] what a transition's priority is made of: |TD error|, or with a distribution its loss. */
  priority(chosen: tf.Tensor2D, target: tf.Tensor): tf.Tensor1D;
  /** The same as `values` on plain arrays, for acting: n · A rows of atoms → n · A numbers. */
  valuesOf(outputs: Float32Array, rows: number, into: Float32Array): void;
  /** ∂ Q / ∂ outputs for the outputs [atoms] of one action. */
  slopes(outputs: Float32Array): Float32Array;
}

/** [B] Q(s, a) − y: the TD error, its sign turned. */
function tdError(chosen: tf.Tensor2D, target: tf.Tensor): tf.Tensor1D {
  return tf.sub(tf.reshape<tf.Rank.R1>(chosen, [chosen.shape[0]]), target);
}

/** [B] −Σ m log softmax(logits), up to the target's entropy the KL divergence. */
function crossEntropy(chosen: tf.Tensor2D, target: tf.Tensor): tf.Tensor1D {
  return tf.neg(tf.sum(tf.mul(target, tf.logSoftmax(chosen)), 1));
}

/** One number per action: Mnih et al. 2015. */
export function scalarHead(loss: 'huber' | 'mse'): ValueHead {
  return {
    atoms: 1,
    values: (outputs) => tf.squeeze(outputs, [2]),
    target: ({ rewards, discounts, next }) =>
      tf.add(rewards, tf.mul(discounts, tf.reshape(next, [next.shape[0]]))),
    losses: (chosen, target) => (loss === 'huber' ? huber : squared)(tdError(chosen, target)) as tf.Tensor1D,
    priority: (chosen, target) => tf.abs(tdError(chosen, target)),
    valuesOf: (outputs, rows, into) =>
      into.set(rows === outputs.length ? outputs : outputs.subarray(0, rows)),
    slopes: () => Float32Array.of(1),
  };
}

/** `atoms` returns from `low` to `high`, evenly spaced, whose probabilities are learned: Bellemare et al. 2017. */
export function categoricalHead(atoms: number, low: number, high: number): ValueHead {
  const gap = (high - low) / (atoms - 1);
  const support = Float32Array.from({ length: atoms }, (_, k) => low + k * gap);
  return {
    atoms,
    values: (outputs) => tf.sum(tf.mul(tf.softmax(outputs), tf.tensor1d(support)), 2),
    target: (outcome) =>
      project(tf.softmax(outcome.next), outcome, { support: tf.tensor1d(support), low, high, gap }),
    losses: crossEntropy,
    // Rainbow §"The Integrated Agent": the KL divergence, of which the entropy of the target is left out.
    priority: crossEntropy,
    valuesOf: (outputs, rows, into) => {
      for (let row = 0; row < rows; row++) into[row] = expectation(outputs, row * atoms, support);
    },
    // Q = Σ p z, and ∂ p / ∂ logits of a softmax.
    slopes: (logits) => {
      const mean = expectation(logits, 0, support);
      return probabilities(logits, atoms).map((p, k) => p * (support[k] - mean));
    },
  };
}

interface Support {
  readonly support: tf.Tensor1D;
  readonly low: number;
  readonly high: number;
  readonly gap: number;
}

/**
 * The distribution of r + γ z, laid back on the support: each mass is split between the two nearest atoms in proportion to
 * nearness, here as a triangular kernel, which has no special case where a return falls on an atom (ibid. eq. 7).
 * probabilities [B, N] → [B, N].
 */
function project(
  probabilities: tf.Tensor2D,
  { rewards, discounts }: Pick<Outcome, 'rewards' | 'discounts'>,
  { support, low, high, gap }: Support,
): tf.Tensor2D {
  const batch = rewards.shape[0];
  const moved = tf.add(tf.reshape(rewards, [batch, 1]), tf.mul(tf.reshape(discounts, [batch, 1]), support));
  const within = tf.minimum(tf.maximum(moved, tf.scalar(low)), tf.scalar(high));
  const distance = tf.abs(tf.sub(tf.reshape(within, [batch, 1, -1]), tf.reshape(support, [1, -1, 1])));
  const share = tf.relu(tf.sub(tf.scalar(1), tf.div(distance, tf.scalar(gap))));
  return tf.sum(tf.mul(share, tf.reshape(probabilities, [batch, 1, -1])), 2);
}

/** Quantiles at (i + ½)/N: Dabney et al. 2018. */
export function quantileHead(atoms: number, kappa = 1): ValueHead {
  const losses = (chosen: tf.Tensor2D, target: tf.Tensor): tf.Tensor1D =>
    quantileHuber(chosen, target as tf.Tensor2D, kappa);
  return {
    atoms,
    values: (outputs) => tf.mean(outputs, 2),
    target: ({ rewards, discounts, next }) => {
      const batch = rewards.shape[0];
      return tf.add(tf.reshape(rewards, [batch, 1]), tf.mul(tf.reshape(discounts, [batch, 1]), next));
    },
    losses,
    priority: losses,
    valuesOf: (outputs, rows, into) => {
      for (let row = 0; row < rows; row++) {
        let sum = 0;
        for (let k = 0; k < atoms; k++) sum += outputs[row * atoms + k];
        into[row] = sum / atoms;
      }
    },
    slopes: () => new Float32Array(atoms).fill(1 / atoms),
  };
}

/** Σ over quantiles of the mean over target samples of ρ^κ_τ(target − θ), ibid. eq. 10; θ, target [B, N] → [B]. */
export function quantileHuber(theta: tf.Tensor2D, target: tf.Tensor2D, kappa: number): tf.Tensor1D {
  const [batch, atoms] = theta.shape;
  const error = tf.sub(tf.reshape(target, [batch, 1, atoms]), tf.reshape(theta, [batch, atoms, 1]));
  const middles = Float32Array.from({ length: atoms }, (_, k) => (k + 0.5) / atoms);
  // |τ − 1{error < 0}| without a comparison of anything that has a gradient: the sign decides the side.
  const below = tf.relu(tf.neg(tf.sign(error)));
  const weight = tf.abs(tf.sub(tf.tensor3d(middles, [1, atoms, 1]), below));
  const loss = tf.mul(weight, tf.div(huber(error, kappa), tf.scalar(kappa)));
  return tf.sum(tf.mean(loss, 2), 1);
}

/** Σ softmax(logits) · support of one row. */
function expectation(logits: Float32Array, from: number, support: Float32Array): number {
  let largest = -Infinity;
  for (let k = 0; k < support.length; k++) largest = Math.max(largest, logits[from + k]);
  let total = 0;
  let sum = 0;
  for (let k = 0; k < support.length; k++) {
    const mass = Math.exp(logits[from + k] - largest);
    total += mass;
    sum += mass * support[k];
  }
  return sum / total;
}
