/**
 * Products with sums of up to four terms: first layers of worlds with few numbers to observe, and gradients that come back
 * through heads with few outputs. Reading and writing is the work, so eight columns of B stay in registers for all rows.
 */
import { madd } from './lanes';
import { Product } from './product';
import { storePair } from './store';

/** Longest sums. */
export const THIN: i32 = 4;

/** All rows of A against panels of eight columns; `job.depth` is at most THIN. */
export function thinPanels(job: Product): void {
  for (let j = 0; j < job.columns; j += 8) {
    const panel = job.b + (j >> 3) * job.bPanel;
    const out = job.out + (j << 2);
    const start = job.start + j * job.startColumn;
    if (job.depth == 1) thin1(job, panel, out, start);
    else if (job.depth == 2) thin2(job, panel, out, start);
    else if (job.depth == 3) thin3(job, panel, out, start);
    else thin4(job, panel, out, start);
  }
}

function thin1(job: Product, panel: usize, out: usize, start: usize): void {
  thin(1, job, panel, out, start);
}
function thin2(job: Product, panel: usize, out: usize, start: usize): void {
  thin(2, job, panel, out, start);
}
function thin3(job: Product, panel: usize, out: usize, start: usize): void {
  thin(3, job, panel, out, start);
}
function thin4(job: Product, panel: usize, out: usize, start: usize): void {
  thin(4, job, panel, out, start);
}

@inline
function thin(terms: i32, job: Product, panel: usize, out: usize, start: usize): void {
  const bDepth = job.bDepth;
  const p1 = terms > 1 ? panel + bDepth : panel;
  const p2 = terms > 2 ? p1 + bDepth : panel;
  const p3 = terms > 3 ? p2 + bDepth : panel;
  const b00 = v128.load(panel);
  const b01 = v128.load(panel, 16);
  const b10 = v128.load(p1);
  const b11 = v128.load(p1, 16);
  const b20 = v128.load(p2);
  const b21 = v128.load(p2, 16);
  const b30 = v128.load(p3);
  const b31 = v128.load(p3, 16);
  const least = f32x4.splat(job.floor);
  const aRow = job.aRow;
  const aDepth = job.aDepth;
  const outRow = job.outRow;
  const startRow = job.startRow;
  let a = job.a;
  for (let i = job.rows; i > 0; i--) {
    let x = v128.load32_splat(a);
    let c0 = f32x4.mul(x, b00);
    let c1 = f32x4.mul(x, b01);
    if (terms > 1) {
      x = v128.load32_splat(a + aDepth);
      c0 = madd(x, b10, c0);
      c1 = madd(x, b11, c1);
    }
    if (terms > 2) {
      x = v128.load32_splat(a + 2 * aDepth);
      c0 = madd(x, b20, c0);
      c1 = madd(x, b21, c1);
    }
    if (terms > 3) {
      x = v128.load32_splat(a + 3 * aDepth);
      c0 = madd(x, b30, c0);
      c1 = madd(x, b31, c1);
    }
    storePair(out, start, c0, c1, least);
    a += aRow;
    out += outRow;
    start += startRow;
  }
}
