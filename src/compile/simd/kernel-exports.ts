/**
 * What the WebAssembly kernel module exports: a table of signatures for the emitter and the tests. Sources are in `kernels/`, the
 * built module in `kernels.generated.ts` (`npm run build:kernels`).
 *
 * **Memory.** The module imports `env.memory` and nothing else, has no data segment and allocates nothing. Addresses are
 * byte offsets, tensors dense, row-major, aligned to 4 (16 is faster). Bytes 0 … 63 must stay zero: address 0 means
 * "none", and its zeros serve as an absent bias. Tensors may start at `KERNEL_MEMORY_START`.
 * Loads and stores stay inside the tensors. Sizes are at least 1. Outputs may not overlap inputs unless a kernel says so.
 *
 * **Threads.** A result does not depend on how its rows are split: every kernel can be called on a sub-range through offset
 * pointers or an explicit range, each call with its own scratch, and gives the same bits.
 */

/** First byte that a memory plan may use. */
export const KERNEL_MEMORY_START = 64;

/** Epilogues of matmul and convolution, applied to `sum + bias`. */
export const Activation = { none: 0, relu: 1, relu6: 2, elu: 3, sigmoid: 4, tanh: 5 } as const;

/** Functions of the `unary` kernel (loops over the `…X4` helpers of the same name). */
export const UnaryFunction = {
  exp: 0,
  expm1: 1,
  log: 2,
  log1p: 3,
  tanh: 4,
  sigmoid: 5,
  softplus: 6,
  sin: 7,
  cos: 8,
  erf: 9,
} as const;

/** Flags of `matmul`, or-ed with `Activation << 8`. */
export const MatmulFlag = { transposeA: 1, transposeB: 2, accumulate: 4 } as const;

/**
 * Signatures: parameter names in order, `i32` unless marked `:v128`; `-> v128` where there is a result.
 * Capital letters in comments are pointers' shapes; "outer × reduce × inner" views a tensor around one axis.
 */
const signatures = {
  // ── Element-wise helpers: four lanes in, four lanes out. IEEE operations only, so all engines agree bit for bit.
  /** e^x; 0 below -103.98, inf above 88.73, denormals rounded once. ≤ 1 ulp. */
  expX4: 'x:v128 -> v128',
  /** e^x − 1 without cancellation near 0. ≤ 1.6 ulp. */
  expm1X4: 'x:v128 -> v128',
  /** ln x; −inf at 0, NaN below. ≤ 0.9 ulp. */
  logX4: 'x:v128 -> v128',
  /** ln(1 + x) without cancellation near 0. ≤ 0.9 ulp. */
  log1pX4: 'x:v128 -> v128',
  /** Never beyond ±1, exactly that from ±9 on. ≤ 5.9 ulp, a relative error of 3.5e-7. */
  tanhX4: 'x:v128 -> v128',
  /** 1 / (1 + e^−x). ≤ 2.4 ulp. */
  sigmoidX4: 'x:v128 -> v128',
  /** ln(1 + e^x), without overflow. ≤ 2 ulp. */
  softplusX4: 'x:v128 -> v128',
  /** Radians; ≤ 1.7 ulp up to |x| = 2^20, beyond the absolute error is that of x·2^-53. */
  sinX4: 'x:v128 -> v128',
  cosX4: 'x:v128 -> v128',
  /** ≤ 2.2 ulp. */
  erfX4: 'x:v128 -> v128',
  /** x^y through f64. Zeros, infinities, negative bases as IEEE 754 says (and 1^±inf = 1; (−1)^±inf = NaN as in ECMAScript). ≤ 1 ulp. */
  powX4: 'x:v128 y:v128 -> v128',
  /** out[i] = f(x[i]), i < n; `which` is a `UnaryFunction`. In place allowed (out = x). */
  unary: 'which x out n',

  // ── Products.
  /**
   * OUT[m×n] (row stride ldOut) = activation(op(A)·op(B) + bias); under accumulate OUT's old values take the place of bias.
   * A is [m×k] with row stride lda, or [k×m] under transposeA; B is [k×n] with row stride ldb, or [n×k] under transposeB.
   * Strides in elements. bias: [n] or 0. flags: `MatmulFlag`s | `Activation` << 8.
   * scratch: `matmulScratchBytes(n, k)` bytes, aligned to 16. Rows: offset A (or A's columns) and OUT.
   */
  matmul: 'a b out m n k lda ldb ldOut bias flags scratch',
  /** `batch` dense products; strideA/strideB/strideOut (elements between matrices) may be 0 to broadcast. No bias, no activation. */
  batchMatmul: 'a b out batch m n k strideA strideB strideOut flags scratch',

  // ── Convolution, NHWC, kernel [kh, kw, in, out]. `geometry` points at `conv2dGeometry(…)`.
  /** OUT[batch, oh, ow, co] = activation(x ∗ w + bias). scratch: `conv2dScratchBytes`. Images: offset x and OUT. */
  conv2d: 'x w bias out geometry batch activation scratch',
  /** DX[batch, h, w, ci] from DY[batch, oh, ow, co]. scratch: `conv2dScratchBytes`. Images: offset DY and DX. */
  conv2dInputGradient: 'dy w dx geometry batch scratch',
  /**
   * DW[kh, kw, ci, co] = Σ over the batch; writes the rows rowFrom ≤ (ky·kw + kx)·ci + c < rowTo only (all: 0, kh·kw·ci), the
   * split for threads. Whole images of zeros and sparse images are cheap. scratch: `conv2dScratchBytes`.
   */
  conv2dFilterGradient: 'x dy dw geometry batch rowFrom rowTo scratch',

  // ── Pooling, NHWC; `geometry` as for conv2d with inC = outC = channels. Images: offset pointers.
  maxPool: 'x out geometry batch',
  /** Gradient goes to the first maximum of each window (as PyTorch and tfjs-cpu do). */
  maxPoolGradient: 'x dy dx geometry batch',
  /** Mean over the part of the window that lies inside the image. */
  averagePool: 'x out geometry batch',
  averagePoolGradient: 'dy dx geometry batch',

  // ── Along the middle of outer × reduce × inner.
  /** OUT[outer, inner] (i32) first index of the largest; a NaN never wins unless it is first. */
  argMax: 'x out outer reduce inner',
  argMin: 'x out outer reduce inner',
  /** OUT[outer, n, inner] running sums along the middle axis; exclusive, reverse: 0 or 1. */
  cumsum: 'x out outer n inner exclusive reverse',

  // ── Moving. Element size is 4 everywhere, so i32 tensors use the same kernels.
  /** OUT[outer, count, inner] = X[outer, axis, inner] at indices[count] (i32); rows out of range become zeros. */
  gather: 'x indices out outer axis count inner',
  /** OUT[segments, inner] = Σ of the rows of X[n, inner] with that segment id (i32), in order; ids out of range are dropped. */
  segmentSum: 'x ids out n inner segments',
} as const;

