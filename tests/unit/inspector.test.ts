/** Looking inside a network: activations are those of acting, gradients those of finite differences. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { rngStreams } from '#core/rng.ts';
import { Actor } from '#agents/nn/actor.ts';
import { initialise } from '#agents/nn/init.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import type { Layer } from '#agents/nn/spec.ts';
import { Inspector } from '#agents/nn/inspector.ts';
import { eagerCompute } from '#compile/eager.ts';
import { expectClose, numbers } from '#tests/parity/compile-close.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const layers: readonly Layer[] = [
  { kind: 'conv2d', filters: 3, size: 3, padding: 'same', activation: 'tanh' },
  { kind: 'batchNorm' },
  { kind: 'averagePool', size: 2 },
  { kind: 'conv2d', filters: 4, size: 2, activation: 'tanh' },
  { kind: 'globalAveragePool' },
  { kind: 'dense', units: 5 },
];
const plan = planNetwork(layers, [6, 6, 1], 'network');
const weights = initialise(plan, rngStreams(3)('initialisation'));
const inspector = new Inspector(eagerCompute(), plan, weights);

describe('an inspector', () => {
  it('shows what every layer makes of an input, the last being what the network predicts', () => {
    const x = numbers(1, 36);
    const seen = inspector.activations(x);
    expect(seen.map((values) => values.length)).toEqual([108, 108, 27, 16, 4, 5]);
    const acting = new Actor(eagerCompute(), plan, { weights, batch: 1 });
    expectClose('outputs', seen[5], acting.run(x, 1));
    const two = inspector.activations(numbers(1, 72));
    expectClose(
      'of the first of two',
      two[3].subarray(0, 16),
      inspector.activations(numbers(1, 72).subarray(0, 36))[3],
    );
  });

  it.each([0, 3, 5])('has the gradient of a number of layer %i by the input', (layer) => {
    const x = numbers(2, 2 * 36);
    const width = inspector.activations(x.subarray(0, 36))[layer].length;
    const chosen = new Float32Array(2 * width);
    chosen[1] = 1;
    chosen[width + 2] = -2;
    const { gradient } = inspector.gradient(x, 2, chosen, layer);
    const total = (at: Float32Array): number =>
      inspector.gradient(at, 2, chosen, layer).values.reduce((sum, value) => sum + value, 0);
    for (const k of [0, 7, 20, 36, 50]) {
      const step = 1e-2;
      const [up, down] = [x.slice(), x.slice()];
      up[k] += step;
      down[k] -= step;
      expect(gradient[k]).toBeCloseTo((total(up) - total(down)) / (2 * step), 2);
    }
  });

  it('moves against the labels along the gradient of the loss, and follows new weights', () => {
    const x = numbers(4, 36);
    const lossOf = (at: Float32Array): number => {
      const logits = inspector.activations(at)[5];
      return Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0)) - logits[2];
    };
    const gradient = inspector.lossGradient(x, Int32Array.of(2));
    const moved = x.map((value, k) => value + 0.05 * Math.sign(gradient[k]));
    expect(lossOf(moved)).toBeGreaterThan(lossOf(x));
    const before = lossOf(x);
    weights.fill(0);
    inspector.weightsChanged();
    expect(lossOf(x)).toBeCloseTo(Math.log(5), 5);
    expect(lossOf(x)).not.toBeCloseTo(before, 3);
  });
});
