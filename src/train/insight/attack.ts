/**
 * Adversarial examples: inputs moved as little as possible so that a model errs. Inputs are pictures from 0 to 1, and ε is the most
 * that a pixel moves.
 */
import type { Insight } from '#core/fit.ts';

/** x + ε · sign(∇ₓ loss), within 0 … 1: Goodfellow, Shlens & Szegedy 2015, §4. */
export function fgsm(insight: Insight, x: Float32Array, labels: Int32Array, epsilon: number): Float32Array {
  const gradient = insight.lossGradient(x, labels);
  return x.map((value, k) => within(value + epsilon * Math.sign(gradient[k]), 0, 1));
}

/** How projected gradient descent walks: Madry et al. 2018, §2.1, with their step for MNIST by default. */
export interface Walk {
  readonly steps: number;
  /** Distance that a pixel moves per step. */
  readonly stride: number;
}

/** Many small steps of `fgsm`, each put back within ε of the input. */
export function pgd(
  insight: Insight,
  x: Float32Array,
  labels: Int32Array,
  epsilon: number,
  { steps, stride }: Walk = { steps: 40, stride: 0.01 },
): Float32Array {
  let moved = x;
  for (let step = 0; step < steps; step++) {
    const gradient = insight.lossGradient(moved, labels);
    moved = moved.map((value, k) => {
      const next = value + stride * Math.sign(gradient[k]);
      return within(within(next, x[k] - epsilon, x[k] + epsilon), 0, 1);
    });
  }
  return moved;
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