export type KernelName = keyof typeof signatures;

export type WasmType = 'i32' | 'v128';

/** A kernel's WebAssembly type. */
export interface KernelSignature {
  readonly params: readonly { readonly name: string; readonly type: WasmType }[];
  readonly result: WasmType | undefined;
}

/** All exports, for the test that compares them with the module's. */
export const kernelNames = Object.keys(signatures) as readonly KernelName[];

/** The type of a kernel, for an import section or a call. */
export function kernelSignature(name: KernelName): KernelSignature {
  const [params, result] = signatures[name].split(' -> ');
  return {
    params: params.split(' ').map((param) => {
      const [label, type = 'i32'] = param.split(':');
      return { name: label, type: type as WasmType };
    }),
    result: result as WasmType | undefined,
  };
}

/** The kernels as called from JavaScript; those with v128 parameters are for WebAssembly callers only. */
export type Kernels = Readonly<Record<KernelName, (...args: number[]) => void>>;

/** Shapes of a convolution or pooling. Padding in cells, at the top and left; the rest follows from the sizes. */
export interface Conv2dGeometry {
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
}

/** The geometry as kernels read it: 12 × i32, to be placed in memory as a constant. */
export function conv2dGeometry(g: Conv2dGeometry): Int32Array {
  return Int32Array.of(
    g.inHeight,
    g.inWidth,
    g.inChannels,
    g.outHeight,
    g.outWidth,
    g.outChannels,
    g.kernelHeight,
    g.kernelWidth,
    g.strideHeight,
    g.strideWidth,
    g.padTop,
    g.padLeft,
  );
}

/** Rows of B that are packed and summed at a time; longer sums are formed block by block. */
const BLOCK_K = 256;
/** Columns of B packed at a time. */
const BLOCK_N = 256;

/** Scratch of one `matmul` or `batchMatmul` call, in bytes. */
export function matmulScratchBytes(n: number, k: number): number {
  const columns = Math.min(roundUp(n, 8), BLOCK_N);
  const depth = Math.min(k, BLOCK_K);
  return 4 * (depth * columns + roundUp(5 * depth, 4) + columns + 64);
}

/** Scratch of one call of any of the three conv2d kernels, in bytes. It does not grow with the batch. */
export function conv2dScratchBytes(g: Conv2dGeometry): number {
  const window = g.kernelHeight * g.kernelWidth * g.inChannels;
  const pixels = g.outHeight * g.outWidth;
  const paddedImage =
    (g.strideHeight * (g.outHeight - 1) + g.kernelHeight) *
    (g.strideWidth * (g.outWidth - 1) + g.kernelWidth) *
    g.inChannels;
  const panels = roundUp(window, 8) * (roundUp(g.outChannels, 8) + 4);
  return 4 * (64 + 32 + 13 * pixels + window + panels + 4 * g.outChannels + paddedImage);
}

function roundUp(n: number, multiple: number): number {
  return Math.ceil(n / multiple) * multiple;
}
