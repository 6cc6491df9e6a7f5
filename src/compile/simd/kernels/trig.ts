/**
 * Sine, cosine, error function and power on four lanes. Where f32 cannot carry the reduction (angles, powers) it runs in
 * f64, two lanes at a time; still IEEE operations only.
 */
import { madd } from './lanes';
import { exp } from './math';

/** π/2 in three parts; products of the first two with a whole number below 2²⁰ are exact. */
const HALF_PI_1: f64 = 1.5707963267341256;
const HALF_PI_2: f64 = 6.077100506303966e-11;
const HALF_PI_3: f64 = 2.0222662487959506e-21;
const TWO_OVER_PI: f64 = 0.6366197723675814;
/** 1.5 · 2⁵²: adding it rounds to the nearest whole number. */
const ROUND: f64 = 6755399441055744;

@inline
function c(value: f32): v128 {
  return f32x4.splat(value);
}

@inline
function d(value: f64): v128 {
  return f64x2.splat(value);
}

/** Of two f64: x·2/π + ROUND, whose low words hold the quarter turns. */
@inline
function quarterTurns(x: v128): v128 {
  return f64x2.add(f64x2.mul(x, d(TWO_OVER_PI)), d(ROUND));
}

@inline
function angleWithin(x: v128, turns: v128): v128 {
  const n = f64x2.sub(turns, d(ROUND));
  const coarse = f64x2.sub(x, f64x2.mul(n, d(HALF_PI_1)));
  return f64x2.sub(f64x2.sub(coarse, f64x2.mul(n, d(HALF_PI_2))), f64x2.mul(n, d(HALF_PI_3)));
}

/** sin(x + quarters·π/2). */
@inline
function sinShifted(x: v128, quarters: i32): v128 {
  const lowX = f64x2.promote_low_f32x4(x);
  const highX = f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 2, 3));
  const lowTurns = quarterTurns(lowX);
  const highTurns = quarterTurns(highX);
  const lowAngle = f32x4.demote_f64x2_zero(angleWithin(lowX, lowTurns));
  const highAngle = f32x4.demote_f64x2_zero(angleWithin(highX, highTurns));
  const r = i32x4.shuffle(lowAngle, highAngle, 0, 1, 4, 5);
  const quadrant = i32x4.add(i32x4.shuffle(lowTurns, highTurns, 0, 2, 4, 6), i32x4.splat(quarters));
  const z = f32x4.mul(r, r);
  let sine = madd(c(-0.00019516654720064253), z, c(0.008332173340022564));
  sine = madd(sine, z, c(-0.16666655242443085));
  sine = madd(f32x4.mul(sine, z), r, r);
  let cosine = madd(c(2.4437727915938012e-5), z, c(-0.001388736185617745));
  cosine = madd(cosine, z, c(0.04166664555668831));
  cosine = madd(f32x4.mul(cosine, z), z, madd(c(-0.5), z, c(1)));
  const odd = i32x4.eq(v128.and(quadrant, i32x4.splat(1)), i32x4.splat(1));
  const sign = i32x4.shl(v128.and(quadrant, i32x4.splat(2)), 30);
  return v128.xor(v128.bitselect(cosine, sine, odd), sign);
}

@inline
export function sin(x: v128): v128 {
  return v128.bitselect(x, sinShifted(x, 0), f32x4.eq(x, c(0)));
}

@inline
export function cos(x: v128): v128 {
  return sinShifted(x, 1);
}

/** x·P(x²) up to |x| = 1; beyond, 1 − e^Q(|x|) with Q fitted to ln erfc. */
@inline
export function erf(x: v128): v128 {
  const a = f32x4.pmin(f32x4.abs(x), c(4));
  const z = f32x4.mul(a, a);
  let small = madd(c(7.889102562330663e-5), z, c(-0.0008020836394280195));
  small = madd(small, z, c(0.005189534742385149));
  small = madd(small, z, c(-0.026854444295167923));
  small = madd(small, z, c(0.11283600330352783));
  small = madd(small, z, c(-0.3761262595653534));
  small = madd(small, z, c(0.1283791065216064));
  small = madd(small, x, x);
  let power = madd(c(0.0001876057212939486), a, c(-0.00296012288890779));
  power = madd(power, a, c(0.02188967540860176));
  power = madd(power, a, c(-0.10321827232837677));
  power = madd(power, a, c(-0.638012170791626));
  power = madd(power, a, c(-1.1271716356277466));
  power = madd(power, a, c(-0.0003205641405656934));
  const large = v128.bitselect(x, f32x4.sub(c(1), exp(power)), c(-0.0));
  return v128.bitselect(large, small, f32x4.gt(f32x4.abs(x), c(1)));
}

