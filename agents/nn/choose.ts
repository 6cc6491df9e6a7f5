/** Choosing actions from a network's outputs on plain arrays. */

/** Index of the largest of `count` numbers from `from` on; the first of equals. */
export function argmax(values: Float32Array, from: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[from + k] > values[from + best]) best = k;
  return best;
}
