/** Batch normalisation in tensor operations: Ioffe & Szegedy 2015. A feature is the last axis, of images the channel. */
import * as tf from '@tensorflow/tfjs-core';
import { refusal } from '#core/errors.ts';
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

/** Normalised by the batch x [B, …, features] itself, and the running statistics, mean first, after it. */
export interface Normalised {
  readonly y: tf.Tensor;
  readonly next: readonly tf.Tensor[];
}

/**
 * By the batch's own mean and variance over everything but features. Running variances average the unbiased estimate (ibid.
 * §3.1), the batch itself is normalised by the biased one.
 */
export function batchNormTraining(
  layer: NormLayer,
  [scale, offset]: readonly tf.Tensor[],
  running: readonly tf.Tensor[],
  x: tf.Tensor,
): Normalised {
  const rows = x.size / featuresOf(x.shape);
  if (rows < 2) throw new Error('batchNorm: expected at least two numbers per feature in a batch, got one');
  const { y, mean, variance } = (x.rank > 2 ? normaliseImages : normaliseRows)(layer, scale, offset, x);
  const { momentum = BATCH_NORM_MOMENTUM } = layer;
  const unbiased = tf.mul(variance, tf.scalar(rows / (rows - 1)));
  const average = (old: tf.Tensor, now: tf.Tensor): tf.Tensor =>
    tf.add(tf.mul(old, tf.scalar(momentum)), tf.mul(now, tf.scalar(1 - momentum)));
  return { y, next: [average(running[0], mean), average(running[1], unbiased)] };
}

interface ByBatch {
  readonly y: tf.Tensor;
  /** [features] */
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** x [B, features] */
function normaliseRows(layer: NormLayer, scale: tf.Tensor, offset: tf.Tensor, x: tf.Tensor): ByBatch {
  const rows = tf.reshape(x, [x.shape[0], featuresOf(x.shape)]);
  const mean = tf.mean(rows, 0);
  const variance = tf.mean(tf.square(tf.sub(rows, mean)), 0);
  return { y: batchNorm(layer, { scale, offset, mean, variance }, x), mean, variance };
}

/**
 * The same for images and sequences x [B, …, features], whose gradient is in closed form: over N numbers per feature, with
 * x̂ = (x − μ) / √(σ² + ε), ∂x = γ / √(σ² + ε) · (∂y − Σ∂y / N − x̂ Σ∂y x̂ / N) (ibid. §3). Operation by operation it would read
 * and write the batch about three times as often. Both ways are linear in x itself, since the compiler would otherwise keep
 * x − μ in memory from one to the other. Sums go over each row of the batch first, so that threads can share them.
 */
function normaliseImages(
  { epsilon = NORM_EPSILON }: NormLayer,
  scale: tf.Tensor,
  offset: tf.Tensor,
  x: tf.Tensor,
): ByBatch {
  const count = x.size / featuresOf(x.shape);
  const mean = tf.div(featureSums(x), tf.scalar(count));
  const variance = tf.div(featureSums(tf.square(tf.sub(x, mean))), tf.scalar(count));
  const root = tf.sqrt(tf.add(variance, tf.scalar(epsilon)));
  const normalise = tf.customGrad((...args) => {
    const [at, gamma, beta] = args as tf.Tensor[];
    const save = args[3] as (tensors: tf.Tensor[]) => void;
    save([at, gamma, mean, root]);
    const factor = tf.div(gamma, root);
    return {
      value: tf.add(tf.mul(at, factor), tf.sub(beta, tf.mul(mean, factor))),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => normalisationGradient(dy, saved, count),
    };
  });
  return { y: normalise(x, scale, offset), mean, variance };
}

/** ∂x, ∂γ and ∂β of y = γ (x − μ) / root + β, where μ and the root are of x. */
function normalisationGradient(
  dy: tf.Tensor,
  [x, scale, mean, root]: readonly tf.Tensor[],
  count: number,
): tf.Tensor[] {
  const n = tf.scalar(count);
  const sum = featureSums(dy);
  const along = tf.div(tf.sub(featureSums(tf.mul(dy, x)), tf.mul(mean, sum)), root);
  const factor = tf.div(scale, root);
  const slope = tf.neg(tf.div(tf.mul(factor, along), tf.mul(root, n)));
  const constant = tf.neg(tf.add(tf.div(tf.mul(factor, sum), n), tf.mul(slope, mean)));
  return [tf.add(tf.add(tf.mul(dy, factor), tf.mul(x, slope)), constant), along, sum];
}

/** [features] the sum over everything but features of x [B, …, features]. */
function featureSums(x: tf.Tensor): tf.Tensor {
  const within = x.shape.map((_, axis) => axis).slice(1, -1);
  return tf.sum(tf.sum(x, within), 0);
}

/** Returns the network; throws an `InputError` if `batch` rows give a batch-normalised feature no variance. */
export function needsRows(plan: NetworkPlan, batch: number): NetworkPlan {
  plan.layers.forEach(({ layer, input }, index) => {
    if (layer.kind !== 'batchNorm' || (batch * sizeOf(input)) / featuresOf(input) >= 2) return;
    const field = `network.${index} (batchNorm)`;
    throw refusal(field, 'at least two rows per gradient step', 'one');
  });
  return plan;
}
