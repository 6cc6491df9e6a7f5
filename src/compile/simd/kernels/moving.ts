/**
 * Kernels that only move or place elements: gather, segment sums, one-hot, transposes, strided copies, fills. Elements
 * are 4 bytes, so f32 and i32 share them. Indices out of range give zeros or are dropped; memory is never touched there.
 */
import { addRow, clear, min } from './lanes';

export function gather(x: usize, indices: usize, out: usize, outer: i32, axis: i32, count: i32, inner: i32): void {
  const row = inner << 2;
  for (; outer > 0; outer--) {
    for (let i = 0; i < count; i++) {
      const index = load<i32>(indices + (i << 2));
      if (<u32>index >= <u32>axis) clear(out, inner);
      else copyRow(x + index * row, out, inner);
      out += row;
    }
    x += axis * row;
  }
}

/** Short rows are cheaper by hand than by memory.copy. */
@inline
function copyRow(from: usize, to: usize, n: i32): void {
  if (n > 64) {
    memory.copy(to, from, <usize>n << 2);
    return;
  }
  for (; n >= 4; n -= 4) {
    v128.store(to, v128.load(from));
    from += 16;
    to += 16;
  }
  for (; n > 0; n--) {
    store<i32>(to, load<i32>(from));
    from += 4;
    to += 4;
  }
}

export function segmentSum(x: usize, ids: usize, out: usize, n: i32, inner: i32, segments: i32): void {
  clear(out, segments * inner);
  for (let i = 0; i < n; i++) {
    const id = load<i32>(ids + (i << 2));
    if (<u32>id < <u32>segments) addRow(x, out + ((id * inner) << 2), inner);
    x += inner << 2;
  }
}

export function oneHot(indices: usize, out: usize, n: i32, depth: i32, on: i32, off: i32): void {
  fill(out, n * depth, off);
  for (; n > 0; n--) {
    const index = load<i32>(indices);
    if (<u32>index < <u32>depth) store<i32>(out + (index << 2), on);
    indices += 4;
    out += depth << 2;
  }
}

export function fill(out: usize, n: i32, bits: i32): void {
  const four = i32x4.splat(bits);
  for (; n >= 4; n -= 4) {
    v128.store(out, four);
    out += 16;
  }
  for (; n > 0; n--) {
    store<i32>(out, bits);
    out += 4;
  }
}

/** By squares of four within strips of 32 columns, so that a line of the target is filled before it leaves the cache. */
export function transpose(x: usize, out: usize, batch: i32, rows: i32, columns: i32): void {
  const wholeRows = rows & ~3;
  const wholeColumns = columns & ~3;
  for (; batch > 0; batch--) {
    for (let strip = 0; strip < wholeColumns; strip += 32)
      for (let i = 0; i < wholeRows; i += 4)
        for (let j = strip; j < min(strip + 32, wholeColumns); j += 4)
          transposeSquare(x + ((i * columns + j) << 2), columns << 2, out + ((j * rows + i) << 2), rows << 2);
    for (let j = wholeColumns; j < columns; j++) transposeElements(x, out, rows, columns, 0, wholeRows, j);
    for (let j = 0; j < columns; j++) transposeElements(x, out, rows, columns, wholeRows, rows, j);
    x += (rows * columns) << 2;
    out += (rows * columns) << 2;
  }
}

@inline
function transposeSquare(x: usize, step: i32, out: usize, outStep: i32): void {
  const r0 = v128.load(x);
  const r1 = v128.load(x + step);
  const r2 = v128.load(x + 2 * step);
  const r3 = v128.load(x + 3 * step);
  const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
  const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
  const high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
  const high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  v128.store(out, i64x2.shuffle(low01, low23, 0, 2));
  v128.store(out + outStep, i64x2.shuffle(low01, low23, 1, 3));
  v128.store(out + 2 * outStep, i64x2.shuffle(high01, high23, 0, 2));
  v128.store(out + 3 * outStep, i64x2.shuffle(high01, high23, 1, 3));
}

/** Column j of the rows from … to − 1. */
@inline
function transposeElements(x: usize, out: usize, rows: i32, columns: i32, from: i32, to: i32, j: i32): void {
  for (let i = from; i < to; i++)
    store<i32>(out + ((j * rows + i) << 2), load<i32>(x + ((i * columns + j) << 2)));
}

export function copyStrided(x: usize, out: usize, table: usize, rank: i32): void {
  const n = load<i32>(table);
  const from = load<i32>(table + (rank << 2)) << 2;
  const to = load<i32>(table + (rank << 3)) << 2;
  if (rank == 1) return copyLine(x, from, out, to, n);
  for (let i = 0; i < n; i++) {
    copyInner(x, out, table, rank, 1);
    x += from;
    out += to;
  }
}

/** The box of dimensions `level` … rank − 1. */
function copyInner(x: usize, out: usize, table: usize, rank: i32, level: i32): void {
  const entry = table + (level << 2);
  const n = load<i32>(entry);
  const from = load<i32>(entry + (rank << 2)) << 2;
  const to = load<i32>(entry + (rank << 3)) << 2;
  if (level == rank - 1) return copyLine(x, from, out, to, n);
  for (let i = 0; i < n; i++) {
    copyInner(x, out, table, rank, level + 1);
    x += from;
    out += to;
  }
}

function copyLine(x: usize, from: i32, out: usize, to: i32, n: i32): void {
  if (to == 4 && from == 4) return copyRow(x, out, n);
  if (to == 4 && from == 0) return fill(out, n, load<i32>(x));
  for (; n > 0; n--) {
    store<i32>(out, load<i32>(x));
    x += from;
    out += to;
  }
}
