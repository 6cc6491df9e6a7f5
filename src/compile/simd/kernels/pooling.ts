/**
 * Max and average pooling, NHWC, with their gradients. Windows are clipped to the image; a mean is over the part inside.
 * Lanes run over channels; the last one to three channels go through partial loads.
 */
import { Geometry } from './geometry';
import { clear, loadPart, max, min, storePart } from './lanes';

const MAXIMUM: i32 = 0;
const MAXIMUM_GRADIENT: i32 = 1;
const MEAN: i32 = 2;
const MEAN_GRADIENT: i32 = 3;

export function maxPool(x: usize, out: usize, geometry: usize, batch: i32): void {
  pool(MAXIMUM, x, 0, out, changetype<Geometry>(geometry), batch);
}

export function maxPoolGradient(x: usize, dy: usize, dx: usize, geometry: usize, batch: i32): void {
  pool(MAXIMUM_GRADIENT, x, dx, dy, changetype<Geometry>(geometry), batch);
}

export function averagePool(x: usize, out: usize, geometry: usize, batch: i32): void {
  pool(MEAN, x, 0, out, changetype<Geometry>(geometry), batch);
}

export function averagePoolGradient(dy: usize, dx: usize, geometry: usize, batch: i32): void {
  pool(MEAN_GRADIENT, 0, dx, dy, changetype<Geometry>(geometry), batch);
}

/** x, dx: images, where there are such; y: outputs, or their gradient. */
@inline
function pool(kind: i32, x: usize, dx: usize, y: usize, g: Geometry, batch: i32): void {
  const image = (g.inHeight * g.inWidth * g.channels) << 2;
  for (; batch > 0; batch--) {
    if (dx) clear(dx, image >> 2);
    for (let oy = 0; oy < g.outHeight; oy++) {
      const y0 = oy * g.strideHeight - g.padTop;
      const top = max(0, y0);
      const rows = min(g.inHeight, y0 + g.kernelHeight) - top;
      for (let ox = 0; ox < g.outWidth; ox++) {
        const x0 = ox * g.strideWidth - g.padLeft;
        const left = max(0, x0);
        const columns = min(g.inWidth, x0 + g.kernelWidth) - left;
        const corner = ((top * g.inWidth + left) * g.channels) << 2;
        poolCells(kind, x + corner, dx + corner, y, g, rows, columns);
        y += g.channels << 2;
      }
    }
    if (x) x += image;
    if (dx) dx += image;
  }
}

/** One window of rows × columns cells, all channels. */
@inline
function poolCells(kind: i32, x: usize, dx: usize, y: usize, g: Geometry, rows: i32, columns: i32): void {
  const right = g.channels << 2;
  const below = g.inWidth * right;
  let c = g.channels;
  if (rows == 2 && columns == 2) {
    for (; c >= 4; c -= 4) {
      poolSquare(kind, x, dx, y, right, below);
      x += 16;
      dx += 16;
      y += 16;
    }
  }
  for (; c > 0; c -= 4) {
    poolWindow(kind, x, dx, y, right, below, rows, columns, min(4, c));
    x += 16;
    dx += 16;
    y += 16;
  }
}

/** Four channels of the usual window of 2 × 2, without loops. */
@inline
function poolSquare(kind: i32, x: usize, dx: usize, y: usize, right: i32, below: i32): void {
  if (kind == MEAN_GRADIENT) {
    const share = f32x4.mul(v128.load(y), f32x4.splat(0.25));
    add(dx, share, 4);
    add(dx + right, share, 4);
    add(dx + below, share, 4);
    add(dx + below + right, share, 4);
    return;
  }
  const a = v128.load(x);
  const b = v128.load(x + right);
  const c = v128.load(x + below);
  const d = v128.load(x + below + right);
  if (kind == MEAN) {
    v128.store(y, f32x4.mul(f32x4.add(f32x4.add(f32x4.add(a, b), c), d), f32x4.splat(0.25)));
    return;
  }
  const value = maximum(maximum(a, b), maximum(c, d));
  if (kind == MAXIMUM) {
    v128.store(y, value);
    return;
  }
  const gradient = v128.load(y);
  const atA = f32x4.eq(a, value);
  const atB = v128.andnot(f32x4.eq(b, value), atA);
  const atAB = v128.or(atA, atB);
  const atC = v128.andnot(f32x4.eq(c, value), atAB);
  const atD = v128.andnot(f32x4.eq(d, value), v128.or(atAB, atC));
  add(dx, v128.and(gradient, atA), 4);
  add(dx + right, v128.and(gradient, atB), 4);
  add(dx + below, v128.and(gradient, atC), 4);
  add(dx + below + right, v128.and(gradient, atD), 4);
}

/** Up to four channels of any window. */
@inline
function poolWindow(
  kind: i32,
  x: usize,
  dx: usize,
  y: usize,
  right: i32,
  below: i32,
  rows: i32,
  columns: i32,
  lanes: i32,
): void {
  if (kind == MEAN_GRADIENT) {
    const share = f32x4.div(get(y, lanes), f32x4.splat(<f32>(rows * columns)));
    for (let r = 0; r < rows; r++)
      for (let q = 0; q < columns; q++) add(dx + r * below + q * right, share, lanes);
    return;
  }
  let value = f32x4.splat(kind == MEAN ? 0 : -Infinity);
  for (let r = 0; r < rows; r++)
    for (let q = 0; q < columns; q++) {
      const cell = get(x + r * below + q * right, lanes);
      value = kind == MEAN ? f32x4.add(value, cell) : maximum(value, cell);
    }
  if (kind == MEAN) put(y, f32x4.div(value, f32x4.splat(<f32>(rows * columns))), lanes);
  else if (kind == MAXIMUM) put(y, value, lanes);
  else {
    let open = f32x4.eq(value, value);
    const gradient = get(y, lanes);
    for (let r = 0; r < rows; r++)
      for (let q = 0; q < columns; q++) {
        const offset = r * below + q * right;
        const chosen = v128.and(open, f32x4.eq(get(x + offset, lanes), value));
        add(dx + offset, v128.and(gradient, chosen), lanes);
        open = v128.andnot(open, chosen);
      }
  }
}

/** The larger, NaN if either is: one comparison less than f32x4.max, which also orders −0 before 0. */
@inline
function maximum(a: v128, b: v128): v128 {
  return v128.bitselect(a, b, v128.or(f32x4.ge(a, b), f32x4.ne(a, a)));
}

@inline
function get(address: usize, lanes: i32): v128 {
  return lanes == 4 ? v128.load(address) : loadPart(address, lanes);
}

@inline
function put(address: usize, value: v128, lanes: i32): void {
  if (lanes == 4) v128.store(address, value);
  else storePart(address, value, lanes);
}

@inline
function add(address: usize, value: v128, lanes: i32): void {
  put(address, f32x4.add(get(address, lanes), value), lanes);
}
