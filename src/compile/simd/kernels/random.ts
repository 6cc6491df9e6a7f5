/**
 * Counter-based random numbers: Philox4×32-10 (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * 2011). Block b of four words is a function of (key, counter, b) alone: threads may fill any part in any order.
 */
import { storePart } from './lanes';
import * as math from './math';
import * as trig from './trig';

const MULTIPLIER_0: i32 = 0xd2511f53;
const MULTIPLIER_1: i32 = 0xcd9e8d57;
const WEYL_0: i32 = 0x9e3779b9;
const WEYL_1: i32 = 0xbb67ae85;

/** 2⁻²⁴: the upper 24 bits of a word become a number in [0, 1). */
const UNIT: f32 = 5.9604644775390625e-8;

/** One block: the counter's words (block, counter0, counter1, 0) after ten rounds, as four lanes. */
@inline
function philox(block: i32, counter0: i32, counter1: i32, key0: i32, key1: i32): v128 {
  let x0: u32 = block;
  let x1: u32 = counter0;
  let x2: u32 = counter1;
  let x3: u32 = 0;
  for (let round = 0; round < 10; round++) {
    const p0 = <u64>(<u32>MULTIPLIER_0) * <u64>x0;
    const p1 = <u64>(<u32>MULTIPLIER_1) * <u64>x2;
    x0 = <u32>(p1 >> 32) ^ x1 ^ key0;
    x1 = <u32>p1;
    x2 = <u32>(p0 >> 32) ^ x3 ^ key1;
    x3 = <u32>p0;
    key0 += WEYL_0;
    key1 += WEYL_1;
  }
  const low = i32x4.replace_lane(i32x4.splat(x0), 1, x1);
  return i32x4.replace_lane(i32x4.replace_lane(low, 2, x2), 3, x3);
}

/** Four numbers in [0, 1). */
@inline
function unit(words: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(words, 8)), f32x4.splat(UNIT));
}

export function randomUniform(
  out: usize,
  n: i32,
  start: i32,
  key0: i32,
  key1: i32,
  counter0: i32,
  counter1: i32,
  low: f32,
  high: f32,
): void {
  const width = f32x4.splat(high - low);
  const offset = f32x4.splat(low);
  let block = start >> 2;
  for (; n > 0; n -= 4) {
    const u = unit(philox(block++, counter0, counter1, key0, key1));
    const value = f32x4.add(offset, f32x4.mul(u, width));
    if (n >= 4) v128.store(out, value);
    else storePart(out, value, n);
    out += 16;
  }
}

/** Two radii, two angles per block: √(−2 ln(1 − u)) times cosine and sine. */
export function randomNormal(
  out: usize,
  n: i32,
  start: i32,
  key0: i32,
  key1: i32,
  counter0: i32,
  counter1: i32,
  mean: f32,
  deviation: f32,
): void {
  let block = start >> 2;
  for (; n > 0; n -= 4) {
    const u = unit(philox(block++, counter0, counter1, key0, key1));
    const logs = math.log(f32x4.sub(f32x4.splat(1), i32x4.shuffle(u, u, 0, 1, 0, 1)));
    const radius = f32x4.sqrt(f32x4.mul(f32x4.splat(-2), logs));
    const angle = f32x4.mul(i32x4.shuffle(u, u, 2, 3, 2, 3), f32x4.splat(6.283185307179586));
    // Lanes 2 and 3 take the sine as the cosine a quarter turn earlier.
    const quarter = f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(0), 2, -1.5707963267948966), 3, -1.5707963267948966);
    const normal = f32x4.mul(radius, trig.cos(f32x4.add(angle, quarter)));
    const value = f32x4.add(f32x4.splat(mean), f32x4.mul(normal, f32x4.splat(deviation)));
    if (n >= 4) v128.store(out, value);
    else storePart(out, value, n);
    out += 16;
  }
}
