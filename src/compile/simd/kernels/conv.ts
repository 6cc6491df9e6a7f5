/**
 * 2-D convolution, NHWC with kernel [kh, kw, in, out], and its two gradients, as products on the tiles of matmul without
 * im2col (decision 0005). Images that are mostly zeros take the kernels of `sparse-conv.ts`, which give the same bits. Contracts
 * are in `kernel-exports.ts`.
 */
import { activateRows } from './activations';
import {
  behind,
  clearPadded,
  copyInside,
  Geometry,
  isPadded,
  isSparse,
  rowBytes,
  writeWindowOffsets,
} from './geometry';
import { addRow, clear, min } from './lanes';
import { packPanel, packTransposedPanel, setStrip } from './pack';
import { Product, PRODUCT_BYTES, TILE_BYTES } from './product';
import { tileRow } from './rows';
import { addSparseFilterGradient, sparseConvolve } from './sparse-conv';
import { tileFour, tilePart } from './tiles';

const RELU: i32 = 1;

export function conv2d(
  x: usize,
  w: usize,
  bias: usize,
  out: usize,
  geometry: usize,
  batch: i32,
  activation: i32,
  scratch: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const job = changetype<Product>(scratch);
  const window = g.kernelHeight * g.kernelWidth * g.channels;
  const pixels = g.outHeight * g.outWidth;
  const image = g.inHeight * g.inWidth * g.channels;
  const offsets = scratch + PRODUCT_BYTES + TILE_BYTES;
  const panels = behind(offsets, pixels);
  job.room = behind(panels, window * ((g.outChannels + 7) & ~7));
  const padded = behind(job.room, window << 2);
  const copies = isPadded(g);
  writeWindowOffsets(g, rowBytes(g), offsets);
  if (copies) clearPadded(g, padded);
  for (let j = 0; j < g.outChannels; j += 8)
    packPanel(w + (j << 2), g.outChannels << 2, window, min(8, g.outChannels - j), panels + ((j * window) << 2));
  describeWindows(job, g);
  job.bPanel = window << 5;
  job.outRow = g.outChannels << 2;
  job.startRow = 0;
  job.startColumn = bias ? 4 : 0;
  job.floor = activation == RELU ? 0 : -Infinity;
  for (let i = 0; i < batch; i++) {
    if (!(g.outChannels & 3) && isSparse(x, image)) sparseConvolve(g, x, w, bias, out, job.floor);
    else {
      if (copies) copyInside(g, x, padded, false);
      convolveImage(job, copies ? padded : x, offsets, pixels, panels, g.outChannels, out, bias);
    }
    if (activation > RELU) activateRows(activation, out, pixels, g.outChannels, g.outChannels << 2);
    x += image << 2;
    out += (pixels * g.outChannels) << 2;
  }
}

/** A's rows are windows: one run per kernel row. */
function describeWindows(job: Product, g: Geometry): void {
  job.aDepth = 4;
  job.bDepth = 32;
  job.depth = g.kernelWidth * g.channels;
  job.segments = g.kernelHeight;
  job.aSegment = rowBytes(g);
}

function convolveImage(
  job: Product,
  image: usize,
  offsets: usize,
  pixels: i32,
  panels: usize,
  columns: i32,
  out: usize,
  start: usize,
): void {
  for (let t = 0; t < pixels; t += 4)
    rowsAt(job, image, offsets + (t << 2), min(4, pixels - t), panels, columns, out + t * job.outRow, start);
}

/** Up to four rows of A, at the offsets listed (growing, so that neighbours are found by the last), against panels. */
function rowsAt(
  job: Product,
  a: usize,
  offsets: usize,
  rows: i32,
  panels: usize,
  columns: i32,
  out: usize,
  start: usize,
): void {
  const whole = columns & ~7;
  const rest = columns - whole;
  const a0 = a + load<i32>(offsets);
  const a1 = rows > 1 ? a + load<i32>(offsets, 4) : a0;
  const a2 = rows > 2 ? a + load<i32>(offsets, 8) : a0;
  const a3 = rows > 3 ? a + load<i32>(offsets, 12) : a0;
  if (rows == 4 && whole > 0) tileFour(job, a0, a1, a2, a3, panels, whole, out, start);
  else
    for (let j = 0; j < whole; j += 8)
      for (let r = 0; r < rows; r++)
        tileRow(job, a + load<i32>(offsets + (r << 2)), panels + (j >> 3) * job.bPanel,
          out + (j << 2) + r * job.outRow, start + j * job.startColumn + r * job.startRow);
  if (rest == 0) return;
  setStrip(job, a0, a1, a2, a3, false);
  tilePart(job, rows, panels + (whole >> 3) * job.bPanel, rest, out + (whole << 2), start + whole * job.startColumn);
}

