/**
 * A drawn digit made like those of MNIST (LeCun's description, and the files themselves): its ink is scaled to a box of 20 × 20,
 * its centre of mass goes to pixel (14, 14) of 28 × 28. A network that never saw the user's pen then reads it as well as a test
 * picture.
 */

/** A grey picture: bytes, or numbers from 0 to 1, row by row. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  readonly values: Uint8Array | Uint8ClampedArray | Float32Array;
}

export const DIGIT_SIDE = 28;
/** Longest side of the ink; so it is in 9,997 of MNIST's 10,000 test pictures, and 19 in the others. */
const BOX = 20;
/** Where the centre of mass goes, as a pixel's index. */
const CENTRE = 14;
/** Contrast below which nothing is drawn, and ink below which a place is paper: shares of the full range, of the contrast. */
const LEAST_CONTRAST = 0.05;
const LEAST_INK = 0.004;

/**
 * The digit as [28 × 28] bytes, 255 where there is most ink, as MNIST's pictures are; undefined if nothing is drawn. Ink may be
 * light on dark or dark on light, anywhere and of any size.
 */
export function digitOf(picture: GreyPicture): Uint8Array<ArrayBuffer> | undefined {
  const ink = inkOf(picture);
  const box = ink && boxOf(ink, picture.width, picture.height);
  return ink && box && centred(shrunk(ink, picture.width, box));
}

/** Ink from 0 on paper to 1, or undefined without contrast. Paper is what there is more of. */
function inkOf({ values }: GreyPicture): Float32Array | undefined {
  let low = Infinity;
  let high = -Infinity;
  let sum = 0;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
    sum += value;
  }
  const range = values instanceof Float32Array ? 1 : 255;
  const contrast = high - low;
  if (!(contrast >= LEAST_CONTRAST * range)) return undefined;
  const isDarkOnLight = sum / values.length > (low + high) / 2;
  const ink = new Float32Array(values.length);
  for (let k = 0; k < ink.length; k++)
    ink[k] = (isDarkOnLight ? high - values[k] : values[k] - low) / contrast;
  return ink;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest box around the ink, in pixels. */
function boxOf(ink: Float32Array, width: number, height: number): Box {
  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++)
      if (ink[at] >= LEAST_INK) {
        if (x < left) left = x;
        if (x > right) right = x;
        if (y < top) top = y;
        bottom = y;
      }
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

interface Shrunk {
  readonly width: number;
  readonly height: number;
  readonly ink: Float32Array;
}

/**
 * The box at the scale that makes its longer side 20, each pixel the mean of the area it covers. The grid begins at the box's
 * corner wherever that lies, so a digit gives the same pixels anywhere.
 */
function shrunk(ink: Float32Array, stride: number, box: Box): Shrunk {
  const longest = Math.max(box.width, box.height);
  const width = Math.ceil((box.width * BOX) / longest);
  const height = Math.ceil((box.height * BOX) / longest);
  const side = longest / BOX;
  const columns = new Float32Array(box.height * width);
  for (let y = 0; y < box.height; y++) {
    const from = (box.top + y) * stride + box.left;
    means(ink, from, 1, box.width, columns, y * width, 1, width, side);
  }
  const result = new Float32Array(height * width);
  for (let x = 0; x < width; x++) means(columns, x, width, box.height, result, x, width, height, side);
  return { width, height, ink: result };
}

/** Means of `count` values over stretches of length `side`, which may begin and end within a value; zeros follow the last one. */
function means(
  values: Float32Array,
  from: number,
  step: number,
  count: number,
  into: Float32Array,
  to: number,
  stepTo: number,
  stretches: number,
  side: number,
): void {
  for (let k = 0; k < stretches; k++) {
    const start = k * side;
    const end = Math.min(start + side, count);
    let sum = 0;
    for (let j = Math.floor(start); j < end; j++)
      sum += values[from + j * step] * (Math.min(j + 1, end) - Math.max(j, start));
    into[to + k * stepTo] = sum / side;
  }
}

/** Moves the centre of mass by whole pixels, as in MNIST, where it lies within half a pixel of (14, 14). */
function centred({ width, height, ink }: Shrunk): Uint8Array<ArrayBuffer> {
  let sum = 0;
  let sumX = 0;
  let sumY = 0;
  let most = 0;
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      sum += ink[at];
      sumX += ink[at] * x;
      sumY += ink[at] * y;
      most = Math.max(most, ink[at]);
    }
  const left = Math.round(CENTRE - sumX / sum);
  const top = Math.round(CENTRE - sumY / sum);
  const digit = new Uint8Array(DIGIT_SIDE * DIGIT_SIDE);
  for (let y = Math.max(0, -top); y < Math.min(height, DIGIT_SIDE - top); y++)
    for (let x = Math.max(0, -left); x < Math.min(width, DIGIT_SIDE - left); x++)
      digit[(y + top) * DIGIT_SIDE + x + left] = Math.round((255 * ink[y * width + x]) / most);
  return digit;
}
