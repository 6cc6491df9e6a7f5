/** Along one axis of outer × n × inner: where the extreme is, and running sums. Sums and extremes themselves are fused loops. */

/** Index of the first extreme; `sign` −1 turns the smallest into the largest. */
@inline
function argExtreme(sign: f32, x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  for (; outer > 0; outer--) {
    for (let j = 0; j < inner; j++) {
      let at = x + (j << 2);
      let best = load<f32>(at) * sign;
      let index = 0;
      for (let p = 1; p < n; p++) {
        at += inner << 2;
        const value = load<f32>(at) * sign;
        if (value > best) {
          best = value;
          index = p;
        }
      }
      store<i32>(out, index);
      out += 4;
    }
    x += (n * inner) << 2;
  }
}

export function argMax(x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  argExtreme(1, x, out, outer, n, inner);
}

export function argMin(x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  argExtreme(-1, x, out, outer, n, inner);
}

/** Scalar, therefore free to carry the running sum in f64. */
export function cumsum(x: usize, out: usize, outer: i32, n: i32, inner: i32, exclusive: i32, reverse: i32): void {
  const step = (reverse ? -inner : inner) << 2;
  const first = reverse ? ((n - 1) * inner) << 2 : 0;
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < inner; j++) {
      let offset = ((o * n * inner + j) << 2) + first;
      let sum: f64 = 0;
      for (let p = 0; p < n; p++) {
        const value = <f64>load<f32>(x + offset);
        store<f32>(out + offset, <f32>(exclusive ? sum : sum + value));
        sum += value;
        offset += step;
      }
    }
}
