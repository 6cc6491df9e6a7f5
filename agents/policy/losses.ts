/** Losses of policy-gradient agents over a batch, in tensor operations. All inputs are [B]. */
import * as tf from '@tensorflow/tfjs-core';
import type { PolicyTensors } from '#agents/nn/distributions.ts';

/** What a batch of a rollout holds for the loss. */
export interface PolicyBatch {
  readonly oldLogProbs: tf.Tensor;
  readonly advantages: tf.Tensor;
  readonly returns: tf.Tensor;
  readonly oldValues: tf.Tensor;
}

/** Clipping and the weights of the parts. Scalars, so that they may change while the agent runs. */
export interface Coefficients {
  readonly clip: tf.Tensor;
  readonly entropy: tf.Tensor;
  readonly value: tf.Tensor;
}

/** What the gradient step of an actor-critic reports, and the metrics it becomes. */
export const actorCriticReports = {
  loss: 'train/loss',
  policyLoss: 'train/policy-loss',
  valueLoss: 'train/value-loss',
  entropy: 'train/entropy',
  gradientNorm: 'train/gradient-norm',
} as const;

/** −mean(min(ρA, clip(ρ, 1 ± c) A)): Schulman et al. 2017, eq. 7; with how far the policy has moved. */
export function clippedSurrogate(
  logProbs: tf.Tensor,
  { oldLogProbs, advantages }: Pick<PolicyBatch, 'oldLogProbs' | 'advantages'>,
  clip: tf.Tensor,
): Record<'policyLoss' | 'approxKl' | 'clipFraction', tf.Scalar> {
  const one = tf.scalar(1);
  const logRatio = tf.sub(logProbs, oldLogProbs);
  const ratio = tf.exp(logRatio);
  const within = clamp(ratio, tf.sub(one, clip), tf.add(one, clip));
  const moved = tf.abs(tf.sub(stopped(ratio), one));
  return {
    policyLoss: tf.neg(tf.mean(tf.minimum(tf.mul(advantages, ratio), tf.mul(advantages, within)))),
    // Schulman's unbiased estimate of KL(old ‖ new): (ρ − 1) − log ρ.
    approxKl: tf.mean(tf.sub(tf.sub(stopped(ratio), one), stopped(logRatio))),
    clipFraction: tf.mean(tf.cast(tf.greater(moved, clip), 'float32')),
  };
}

/** ½ mean (V − R)²; with a clip, V may leave the old value by no more than it, whichever is worse. */
export function valueLoss(
  values: tf.Tensor,
  { returns, oldValues }: Pick<PolicyBatch, 'returns' | 'oldValues'>,
  clip: tf.Tensor | undefined,
): tf.Scalar {
  const plain = tf.square(tf.sub(values, returns));
  if (!clip) return tf.mul(tf.scalar(0.5), tf.mean(plain));
  const near = tf.add(oldValues, clamp(tf.sub(values, oldValues), tf.neg(clip), clip));
  return tf.mul(tf.scalar(0.5), tf.mean(tf.maximum(plain, tf.square(tf.sub(near, returns)))));
}

/** policy − c_e · entropy + c_v · value */
export function total(
  policyLoss: tf.Tensor,
  policy: PolicyTensors,
  valueLoss: tf.Tensor,
  { entropy, value }: Pick<Coefficients, 'entropy' | 'value'>,
): tf.Scalar {
  const rewarded = tf.sub(policyLoss, tf.mul(entropy, tf.mean(policy.entropy)));
  return tf.add<tf.Scalar>(rewarded, tf.mul(value, valueLoss));
}

/** Mean 0 and (population) standard deviation 1 over the batch. */
export function normalised(x: tf.Tensor): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x));
  return tf.div(centred, tf.add(tf.sqrt(tf.mean(tf.square(centred))), tf.scalar(1e-8)));
}

/** −mean(A log π(a | s)): Williams 1992. */
export function policyGradient(logProbs: tf.Tensor, advantages: tf.Tensor): tf.Scalar {
  return tf.neg(tf.mean(tf.mul(advantages, logProbs)));
}

/** Between two scalar tensors; the gradient passes inside. */
function clamp(x: tf.Tensor, low: tf.Tensor, high: tf.Tensor): tf.Tensor {
  return tf.minimum(tf.maximum(x, low), high);
}

/** The same value, through which no gradient flows. tfjs has no operation for it. */
export function stopped(x: tf.Tensor): tf.Tensor {
  return tf.customGrad((inner) => ({
    value: tf.clone(inner as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
  }))(x);
}
