/**
 * The element-wise functions as exports: on four lanes for emitted loops, on whole arrays, and on the rows of a product.
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

/*
 * The functions as types, for `loop` to be compiled once for each. A number would do as a parameter of an inlined loop,
 * but the optimiser folds such loops into one that asks for its function at every four elements.
 */
@unmanaged
class Exp {
  @inline
  of(x: v128): v128 {
    return math.exp(x);
  }
}
@unmanaged
class Expm1 {
  @inline
  of(x: v128): v128 {
    return math.expm1(x);
  }
}
@unmanaged
class Log {
  @inline
  of(x: v128): v128 {
    return math.log(x);
  }
}
@unmanaged
class Log1p {
  @inline
  of(x: v128): v128 {
    return math.log1p(x);
  }
}
@unmanaged
class Tanh {
  @inline
  of(x: v128): v128 {
    return math.tanh(x);
  }
}
@unmanaged
class Sigmoid {
  @inline
  of(x: v128): v128 {
    return math.sigmoid(x);
  }
}
@unmanaged
class Softplus {
  @inline
  of(x: v128): v128 {
    return math.softplus(x);
  }
}
@unmanaged
class Sin {
  @inline
  of(x: v128): v128 {
    return trig.sin(x);
  }
}
@unmanaged
class Cos {
  @inline
  of(x: v128): v128 {
    return trig.cos(x);
  }
}
@unmanaged
class Erf {
  @inline
  of(x: v128): v128 {
    return trig.erf(x);
  }
}
@unmanaged
class Relu {
  @inline
  of(x: v128): v128 {
    return f32x4.pmax(x, f32x4.splat(0));
  }
}
@unmanaged
class Relu6 {
  @inline
  of(x: v128): v128 {
    return f32x4.pmin(f32x4.pmax(x, f32x4.splat(0)), f32x4.splat(6));
  }
}
@unmanaged
class Elu {
  @inline
  of(x: v128): v128 {
    return v128.bitselect(math.expm1(x), x, f32x4.lt(x, f32x4.splat(0)));
  }
}

function loop<F>(x: usize, out: usize, n: i32): void {
  // No instance exists: `of` uses none.
  const f = changetype<F>(0);
  for (; n >= 4; n -= 4) {
    v128.store(out, f.of(v128.load(x)));
    x += 16;
    out += 16;
  }
  if (n > 0) storePart(out, f.of(loadPart(x, n)), n);
}

export function unary(which: i32, x: usize, out: usize, n: i32): void {
  switch (which) {
    case EXP:
      return loop<Exp>(x, out, n);
    case EXPM1:
      return loop<Expm1>(x, out, n);
    case LOG:
      return loop<Log>(x, out, n);
    case LOG1P:
      return loop<Log1p>(x, out, n);
    case TANH:
      return loop<Tanh>(x, out, n);
    case SIGMOID:
      return loop<Sigmoid>(x, out, n);
    case SOFTPLUS:
      return loop<Softplus>(x, out, n);
    case SIN:
      return loop<Sin>(x, out, n);
    case COS:
      return loop<Cos>(x, out, n);
    case ERF:
      return loop<Erf>(x, out, n);
    case RELU:
      return loop<Relu>(x, out, n);
    case RELU6:
      return loop<Relu6>(x, out, n);
    default:
      return loop<Elu>(x, out, n);
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
