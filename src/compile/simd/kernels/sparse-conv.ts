/**
 * Convolution of images that are mostly zeros, such as the planes of arcade games: each non-zero element meets the outputs
 * whose windows hold it. Terms meet in the same order as in the dense kernels and those left out are zeros, so that the
 * results are the same bits (where weights are finite). Output channels come in fours.
 */
import { Geometry } from './geometry';
import { addRow, clear, madd } from './lanes';

const FORWARD: i32 = 0;
const FILTER_GRADIENT: i32 = 1;

/** One image: OUT = max(floor, bias + x ∗ w). */
export function sparseConvolve(g: Geometry, x: usize, w: usize, bias: usize, out: usize, floor: f32): void {
  const pixels = g.outHeight * g.outWidth;
  clear(out, pixels * g.outChannels);
  visitImage(FORWARD, g, x, w, out, 0, g.kernelHeight * g.kernelWidth * g.channels);
  const least = f32x4.splat(floor);
  const step = bias ? 4 : 0;
  for (let t = 0; t < pixels; t++)
    for (let j = 0; j < g.outChannels; j += 4) {
      v128.store(out, f32x4.pmax(f32x4.add(v128.load(bias + j * step), v128.load(out)), least));
      out += 16;
    }
}

/**
 * DW += gradient of one image, rows rowFrom … rowTo − 1 only, with which dw and partial begin. The image's own sum is
 * formed in `partial`, which is zero before and after.
 */
export function addSparseFilterGradient(
  g: Geometry,
  x: usize,
  dy: usize,
  rowFrom: i32,
  rowTo: i32,
  partial: usize,
  dw: usize,
): void {
  const skipped = (rowFrom * g.outChannels) << 2;
  visitImage(FILTER_GRADIENT, g, x, partial - skipped, dy, rowFrom, rowTo);
  const n = (rowTo - rowFrom) * g.outChannels;
  addRow(partial, dw, n);
  clear(partial, n);
}

/** Every non-zero element, in order. */
@inline
function visitImage(kind: i32, g: Geometry, x: usize, taps: usize, pixels: usize, rowFrom: i32, rowTo: i32): void {
  const row = g.inWidth * g.channels;
  for (let y = 0; y < g.inHeight; y++) {
    for (let i = 0; i < row; i++) {
      const at = x + (i << 2);
      if (i + 4 <= row && !v128.any_true(f32x4.ne(v128.load(at), f32x4.splat(0)))) {
        i += 3;
        continue;
      }
      const value = load<f32>(at);
      if (value != 0) visitElement(kind, g, value, y, i, taps, pixels, rowFrom, rowTo);
    }
    x += row << 2;
  }
}

/** All outputs whose window holds element i of row y: those with output · stride + tap = position, on both axes. */
function visitElement(
  kind: i32,
  g: Geometry,
  value: f32,
  y: i32,
  i: i32,
  taps: usize,
  pixels: usize,
  rowFrom: i32,
  rowTo: i32,
): void {
  const column = i / g.channels;
  const channel = i - column * g.channels;
  const size = g.outChannels << 2;
  const firstY = (y + g.padTop) / g.strideHeight;
  const firstX = (column + g.padLeft) / g.strideWidth;
  const ky0 = y + g.padTop - firstY * g.strideHeight;
  const kx0 = column + g.padLeft - firstX * g.strideWidth;
  for (let ky = ky0, outY = firstY; ky < g.kernelHeight && outY >= 0; ky += g.strideHeight, outY--) {
    if (outY >= g.outHeight) continue;
    for (let kx = kx0, outX = firstX; kx < g.kernelWidth && outX >= 0; kx += g.strideWidth, outX--) {
      const row = (ky * g.kernelWidth + kx) * g.channels + channel;
      if (outX >= g.outWidth || row < rowFrom || row >= rowTo) continue;
      const weights = taps + row * size;
      const pixel = pixels + (outY * g.outWidth + outX) * size;
      if (kind == FORWARD) addScaled(value, weights, pixel, size);
      else addScaled(value, pixel, weights, size);
    }
  }
}

/** ONTO += value · X over `size` bytes, a multiple of 16. */
@inline
function addScaled(value: f32, x: usize, onto: usize, size: i32): void {
  const factor = f32x4.splat(value);
  for (let i = 0; i < size; i += 16)
    v128.store(onto + i, madd(factor, v128.load(x + i), v128.load(onto + i)));
}
