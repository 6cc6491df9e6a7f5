/** What a gradient step leaves of running statistics. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { withGradient } from '#agents/nn/gradient.ts';
import { apply } from '#agents/nn/network.ts';
import { planNetwork } from '#agents/nn/plan.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

it('a network that a step applies to two batches moves them by both, one after the other', () => {
  const plan = planNetwork([{ kind: 'batchNorm', momentum: 0.5 }], [1], 'network');
  // Scale, offset, mean, variance.
  const block = tf.tensor1d([1, 0, 10, 4]);
  // Means 1 and 6, unbiased variances 2 and 8.
  const batches = [tf.tensor2d([[0], [2]]), tf.tensor2d([[4], [8]])];
  const { moveStatistics } = withGradient([plan], block, (weights) => ({
    loss: tf.mean(tf.add(apply(plan, weights, batches[0]), apply(plan, weights, batches[1]))),
  }));
  expect([...moveStatistics(block).dataSync<'float32'>()]).toEqual([1, 0, (10 / 2 + 1 / 2) / 2 + 6 / 2, 5.5]);
});
