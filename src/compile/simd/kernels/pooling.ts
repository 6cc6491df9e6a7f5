/**
 * Max and average pooling, NHWC, with their gradients. Windows are clipped to the image; a mean is over the part inside.
 * Lanes run over channels, the last one to three channels go through partial loads.
 */
import { Geometry } from './geometry';
import { clear, loadPart, max, min, storePart } from './lanes';

const MAXIMUM: i32 = 0;
const MAXIMUM_GRADIENT: i32 = 1;
const MEAN: i32 = 2;
const MEAN_GRADIENT: i32 = 3;

export function maxPool(x: usize, out: usize, geometry: usize, batch: i32): void {
  pool(MAXIMUM, x, 0, out, 0, changetype<Geometry>(geometry), batch);
}

export function maxPoolGradient(x: usize, dy: usize, dx: usize, geometry: usize, batch: i32): void {
  pool(MAXIMUM_GRADIENT, x, dy, 0, dx, changetype<Geometry>(geometry), batch);
}

export function averagePool(x: usize, out: usize, geometry: usize, batch: i32): void {
  pool(MEAN, x, 0, out, 0, changetype<Geometry>(geometry), batch);
}

export function averagePoolGradient(dy: usize, dx: usize, geometry: usize, batch: i32): void {
  pool(MEAN_GRADIENT, 0, dy, 0, dx, changetype<Geometry>(geometry), batch);
}

@inline
function pool(kind: i32, x: usize, dy: usize, out: usize, dx: usize, g: Geometry, batch: i32): void {
  const channels = g.channels;
  const image = (g.inHeight * g.inWidth * channels) << 2;
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
        const corner = ((top * g.inWidth + left) * channels) << 2;
        for (let c = 0; c < channels; c += 4)
          if (rows == 2 && columns == 2)
            poolSquare(kind, x + corner + (c << 2), dy + (c << 2), out + (c << 2), dx + corner + (c << 2), g, min(4, channels - c));
          else poolWindow(kind, x + corner + (c << 2), dy + (c << 2), out + (c << 2), dx + corner + (c << 2), g, rows, columns,
            min(4, channels - c));
        if (dy) dy += channels << 2;
        if (out) out += channels << 2;
      }
    }
    if (x) x += image;
    if (dx) dx += image;
  }
}

/** One window of rows × columns cells, up to four channels. */
@inline
function poolWindow(
  kind: i32,
  x: usize,
  dy: usize,
  out: usize,
  dx: usize,
  g: Geometry,
  rows: i32,
  columns: i32,
  lanes: i32,
): void {
  const cell = g.channels << 2;
  const row = g.inWidth * cell;
  if (kind == MEAN_GRADIENT) {
    const share = f32x4.div(get(dy, lanes), f32x4.splat(<f32>(rows * columns)));
    for (let r = 0; r < rows; r++)
      for (let q = 0; q < columns; q++) add(dx + r * row + q * cell, share, lanes);
    return;
  }
  let value = f32x4.splat(kind == MEAN ? 0 : -Infinity);
  for (let r = 0; r < rows; r++)
    for (let q = 0; q < columns; q++) {
      const cellValue = get(x + r * row + q * cell, lanes);
      value = kind == MEAN ? f32x4.add(value, cellValue) : f32x4.max(value, cellValue);
    }
  if (kind == MEAN) put(out, f32x4.div(value, f32x4.splat(<f32>(rows * columns))), lanes);
  else if (kind == MAXIMUM) put(out, value, lanes);
  else {
    let open = f32x4.eq(value, value);
    const gradient = get(dy, lanes);
    for (let r = 0; r < rows; r++)
      for (let q = 0; q < columns; q++) {
        const offset = r * row + q * cell;
        const chosen = v128.and(open, f32x4.eq(get(x + offset, lanes), value));
        add(dx + offset, v128.and(gradient, chosen), lanes);
        open = v128.andnot(open, chosen);
      }
  }
}

/** The usual window of 2 × 2, without loops. */
@inline
function poolSquare(kind: i32, x: usize, dy: usize, out: usize, dx: usize, g: Geometry, lanes: i32): void {
  const right = g.channels << 2;
  const below = g.inWidth * right;
  if (kind == MEAN_GRADIENT) {
    const share = f32x4.mul(get(dy, lanes), f32x4.splat(0.25));
    add(dx, share, lanes);
    add(dx + right, share, lanes);
    add(dx + below, share, lanes);
    add(dx + below + right, share, lanes);
    return;
  }
  const a = get(x, lanes);
  const b = get(x + right, lanes);
  const c = get(x + below, lanes);
  const d = get(x + below + right, lanes);
  if (kind == MEAN) {
    const sum = f32x4.add(f32x4.add(f32x4.add(a, b), c), d);
    return put(out, f32x4.mul(sum, f32x4.splat(0.25)), lanes);
  }
  const value = f32x4.max(f32x4.max(a, b), f32x4.max(c, d));
  if (kind == MAXIMUM) return put(out, value, lanes);
  const gradient = get(dy, lanes);
  const atA = f32x4.eq(a, value);
  const atB = v128.andnot(f32x4.eq(b, value), atA);
  const atAB = v128.or(atA, atB);
  const atC = v128.andnot(f32x4.eq(c, value), atAB);
  const atD = v128.andnot(f32x4.eq(d, value), v128.or(atAB, atC));
  add(dx, v128.and(gradient, atA), lanes);
  add(dx + right, v128.and(gradient, atB), lanes);
  add(dx + below, v128.and(gradient, atC), lanes);
  add(dx + below + right, v128.and(gradient, atD), lanes);
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
