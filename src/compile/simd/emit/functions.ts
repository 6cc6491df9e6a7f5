/**
 * Vector code of the element-wise functions, four elements at a time. Between a comparison and its use a bool is a lane mask, in
 * memory a float32 0 or 1.
 */
import type { MapFunction, ReduceFunction } from '../../graph/graph.ts';
import type { DataType } from '../../step.ts';
import type { KernelName } from '../kernel-exports.ts';
import type { Code } from './code.ts';
import { Simd, type SimdOp } from './opcodes.ts';

export type Representation = 'f32' | 'i32' | 'mask';

/** The representation of a type in memory. */
export function storedAs(dtype: DataType): 'f32' | 'i32' {
  return dtype === 'int32' ? 'i32' : 'f32';
}

const FLOAT_OPS: Partial<Record<MapFunction, SimdOp>> = {
  abs: Simd.f32x4Abs,
  neg: Simd.f32x4Neg,
  ceil: Simd.f32x4Ceil,
  floor: Simd.f32x4Floor,
  round: Simd.f32x4Nearest,
  sqrt: Simd.f32x4Sqrt,
  add: Simd.f32x4Add,
  sub: Simd.f32x4Sub,
  mul: Simd.f32x4Mul,
  div: Simd.f32x4Div,
  min: Simd.f32x4Min,
  max: Simd.f32x4Max,
  equal: Simd.f32x4Eq,
  notEqual: Simd.f32x4Ne,
  less: Simd.f32x4Lt,
  lessEqual: Simd.f32x4Le,
};

const INT_OPS: Partial<Record<MapFunction, SimdOp>> = {
  abs: Simd.i32x4Abs,
  neg: Simd.i32x4Neg,
  add: Simd.i32x4Add,
  sub: Simd.i32x4Sub,
  mul: Simd.i32x4Mul,
  min: Simd.i32x4MinS,
  max: Simd.i32x4MaxS,
  equal: Simd.i32x4Eq,
  notEqual: Simd.i32x4Ne,
  less: Simd.i32x4LtS,
  lessEqual: Simd.i32x4LeS,
};

/** Functions that the kernel module computes: v128 in, v128 out. */
const HELPERS: Partial<Record<MapFunction, KernelName>> = {
  exp: 'expX4',
  log: 'logX4',
  expm1: 'expm1X4',
  log1p: 'log1pX4',
  tanh: 'tanhX4',
  sigmoid: 'sigmoidX4',
  softplus: 'softplusX4',
  sin: 'sinX4',
  cos: 'cosX4',
  erf: 'erfX4',
  pow: 'powX4',
};

export function helperOf(fn: MapFunction): KernelName | undefined {
  return HELPERS[fn];
}

/** A value's local, and what its lanes mean. */
export interface Operand {
  readonly local: number;
  readonly as: Representation;
}

/** Pushes a value in the representation wanted. */
export function push(code: Code, { local, as }: Operand, wanted: Representation): void {
  code.get(local);
  if (as === wanted) return;
  if (as === 'mask') {
    // A mask is all ones or all zeros, so `and` with 1 gives 1 or 0.
    if (wanted === 'f32') code.v128ConstF32([1, 1, 1, 1]);
    else code.v128ConstI32([1, 1, 1, 1]);
    code.simd(Simd.v128And);
  } else if (wanted === 'mask') {
    code.v128ConstI32([0, 0, 0, 0]);
    code.simd(as === 'f32' ? Simd.f32x4Ne : Simd.i32x4Ne);
  } else code.simd(as === 'i32' ? Simd.f32x4ConvertI32x4S : Simd.i32x4TruncSatF32x4S);
}

/** Pushes fn(args); returns what the lanes mean. `call` gives the index of an imported helper. */
export function pushMap(
  code: Code,
  fn: MapFunction,
  args: readonly Operand[],
  call: (helper: KernelName) => number,
): Representation {
  const helper = HELPERS[fn];
  if (helper) {
    for (const arg of args) push(code, arg, 'f32');
    code.call(call(helper));
    return 'f32';
  }
  switch (fn) {
    case 'copy':
      push(code, args[0], args[0].as);
      return args[0].as;
    case 'toFloat':
    case 'toInt': {
      const as = fn === 'toFloat' ? 'f32' : 'i32';
      push(code, args[0], as);
      return as;
    }
    case 'toBool':
      push(code, args[0], 'mask');
      return 'mask';
    case 'not':
      push(code, args[0], 'mask');
      code.simd(Simd.v128Not);
      return 'mask';
    case 'and':
    case 'or':
      for (const arg of args) push(code, arg, 'mask');
      code.simd(fn === 'and' ? Simd.v128And : Simd.v128Or);
      return 'mask';
    case 'select':
      return pushSelect(code, args);
    case 'relu':
      return pushRelu(code, args[0]);
    case 'floorDiv':
      return pushFloorDiv(code, args);
    default:
      return pushArithmetic(code, fn, args);
  }
}

