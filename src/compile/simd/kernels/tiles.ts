/**
 * The innermost loops of matmul and convolution: four rows of A against eight columns of B, with all 4 × 8 sums in
 * registers. Every element is one chain of sums in the order of k, whatever the tile it falls into: results do not depend
 * on how rows were split.
 *
 * Loops are not unrolled on purpose: engines move all loads of a loop body to its top, and two steps at once would need
 * more than the 15 vector registers they have on x86-64 (one step: 4 of A, 2 of B, 8 sums, 1 product).
 */
import { madd } from './lanes';
import { Product, PRODUCT_BYTES } from './product';

/** Four rows of A that start at a0 … a3. */
export function tile(
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
  const aDepth = job.aDepth;
  const bDepth = job.bDepth;
  const depth = job.depth;
  const gap = job.aSegment - aDepth * depth;
  let segments = job.segments;
  do {
    for (let p = depth; p != 0; p--) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let x = v128.load32_splat(a0);
      c00 = madd(x, b0, c00);
      c01 = madd(x, b1, c01);
      x = v128.load32_splat(a1);
      c10 = madd(x, b0, c10);
      c11 = madd(x, b1, c11);
      x = v128.load32_splat(a2);
      c20 = madd(x, b0, c20);
      c21 = madd(x, b1, c21);
      x = v128.load32_splat(a3);
      c30 = madd(x, b0, c30);
      c31 = madd(x, b1, c31);
      a0 += aDepth;
      a1 += aDepth;
      a2 += aDepth;
      a3 += aDepth;
      b += bDepth;
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

/**
 * A tile of up to four rows (missing ones repeat the first) and less than eight columns: bare sums go to the scratch tile
 * behind the job, from there those that exist to OUT. B's panel must have all eight columns.
 */
export function tilePart(
  job: Product,
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  rows: i32,
  b: usize,
  columns: i32,
  out: usize,
  start: usize,
): void {
  const sums = changetype<usize>(job) + PRODUCT_BYTES;
  const outRow = job.outRow;
  const startRow = job.startRow;
  const floor = job.floor;
  job.outRow = 32;
  job.startRow = 0;
  job.floor = -Infinity;
  tile(job, a0, a1, a2, a3, b, sums, 0);
  job.outRow = outRow;
  job.startRow = startRow;
  job.floor = floor;
  for (let r = 0; r < rows; r++)
    for (let j = 0; j < columns; j++) {
      const first = load<f32>(start + r * startRow + j * job.startColumn);
      const sum = first + load<f32>(sums + (r << 5) + (j << 2));
      store<f32>(out + r * outRow + (j << 2), sum < floor ? floor : sum);
    }
}
