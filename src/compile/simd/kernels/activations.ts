/**
 * The element-wise functions as exports: on four lanes for emitted loops, on whole arrays, and on the rows of a product.
 * `which` is constant in every loop, so each becomes a loop over one inlined function.
 */
import { loadPart, storePart } from './lanes';
import * as math from './math';
import * as trig from './trig';

export function expX4(x: v128): v128 {
  return math.exp(x);
}
export function expm1X4(x: v128): v128 {
  return math.expm1(x);
}
export function logX4(x: v128): v128 {
  return math.log(x);
}
export function log1pX4(x: v128): v128 {
  return math.log1p(x);
}
export function tanhX4(x: v128): v128 {
  return math.tanh(x);
}
export function sigmoidX4(x: v128): v128 {
  return math.sigmoid(x);
}
export function softplusX4(x: v128): v128 {
  return math.softplus(x);
}
export function sinX4(x: v128): v128 {
  return trig.sin(x);
}
export function cosX4(x: v128): v128 {
  return trig.cos(x);
}
export function erfX4(x: v128): v128 {
  return trig.erf(x);
}
export function powX4(x: v128, y: v128): v128 {
  return trig.pow(x, y);
}

/** `UnaryFunction` of kernel-exports.ts, then the activations that are no function of their own there. */
const EXP: i32 = 0;
const EXPM1: i32 = 1;
const LOG: i32 = 2;
const LOG1P: i32 = 3;
const TANH: i32 = 4;
const SIGMOID: i32 = 5;
const SOFTPLUS: i32 = 6;
const SIN: i32 = 7;
const COS: i32 = 8;
const ERF: i32 = 9;
const RELU: i32 = 10;
const RELU6: i32 = 11;
const ELU: i32 = 12;

@inline
function evaluate(which: i32, x: v128): v128 {
  if (which == EXP) return math.exp(x);
  if (which == EXPM1) return math.expm1(x);
  if (which == LOG) return math.log(x);
  if (which == LOG1P) return math.log1p(x);
  if (which == TANH) return math.tanh(x);
  if (which == SIGMOID) return math.sigmoid(x);
  if (which == SOFTPLUS) return math.softplus(x);
  if (which == SIN) return trig.sin(x);
  if (which == COS) return trig.cos(x);
  if (which == ERF) return trig.erf(x);
  const positive = f32x4.pmax(x, f32x4.splat(0));
  if (which == RELU) return positive;
  if (which == RELU6) return f32x4.pmin(positive, f32x4.splat(6));
  return v128.bitselect(math.expm1(x), x, f32x4.lt(x, f32x4.splat(0)));
}

@inline
function loop(which: i32, x: usize, out: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(out, evaluate(which, v128.load(x)));
    x += 16;
    out += 16;
  }
  if (n > 0) storePart(out, evaluate(which, loadPart(x, n)), n);
}

export function unary(which: i32, x: usize, out: usize, n: i32): void {
  switch (which) {
    case EXP:
      return loop(EXP, x, out, n);
    case EXPM1:
      return loop(EXPM1, x, out, n);
    case LOG:
      return loop(LOG, x, out, n);
    case LOG1P:
      return loop(LOG1P, x, out, n);
    case TANH:
      return loop(TANH, x, out, n);
    case SIGMOID:
      return loop(SIGMOID, x, out, n);
    case SOFTPLUS:
      return loop(SOFTPLUS, x, out, n);
    case SIN:
      return loop(SIN, x, out, n);
    case COS:
      return loop(COS, x, out, n);
    case ERF:
      return loop(ERF, x, out, n);
    case RELU:
      return loop(RELU, x, out, n);
    case RELU6:
      return loop(RELU6, x, out, n);
    default:
      return loop(ELU, x, out, n);
  }
}

/** Applies an `Activation` to rows of n elements, `step` bytes apart, in place. */
export function activateRows(activation: i32, x: usize, rows: i32, n: i32, step: i32): void {
  const which = activation < 4 ? RELU + activation - 1 : activation == 4 ? SIGMOID : TANH;
  if (step == n << 2) return unary(which, x, x, rows * n);
  for (; rows > 0; rows--) {
    unary(which, x, x, n);
    x += step;
  }
}
