/** Losses in tensor operations, element by element; the caller takes the mean. */
import * as tf from '@tensorflow/tfjs-core';

/** x² */
export function squared(error: tf.Tensor): tf.Tensor {
  return tf.square(error);
}

/** Huber 1964 with δ = `delta`: ½x² within ±δ, δ(|x| − ½δ) beyond, so that its gradient is x clipped to ±δ. */
export function huber(error: tf.Tensor, delta = 1): tf.Tensor {
  const size = tf.abs(error);
  const inner = tf.minimum(size, tf.scalar(delta));
  return tf.mul(inner, tf.sub(size, tf.mul(inner, tf.scalar(0.5))));
}

/** The mean of weight · loss over the batch, both [B]. */
export function weightedMean(losses: tf.Tensor, weights: tf.Tensor): tf.Scalar {
  return tf.mean(tf.mul(losses, weights));
}

/** The entry of each row of x [B, A] that `index` [B] names: a masked sum, because a gather's gradient is slow or missing. */
export function chosen(x: tf.Tensor, index: tf.Tensor): tf.Tensor1D {
  const mask = tf.oneHot(index, x.shape[1] ?? 0);
  return tf.sum(tf.mul(x, tf.cast(mask, 'float32')), 1);
}
