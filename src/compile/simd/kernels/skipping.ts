/**
 * Products whose A is often zero in four rows at once, as pictures and their transposes are around their ink: steps of the sums
 * that would add nothing are left out. A step costs a load more than in `unrolled.ts`. Sums begin with +0, to which a zero adds
 * nothing, so the bits are those of the dense tiles (where B is finite).
 */
import { madd } from './lanes';
import { setStrip } from './pack';
import { Product } from './product';
import { storeTile } from './store';
import { tileStrip } from './unrolled';

/** Columns from which looking for zeros is next to nothing beside the product. */
export const SKIP_COLUMNS: i32 = 64;
/** Every so many steps one is looked at, or of every so many times four steps four. */
const PROBE: i32 = 8;
const PROBE_FOUR: i32 = 4;
/** One step in so many has to be zeros; leaving them out makes the others a twentieth slower. */
const LEAST: i32 = 8;

/** A step that is not left out: four numbers of A, and where its row of B is from the panel's start, in bytes. */
const RECORD: i32 = 20;

/** Room for the records of all steps, in bytes, a multiple of 16. */
@inline
export function recordBytes(depth: i32): i32 {
  return (depth * RECORD + 15) & ~15;
}

/** As `tileFour` for a product in one segment, whose rows of A lie side by side or are contiguous each. */
export function tileFourSkipping(
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
  const adjacent = a3 == a0 + 12;
  if (adjacent ? isOftenZero(job, a0) : areOftenZero(job, a0, a1, a2, a3)) {
    const end = adjacent ? compact(job, a0) : compactRows(job, a0, a1, a2, a3);
    return tileRecords(job, end, panels, columns, out, start);
  }
  // Rows far apart are read once into a strip, and then once for every panel from there.
  setStrip(job, a0, a1, a2, a3, job.aDepth >= 1024);
  tileStrip(job, panels, columns, out, start);
}

/** Probes rows that lie side by side. */
function isOftenZero(job: Product, a: usize): bool {
  const step = job.aDepth * PROBE;
  const depth = job.depth;
  let zeros = 0;
  for (let p = 0; p < depth; p += PROBE) {
    if (!v128.any_true(f32x4.ne(v128.load(a), f32x4.splat(0)))) zeros += PROBE;
    a += step;
  }
  return zeros * LEAST >= depth;
}

/** Probes contiguous rows, four steps at a time. */
function areOftenZero(job: Product, a0: usize, a1: usize, a2: usize, a3: usize): bool {
  const depth = job.depth;
  const end = (depth & ~3) << 2;
  let zeros = 0;
  for (let p = 0; p < end; p += 16 * PROBE_FOUR) {
    const steps = nonZeroSteps(v128.load(a0 + p), v128.load(a1 + p), v128.load(a2 + p), v128.load(a3 + p));
    zeros += 4 - i32.popcnt(steps);
  }
  return zeros * LEAST * PROBE_FOUR >= depth;
}

/** A bit for each of four steps with a number other than zero in four contiguous rows. */
@inline
function nonZeroSteps(r0: v128, r1: v128, r2: v128, r3: v128): i32 {
  const all = v128.or(v128.or(r0, r1), v128.or(r2, r3));
  return i32x4.bitmask(f32x4.ne(all, f32x4.splat(0)));
}

/** Writes the records of rows that lie side by side into the room; returns where they end. */
function compact(job: Product, a: usize): usize {
  const aDepth = job.aDepth;
  const bDepth = job.bDepth;
  let to = job.room;
  let b = 0;
  for (let p = job.depth; p > 0; p--) {
    const x = v128.load(a);
    v128.store(to, x);
    store<i32>(to, b, 16);
    // The record of a step that adds nothing is overwritten: no branch to guess.
    to += v128.any_true(f32x4.ne(x, f32x4.splat(0))) ? RECORD : 0;
    a += aDepth;
    b += bDepth;
  }
  return to;
}

