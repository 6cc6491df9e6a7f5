/** Paints pictures and walls of them onto canvases, a number per pixel. */

/** `grey`: 0 black, 1 or 255 of bytes white. `signed`: below 0 orange, above 0 blue. `weights`: the same in grey, 0 in the middle. */
export type Look = 'grey' | 'signed' | 'weights';

/** Pictures of the same size, side by side. */
export interface Wall {
  /** [count × height × width × channels] */
  readonly values: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly columns: number;
  readonly look: Look;
  /** What the full colour stands for; by default the largest size within a picture with `signed` and `weights`. */
  readonly reach?: number;
}

/** Pixels between two pictures of a wall. */
const GAP = 1;

export function paintWall(canvas: HTMLCanvasElement, { values, shape, columns, look, reach }: Wall): void {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const count = Math.floor(values.length / size);
  const across = Math.min(columns, count);
  const white = values instanceof Uint8Array ? 255 : 1;
  canvas.width = across * (width + GAP) - GAP;
  canvas.height = Math.ceil(count / columns) * (height + GAP) - GAP;
  const image = new ImageData(canvas.width, canvas.height);
  for (let tile = 0; tile < count; tile++) {
    const from = tile * size;
    const full = Math.max(reach ?? (look === 'grey' ? white : largest(values, from, size)), 1e-12);
    const left = (tile % columns) * (width + GAP);
    const top = Math.floor(tile / columns) * (height + GAP);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const at = from + (y * width + x) * channels;
        const to = 4 * ((top + y) * canvas.width + left + x);
        paintPixel(image.data, to, values, at, { channels, look, full });
      }
  }
  // On the CPU: a GPU that is busy training would keep it waiting.
  canvas.getContext('2d', { willReadFrequently: true })?.putImageData(image, 0, 0);
}

function paintPixel(
  data: Uint8ClampedArray,
  to: number,
  values: ArrayLike<number>,
  at: number,
  { channels, look, full }: { readonly channels: number; readonly look: Look; readonly full: number },
): void {
  const part = values[at] / full;
  for (let c = 0; c < 3; c++) {
    const value = values[at + (channels >= 3 ? c : 0)] / full;
    if (look === 'grey') data[to + c] = 255 * value;
    else if (look === 'weights') data[to + c] = 127.5 * (1 + value);
    else data[to + c] = Math.abs(part) * (part > 0 ? BLUE : ORANGE)[c];
  }
  data[to + 3] = 255;
}

/** Okabe and Ito's sky blue, and an orange: apart for the colour-blind too. */
const BLUE = [86, 180, 233];
const ORANGE = [245, 158, 75];

function largest(values: ArrayLike<number>, from: number, size: number): number {
  let most = 0;
  for (let k = from; k < from + size; k++) most = Math.max(most, Math.abs(values[k]));
  return most;
}
