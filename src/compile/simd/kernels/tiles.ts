/**
 * Tiles of matmul and convolution: four rows of A against eight columns of B, with all 4 × 8 sums in registers. Every element
 * is one chain of sums in the order of k, whatever the tile it falls into: results do not depend on how rows were split.
 */
import { madd } from './lanes';
import { setStrip } from './pack';
import { Product, PRODUCT_BYTES } from './product';
import { storeTile } from './store';
import { tileStrip } from './unrolled';

/** Columns from which packing four rows of A pays, and bytes between a transposed A's rows from which copying them does. */
const STRIP_COLUMNS: i32 = 24;
const STRIP_STEP: i32 = 1024;

/** The four rows of A that start at a0 … a3 (in this order) against panels of eight columns, `columns` together. */
export function tileFour(
  job: Product,
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  panels: usize,
  columns: i32,
  out: usize,
  start: usize,
): void {
  const many = columns >= STRIP_COLUMNS;
  if (many || a3 == a0 + 12) {
    setStrip(job, a0, a1, a2, a3, many && job.aDepth >= STRIP_STEP);
    return tileStrip(job, panels, columns, out, start);
  }
  for (let j = 0; j < columns; j += 8)
    tileRows(job, a0, a1, a2, a3, panels + (j >> 3) * job.bPanel, out + (j << 2), start + j * job.startColumn);
}

/** Four rows of A where they lie, at a0 … a3: four address sums a step more. Against one panel. */
function tileRows(
  job: Product,
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  b: usize,
  out: usize,
  start: usize,
): void {
  const aDepth = job.aDepth;
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const bDepth = job.bDepth;
  const run = aDepth * job.depth;
  const gap = job.aSegment - run;
  let segments = job.segments;
  let p = 0;
  do {
    const end = p + run;
    do {
      const bx0 = v128.load(b);
      const bx1 = v128.load(b, 16);
      let x = v128.load32_splat(a0 + p);
      c00 = madd(x, bx0, c00);
      c01 = madd(x, bx1, c01);
      x = v128.load32_splat(a1 + p);
      c10 = madd(x, bx0, c10);
      c11 = madd(x, bx1, c11);
      x = v128.load32_splat(a2 + p);
      c20 = madd(x, bx0, c20);
      c21 = madd(x, bx1, c21);
      x = v128.load32_splat(a3 + p);
      c30 = madd(x, bx0, c30);
      c31 = madd(x, bx1, c31);
      p += aDepth;
      b += bDepth;
      if (p == end) break;
      const by0 = v128.load(b);
      const by1 = v128.load(b, 16);
      let y = v128.load32_splat(a0 + p);
      c00 = madd(y, by0, c00);
      c01 = madd(y, by1, c01);
      y = v128.load32_splat(a1 + p);
      c10 = madd(y, by0, c10);
      c11 = madd(y, by1, c11);
      y = v128.load32_splat(a2 + p);
      c20 = madd(y, by0, c20);
      c21 = madd(y, by1, c21);
      y = v128.load32_splat(a3 + p);
      c30 = madd(y, by0, c30);
      c31 = madd(y, by1, c31);
      p += aDepth;
      b += bDepth;
    } while (p != end);
    p += gap;
  } while (--segments > 0);
  storeTile(job, out, start, c00, c01, c10, c11, c20, c21, c30, c31);
}

/**
 * The first `rows` rows of the strip against less than eight columns: bare sums go to the scratch tile behind the job, from
 * there those that exist to OUT. B's panel must have all eight columns.
 */
export function tilePart(job: Product, rows: i32, panel: usize, columns: i32, out: usize, start: usize): void {
  const sums = changetype<usize>(job) + PRODUCT_BYTES;
  const outRow = job.outRow;
  const startRow = job.startRow;
  const floor = job.floor;
  job.outRow = 32;
  job.startRow = 0;
  job.floor = -Infinity;
  tileStrip(job, panel, 8, sums, 0);
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
