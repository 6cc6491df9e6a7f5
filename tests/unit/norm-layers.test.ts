/** Layers that normalise: what a gradient step leaves of running statistics, and what a row becomes that hardly varies. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { withGradient } from '#agents/nn/gradient.ts';
import { apply, split } from '#agents/nn/network.ts';
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
  const learned = withGradient([plan], block, (weights) => ({
    loss: tf.mean(tf.add(apply(plan, weights, batches[0]), apply(plan, weights, batches[1]))),
  }));
  expect([...learned.moveStatistics(block).dataSync<'float32'>()]).toEqual([
    1,
    0,
    (10 / 2 + 1 / 2) / 2 + 6 / 2,
    5.5,
  ]);
});

it('a layer norm divides by the root of variance and ε together (Ba et al. 2016, eq. 4)', () => {
  const plan = planNetwork([{ kind: 'layerNorm', epsilon: 0.01 }], [2], 'network');
  // Scales 1 and 2, offsets 0 and 3; mean 1, variance 0.01.
  const [weights] = split([plan], tf.tensor1d([1, 2, 0, 3]));
  const y = apply(plan, weights, tf.tensor2d([[0.9, 1.1]])).dataSync<'float32'>();
  const normal = 0.1 / Math.sqrt(0.02);
  expect([...y]).toEqual([expect.closeTo(-normal, 5), expect.closeTo(2 * normal + 3, 5)]);
});
