/**
 * Shapes of a convolution or pooling as kernels read them from memory, and images with their padding written out: with
 * zeros around, every tap of every output lies inside and inner loops need no bounds.
 */
import { clear, min } from './lanes';

/** Twelve words, written by `conv2dGeometry` of kernel-exports.ts. */
@unmanaged
export class Geometry {
  inHeight: i32;
  inWidth: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  padTop: i32;
  padLeft: i32;
}

/** Rows and columns of the input that windows cover, padding included. */
@inline
export function paddedHeight(g: Geometry): i32 {
  return g.strideHeight * (g.outHeight - 1) + g.kernelHeight;
}

@inline
export function paddedWidth(g: Geometry): i32 {
  return g.strideWidth * (g.outWidth - 1) + g.kernelWidth;
}

/** Whether windows reach beyond the image. */
export function isPadded(g: Geometry): bool {
  return g.padTop > 0 || g.padLeft > 0 || paddedHeight(g) > g.inHeight || paddedWidth(g) > g.inWidth;
}

/** Bytes of a row of cells as the windows see it: of the padded copy, or of the image itself. */
export function rowBytes(g: Geometry): i32 {
  return ((isPadded(g) ? paddedWidth(g) : g.inWidth) * g.channels) << 2;
}

/** Writes the zeros of a padded copy; its inside is overwritten image by image. */
export function clearPadded(g: Geometry, padded: usize): void {
  clear(padded, paddedHeight(g) * paddedWidth(g) * g.channels);
}

/** Copies the part of an image that windows cover into the padded copy, or back from there. */
export function copyInside(g: Geometry, image: usize, padded: usize, back: bool): void {
  const rows = min(g.inHeight, paddedHeight(g) - g.padTop);
  const bytes = (min(g.inWidth, paddedWidth(g) - g.padLeft) * g.channels) << 2;
  const rowOfImage = (g.inWidth * g.channels) << 2;
  const rowOfPadded = rowBytes(g);
  padded += g.padTop * rowOfPadded + ((g.padLeft * g.channels) << 2);
  for (let y = 0; y < rows; y++) {
    if (back) memory.copy(image, padded, bytes);
    else memory.copy(padded, image, bytes);
    image += rowOfImage;
    padded += rowOfPadded;
  }
}

/** Writes the byte offset of every output's window, row by row, for images whose rows have `row` bytes. */
export function writeWindowOffsets(g: Geometry, row: i32, offsets: usize): void {
  for (let y = 0; y < g.outHeight; y++)
    for (let x = 0; x < g.outWidth; x++) {
      store<i32>(offsets, y * g.strideHeight * row + ((x * g.strideWidth * g.channels) << 2));
      offsets += 4;
    }
}

/** The first multiple of 16 behind n words at `address`. */
@inline
export function behind(address: usize, n: i32): usize {
  return (address + ((<usize>n) << 2) + 15) & ~15;
}

/** Whether less than one element in ten is non-zero: then skipping zeros beats the dense kernels. */
export function isSparse(x: usize, n: i32): bool {
  let zeros = i32x4.splat(0);
  const whole = n >> 2;
  for (let i = 0; i < whole; i++) {
    zeros = i32x4.sub(zeros, f32x4.eq(v128.load(x), f32x4.splat(0)));
    x += 16;
  }
  const pairs = i32x4.add(zeros, i32x4.shuffle(zeros, zeros, 2, 3, 0, 1));
  const count = i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
  return (n - count) * 10 < n;
}
