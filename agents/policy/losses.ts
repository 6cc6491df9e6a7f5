/** Losses of policy-gradient agents over a batch, in tensor operations. Arguments are [B] unless stated otherwise. */
import * as tf from '@tensorflow/tfjs-core';

/** The weights of the parts. Scalars, so that they can change during training. */
export interface Coefficients {
  readonly entropyCoefficient: tf.Tensor;
  readonly valueCoefficient: tf.Tensor;
}

/** What the gradient step of an actor-critic reports, and the metrics it becomes. */
export const actorCriticReports = {
  loss: 'train/loss',
  policyLoss: 'train/policy-loss',
  valueLoss: 'train/value-loss',
  entropy: 'train/entropy',
  gradientNorm: 'train/gradient-norm',
} as const;

/** ½ mean (V − R)²; clipped, the larger of this and the same with V within ± clip of the old value. */
export function valueLoss(
  values: tf.Tensor,
  returns: tf.Tensor,
  clipped?: { readonly oldValues: tf.Tensor; readonly clip: tf.Tensor },
): tf.Scalar {
  const plain = tf.square(tf.sub(values, returns));
  if (!clipped) return tf.mul(tf.scalar(0.5), tf.mean(plain));
  const { oldValues, clip } = clipped;
  const near = tf.add(oldValues, clamp(tf.sub(values, oldValues), tf.neg(clip), clip));
  return tf.mul(tf.scalar(0.5), tf.mean(tf.maximum(plain, tf.square(tf.sub(near, returns)))));
}

/** L_π − c_e H + c_v L_V: Schulman et al. 2017, eq. 9. */
export function total(
  policyLoss: tf.Tensor,
  entropy: tf.Tensor,
  valueLoss: tf.Tensor,
  { entropyCoefficient, valueCoefficient }: Coefficients,
): tf.Scalar {
  const rewarded = tf.sub(policyLoss, tf.mul(entropyCoefficient, entropy));
  return tf.add<tf.Scalar>(rewarded, tf.mul(valueCoefficient, valueLoss));
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
export function clamp(x: tf.Tensor, low: tf.Tensor, high: tf.Tensor): tf.Tensor {
  return tf.minimum(tf.maximum(x, low), high);
}

/** The same value, through which no gradient flows. tfjs has no operation for it. */
export function stopped(x: tf.Tensor): tf.Tensor {
  return tf.customGrad((inner) => ({
    value: tf.clone(inner as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
  }))(x);
}
