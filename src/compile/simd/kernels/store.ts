/** How finished sums leave the registers: bias or old values in, negative sums out where the floor is 0. */
import { Product } from './product';

/** A tile of 4 × 8. */
@inline
export function storeTile(
  job: Product,
  out: usize,
  start: usize,
  c00: v128,
  c01: v128,
  c10: v128,
  c11: v128,
  c20: v128,
  c21: v128,
  c30: v128,
  c31: v128,
): void {
  const least = f32x4.splat(job.floor);
  const outRow = job.outRow;
  const startRow = job.startRow;
  storePair(out, start, c00, c01, least);
  storePair(out + outRow, start + startRow, c10, c11, least);
  storePair(out + 2 * outRow, start + 2 * startRow, c20, c21, least);
  storePair(out + 3 * outRow, start + 3 * startRow, c30, c31, least);
}

/** Eight sums of a row. */
@inline
export function storePair(out: usize, start: usize, low: v128, high: v128, least: v128): void {
  v128.store(out, f32x4.pmax(f32x4.add(v128.load(start), low), least));
  v128.store(out, f32x4.pmax(f32x4.add(v128.load(start, 16), high), least), 16);
}
