/**
 * Losses of supervised models, their value per batch and what is reported of the fit: the share of correct classes, or the mean
 * absolute error.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Task } from '#core/data-set.ts';
import { refusal } from '#core/errors.ts';
import { huber } from '#agents/nn/losses.ts';
import type { ModelConfig } from './config.ts';

export type LossKind = Exclude<ModelConfig['loss'], 'auto'>;

/** The loss of a task; an `InputError` if the chosen one is of another task. */
export function lossFor(task: Task, chosen: ModelConfig['loss'], isAutoencoder: boolean): LossKind {
  const ofNumbers = task.kind === 'regression' || isAutoencoder;
  if (chosen === 'auto') return ofNumbers ? 'mse' : 'cross-entropy';
  const refuse = (expected: string): never => {
    throw refusal('model.loss', expected, chosen);
  };
  if (task.kind === 'regression' && (chosen === 'cross-entropy' || chosen === 'binary-cross-entropy'))
    return refuse('mse, mae or huber for numbers');
  if (isAutoencoder && chosen === 'cross-entropy')
    return refuse('binary-cross-entropy, mse, mae or huber for pictures');
  return chosen;
}

/** [B, K] 1 − s at the class and s / K everywhere: Szegedy et al. 2016, §7. `smoothing` is a scalar. */
export function smoothed(labels: tf.Tensor, classes: number, smoothing: tf.Tensor): tf.Tensor {
  const target = tf.cast(tf.oneHot(labels, classes), 'float32');
  return tf.add(tf.mul(target, tf.sub(tf.scalar(1), smoothing)), tf.div(smoothing, tf.scalar(classes)));
}

/**
 * The mean loss of a batch: outputs [B, K] against targets [B, K]. Cross-entropies take logits: of one distribution per row, or
 * of one Bernoulli variable per number. Squares, distances and Huber's are averaged over the numbers of a row too.
 */
export function meanLoss(kind: LossKind, outputs: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  switch (kind) {
    case 'cross-entropy':
      return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(outputs)), 1)));
    case 'binary-cross-entropy':
      // max(x, 0) − x·t + log(1 + e^−|x|): stable for all logits.
      return tf.mean(
        tf.add(tf.sub(tf.relu(outputs), tf.mul(outputs, targets)), tf.softplus(tf.neg(tf.abs(outputs)))),
      );
    case 'mse':
      return tf.mean(tf.square(tf.sub(outputs, targets)));
    case 'mae':
      return tf.mean(tf.abs(tf.sub(outputs, targets)));
    case 'huber':
      return tf.mean(huber(tf.sub(outputs, targets)));
  }
}

/** The share of rows whose greatest output [B, K] is that of their label [B]. */
export function accuracy(outputs: tf.Tensor, labels: tf.Tensor): tf.Scalar {
  return tf.mean(tf.cast(tf.equal(tf.argMax(outputs, 1), labels), 'float32'));
}
