/** Numbers of the WebAssembly binary format that more than one file of the emitter writes. */
import type { WasmType } from '../kernel-exports.ts';

/** Value types (Core Specification 2.0, 5.3.1 and 5.3.2). */
export const TYPE_CODES: Readonly<Record<WasmType, number>> = { i32: 0x7f, v128: 0x7b };

/** Vector opcodes after the 0xfd prefix (Core Specification 2.0, 5.4.8). */
export const Simd = {
  i32x4Eq: 0x37,
  i32x4Ne: 0x38,
  i32x4LtS: 0x39,
  i32x4LeS: 0x3d,
  f32x4Eq: 0x41,
  f32x4Ne: 0x42,
  f32x4Lt: 0x43,
  f32x4Le: 0x45,
  v128Not: 0x4d,
  v128And: 0x4e,
  v128Andnot: 0x4f,
  v128Or: 0x50,
  v128Bitselect: 0x52,
  f32x4Ceil: 0x67,
  f32x4Floor: 0x68,
  f32x4Nearest: 0x6a,
  f64x2Floor: 0x75,
  i32x4Abs: 0xa0,
  i32x4Neg: 0xa1,
  i32x4Add: 0xae,
  i32x4Sub: 0xb1,
  i32x4Mul: 0xb5,
  i32x4MinS: 0xb6,
  i32x4MaxS: 0xb8,
  f32x4Abs: 0xe0,
  f32x4Neg: 0xe1,
  f32x4Sqrt: 0xe3,
  f32x4Add: 0xe4,
  f32x4Sub: 0xe5,
  f32x4Mul: 0xe6,
  f32x4Div: 0xe7,
  f32x4Min: 0xe8,
  f32x4Max: 0xe9,
  f32x4Pmax: 0xeb,
  f64x2Div: 0xf3,
  i32x4TruncSatF32x4S: 0xf8,
  f32x4ConvertI32x4S: 0xfa,
  i32x4TruncSatF64x2SZero: 0xfc,
  f64x2ConvertLowI32x4S: 0xfe,
} as const;

export type SimdOp = (typeof Simd)[keyof typeof Simd];
