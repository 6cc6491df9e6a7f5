/**
 * The innermost loops of matmul and convolution: four rows of A against eight columns of B, with all 4 × 8 sums in
 * registers (8 of the 15 that engines give on x86-64). Every element is one chain of sums in the order of k, whatever
 * the tile it falls into: results do not depend on how rows were split.
 */
import { madd } from './lanes';
import { Product } from './product';

/** Rows that start at a0 … a3 and are contiguous within each run (aDepth = 4). */
export function tileRows(
  job: Product,
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  b: usize,
  out: usize,
  start: usize,
): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const bDepth = job.bDepth;
  const depth = job.depth;
  const gap = job.aSegment - (depth << 2);
  let segments = job.segments;
  do {
    for (let p = depth >> 1; p != 0; p--) {
      let b0 = v128.load(b);
      let b1 = v128.load(b, 16);
      let a = v128.load32_splat(a0);
      c00 = madd(a, b0, c00);
      c01 = madd(a, b1, c01);
      a = v128.load32_splat(a1);
      c10 = madd(a, b0, c10);
      c11 = madd(a, b1, c11);
      a = v128.load32_splat(a2);
      c20 = madd(a, b0, c20);
      c21 = madd(a, b1, c21);
      a = v128.load32_splat(a3);
      c30 = madd(a, b0, c30);
      c31 = madd(a, b1, c31);
      b += bDepth;
      b0 = v128.load(b);
      b1 = v128.load(b, 16);
      a = v128.load32_splat(a0, 4);
      c00 = madd(a, b0, c00);
      c01 = madd(a, b1, c01);
      a = v128.load32_splat(a1, 4);
      c10 = madd(a, b0, c10);
      c11 = madd(a, b1, c11);
      a = v128.load32_splat(a2, 4);
      c20 = madd(a, b0, c20);
      c21 = madd(a, b1, c21);
      a = v128.load32_splat(a3, 4);
      c30 = madd(a, b0, c30);
      c31 = madd(a, b1, c31);
      b += bDepth;
      a0 += 8;
      a1 += 8;
      a2 += 8;
      a3 += 8;
    }
    if (depth & 1) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let a = v128.load32_splat(a0);
      c00 = madd(a, b0, c00);
      c01 = madd(a, b1, c01);
      a = v128.load32_splat(a1);
      c10 = madd(a, b0, c10);
      c11 = madd(a, b1, c11);
      a = v128.load32_splat(a2);
      c20 = madd(a, b0, c20);
      c21 = madd(a, b1, c21);
      a = v128.load32_splat(a3);
      c30 = madd(a, b0, c30);
      c31 = madd(a, b1, c31);
      b += bDepth;
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
    }
    a0 += gap;
    a1 += gap;
    a2 += gap;
    a3 += gap;
  } while (--segments > 0);
  storeRow(job, 0, out, start, c00, c01);
  storeRow(job, 1, out, start, c10, c11);
  storeRow(job, 2, out, start, c20, c21);
  storeRow(job, 3, out, start, c30, c31);
}

/** Four rows side by side (aRow = 4): A transposed, and the taps of a filter gradient. */
export function tileColumns(job: Product, a: usize, b: usize, out: usize, start: usize): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const aDepth = job.aDepth;
  const bDepth = job.bDepth;
  const depth = job.depth;
  const gap = job.aSegment - aDepth * depth;
  let segments = job.segments;
  do {
    for (let p = depth; p != 0; p--) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let x = v128.load32_splat(a);
      c00 = madd(x, b0, c00);
      c01 = madd(x, b1, c01);
      x = v128.load32_splat(a, 4);
      c10 = madd(x, b0, c10);
      c11 = madd(x, b1, c11);
      x = v128.load32_splat(a, 8);
      c20 = madd(x, b0, c20);
      c21 = madd(x, b1, c21);
      x = v128.load32_splat(a, 12);
      c30 = madd(x, b0, c30);
      c31 = madd(x, b1, c31);
      a += aDepth;
      b += bDepth;
    }
    a += gap;
  } while (--segments > 0);
  storeRow(job, 0, out, start, c00, c01);
  storeRow(job, 1, out, start, c10, c11);
  storeRow(job, 2, out, start, c20, c21);
  storeRow(job, 3, out, start, c30, c31);
}

/** One row: what remains after the tiles of four. */
export function tileRow(job: Product, a: usize, b: usize, out: usize, start: usize): void {
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  const aDepth = job.aDepth;
  const bDepth = job.bDepth;
  const depth = job.depth;
  const gap = job.aSegment - aDepth * depth;
  let segments = job.segments;
  do {
    for (let p = depth; p != 0; p--) {
      const x = v128.load32_splat(a);
      c0 = madd(x, v128.load(b), c0);
      c1 = madd(x, v128.load(b, 16), c1);
      a += aDepth;
      b += bDepth;
    }
    a += gap;
  } while (--segments > 0);
  storeRow(job, 0, out, start, c0, c1);
}

@inline
function storeRow(job: Product, row: i32, out: usize, start: usize, low: v128, high: v128): void {
  const least = f32x4.splat(job.floor);
  const target = out + row * job.outRow;
  const first = start + row * job.startRow;
  v128.store(target, f32x4.pmax(f32x4.add(v128.load(first), low), least));
  v128.store(target, f32x4.pmax(f32x4.add(v128.load(first, 16), high), least), 16);
}

/** One row by 32 columns in place: eight chains keep both units busy when there are no four rows to share B with. */
export function tileWideRow(job: Product, a: usize, b: usize, out: usize, start: usize): void {
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let c2 = f32x4.splat(0);
  let c3 = f32x4.splat(0);
  let c4 = f32x4.splat(0);
  let c5 = f32x4.splat(0);
  let c6 = f32x4.splat(0);
  let c7 = f32x4.splat(0);
  const aDepth = job.aDepth;
  const bDepth = job.bDepth;
  for (let p = job.depth; p != 0; p--) {
    const x = v128.load32_splat(a);
    c0 = madd(x, v128.load(b), c0);
    c1 = madd(x, v128.load(b, 16), c1);
    c2 = madd(x, v128.load(b, 32), c2);
    c3 = madd(x, v128.load(b, 48), c3);
    c4 = madd(x, v128.load(b, 64), c4);
    c5 = madd(x, v128.load(b, 80), c5);
    c6 = madd(x, v128.load(b, 96), c6);
    c7 = madd(x, v128.load(b, 112), c7);
    a += aDepth;
    b += bDepth;
  }
  const startEight = job.startColumn << 3;
  storeRow(job, 0, out, start, c0, c1);
  storeRow(job, 0, out + 32, start + startEight, c2, c3);
  storeRow(job, 0, out + 64, start + 2 * startEight, c4, c5);
  storeRow(job, 0, out + 96, start + 3 * startEight, c6, c7);
}