/** The same of contiguous rows. */
function compactRows(job: Product, a0: usize, a1: usize, a2: usize, a3: usize): usize {
  const bDepth = job.bDepth;
  let to = job.room;
  let b = 0;
  let p = job.depth;
  for (; p >= 4; p -= 4) {
    const r0 = v128.load(a0);
    const r1 = v128.load(a1);
    const r2 = v128.load(a2);
    const r3 = v128.load(a3);
    const steps = nonZeroSteps(r0, r1, r2, r3);
    const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
    const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
    const high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
    const high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
    v128.store(to, i64x2.shuffle(low01, low23, 0, 2));
    store<i32>(to, b, 16);
    to += (steps & 1) * RECORD;
    v128.store(to, i64x2.shuffle(low01, low23, 1, 3));
    store<i32>(to, b + bDepth, 16);
    to += (steps & 2) * (RECORD / 2);
    v128.store(to, i64x2.shuffle(high01, high23, 0, 2));
    store<i32>(to, b + 2 * bDepth, 16);
    to += (steps & 4) * (RECORD / 4);
    v128.store(to, i64x2.shuffle(high01, high23, 1, 3));
    store<i32>(to, b + 3 * bDepth, 16);
    to += (steps >> 3) * RECORD;
    a0 += 16;
    a1 += 16;
    a2 += 16;
    a3 += 16;
    b += bDepth << 2;
  }
  for (; p > 0; p--) {
    store<f32>(to, load<f32>(a0));
    store<f32>(to, load<f32>(a1), 4);
    store<f32>(to, load<f32>(a2), 8);
    store<f32>(to, load<f32>(a3), 12);
    store<i32>(to, b, 16);
    to += v128.any_true(f32x4.ne(v128.load(to), f32x4.splat(0))) ? RECORD : 0;
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    b += bDepth;
  }
  return to;
}

/** The records against panels of eight columns, `columns` together; steps in blocks of their own as in `unrolled.ts`. */
function tileRecords(
  job: Product,
  end: usize,
  panel: usize,
  columns: i32,
  out: usize,
  start: usize,
): void {
  do {
    let a = job.room;
    let b: usize;
    let b0: v128, b1: v128, x: v128;
    let c00 = f32x4.splat(0);
    let c01 = f32x4.splat(0);
    let c10 = f32x4.splat(0);
    let c11 = f32x4.splat(0);
    let c20 = f32x4.splat(0);
    let c21 = f32x4.splat(0);
    let c30 = f32x4.splat(0);
    let c31 = f32x4.splat(0);
    while (a != end) {
      b = panel + load<i32>(a, 16);
      b0 = v128.load(b);
      b1 = v128.load(b, 16);
      x = v128.load32_splat(a);
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
      a += RECORD;
      if (a == end) break;
      b = panel + load<i32>(a, 16);
      b0 = v128.load(b);
      b1 = v128.load(b, 16);
      x = v128.load32_splat(a);
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
      a += RECORD;
      if (a == end) break;
      b = panel + load<i32>(a, 16);
      b0 = v128.load(b);
      b1 = v128.load(b, 16);
      x = v128.load32_splat(a);
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
      a += RECORD;
      if (a == end) break;
      b = panel + load<i32>(a, 16);
      b0 = v128.load(b);
      b1 = v128.load(b, 16);
      x = v128.load32_splat(a);
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
      a += RECORD;
      if (a == end) break;
      b = panel + load<i32>(a, 16);
      b0 = v128.load(b);
      b1 = v128.load(b, 16);
      x = v128.load32_splat(a);
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
      a += RECORD;
      if (a == end) break;
      b = panel + load<i32>(a, 16);
      b0 = v128.load(b);
      b1 = v128.load(b, 16);
      x = v128.load32_splat(a);
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
      a += RECORD;
      if (a == end) break;
      b = panel + load<i32>(a, 16);
      b0 = v128.load(b);
      b1 = v128.load(b, 16);
      x = v128.load32_splat(a);
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
      a += RECORD;
      if (a == end) break;
      b = panel + load<i32>(a, 16);
      b0 = v128.load(b);
      b1 = v128.load(b, 16);
      x = v128.load32_splat(a);
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
      a += RECORD;
    }
    storeTile(job, out, start, c00, c01, c10, c11, c20, c21, c30, c31);
    panel += job.bPanel;
    out += 32;
    start += job.startColumn << 3;
    columns -= 8;
  } while (columns > 0);
}
