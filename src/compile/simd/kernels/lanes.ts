/**
 * The vector idioms that every kernel uses. `madd` is the one place where the two builds differ: `exact` rounds product
 * and sum (the same bits on every engine), `fast` lets the machine fuse them.
 */

/** sum + a·b. */
@inline
export function madd(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(f32x4.mul(a, b), sum);
}

/** Sum of the lanes in a fixed order: (0 + 2) + (1 + 3). */
@inline
export function sumLanes(v: v128): f32 {
  const pairs = f32x4.add(v, i32x4.shuffle(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** Loads the first `count` (1 … 3) elements, zeros behind them; reads nothing beyond. */
@inline
export function loadPart(address: usize, count: i32): v128 {
  if (count == 1) return v128.load32_zero(address);
  const two = v128.load64_zero(address);
  return count == 2 ? two : v128.load32_lane(address, two, 2, 8);
}

/** Stores the first `count` (1 … 3) lanes. */
@inline
export function storePart(address: usize, v: v128, count: i32): void {
  if (count == 1) {
    v128.store32_lane(address, v, 0);
    return;
  }
  v128.store64_lane(address, v, 0);
  if (count == 3) v128.store32_lane(address, v, 2, 8);
}

/** ONTO[n] += X[n]. */
@inline
export function addRow(x: usize, onto: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(onto, f32x4.add(v128.load(onto), v128.load(x)));
    x += 16;
    onto += 16;
  }
  if (n > 0) storePart(onto, f32x4.add(loadPart(onto, n), loadPart(x, n)), n);
}

/** Writes zeros over n elements. */
@inline
export function clear(address: usize, n: i32): void {
  memory.fill(address, 0, (<usize>n) << 2);
}

@inline
export function min(a: i32, b: i32): i32 {
  return a < b ? a : b;
}

@inline
export function max(a: i32, b: i32): i32 {
  return a > b ? a : b;
}
