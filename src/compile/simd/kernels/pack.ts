/**
 * Copies blocks of B into panels (eight columns side by side, one row of k after the other, zeros where columns are missing)
 * and rows of A into strips of four: one stream that stays in the first-level cache in place of strided or transposed reads.
 */
import { Product } from './product';

/** PANEL[k, 8] = B[k, columns] for `columns` ≤ 8 columns at b; row stride `bStep` bytes. */
export function packPanel(b: usize, bStep: i32, k: i32, columns: i32, panel: usize): void {
  if (columns == 8) {
    for (; k > 0; k--) {
      v128.store(panel, v128.load(b));
      v128.store(panel, v128.load(b, 16), 16);
      b += bStep;
      panel += 32;
    }
    return;
  }
  for (; k > 0; k--) {
    for (let j = 0; j < 8; j++)
      store<f32>(panel + (j << 2), j < columns ? load<f32>(b + (j << 2)) : 0);
    b += bStep;
    panel += 32;
  }
}

/** The same from Bᵀ[columns, k]: column j is the contiguous row at b + j·bStep. */
export function packTransposedPanel(b: usize, bStep: i32, k: i32, columns: i32, panel: usize): void {
  let j = 0;
  for (; j + 4 <= columns; j += 4) {
    const row = b + j * bStep;
    transposeFour(row, row + bStep, row + 2 * bStep, row + 3 * bStep, k, panel + (j << 2), 32);
  }
  for (; j < 8; j++) {
    const row = b + j * bStep;
    for (let p = 0; p < k; p++)
      store<f32>(panel + (p << 5) + (j << 2), j < columns ? load<f32>(row + (p << 2)) : 0);
  }
}

/** Four rows of k elements become k rows of four, `step` bytes apart. */
function transposeFour(row0: usize, row1: usize, row2: usize, row3: usize, k: i32, out: usize, step: i32): void {
  for (; k >= 4; k -= 4) {
    const r0 = v128.load(row0);
    const r1 = v128.load(row1);
    const r2 = v128.load(row2);
    const r3 = v128.load(row3);
    const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
    const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
    const high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
    const high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
    v128.store(out, i64x2.shuffle(low01, low23, 0, 2));
    v128.store(out + step, i64x2.shuffle(low01, low23, 1, 3));
    v128.store(out + 2 * step, i64x2.shuffle(high01, high23, 0, 2));
    v128.store(out + 3 * step, i64x2.shuffle(high01, high23, 1, 3));
    row0 += 16;
    row1 += 16;
    row2 += 16;
    row3 += 16;
    out += step << 2;
  }
  for (; k > 0; k--) {
    store<f32>(out, load<f32>(row0));
    store<f32>(out, load<f32>(row1), 4);
    store<f32>(out, load<f32>(row2), 8);
    store<f32>(out, load<f32>(row3), 12);
    row0 += 4;
    row1 += 4;
    row2 += 4;
    row3 += 4;
    out += step;
  }
}

/**
 * Makes the rows of A that start at a0 … a3 (in this order; the first again for a missing one) the job's strip: where they
 * lie if that is side by side, unless `copies`, else in the job's room as STRIP[segments · depth, 4].
 */
export function setStrip(job: Product, a0: usize, a1: usize, a2: usize, a3: usize, copies: bool): void {
  const aDepth = job.aDepth;
  const depth = job.depth;
  const adjacent = a3 == a0 + 12;
  let strip = job.room;
  job.strip = adjacent && !copies ? a0 : strip;
  job.stripDepth = adjacent && !copies ? aDepth : 16;
  job.stripGap = adjacent && !copies ? job.aSegment - aDepth * depth : 0;
  if (adjacent && !copies) return;
  for (let s = job.segments; s > 0; s--) {
    if (adjacent) copyFour(a0, aDepth, depth, strip);
    else if (aDepth == 4) transposeFour(a0, a1, a2, a3, depth, strip, 16);
    else gatherFour(a0, a1, a2, a3, aDepth, depth, strip);
    a0 += job.aSegment;
    a1 += job.aSegment;
    a2 += job.aSegment;
    a3 += job.aSegment;
    strip += depth << 4;
  }
}

@inline
function copyFour(a: usize, aDepth: i32, k: i32, strip: usize): void {
  for (; k > 0; k--) {
    v128.store(strip, v128.load(a));
    a += aDepth;
    strip += 16;
  }
}

function gatherFour(a0: usize, a1: usize, a2: usize, a3: usize, aDepth: i32, k: i32, strip: usize): void {
  for (let p = 0; k > 0; k--) {
    store<f32>(strip, load<f32>(a0 + p));
    store<f32>(strip, load<f32>(a1 + p), 4);
    store<f32>(strip, load<f32>(a2 + p), 8);
    store<f32>(strip, load<f32>(a3 + p), 12);
    p += aDepth;
    strip += 16;
  }
}

/** OUT[columns, k] = B[k, columns] transposed, for the up to four columns of a narrow product. */
export function packRows(b: usize, bStep: i32, k: i32, columns: i32, out: usize): void {
  let p = 0;
  const whole = columns == 4 ? k & ~3 : 0;
  for (; p < whole; p += 4) {
    transposeFour(b, b + bStep, b + 2 * bStep, b + 3 * bStep, 4, out + (p << 2), k << 2);
    b += bStep << 2;
  }
  for (; p < k; p++) {
    for (let j = 0; j < columns; j++) store<f32>(out + ((j * k + p) << 2), load<f32>(b + (j << 2)));
    b += bStep;
  }
}
