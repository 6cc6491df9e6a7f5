/**
 * Counter-based random numbers: Philox4×32-10 (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * 2011). Block b of four words is a function of (key, counter, b) alone: threads may fill any part in any order.
 */
import { storePart } from './lanes';
import * as math from './math';
import * as trig from './trig';

/** What the words become: numbers of [0, 1), or those through Box & Muller's transform (1958). */
const UNIFORM: i32 = 0;
const NORMAL: i32 = 1;

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
  const scale = f32x4.splat(high - low);
  for (let i = 0; i < n; i += 16)
    sixteen(UNIFORM, out + (i << 2), n - i, (start + i) >> 2, key0, key1, counter0, counter1, scale, f32x4.splat(low));
}

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
  const scale = f32x4.splat(deviation);
  for (let i = 0; i < n; i += 16)
    sixteen(NORMAL, out + (i << 2), n - i, (start + i) >> 2, key0, key1, counter0, counter1, scale, f32x4.splat(mean));
}

/**
 * Four blocks at once, one per lane: the words (block, counter0, counter1, 0) after ten rounds become 16 numbers
 * `offset + scale · number`, of which the first n are written, block after block.
 */
@inline
function sixteen(
  kind: i32,
  out: usize,
  n: i32,
  block: i32,
  key0: i32,
  key1: i32,
  counter0: i32,
  counter1: i32,
  scale: v128,
  offset: v128,
): void {
  const factor0 = i32x4.splat(0xd2511f53);
  const factor1 = i32x4.splat(0xcd9e8d57);
  let x0 = i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3));
  let x1 = i32x4.splat(counter0);
  let x2 = i32x4.splat(counter1);
  let x3 = i32x4.splat(0);
  let round0 = i32x4.splat(key0);
  let round1 = i32x4.splat(key1);
  for (let round = 0; round < 10; round++) {
    // 64-bit products of the lanes 0, 1 and 2, 3.
    const a = i64x2.extmul_low_i32x4_u(x0, factor0);
    const b = i64x2.extmul_high_i32x4_u(x0, factor0);
    const c = i64x2.extmul_low_i32x4_u(x2, factor1);
    const d = i64x2.extmul_high_i32x4_u(x2, factor1);
    x0 = v128.xor(v128.xor(i32x4.shuffle(c, d, 1, 3, 5, 7), x1), round0);
    x1 = i32x4.shuffle(c, d, 0, 2, 4, 6);
    x2 = v128.xor(v128.xor(i32x4.shuffle(a, b, 1, 3, 5, 7), x3), round1);
    x3 = i32x4.shuffle(a, b, 0, 2, 4, 6);
    round0 = i32x4.add(round0, i32x4.splat(0x9e3779b9));
    round1 = i32x4.add(round1, i32x4.splat(0xbb67ae85));
  }
  let v0 = unit(x0);
  let v1 = unit(x1);
  let v2 = unit(x2);
  let v3 = unit(x3);
  if (kind == NORMAL) {
    const radius0 = radius(v0);
    const radius1 = radius(v1);
    const angle0 = f32x4.mul(v2, f32x4.splat(6.283185307179586));
    const angle1 = f32x4.mul(v3, f32x4.splat(6.283185307179586));
    v0 = f32x4.mul(radius0, trig.cos(angle0));
    v1 = f32x4.mul(radius1, trig.cos(angle1));
    v2 = f32x4.mul(radius0, trig.sin(angle0));
    v3 = f32x4.mul(radius1, trig.sin(angle1));
  }
  const low01 = i32x4.shuffle(v0, v1, 0, 4, 1, 5);
  const low23 = i32x4.shuffle(v2, v3, 0, 4, 1, 5);
  const high01 = i32x4.shuffle(v0, v1, 2, 6, 3, 7);
  const high23 = i32x4.shuffle(v2, v3, 2, 6, 3, 7);
  put(out, n, f32x4.add(offset, f32x4.mul(scale, i64x2.shuffle(low01, low23, 0, 2))));
  put(out + 16, n - 4, f32x4.add(offset, f32x4.mul(scale, i64x2.shuffle(low01, low23, 1, 3))));
  put(out + 32, n - 8, f32x4.add(offset, f32x4.mul(scale, i64x2.shuffle(high01, high23, 0, 2))));
  put(out + 48, n - 12, f32x4.add(offset, f32x4.mul(scale, i64x2.shuffle(high01, high23, 1, 3))));
}

/** Numbers in [0, 1) from the upper 24 bits of each word. */
@inline
function unit(words: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(words, 8)), f32x4.splat(5.9604644775390625e-8));
}

/** √(−2 ln(1 − u)). */
@inline
function radius(u: v128): v128 {
  return f32x4.sqrt(f32x4.mul(f32x4.splat(-2), math.log(f32x4.sub(f32x4.splat(1), u))));
}

@inline
function put(out: usize, n: i32, value: v128): void {
  if (n >= 4) v128.store(out, value);
  else if (n > 0) storePart(out, value, n);
}