function pushArithmetic(code: Code, fn: MapFunction, args: readonly Operand[]): Representation {
  const as = args.every((arg) => arg.as === 'i32') ? 'i32' : 'f32';
  const op = (as === 'i32' ? INT_OPS : FLOAT_OPS)[fn];
  // Rounding an integer does nothing.
  if (op === undefined && as === 'i32' && args.length === 1) {
    push(code, args[0], 'i32');
    return 'i32';
  }
  if (op === undefined) throw new Error(`${fn}: no vector code for ${as}`);
  for (const arg of args) push(code, arg, as);
  code.simd(op);
  const compares = fn === 'equal' || fn === 'notEqual' || fn === 'less' || fn === 'lessEqual';
  return compares ? 'mask' : as;
}

function pushSelect(code: Code, [condition, yes, no]: readonly Operand[]): Representation {
  const as = yes.as === no.as ? yes.as : yes.as === 'mask' ? no.as : yes.as;
  push(code, yes, as);
  push(code, no, as);
  push(code, condition, 'mask');
  code.simd(Simd.v128Bitselect);
  return as;
}

/** NaN stays NaN. `pmax` is one instruction where `max` is eight; it leaves −0 as it is, and so do the kernels. */
function pushRelu(code: Code, x: Operand): Representation {
  const as = x.as === 'i32' ? 'i32' : 'f32';
  push(code, x, as);
  code.v128ConstI32([0, 0, 0, 0]);
  code.simd(as === 'i32' ? Simd.i32x4MaxS : Simd.f32x4Pmax);
  return as;
}

function pushFloorDiv(code: Code, [a, b]: readonly Operand[]): Representation {
  if (a.as !== 'i32' || b.as !== 'i32') {
    push(code, a, 'f32');
    push(code, b, 'f32');
    code.simd(Simd.f32x4Div);
    code.simd(Simd.f32x4Floor);
    return 'f32';
  }
  // There is no integer vector division; a quotient of 32-bit integers in float64 rounds down to the right one.
  for (const half of [0, 2]) {
    for (const { local } of [a, b]) {
      code.get(local);
      code.get(local);
      code.shuffle32(half, half + 1, half, half + 1);
      code.simd(Simd.f64x2ConvertLowI32x4S);
    }
    code.simd(Simd.f64x2Div);
    code.simd(Simd.f64x2Floor);
    code.simd(Simd.i32x4TruncSatF64x2SZero);
  }
  code.shuffle32(0, 1, 4, 5);
  return 'i32';
}

/** Pops two vectors, pushes their lane-wise combination. */
export function combine(code: Code, fn: ReduceFunction, dtype: DataType): void {
  const float = storedAs(dtype) === 'f32';
  switch (fn) {
    case 'sum':
      return code.simd(float ? Simd.f32x4Add : Simd.i32x4Add);
    case 'prod':
      return code.simd(float ? Simd.f32x4Mul : Simd.i32x4Mul);
    case 'max':
      return code.simd(float ? Simd.f32x4Max : Simd.i32x4MaxS);
    case 'min':
      return code.simd(float ? Simd.f32x4Min : Simd.i32x4MinS);
  }
}

/** What a reduction starts from. */
export function neutralOf(fn: ReduceFunction, dtype: DataType): number {
  const float = storedAs(dtype) === 'f32';
  switch (fn) {
    case 'sum':
      return 0;
    case 'prod':
      return 1;
    case 'max':
      return float ? -Infinity : -0x80000000;
    case 'min':
      return float ? Infinity : 0x7fffffff;
  }
}

/** Pushes four lanes of a constant. */
export function pushConstant(code: Code, value: number, dtype: DataType): void {
  if (storedAs(dtype) === 'i32') code.v128ConstI32([value, value, value, value]);
  else code.v128ConstF32([value, value, value, value]);
}
