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
/** Every so many steps one is looked at; a quarter of them has to be zeros. */
const PROBE: i32 = 8;

/** Bytes of the list of steps behind the strip, which is `depth` · 16 bytes long. */
@inline
export function listBytes(depth: i32): i32 {
  return ((depth + 15) & ~15) << 2;
}

/** As `tileFour` for a product in one segment, whose room holds the list too. */
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
  setStrip(job, a0, a1, a2, a3, false);
  if (!isOftenZero(job)) {
    // Rows far apart are read once into a strip, and then once for every panel from there.
    if (job.stripDepth >= 1024) setStrip(job, a0, a1, a2, a3, true);
    return tileStrip(job, panels, columns, out, start);
  }
  const list = job.room + (job.depth << 4);
  const count = compact(job, list);
  for (let j = 0; j < columns; j += 8)
    tileListed(job, list, count, panels + (j >> 3) * job.bPanel, out + (j << 2), start + j * job.startColumn);
}

function isOftenZero(job: Product): bool {
  let zeros = 0;
  let probes = 0;
  for (let p = 0; p < job.depth; p += PROBE) {
    if (!v128.any_true(f32x4.ne(v128.load(job.strip + p * job.stripDepth), f32x4.splat(0)))) zeros++;
    probes++;
  }
  return zeros << 2 >= probes;
}

/** Leaves the steps with a number other than zero in the room, and their rows of B, in bytes, in the list. */
function compact(job: Product, list: usize): i32 {
  let from = job.strip;
  let to = job.room;
  let b = 0;
  let count = 0;
  for (let p = job.depth; p > 0; p--) {
    const x = v128.load(from);
    if (v128.any_true(f32x4.ne(x, f32x4.splat(0)))) {
      v128.store(to, x);
      store<i32>(list + (count << 2), b);
      to += 16;
      count++;
    }
    from += job.stripDepth;
    b += job.bDepth;
  }
  return count;
}

/** The listed steps against one panel of eight columns. */
function tileListed(job: Product, list: usize, count: i32, panel: usize, out: usize, start: usize): void {
  let a = job.room;
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const end = list + (count << 2);
  for (; list < end; list += 4) {
    const b = panel + load<i32>(list);
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
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
    a += 16;
  }
  storeTile(job, out, start, c00, c01, c10, c11, c20, c21, c30, c31);
}
