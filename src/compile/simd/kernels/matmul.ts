/**
 * Matrix products in all transpositions with bias and activation: blocks of k, columns and rows around the register
 * tiles of `tiles.ts`; Goto & van de Geijn, "Anatomy of high-performance matrix multiplication" (2008), in small.
 * Contracts are in `kernel-exports.ts`.
 */
import { activateRows } from './activations';
import { min } from './lanes';
import { narrowColumns, narrowRows } from './narrow';
import { packPanel, packRows, packTransposedPanel, setStrip } from './pack';
import { Product, PRODUCT_BYTES, TILE_BYTES } from './product';
import { multiplyRow } from './rows';
import { recordBytes, SKIP_COLUMNS, tileFourSkipping } from './skipping';
import { THIN, thinPanels } from './thin';
import { tileFour, tilePart } from './tiles';

const TRANSPOSE_A: i32 = 1;
const TRANSPOSE_B: i32 = 2;
const ACCUMULATE: i32 = 4;
const RELU: i32 = 1;

/** Rows and columns of B at a time; must agree with `matmulScratchBytes`. */
const BLOCK_K: i32 = 256;
const BLOCK_N: i32 = 256;

/** Bytes of B up to which it is read where it lies: beyond, its columns would push one another out of the first-level cache. */
const IN_PLACE: i32 = 24576;

export function matmul(
  a: usize,
  b: usize,
  out: usize,
  m: i32,
  n: i32,
  k: i32,
  lda: i32,
  ldb: i32,
  ldOut: i32,
  bias: usize,
  flags: i32,
  scratch: usize,
): void {
  const job = changetype<Product>(scratch);
  const activation = flags >> 8;
  const aDepth = flags & TRANSPOSE_A ? lda << 2 : 4;
  const bDepth = flags & TRANSPOSE_B ? 4 : ldb << 2;
  const bColumn = flags & TRANSPOSE_B ? ldb << 2 : 4;
  // A remainder of one to four columns is cheaper as dot products than as a panel of zeros.
  const wide = (n & 7) > 4 ? n : n & ~7;
  for (let k0 = 0; k0 < k; k0 += BLOCK_K) {
    const onto = k0 > 0 || (flags & ACCUMULATE) != 0;
    const start = onto ? out : bias;
    const startColumn = start ? 4 : 0;
    for (let n0 = 0; n0 < n; n0 += n0 < wide ? min(BLOCK_N, wide - n0) : n) {
      job.a = a + k0 * aDepth;
      job.aRow = flags & TRANSPOSE_A ? 4 : lda << 2;
      job.aDepth = aDepth;
      job.b = b + k0 * bDepth + n0 * bColumn;
      job.bDepth = bDepth;
      job.bColumn = bColumn;
      job.bPanel = 32;
      job.out = out + (n0 << 2);
      job.outRow = ldOut << 2;
      job.start = start + n0 * startColumn;
      job.startRow = onto ? ldOut << 2 : 0;
      job.startColumn = startColumn;
      job.rows = m;
      job.depth = min(BLOCK_K, k - k0);
      job.segments = 1;
      job.room = scratch + PRODUCT_BYTES + TILE_BYTES;
      job.floor = activation == RELU && k0 + BLOCK_K >= k ? 0 : -Infinity;
      if (n0 < wide) {
        job.columns = min(BLOCK_N, wide - n0);
        multiplyWide(job);
      } else {
        job.columns = n - n0;
        multiplyNarrow(job);
      }
    }
  }
  if (activation > RELU) activateRows(activation, out, m, n, ldOut << 2);
}

/** Up to four columns. */
function multiplyNarrow(job: Product): void {
  if (job.aDepth != 4 || job.aRow == 4) return narrowColumns(job);
  if (job.bDepth != 4) {
    const rows = changetype<usize>(job) + PRODUCT_BYTES;
    packRows(job.b, job.bDepth, job.depth, job.columns, rows);
    job.b = rows;
    job.bDepth = 4;
    job.bColumn = job.depth << 2;
  }
  narrowRows(job);
}

/** Whole panels of eight columns where they lie or packed; then a padded panel for a remainder of five to seven. */
function multiplyWide(job: Product): void {
  const rest = job.columns & 7;
  const source = job.b;
  const bDepth = job.bDepth;
  const whole = job.columns - rest;
  const inPlace = job.bColumn == 4 && (job.rows < 16 || job.depth * bDepth <= IN_PLACE);
  const panels = job.room + recordBytes(job.depth);
  if (whole > 0) {
    if (!inPlace) {
      job.b = panels;
      job.bPanel = job.depth << 5;
      for (let j = 0; j < whole; j += 8) pack(job, source + j * job.bColumn, bDepth, 8, panels + (j >> 3) * job.bPanel);
    }
    job.columns = whole;
    multiplyPanels(job);
  }
  if (rest > 0) {
    pack(job, source + whole * job.bColumn, bDepth, rest, panels);
    job.b = panels;
    job.columns = rest;
    job.out += whole << 2;
    job.start += whole * job.startColumn;
    multiplyPadded(job);
  }
}

/** Packs up to eight columns that start at b; panels have rows of 32 bytes. */
function pack(job: Product, b: usize, bDepth: i32, columns: i32, panel: usize): void {
  if (job.bColumn == 4) packPanel(b, bDepth, job.depth, columns, panel);
  else packTransposedPanel(b, job.bColumn, job.depth, columns, panel);
  job.bDepth = 32;
}

/** Rows by fours, then one by one; columns by eights. */
function multiplyPanels(job: Product): void {
  if (job.depth <= THIN) return thinPanels(job);
  let a = job.a;
  let out = job.out;
  let start = job.start;
  let i = job.rows;
  const aRow = job.aRow;
  for (; i >= 4; i -= 4) {
    if (job.columns >= SKIP_COLUMNS)
      tileFourSkipping(job, a, a + aRow, a + 2 * aRow, a + 3 * aRow, job.b, job.columns, out, start);
    else tileFour(job, a, a + aRow, a + 2 * aRow, a + 3 * aRow, job.b, job.columns, out, start);
    a += aRow << 2;
    out += job.outRow << 2;
    start += job.startRow << 2;
  }
  for (; i > 0; i--) {
    multiplyRow(job, a, out, start);
    a += aRow;
    out += job.outRow;
    start += job.startRow;
  }
}

/** One padded panel. */
function multiplyPadded(job: Product): void {
  let a = job.a;
  let out = job.out;
  let start = job.start;
  const aRow = job.aRow;
  for (let i = job.rows; i > 0; i -= 4) {
    const rows = min(i, 4);
    const a1 = rows > 1 ? a + aRow : a;
    const a2 = rows > 2 ? a1 + aRow : a;
    const a3 = rows > 3 ? a2 + aRow : a;
    setStrip(job, a, a1, a2, a3, false);
    tilePart(job, rows, job.b, job.columns, out, start);
    a += aRow << 2;
    out += job.outRow << 2;
    start += job.startRow << 2;
  }
}

export function batchMatmul(
  a: usize,
  b: usize,
  out: usize,
  batch: i32,
  m: i32,
  n: i32,
  k: i32,
  strideA: i32,
  strideB: i32,
  strideOut: i32,
  flags: i32,
  scratch: usize,
): void {
  const lda = flags & TRANSPOSE_A ? m : k;
  const ldb = flags & TRANSPOSE_B ? k : n;
  for (; batch > 0; batch--) {
    matmul(a, b, out, m, n, k, lda, ldb, n, 0, flags & 0xff, scratch);
    a += strideA << 2;
    b += strideB << 2;
    out += strideOut << 2;
  }
}
