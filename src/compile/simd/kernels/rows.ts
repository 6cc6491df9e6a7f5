/**
 * One row of A at a time: what remains after the tiles of four, and everything when an agent acts in one world. Without
 * three more rows to share B with, several sums side by side keep the units busy; six are as many as registers allow.
 */
import { madd } from './lanes';
import { Product } from './product';
import { storePair } from './store';

/** A row against all columns of a job. */
export function multiplyRow(job: Product, a: usize, out: usize, start: usize): void {
  let j = 0;
  if (job.bPanel == 32) {
    // 32 are better taken as twice 16 than as 24 and 8.
    for (; job.columns - j >= 24 && job.columns - j != 32; j += 24)
      row24(job, a, job.b + (j << 2), out + (j << 2), start + j * job.startColumn);
    for (; job.columns - j >= 16; j += 16)
      row16(job, a, job.b + (j << 2), out + (j << 2), start + j * job.startColumn);
  }
  for (; j < job.columns; j += 8)
    tileRow(job, a, job.b + (j >> 3) * job.bPanel, out + (j << 2), start + j * job.startColumn);
}

/** A row against one panel; the only one for more than one segment. */
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
  storePair(out, start, c0, c1, f32x4.splat(job.floor));
}

/** A row against 24 columns in place. */
function row24(job: Product, a: usize, b: usize, out: usize, start: usize): void {
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let c2 = f32x4.splat(0);
  let c3 = f32x4.splat(0);
  let c4 = f32x4.splat(0);
  let c5 = f32x4.splat(0);
  const aDepth = job.aDepth;
  const bDepth = job.bDepth;
  const end = a + aDepth * job.depth;
  let x: v128;
  do {
    x = v128.load32_splat(a);
    c0 = madd(x, v128.load(b), c0);
    c1 = madd(x, v128.load(b, 16), c1);
    c2 = madd(x, v128.load(b, 32), c2);
    c3 = madd(x, v128.load(b, 48), c3);
    c4 = madd(x, v128.load(b, 64), c4);
    c5 = madd(x, v128.load(b, 80), c5);
    a += aDepth;
    b += bDepth;
    if (a == end) break;
    x = v128.load32_splat(a);
    c0 = madd(x, v128.load(b), c0);
    c1 = madd(x, v128.load(b, 16), c1);
    c2 = madd(x, v128.load(b, 32), c2);
    c3 = madd(x, v128.load(b, 48), c3);
    c4 = madd(x, v128.load(b, 64), c4);
    c5 = madd(x, v128.load(b, 80), c5);
    a += aDepth;
    b += bDepth;
  } while (a != end);
  const startEight = job.startColumn << 3;
  const least = f32x4.splat(job.floor);
  storePair(out, start, c0, c1, least);
  storePair(out + 32, start + startEight, c2, c3, least);
  storePair(out + 64, start + 2 * startEight, c4, c5, least);
}

/** A row against 16 columns in place. */
function row16(job: Product, a: usize, b: usize, out: usize, start: usize): void {
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let c2 = f32x4.splat(0);
  let c3 = f32x4.splat(0);
  const aDepth = job.aDepth;
  const bDepth = job.bDepth;
  const end = a + aDepth * job.depth;
  let x: v128;
  do {
    x = v128.load32_splat(a);
    c0 = madd(x, v128.load(b), c0);
    c1 = madd(x, v128.load(b, 16), c1);
    c2 = madd(x, v128.load(b, 32), c2);
    c3 = madd(x, v128.load(b, 48), c3);
    a += aDepth;
    b += bDepth;
    if (a == end) break;
    x = v128.load32_splat(a);
    c0 = madd(x, v128.load(b), c0);
    c1 = madd(x, v128.load(b, 16), c1);
    c2 = madd(x, v128.load(b, 32), c2);
    c3 = madd(x, v128.load(b, 48), c3);
    a += aDepth;
    b += bDepth;
  } while (a != end);
  const startEight = job.startColumn << 3;
  const least = f32x4.splat(job.floor);
  storePair(out, start, c0, c1, least);
  storePair(out + 32, start + startEight, c2, c3, least);
}
