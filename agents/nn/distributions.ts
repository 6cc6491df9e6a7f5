/** Action distributions: log probability and entropy in tensor operations, sampling on plain arrays from an Rng. */
import * as tf from '@tensorflow/tfjs-core';
import type { Rng } from '#core/rng.ts';
import { argmax } from '#core/argmax.ts';
import { chosen } from './losses.ts';

/** A policy on a batch: log π(a | s) of the actions taken, and its entropy, both [B]. */
export interface PolicyTensors {
  readonly logProbs: tf.Tensor1D;
  readonly entropy: tf.Tensor1D;
}

/** logits [B, A], actions [B] (int32) */
export function categorical(logits: tf.Tensor, actions: tf.Tensor): PolicyTensors {
  const logs = tf.logSoftmax(logits);
  return {
    logProbs: chosen(logs, actions),
    entropy: tf.neg(tf.sum<tf.Tensor1D>(tf.mul(tf.exp(logs), logs), 1)),
  };
}

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** A diagonal normal: means [B, D], logStd [D], actions [B, D]. */
export function gaussian(means: tf.Tensor, logStd: tf.Tensor, actions: tf.Tensor): PolicyTensors {
  const [batch, dims] = means.shape as [number, number];
  const scaled = tf.div(tf.sub(actions, means), tf.exp(logStd));
  const perDim = tf.add(tf.mul(tf.scalar(0.5), tf.square(scaled)), logStd);
  const logProbs = tf.neg<tf.Tensor1D>(tf.add(tf.sum(perDim, 1), tf.scalar((dims / 2) * LOG_TWO_PI)));
  const entropy = tf.add(tf.sum(logStd), tf.scalar((dims / 2) * (1 + LOG_TWO_PI)));
  return { logProbs, entropy: tf.mul(tf.ones([batch]), entropy) };
}

/** log Σ exp of `count` numbers from `from` on, without overflow. */
function logSumExp(logits: Float32Array, from: number, count: number): number {
  const largest = logits[from + argmax(logits, from, count)];
  let sum = 0;
  for (let k = 0; k < count; k++) sum += Math.exp(logits[from + k] - largest);
  return largest + Math.log(sum);
}

/** Draws an index with probability softmax(logits), by walking the distribution. */
export function sampleCategorical(logits: Float32Array, from: number, count: number, rng: Rng): number {
  const normaliser = logSumExp(logits, from, count);
  let rest = rng.uniform();
  for (let k = 0; k < count - 1; k++) {
    rest -= Math.exp(logits[from + k] - normaliser);
    if (rest < 0) return k;
  }
  return count - 1;
}

/** log softmax(logits)[index] of the row that starts at `from`. */
export function categoricalLogProb(logits: Float32Array, from: number, count: number, index: number): number {
  return logits[from + index] - logSumExp(logits, from, count);
}

/** softmax of one row, as a new array. */
export function probabilities(logits: Float32Array, count: number): Float32Array {
  const normaliser = logSumExp(logits, 0, count);
  return Float32Array.from({ length: count }, (_, k) => Math.exp(logits[k] - normaliser));
}

/** log density of one number under N(mean, exp(logStd)²). */
export function normalLogProb(x: number, mean: number, logStd: number): number {
  const scaled = (x - mean) / Math.exp(logStd);
  return -0.5 * scaled * scaled - logStd - 0.5 * LOG_TWO_PI;
}
