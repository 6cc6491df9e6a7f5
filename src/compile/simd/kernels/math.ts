/**
 * The exponential and logarithmic family on four lanes: range reduction, then minimax polynomials fitted for f32 (Remez,
 * relative error below 2⁻²⁷). Only IEEE operations and bit arithmetic, so that every engine gives the same bits; all
 * functions pass NaN on. Errors in ulp are measured in tests/unit/kernels-math.test.ts.
 */
import { madd } from './lanes';

const LOG2E: f32 = 1.4426950408889634;
/** ln 2 in two parts: the first has 9 bits, so that its product with an exponent is exact. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -0.00021219444005469057;
/** 1.5 · 2²³: adding it rounds to the nearest whole number and leaves that in the low bits. */
const ROUND: f32 = 12582912;

@inline
function c(value: f32): v128 {
  return f32x4.splat(value);
}

/** 2^n for whole n in [−126, 127]. */
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** The whole number n (as i32) nearest to x·log₂e, for |x| < 2²¹. */
@inline
function exponent(shifted: v128): v128 {
  return i32x4.sub(shifted, i32x4.splat(0x4b400000));
}

/** e^r − 1 for |r| ≤ ln 2 / 2. */
@inline
function expm1Reduced(r: v128): v128 {
  let q = madd(c(0.0013813142431899905), r, c(0.008369418792426586));
  q = madd(q, r, c(0.04166845604777336));
  q = madd(q, r, c(0.16666515171527863));
  q = madd(q, r, c(0.4999999403953552));
  return madd(q, f32x4.mul(r, r), r);
}

/** x − n ln 2 where n = shifted − ROUND. */
@inline
function reduce(x: v128, shifted: v128): v128 {
  const n = f32x4.sub(shifted, c(ROUND));
  return madd(n, c(-LN2_LOW), madd(n, c(-LN2_HIGH), x));
}

/** e^x. Scaling by 2^n in two halves reaches the denormals with a single rounding. */
@inline
export function exp(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, c(89)), c(-104));
  const shifted = madd(x, c(LOG2E), c(ROUND));
  const n = exponent(shifted);
  const half = i32x4.shr_s(n, 1);
  const value = f32x4.add(expm1Reduced(reduce(x, shifted)), c(1));
  return f32x4.mul(f32x4.mul(value, powerOfTwo(half)), powerOfTwo(i32x4.sub(n, half)));
}

/** e^x − 1 = 2^n (e^r − 1) + (2^n − 1), again in two halves. */
@inline
export function expm1(x: v128): v128 {
  const clamped = f32x4.pmax(f32x4.pmin(x, c(89)), c(-20));
  const shifted = madd(clamped, c(LOG2E), c(ROUND));
  const n = exponent(shifted);
  const half = i32x4.shr_s(n, 1);
  const rest = i32x4.sub(n, half);
  const first = powerOfTwo(half);
  const offset = f32x4.sub(first, powerOfTwo(i32x4.neg(rest)));
  const sum = f32x4.add(f32x4.mul(first, expm1Reduced(reduce(clamped, shifted))), offset);
  const value = f32x4.mul(sum, powerOfTwo(rest));
  return v128.bitselect(x, value, f32x4.eq(x, c(0)));
}

/**
 * ln(1 + f) + n ln 2 + low, for 1 + f in [√½, √2): with s = f / (2 + f), ln(1 + f) = f − f²/2 + s (f²/2 + R(s²)),
 * summed so that the small terms meet first.
 */
@inline
function logReduced(f: v128, n: v128, low: v128): v128 {
  const s = f32x4.div(f, f32x4.add(c(2), f));
  const z = f32x4.mul(s, s);
  let series = madd(c(0.2359633445739746), z, c(0.285366028547287));
  series = madd(series, z, c(0.40000346302986145));
  series = madd(series, z, c(0.6666666269302368));
  const halfSquare = f32x4.mul(c(0.5), f32x4.mul(f, f));
  const correction = madd(s, madd(series, z, halfSquare), madd(n, c(LN2_LOW), low));
  return madd(n, c(LN2_HIGH), f32x4.sub(f, f32x4.sub(halfSquare, correction)));
}

