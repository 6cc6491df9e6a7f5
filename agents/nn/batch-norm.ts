/** Batch normalisation in tensor operations: Ioffe & Szegedy 2015. A feature is the last axis, of images the channel. */
import * as tf from '@tensorflow/tfjs-core';
import { InputError } from '#core/errors.ts';
import {
  BATCH_NORM_MOMENTUM,
  featuresOf,
  NORM_EPSILON,
  sizeOf,
  type Layer,
  type NetworkPlan,
} from './spec.ts';

export type NormLayer = Layer & { readonly kind: 'batchNorm' };

/** What a batch is normalised by, all [features]. */
interface Normalisation {
  readonly scale: tf.Tensor;
  readonly offset: tf.Tensor;
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** y = γ (x − μ) / √(σ² + ε) + β, ibid. algorithm 1; x [B, …, features]. */
export function batchNorm({ epsilon = NORM_EPSILON }: NormLayer, by: Normalisation, x: tf.Tensor): tf.Tensor {
  const root = tf.sqrt(tf.add(by.variance, tf.scalar(epsilon)));
  const normal = tf.div(tf.sub(x, by.mean), root);
  return tf.add(tf.mul(normal, by.scale), by.offset);
}

/**
 * Mean and variance of a batch over everything but features, and the running ones, mean first, after it. Running
 * variances average the unbiased estimate (ibid. §3.1), the batch itself is normalised by the biased one.
 */
export function movedStatistics(
  { momentum = BATCH_NORM_MOMENTUM }: NormLayer,
  running: readonly tf.Tensor[],
  x: tf.Tensor,
): { readonly mean: tf.Tensor; readonly variance: tf.Tensor; readonly next: readonly tf.Tensor[] } {
  const features = featuresOf(x.shape);
  const rows = x.size / features;
  if (rows < 2) throw new Error('batchNorm: expected at least two numbers per feature in a batch, got one');
  const flat = tf.reshape(x, [rows, features]);
  const mean = tf.mean(flat, 0);
  const variance = tf.mean(tf.square(tf.sub(flat, mean)), 0);
  const unbiased = tf.mul(variance, tf.scalar(rows / (rows - 1)));
  const average = (old: tf.Tensor, now: tf.Tensor): tf.Tensor =>
    tf.add(tf.mul(old, tf.scalar(momentum)), tf.mul(now, tf.scalar(1 - momentum)));
  return { mean, variance, next: [average(running[0], mean), average(running[1], unbiased)] };
}

/** Returns the network; throws an `InputError` if `batch` rows give a batch-normalised feature no variance. */
export function needsRows(plan: NetworkPlan, batch: number): NetworkPlan {
  plan.layers.forEach(({ layer, input }, index) => {
    if (layer.kind !== 'batchNorm' || (batch * sizeOf(input)) / featuresOf(input) >= 2) return;
    const field = `network.${index} (batchNorm)`;
    throw new InputError([{ field, expected: 'at least two rows per gradient step', got: 'one' }]);
  });
  return plan;
}
