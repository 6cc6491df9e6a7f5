/** Scores of predictions, against numbers worked out by hand. */
import { expect, it } from 'vitest';
import type { Examples } from '#core/data-set.ts';
import { scorerFor } from '#train/runs/scores.ts';

/** Logits of a distribution. */
function logits(...rows: readonly (readonly number[])[]): Float32Array {
  return Float32Array.from(rows.flat(), Math.log);
}

const examples: Examples = {
  count: 4,
  shape: [1],
  inputs: Float32Array.of(1, 2, 3, 4),
  targets: Int32Array.of(0, 1, 0, 1),
};

it('classes are counted by what they are and what they were taken for, and surprise by −log p', () => {
  const scorer = scorerFor({ kind: 'classes', names: ['a', 'b'] }, examples, false);
  const none = new Float32Array(0);
  scorer.add(0, 2, logits([0.9, 0.1], [0.8, 0.2]), none);
  scorer.add(2, 2, logits([0.6, 0.4], [0.3, 0.7]), none);
  const scores = scorer.scores();
  if (scores.kind !== 'classes') throw new Error('expected classes');
  // Both of class a are right; of class b one was taken for a.
  expect([...scores.confusion]).toEqual([2, 0, 1, 1]);
  expect([...scores.predicted]).toEqual([0, 0, 0, 1]);
  expect(scores.accuracy).toBe(0.75);
  const losses = [0.9, 0.2, 0.6, 0.7].map((p) => -Math.log(p));
  losses.forEach((loss, k) => expect(scores.losses[k]).toBeCloseTo(loss, 5));
  expect(scores.loss).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / 4, 5);
  // Each in a bin of its own: confidence 0.9, 0.8, 0.6 and 0.7, of which the second is wrong.
  expect(scores.calibrationError).toBeCloseTo((0.1 + 0.8 + 0.4 + 0.3) / 4, 5);
});

it('numbers have a mean square and a mean distance; who reconstructs is measured by the inputs', () => {
  const targets = Float32Array.of(1, 2, 3, 4);
  const numbers = { ...examples, targets };
  const none = new Float32Array(0);
  const ofTargets = scorerFor({ kind: 'regression', names: ['y'] }, numbers, false);
  ofTargets.add(0, 2, Float32Array.of(1, 4), none);
  ofTargets.add(2, 2, Float32Array.of(2, 4), none);
  expect(ofTargets.scores()).toMatchObject({ loss: (4 + 1) / 4, error: (2 + 1) / 4 });
  const ofInputs = scorerFor({ kind: 'classes', names: ['a', 'b'] }, examples, true);
  ofInputs.add(0, 4, Float32Array.of(1, 2, 3, 5), Float32Array.from(examples.inputs));
  expect(ofInputs.scores()).toMatchObject({ kind: 'numbers', loss: 1 / 4, error: 1 / 4 });
});
