/** Rectified Adam against algorithm 2 of Liu et al. 2020, over the steps at which it begins to adapt. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import type { Tensors } from '#compile/step.ts';
import { optimize, optimizerSpec, optimizerState } from '#agents/nn/optimizers.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

it('takes the plain first moment as long as ρ ≤ 5, then the rectified adaptive step', () => {
  const [beta1, beta2, epsilon, rate] = [0.9, 0.999, 1e-8, 0.1];
  const spec = optimizerSpec('radam', epsilon);
  const slots = Object.entries(optimizerState(spec, 2));
  let state: Tensors = Object.fromEntries(
    slots.map(([name, { shape, values }]) => [name, tf.tensor(values, [...shape])]),
  );
  let params = tf.tensor1d([1, -2]);
  const expected = [1, -2].map((value) => ({ value, m: 0, v: 0 }));
  const longest = 2 / (1 - beta2) - 1;
  const adaptive: boolean[] = [];
  for (let t = 1; t <= 12; t++) {
    const gradient = [Math.sin(t), 0.5 + 0.1 * t];
    const next = optimize(spec, params, tf.tensor1d(gradient), tf.scalar(rate), state);
    params = next.params;
    state = next.state;
    const length = longest - (2 * t * beta2 ** t) / (1 - beta2 ** t);
    adaptive.push(length > 5);
    expected.forEach((one, k) => {
      one.m = beta1 * one.m + (1 - beta1) * gradient[k];
      one.v = beta2 * one.v + (1 - beta2) * gradient[k] ** 2;
      const m = one.m / (1 - beta1 ** t);
      const rectifier = Math.sqrt(
        ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length),
      );
      const step = length > 5 ? (rectifier * m) / (Math.sqrt(one.v / (1 - beta2 ** t)) + epsilon) : m;
      one.value -= rate * step;
      expect(params.dataSync<'float32'>()[k], `step ${t}`).toBeCloseTo(one.value, 3);
    });
  }
  // Five plain steps, and the rest adaptive.
  expect(adaptive.indexOf(true)).toBe(5);
});