/** log₂ of two lanes m·2^n, m in [√½, √2): 2 atanh((m − 1) / (m + 1)) / ln 2. */
@inline
function log2Wide(m: v128, n: v128): v128 {
  const s = f64x2.div(f64x2.sub(m, d(1)), f64x2.add(m, d(1)));
  const z = f64x2.mul(s, s);
  let series = f64x2.add(f64x2.mul(d(0.28301638548588404), z), d(0.3198979104419155));
  series = f64x2.add(f64x2.mul(series, z), d(0.41220943309216657));
  series = f64x2.add(f64x2.mul(series, z), d(0.5770779406745189));
  series = f64x2.add(f64x2.mul(series, z), d(0.9617966941187881));
  series = f64x2.add(f64x2.mul(series, z), d(2.8853900817778473));
  return f64x2.add(f64x2.mul(series, s), n);
}

/** 2^t of two lanes; results beyond f32 become 0 or inf when they are narrowed. */
@inline
function exp2Wide(t: v128): v128 {
  const clamped = f64x2.pmax(f64x2.pmin(t, d(200)), d(-200));
  const shifted = f64x2.add(clamped, d(ROUND));
  const r = f64x2.sub(clamped, f64x2.sub(shifted, d(ROUND)));
  let value = f64x2.add(f64x2.mul(d(1.5201695007445887e-5), r), d(0.00015469289282893205));
  value = f64x2.add(f64x2.mul(value, r), d(0.0013333923547259455));
  value = f64x2.add(f64x2.mul(value, r), d(0.009618027260618302));
  value = f64x2.add(f64x2.mul(value, r), d(0.055504103522325335));
  value = f64x2.add(f64x2.mul(value, r), d(0.24022651198092754));
  value = f64x2.add(f64x2.mul(value, r), d(0.6931471807288195));
  value = f64x2.add(f64x2.mul(value, r), d(0.9999999999616909));
  const scale = i64x2.shl(i64x2.add(shifted, i64x2.splat(1023)), 52);
  return f64x2.mul(value, scale);
}

/** |x|^y for finite |x| > 0. */
@inline
function powPositive(x: v128, y: v128): v128 {
  const tiny = f32x4.lt(x, c(1.1754943508222875e-38));
  const bits = v128.bitselect(f32x4.mul(x, c(8388608)), x, tiny);
  const e = i32x4.shr_s(i32x4.sub(bits, i32x4.splat(0x3f3504f3)), 23);
  const m = i32x4.sub(bits, i32x4.shl(e, 23));
  const n = i32x4.sub(e, v128.and(tiny, i32x4.splat(23)));
  const low = powWide(m, n, y);
  const high = powWide(
    i32x4.shuffle(m, m, 2, 3, 2, 3),
    i32x4.shuffle(n, n, 2, 3, 2, 3),
    i32x4.shuffle(y, y, 2, 3, 2, 3),
  );
  return i32x4.shuffle(low, high, 0, 1, 4, 5);
}

/** The lower two lanes. */
@inline
function powWide(m: v128, n: v128, y: v128): v128 {
  const log2 = log2Wide(f64x2.promote_low_f32x4(m), f64x2.convert_low_i32x4_s(n));
  return f32x4.demote_f64x2_zero(exp2Wide(f64x2.mul(f64x2.promote_low_f32x4(y), log2)));
}

/** x^y with IEEE's special cases: 1 for y = 0 and x = 1, signs for whole y, NaN for negative x otherwise. */
@inline
export function pow(x: v128, y: v128): v128 {
  const a = f32x4.abs(x);
  const whole = f32x4.eq(f32x4.trunc(y), y);
  const half = f32x4.mul(y, c(0.5));
  const odd = v128.andnot(whole, f32x4.eq(f32x4.trunc(half), half));
  const growing = f32x4.gt(y, c(0));
  // 0 and inf, where the logarithm ends: 0^y and inf^−y are 0 for y > 0.
  const zero = f32x4.eq(a, c(0));
  const infinite = f32x4.eq(a, c(Infinity));
  const vanishes = v128.or(v128.and(zero, growing), v128.andnot(infinite, growing));
  const end = v128.andnot(c(Infinity), vanishes);
  let value = v128.bitselect(end, powPositive(a, y), v128.or(zero, infinite));
  value = v128.or(value, v128.and(v128.and(x, c(-0.0)), odd));
  const negative = v128.andnot(f32x4.lt(x, c(0)), infinite);
  value = v128.bitselect(c(NaN), value, v128.andnot(negative, whole));
  const undefined_ = v128.or(f32x4.ne(x, x), f32x4.ne(y, y));
  value = v128.bitselect(c(NaN), value, undefined_);
  const one = v128.or(f32x4.eq(y, c(0)), f32x4.eq(x, c(1)));
  return v128.bitselect(c(1), value, one);
}