export function conv2dFilterGradient(
  x: usize,
  dy: usize,
  dw: usize,
  geometry: usize,
  batch: i32,
  rowFrom: i32,
  rowTo: i32,
  scratch: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const job = changetype<Product>(scratch);
  const pixels = g.outHeight * g.outWidth;
  const image = g.inHeight * g.inWidth * g.channels;
  const rows = rowTo - rowFrom;
  const rest = g.outChannels & 7;
  const offsets = scratch + PRODUCT_BYTES + TILE_BYTES;
  const narrow = behind(offsets, rows);
  const partial = behind(narrow, rest ? pixels << 3 : 0);
  job.room = behind(partial, rows * g.outChannels);
  const padded = behind(job.room, pixels << 2);
  const copies = isPadded(g);
  const row = rowBytes(g);
  for (let r = 0; r < rows; r++) {
    const ky = (rowFrom + r) / (g.kernelWidth * g.channels);
    store<i32>(offsets + (r << 2), ky * row + ((rowFrom + r - ky * g.kernelWidth * g.channels) << 2));
  }
  if (copies) clearPadded(g, padded);
  job.aDepth = (g.strideWidth * g.channels) << 2;
  job.depth = g.outWidth;
  job.segments = g.outHeight;
  job.aSegment = g.strideHeight * row;
  job.outRow = g.outChannels << 2;
  job.startRow = g.outChannels << 2;
  job.startColumn = 4;
  job.floor = -Infinity;
  dw += (rowFrom * g.outChannels) << 2;
  clear(dw, rows * g.outChannels);
  clear(partial, rows * g.outChannels);
  for (let i = 0; i < batch; i++) {
    if (!(g.outChannels & 3) && isSparse(x, image)) addSparseFilterGradient(g, x, dy, rowFrom, rowTo, partial, dw);
    else {
      if (copies) copyInside(g, x, padded, false);
      addFilterGradient(job, copies ? padded : x, offsets, rows, dy, g.outChannels, narrow, dw);
    }
    x += image << 2;
    dy += (pixels * g.outChannels) << 2;
  }
}

/** DW += (windows of one image)ᵀ · DY; a remainder of less than eight channels of DY is packed first. */
function addFilterGradient(
  job: Product,
  image: usize,
  offsets: usize,
  rows: i32,
  dy: usize,
  columns: i32,
  narrow: usize,
  dw: usize,
): void {
  const rest = columns & 7;
  const whole = columns - rest;
  job.bDepth = columns << 2;
  job.bPanel = 32;
  if (whole > 0) addRows(job, image, offsets, rows, dy, whole, dw);
  if (rest == 0) return;
  packPanel(dy + (whole << 2), columns << 2, job.depth * job.segments, rest, narrow);
  job.bDepth = 32;
  addRows(job, image, offsets, rows, narrow, rest, dw + (whole << 2));
}

function addRows(
  job: Product,
  image: usize,
  offsets: usize,
  rows: i32,
  b: usize,
  columns: i32,
  onto: usize,
): void {
  for (let r = 0; r < rows; r += 4) {
    const target = onto + r * job.outRow;
    rowsAt(job, image, offsets + (r << 2), min(4, rows - r), b, columns, target, target);
  }
}

export function conv2dInputGradient(dy: usize, w: usize, dx: usize, geometry: usize, batch: i32, scratch: usize): void {
  const g = changetype<Geometry>(geometry);
  const job = changetype<Product>(scratch);
  const window = g.kernelHeight * g.kernelWidth * g.channels;
  const wide = (window + 7) & ~7;
  const pixels = g.outHeight * g.outWidth;
  const image = g.inHeight * g.inWidth * g.channels;
  const offsets = scratch + PRODUCT_BYTES + TILE_BYTES;
  const panels = behind(offsets, pixels);
  job.room = behind(panels, wide * g.outChannels);
  const windows = behind(job.room, g.outChannels << 2);
  const padded = behind(windows, wide << 2);
  const copies = isPadded(g);
  writeWindowOffsets(g, rowBytes(g), offsets);
  for (let j = 0; j < window; j += 8)
    packTransposedPanel(w + ((j * g.outChannels) << 2), g.outChannels << 2, g.outChannels, min(8, window - j),
      panels + ((j * g.outChannels) << 2));
  job.aRow = g.outChannels << 2;
  job.aDepth = 4;
  job.bDepth = 32;
  job.bPanel = g.outChannels << 5;
  job.depth = g.outChannels;
  job.segments = 1;
  job.outRow = wide << 2;
  job.startRow = 0;
  job.startColumn = 0;
  job.floor = -Infinity;
  for (let i = 0; i < batch; i++) {
    if (copies) clearPadded(g, padded);
    clear(dx, image);
    spreadImage(job, g, dy, panels, wide, windows, offsets, copies ? padded : dx);
    if (copies) copyInside(g, dx, padded, true);
    dx += image << 2;
    dy += (pixels * g.outChannels) << 2;
  }
}

/** Four outputs at a time: DY·Wᵀ gives the gradients of their windows, which are then added where the windows lie. */
function spreadImage(
  job: Product,
  g: Geometry,
  dy: usize,
  panels: usize,
  wide: i32,
  windows: usize,
  offsets: usize,
  image: usize,
): void {
  const pixels = g.outHeight * g.outWidth;
  const run = g.kernelWidth * g.channels;
  const row = rowBytes(g);
  for (let t = 0; t < pixels; t += 4) {
    const rows = min(4, pixels - t);
    const a = dy + t * job.aRow;
    if (rows == 4) tileFour(job, a, a + job.aRow, a + 2 * job.aRow, a + 3 * job.aRow, panels, wide, windows, 0);
    else
      for (let j = 0; j < wide; j += 8)
        for (let r = 0; r < rows; r++)
          tileRow(job, a + r * job.aRow, panels + (j >> 3) * job.bPanel, windows + (j << 2) + r * job.outRow, 0);
    for (let r = 0; r < rows; r++) {
      let window = image + load<i32>(offsets + ((t + r) << 2));
      let source = windows + r * job.outRow;
      for (let ky = 0; ky < g.kernelHeight; ky++) {
        addRow(source, window, run);
        source += run << 2;
        window += row;
      }
    }
  }
}
