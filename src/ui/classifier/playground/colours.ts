/** Playground's colours: orange for −1, grey for 0, blue for 1, in thirty shades (its heatmap.ts, 2016). */

type Colour = readonly [red: number, green: number, blue: number];

const ORANGE: Colour = [0xf5, 0x93, 0x22];
const GREY: Colour = [0xe8, 0xea, 0xeb];
const BLUE: Colour = [0x08, 0x77, 0xbd];
const SHADES = 30;

/** [SHADES] pixels as an ImageData holds them, opaque. */
const palette = Uint32Array.from({ length: SHADES }, (_, k) => packed(mixed((2 * k) / (SHADES - 1) - 1)));

/** Which shade a value has: −1 and below the first, 1 and above the last. */
export function shadeOf(value: number): number {
  const within = Math.min(1, Math.max(-1, value));
  return Math.min(SHADES - 1, Math.floor(((within + 1) / 2) * SHADES));
}

/** The colour of a value as CSS has it, not quantised. */
export function cssOf(value: number): string {
  return `rgb(${mixed(Math.min(1, Math.max(-1, value))).join(' ')})`;
}

/** Writes the colours of values [pixels] that lie `stride` apart from `offset` on; `discrete` keeps only their signs. */
export function paint(
  pixels: Uint32Array,
  values: Float32Array,
  { stride = 1, offset = 0, discrete = false } = {},
): void {
  for (let k = 0; k < pixels.length; k++) {
    const value = values[k * stride + offset];
    pixels[k] = palette[shadeOf(discrete ? (value >= 0 ? 1 : -1) : value)];
  }
}

function mixed(value: number): Colour {
  const end = value < 0 ? ORANGE : BLUE;
  const share = Math.abs(value);
  return [0, 1, 2].map((k) => Math.round(GREY[k] + (end[k] - GREY[k]) * share)) as unknown as Colour;
}

/** Little-endian RGBA, as on every machine that runs a browser. */
function packed([red, green, blue]: Colour): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
