/** The most likely of a network's outputs, on plain arrays. */

/** Index of the largest of `count` numbers from `from` on, by default of all; the first of equals. */
export function argmax(values: Float32Array, from = 0, count = values.length): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[from + k] > values[from + best]) best = k;
  return best;
}

/** The largest number of every row of `count`. */
export function maxima(values: Float32Array, count: number): Float32Array {
  return Float32Array.from(
    { length: values.length / count },
    (_, row) => values[row * count + argmax(values, row * count, count)],
  );
}
