/** What predictions of the points say: a value from −1 to 1 per place, and the loss. */

/** Where float32 has no smaller probability. */
const LEAST = 1e-7;

/** [n] from −1 to 1 of predictions from row `from` on: p(1) − p(−1) of two classes, or the number itself. */
export function valuesOf(predictions: Float32Array, classes: boolean, from: number, n: number): Float32Array {
  const values = new Float32Array(n);
  for (let k = 0; k < n; k++)
    values[k] = classes ? 2 * predictions[2 * (from + k) + 1] - 1 : predictions[from + k];
  return values;
}

/** Cross-entropy of two classes, or the mean squared error, of rows from `from` on. */
export function lossOf(
  predictions: Float32Array,
  classes: boolean,
  from: number,
  targets: ArrayLike<number>,
): number {
  let sum = 0;
  for (let k = 0; k < targets.length; k++) {
    if (classes) sum -= Math.log(Math.max(LEAST, predictions[2 * (from + k) + targets[k]]));
    else sum += (predictions[from + k] - targets[k]) ** 2;
  }
  return sum / targets.length;
}

/** The share of points on the right side. */
export function accuracyOf(predictions: Float32Array, from: number, targets: ArrayLike<number>): number {
  let right = 0;
  for (let k = 0; k < targets.length; k++) {
    const row = 2 * (from + k);
    if ((predictions[row + 1] > predictions[row] ? 1 : 0) === targets[k]) right++;
  }
  return right / targets.length;
}
