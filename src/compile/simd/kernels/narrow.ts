/**
 * Products with at most four columns: output heads and the remainder of wider ones. Lanes run over k where A's rows are
 * contiguous, over the rows where A is transposed; a choice by shape alone, so that bits do not depend on row splits.
 */
import { loadPart, madd, min, sumLanes } from './lanes';
import { Product } from './product';

@inline
function finish(job: Product, out: usize, start: usize, sum: f32): void {
  const value = load<f32>(start) + sum;
  const floor = job.floor;
  store<f32>(out, value < floor ? floor : value);
}

/** OUT[rows, columns ≤ 4] where both A's rows and B's columns are contiguous (aDepth = bDepth = 4). */
export function narrowRows(job: Product): void {
  let a = job.a;
  let out = job.out;
  let start = job.start;
  let i = job.rows;
  for (; i >= 4; i -= 4) {
    for (let j = 0; j < job.columns; j += 2) dot4x2(job, a, j, out, start);
    a += job.aRow << 2;
    out += job.outRow << 2;
    start += job.startRow << 2;
  }
  for (; i > 0; i--) {
    for (let j = 0; j < job.columns; j++) dot(job, a, j, out, start);
    a += job.aRow;
    out += job.outRow;
    start += job.startRow;
  }
}

/** One element, column j of the row at a. */
function dot(job: Product, a: usize, j: i32, out: usize, start: usize): void {
  let b = job.b + j * job.bColumn;
  let sum = f32x4.splat(0);
  for (let p = job.depth >> 2; p != 0; p--) {
    sum = madd(v128.load(a), v128.load(b), sum);
    a += 16;
    b += 16;
  }
  const rest = job.depth & 3;
  if (rest) sum = madd(loadPart(a, rest), loadPart(b, rest), sum);
  finish(job, out + (j << 2), start + j * job.startColumn, sumLanes(sum));
}

/** Four rows by the columns j and, where there is one, j + 1: one column twice is still faster than row by row. */
function dot4x2(job: Product, a0: usize, j: i32, out: usize, start: usize): void {
  let a1 = a0 + job.aRow;
  let a2 = a1 + job.aRow;
  let a3 = a2 + job.aRow;
  const pair = j + 1 < job.columns;
  let b0 = job.b + j * job.bColumn;
  let b1 = pair ? b0 + job.bColumn : b0;
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  for (let p = job.depth >> 2; p != 0; p--) {
    const y0 = v128.load(b0);
    const y1 = v128.load(b1);
    let x = v128.load(a0);
    c00 = madd(x, y0, c00);
    c01 = madd(x, y1, c01);
    x = v128.load(a1);
    c10 = madd(x, y0, c10);
    c11 = madd(x, y1, c11);
    x = v128.load(a2);
    c20 = madd(x, y0, c20);
    c21 = madd(x, y1, c21);
    x = v128.load(a3);
    c30 = madd(x, y0, c30);
    c31 = madd(x, y1, c31);
    a0 += 16;
    a1 += 16;
    a2 += 16;
    a3 += 16;
    b0 += 16;
    b1 += 16;
  }
  const rest = job.depth & 3;
  if (rest) {
    const y0 = loadPart(b0, rest);
    const y1 = loadPart(b1, rest);
    let x = loadPart(a0, rest);
    c00 = madd(x, y0, c00);
    c01 = madd(x, y1, c01);
    x = loadPart(a1, rest);
    c10 = madd(x, y0, c10);
    c11 = madd(x, y1, c11);
    x = loadPart(a2, rest);
    c20 = madd(x, y0, c20);
    c21 = madd(x, y1, c21);
    x = loadPart(a3, rest);
    c30 = madd(x, y0, c30);
    c31 = madd(x, y1, c31);
  }
  out += j << 2;
  start += j * job.startColumn;
  finishPair(job, 0, pair, out, start, c00, c01);
  finishPair(job, 1, pair, out, start, c10, c11);
  finishPair(job, 2, pair, out, start, c20, c21);
  finishPair(job, 3, pair, out, start, c30, c31);
}

