/** Adversarial examples: inputs moved by at most ε per number so that a model errs. */
import type { Insight } from '#core/fit.ts';

/** The least and the greatest value of an input; moved inputs stay between them. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

const PIXELS: Range = { least: 0, most: 1 };

/** x + ε · sign(gradient), within the range. */
export function along(
  x: Float32Array,
  gradient: Float32Array,
  epsilon: number,
  range = PIXELS,
): Float32Array {
  return x.map((value, k) => within(value + epsilon * Math.sign(gradient[k]), range));
}

/** x + ε · sign(∇ₓ loss): the fast gradient sign method (Goodfellow, Shlens & Szegedy 2015, §4). */
export function fgsm(
  insight: Insight,
  x: Float32Array,
  labels: Int32Array,
  epsilon: number,
  range = PIXELS,
): Float32Array {
  return along(x, insight.lossGradient(x, labels), epsilon, range);
}

/** How projected gradient descent walks: Madry et al. 2018, §2.1, with their step for MNIST by default. */
export interface Walk {
  readonly steps: number;
  /** Distance that a number moves per step. */
  readonly stride: number;
}

export const USUAL_WALK: Walk = { steps: 40, stride: 0.01 };

/** Many small steps of `fgsm`, each put back within ε of the input; pauses after each. */
export function* pgd(
  insight: Insight,
  x: Float32Array,
  labels: Int32Array,
  epsilon: number,
  { steps, stride }: Walk = USUAL_WALK,
  range = PIXELS,
): Generator<undefined, Float32Array> {
  let moved = x;
  for (let step = 0; step < steps; step++) {
    const gradient = insight.lossGradient(moved, labels);
    moved = moved.map((value, k) => {
      const next = value + stride * Math.sign(gradient[k]);
      return within(within(next, { least: x[k] - epsilon, most: x[k] + epsilon }), range);
    });
    yield;
  }
  return moved;
}

function within(value: number, { least, most }: Range): number {
  return Math.min(most, Math.max(least, value));
}
