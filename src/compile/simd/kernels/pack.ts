/**
 * Copies blocks of B into panels: eight columns side by side, one row of k after the other, zeros where columns are
 * missing. Panels turn strided or transposed reads into one stream that stays in the first-level cache.
 */

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
  for (; j + 4 <= columns; j += 4) transposeFour(b + j * bStep, bStep, k, panel + (j << 2), 32);
  for (; j < 8; j++) {
    const row = b + j * bStep;
    for (let p = 0; p < k; p++)
      store<f32>(panel + (p << 5) + (j << 2), j < columns ? load<f32>(row + (p << 2)) : 0);
  }
}

/** Four rows of k elements become k rows of four, `step` bytes apart. */
function transposeFour(row0: usize, rowStep: i32, k: i32, out: usize, step: i32): void {
  let row1 = row0 + rowStep;
  let row2 = row1 + rowStep;
  let row3 = row2 + rowStep;
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

/** STRIP[k, 4] = four rows of A side by side; element (i, p) of A is at a + i·aRow + p·aDepth, and one of the steps is 4. */
export function packStrip(a: usize, aRow: i32, aDepth: i32, k: i32, strip: usize): void {
  if (aDepth == 4) return transposeFour(a, aRow, k, strip, 16);
  for (; k > 0; k--) {
    v128.store(strip, v128.load(a));
    a += aDepth;
    strip += 16;
  }
}

/** OUT[columns, k] = B[k, columns] transposed, for the few columns of a narrow product. */
export function packRows(b: usize, bStep: i32, k: i32, columns: i32, out: usize): void {
  for (let p = 0; p < k; p++) {
    for (let j = 0; j < columns; j++) store<f32>(out + ((j * k + p) << 2), load<f32>(b + (j << 2)));
    b += bStep;
  }
}
