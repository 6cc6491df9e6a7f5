/**
 * One block of a product as the tiles see it: OUT[rows, columns] = max(floor, START + A·B). The record lies at the start
 * of the caller's scratch memory, so that nothing is allocated and no function has a dozen parameters.
 * Addresses and steps are bytes. START is the bias (startRow 0), OUT itself (accumulating) or the zeros at address 0.
 */
@unmanaged
export class Product {
  /** Element (i, p) of A is at a + i·aRow + p·aDepth. */
  a: usize;
  aRow: i32;
  aDepth: i32;
  /** Element (p, j) of B is at b + p·bDepth + j·bColumn. */
  b: usize;
  bDepth: i32;
  bColumn: i32;
  /** From one panel of eight columns of B to the next. */
  bPanel: i32;
  out: usize;
  outRow: i32;
  start: usize;
  startRow: i32;
  startColumn: i32;
  rows: i32;
  columns: i32;
  /** Length of the sums: `segments` runs of `depth`; A moves by aSegment from one run to the next, B just continues. */
  depth: i32;
  segments: i32;
  aSegment: i32;
  /** Room for four packed rows: segments · depth · 16 bytes. */
  room: usize;
  /** Four rows of A, their elements side by side: `stripDepth` bytes from one p to the next, stripGap more after a run. */
  strip: usize;
  stripDepth: i32;
  stripGap: i32;
  /** 0 for relu, else −inf. */
  floor: f32;
}

/** Room for a Product at the start of scratch memory. */
export const PRODUCT_BYTES: i32 = 128;
/** Room for a tile of 4 × 8 behind it. */
export const TILE_BYTES: i32 = 128;