@inline
function finishPair(job: Product, row: i32, pair: bool, out: usize, start: usize, left: v128, right: v128): void {
  const target = out + row * job.outRow;
  const first = start + row * job.startRow;
  finish(job, target, first, sumLanes(left));
  if (pair) finish(job, target + 4, first + job.startColumn, sumLanes(right));
}

/** OUT[rows, columns ≤ 4] where A's rows lie side by side (aRow = 4), B in any layout. */
export function narrowColumns(job: Product): void {
  let a = job.a;
  let out = job.out;
  let start = job.start;
  let i = job.rows;
  for (; i >= 16; i -= 16) {
    for (let j = 0; j < job.columns; j += 2) columns16(job, a, j, out, start);
    a += 64;
    out += job.outRow << 4;
    start += job.startRow << 4;
  }
  for (; i > 0; i -= 4) {
    for (let j = 0; j < job.columns; j++) columnRest(job, a, min(i, 4), j, out, start);
    a += 16;
    out += job.outRow << 2;
    start += job.startRow << 2;
  }
}

/** Sixteen rows by the columns j and, where there is one, j + 1. */
function columns16(job: Product, a: usize, j: i32, out: usize, start: usize): void {
  let b = job.b + j * job.bColumn;
  let columns = min(job.columns - j, 2);
  const second = columns == 2 ? job.bColumn : 0;
  const aDepth = job.aDepth;
  const bDepth = job.bDepth;
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  for (let p = job.depth; p != 0; p--) {
    const y0 = v128.load32_splat(b);
    const y1 = v128.load32_splat(b + second);
    let x = v128.load(a);
    c00 = madd(x, y0, c00);
    c01 = madd(x, y1, c01);
    x = v128.load(a, 16);
    c10 = madd(x, y0, c10);
    c11 = madd(x, y1, c11);
    x = v128.load(a, 32);
    c20 = madd(x, y0, c20);
    c21 = madd(x, y1, c21);
    x = v128.load(a, 48);
    c30 = madd(x, y0, c30);
    c31 = madd(x, y1, c31);
    a += aDepth;
    b += bDepth;
  }
  out += j << 2;
  start += j * job.startColumn;
  for (; columns > 0; columns--) {
    finishColumn(job, 0, 4, out, start, c00);
    finishColumn(job, 4, 4, out, start, c10);
    finishColumn(job, 8, 4, out, start, c20);
    finishColumn(job, 12, 4, out, start, c30);
    c00 = c01;
    c10 = c11;
    c20 = c21;
    c30 = c31;
    out += 4;
    start += job.startColumn;
  }
}

/** `rows` (1 … 4) rows of column j. */
function columnRest(job: Product, a: usize, rows: i32, j: i32, out: usize, start: usize): void {
  let b = job.b + j * job.bColumn;
  let sum = f32x4.splat(0);
  for (let p = job.depth; p != 0; p--) {
    const x = rows == 4 ? v128.load(a) : loadPart(a, rows);
    sum = madd(x, v128.load32_splat(b), sum);
    a += job.aDepth;
    b += job.bDepth;
  }
  finishColumn(job, 0, rows, out + (j << 2), start + j * job.startColumn, sum);
}

/** Writes lanes 0 … rows − 1 below one another. */
@inline
function finishColumn(job: Product, row: i32, rows: i32, out: usize, start: usize, sum: v128): void {
  let target = out + row * job.outRow;
  let first = start + row * job.startRow;
  finish(job, target, first, f32x4.extract_lane(sum, 0));
  if (rows > 1) finish(job, (target += job.outRow), (first += job.startRow), f32x4.extract_lane(sum, 1));
  if (rows > 2) finish(job, (target += job.outRow), (first += job.startRow), f32x4.extract_lane(sum, 2));
  if (rows > 3) finish(job, target + job.outRow, first + job.startRow, f32x4.extract_lane(sum, 3));
}
