/**
 * Sums, extremes and products over one axis of outer × reduce × inner, softmax and running sums. Long sums are formed in
 * blocks of 128 rows, so that the rounding error grows with the square root of the number of blocks, not of elements.
 */
import { loadPart, min, storePart, sumLanes } from './lanes';
import * as math from './math';

const SUM: i32 = 0;
const MAX: i32 = 1;
const MIN: i32 = 2;
const PROD: i32 = 3;

const BLOCK: i32 = 128;

@inline
function identity(which: i32): f32 {
  return which == SUM ? 0 : which == MAX ? -Infinity : which == MIN ? Infinity : 1;
}

/** NaN wins against everything in max and min, as in tfjs and NumPy. */
@inline
function combine(which: i32, a: v128, b: v128): v128 {
  if (which == SUM) return f32x4.add(a, b);
  if (which == MAX) return f32x4.max(a, b);
  if (which == MIN) return f32x4.min(a, b);
  return f32x4.mul(a, b);
}

@inline
function combineLanes(which: i32, v: v128): f32 {
  const pairs = combine(which, v, i32x4.shuffle(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(combine(which, pairs, i32x4.shuffle(pairs, pairs, 1, 0, 3, 2)), 0);
}

/** One contiguous row: four chains of four lanes per block. */
@inline
function reduceRow(which: i32, x: usize, n: i32): f32 {
  const none = f32x4.splat(identity(which));
  let total = none;
  while (n >= 16) {
    let a = none;
    let b = none;
    let c = none;
    let d = none;
    let block = min(n, BLOCK * 16) >> 4;
    n -= block << 4;
    for (; block != 0; block--) {
      a = combine(which, a, v128.load(x));
      b = combine(which, b, v128.load(x, 16));
      c = combine(which, c, v128.load(x, 32));
      d = combine(which, d, v128.load(x, 48));
      x += 64;
    }
    total = combine(which, total, combine(which, combine(which, a, b), combine(which, c, d)));
  }
  for (; n >= 4; n -= 4) {
    total = combine(which, total, v128.load(x));
    x += 16;
  }
  let result = combineLanes(which, total);
  for (; n > 0; n--) {
    result = f32x4.extract_lane(combine(which, f32x4.splat(result), v128.load32_splat(x)), 0);
    x += 4;
  }
  return result;
}

/** Eight neighbouring columns of rows `step` bytes apart. */
@inline
function reduceColumns8(which: i32, x: usize, step: i32, n: i32, out: usize, factor: v128): void {
  const none = f32x4.splat(identity(which));
  let low = none;
  let high = none;
  while (n > 0) {
    let a = none;
    let b = none;
    let block = min(n, BLOCK);
    n -= block;
    for (; block != 0; block--) {
      a = combine(which, a, v128.load(x));
      b = combine(which, b, v128.load(x, 16));
      x += step;
    }
    low = combine(which, low, a);
    high = combine(which, high, b);
  }
  v128.store(out, f32x4.mul(low, factor));
  v128.store(out, f32x4.mul(high, factor), 16);
}

/** Up to four columns. */
@inline
function reduceColumns4(which: i32, x: usize, step: i32, n: i32, out: usize, columns: i32, factor: v128): void {
  const none = f32x4.splat(identity(which));
  let total = none;
  while (n > 0) {
    let a = none;
    let block = min(n, BLOCK);
    n -= block;
    for (; block != 0; block--) {
      a = combine(which, a, columns == 4 ? v128.load(x) : loadPart(x, columns));
      x += step;
    }
    total = combine(which, total, a);
  }
  const value = f32x4.mul(total, factor);
  if (columns == 4) v128.store(out, value);
  else storePart(out, value, columns);
}

@inline
function reduceAll(which: i32, x: usize, out: usize, outer: i32, n: i32, inner: i32, scale: f32): void {
  if (inner == 1) {
    for (; outer > 0; outer--) {
      store<f32>(out, reduceRow(which, x, n) * scale);
      x += n << 2;
      out += 4;
    }
    return;
  }
  const factor = f32x4.splat(scale);
  const step = inner << 2;
  for (; outer > 0; outer--) {
    let j = 0;
    for (; j + 8 <= inner; j += 8) reduceColumns8(which, x + (j << 2), step, n, out + (j << 2), factor);
    for (; j < inner; j += 4)
      reduceColumns4(which, x + (j << 2), step, n, out + (j << 2), min(inner - j, 4), factor);
    x += n * step;
    out += step;
  }
}

export function reduce(which: i32, x: usize, out: usize, outer: i32, n: i32, inner: i32, scale: f32): void {
  switch (which) {
    case SUM:
      return reduceAll(SUM, x, out, outer, n, inner, scale);
    case MAX:
      return reduceAll(MAX, x, out, outer, n, inner, 1);
    case MIN:
      return reduceAll(MIN, x, out, outer, n, inner, 1);
    default:
      return reduceAll(PROD, x, out, outer, n, inner, 1);
  }
}

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

/** Writes e^(x − max) where `out` is given, and returns the sum of these. */
@inline
function exponentials(x: usize, out: usize, n: i32, top: v128, write: bool): f32 {
  let sum = f32x4.splat(0);
  for (; n >= 4; n -= 4) {
    const e = math.exp(f32x4.sub(v128.load(x), top));
    if (write) v128.store(out, e);
    sum = f32x4.add(sum, e);
    x += 16;
    out += 16;
  }
  if (n > 0) {
    const e = math.exp(f32x4.sub(loadPart(x, n), top));
    if (write) storePart(out, e, n);
    sum = f32x4.add(sum, v128.and(e, firstLanes(n)));
  }
  return sumLanes(sum);
}

/** All bits set in the first n lanes. */
@inline
function firstLanes(n: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(n));
}

/** The largest element of a row; NaN if there is one. */
@inline
function largest(x: usize, n: i32): v128 {
  return f32x4.splat(reduceRow(MAX, x, n));
}

export function softmax(x: usize, out: usize, rows: i32, n: i32): void {
  for (; rows > 0; rows--) {
    const sum = exponentials(x, out, n, largest(x, n), true);
    scaleRow(out, n, 1 / sum);
    x += n << 2;
    out += n << 2;
  }
}

@inline
function scaleRow(x: usize, n: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (; n >= 4; n -= 4) {
    v128.store(x, f32x4.mul(v128.load(x), f));
    x += 16;
  }
  if (n > 0) storePart(x, f32x4.mul(loadPart(x, n), f), n);
}

export function logSoftmax(x: usize, out: usize, rows: i32, n: i32): void {
  for (; rows > 0; rows--) {
    const top = largest(x, n);
    const sum = exponentials(x, out, n, top, false);
    const logSum = math.log(f32x4.splat(sum));
    for (let j = n; j > 0; j -= 4) {
      if (j >= 4) v128.store(out, f32x4.sub(f32x4.sub(v128.load(x), top), logSum));
      else storePart(out, f32x4.sub(f32x4.sub(loadPart(x, j), top), logSum), j);
      const step = min(j, 4) << 2;
      x += step;
      out += step;
    }
  }
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