/** Whole n such that bits / 2^n lies in [√½, √2). */
@inline
function exponentOf(bits: v128): v128 {
  return i32x4.shr_s(i32x4.sub(bits, i32x4.splat(0x3f3504f3)), 23);
}

/** ln x. Denormals are scaled up first. */
@inline
export function log(x: v128): v128 {
  const tiny = f32x4.lt(x, c(1.1754943508222875e-38));
  const bits = v128.bitselect(f32x4.mul(x, c(8388608)), x, tiny);
  const n = exponentOf(bits);
  const f = f32x4.sub(i32x4.sub(bits, i32x4.shl(n, 23)), c(1));
  const shift = v128.and(tiny, i32x4.splat(23));
  const value = logReduced(f, f32x4.convert_i32x4_s(i32x4.sub(n, shift)), c(0));
  return logSpecial(x, value);
}

/** −inf at 0, NaN below, x itself at inf and NaN. */
@inline
function logSpecial(x: v128, value: v128): v128 {
  const finite = f32x4.lt(x, c(Infinity));
  const positive = f32x4.gt(x, c(0));
  const zero = f32x4.eq(x, c(0));
  const outside = v128.bitselect(c(-Infinity), v128.bitselect(c(NaN), x, f32x4.lt(x, c(0))), zero);
  return v128.bitselect(value, outside, v128.and(finite, positive));
}

/** ln(1 + x): as ln of the rounded sum u, with what rounding lost, (1 + x − u) / u, added to the small terms. */
@inline
export function log1p(x: v128): v128 {
  const u = f32x4.add(x, c(1));
  const lost = log1pLost(x, u);
  const n = exponentOf(u);
  const reduced = f32x4.sub(i32x4.sub(u, i32x4.shl(n, 23)), c(1));
  const near = i32x4.eq(n, i32x4.splat(0));
  const f = v128.bitselect(x, reduced, near);
  const low = v128.andnot(f32x4.div(lost, u), near);
  const value = logReduced(f, f32x4.convert_i32x4_s(n), low);
  return v128.bitselect(x, logSpecial(u, value), f32x4.eq(x, c(0)));
}

@inline
function log1pLost(x: v128, u: v128): v128 {
  const large = f32x4.sub(c(1), f32x4.sub(u, x));
  const small = f32x4.sub(x, f32x4.sub(u, c(1)));
  return v128.bitselect(large, small, f32x4.gt(x, c(1)));
}

/** 1 + c1 z + … + c4 z⁴ in two chains (Estrin's scheme): one after the other the terms would wait twice as long. */
@inline
function quartic(z: v128, z2: v128, c1: f32, c2: f32, c3: f32, c4: f32): v128 {
  const high = madd(c(c4), z2, madd(c(c3), z, c(c2)));
  return madd(high, z2, madd(c(c1), z, c(1)));
}

/**
 * tanh x = x·P(x²) / Q(x²), the minimax fit on [−9, 9] (rational Remez; relative error 2e-8, the rest is rounding). At 9 the
 * quotient rounds to 1 or above, so that the limits make everything beyond exactly ±1. −0 and NaN pass through.
 */
@inline
export function tanh(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, c(9)), c(-9));
  const z = f32x4.mul(x, x);
  const z2 = f32x4.mul(z, z);
  const p = quartic(z, z2, 0.13381025195121765, 0.0034955875016748905, 2.0609073544619605e-5, 1.3354650718611083e-8);
  const q = quartic(z, z2, 0.4671434164047241, 0.025876980274915695, 3.2856338657438755e-4, 7.776553729854641e-7);
  const value = f32x4.div(f32x4.mul(x, p), q);
  return f32x4.pmax(f32x4.pmin(value, c(1)), c(-1));
}

/** 1 / (1 + e^−x), from e^−|x| so that neither tail loses digits. */
@inline
export function sigmoid(x: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(x)));
  const top = v128.bitselect(e, c(1), f32x4.lt(x, c(0)));
  return f32x4.div(top, f32x4.add(c(1), e));
}

/** ln(1 + e^x) = max(x, 0) + ln(1 + e^−|x|). */
@inline
export function softplus(x: v128): v128 {
  return f32x4.add(f32x4.pmax(x, c(0)), log1p(exp(f32x4.neg(f32x4.abs(x)))));
}
