/** Which pixels a decision hangs on: by the gradient, and by covering parts of the picture. */
import { argmax } from '#core/argmax.ts';
import { inputSize } from '#core/data-set.ts';
import type { Insight, Model } from '#core/fit.ts';

/** [input] |∂ output / ∂ pixel| of one output: Simonyan, Vedaldi & Zisserman 2014, §3.1. */
export function saliency(insight: Insight, x: Float32Array, output: number, outputs: number): Float32Array {
  const chosen = new Float32Array(outputs);
  chosen[output] = 1;
  return insight.gradient(x, 1, chosen).gradient.map(Math.abs);
}

/**
 * [height × width] how much the probability of a class falls when a square of `size` pixels around each pixel is set to 0: Zeiler &
 * Fergus 2014, §4.2. Squares are predicted row by row of the picture, with a pause after each.
 */
export function* occlusion(
  model: Model,
  x: Float32Array,
  shape: readonly number[],
  label: number,
  size = 5,
): Generator<undefined, Float32Array> {
  const [height, width, channels] = shape;
  const before = probability(model.predict(x, 1), 0, model.outputs, label);
  const fall = new Float32Array(height * width);
  const covered = new Float32Array(width * inputSize({ shape }));
  const reach = Math.floor(size / 2);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = column * x.length;
      covered.set(x, from);
      for (let py = Math.max(0, row - reach); py <= Math.min(height - 1, row + reach); py++) {
        const first = Math.max(0, column - reach);
        const last = Math.min(width - 1, column + reach);
        covered.fill(0, from + (py * width + first) * channels, from + (py * width + last + 1) * channels);
      }
    }
    const logits = model.predict(covered, width);
    for (let column = 0; column < width; column++)
      fall[row * width + column] = before - probability(logits, column, model.outputs, label);
    yield;
  }
  return fall;
}

/** Softmax of a row of logits at one class. */
function probability(logits: Float32Array, row: number, classes: number, label: number): number {
  return probabilities(logits.subarray(row * classes, (row + 1) * classes), classes)[label];
}

/** Softmax of every row of logits [n × classes]. */
export function probabilities(logits: Float32Array, classes: number): Float32Array {
  const shares = new Float32Array(logits.length);
  for (let from = 0; from < logits.length; from += classes) {
    const most = logits[from + argmax(logits, from, classes)];
    let sum = 0;
    for (let k = from; k < from + classes; k++) sum += Math.exp(logits[k] - most);
    for (let k = from; k < from + classes; k++) shares[k] = Math.exp(logits[k] - most) / sum;
  }
  return shares;
}
