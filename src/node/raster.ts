/**
 * A draw list as a small picture of its own, for terminals: pixels with four samples each, and as text with two pixels
 * in every character cell (▀ in two colours). Signed distance or side tests say what a shape covers.
 */
import { Shape, STRIDE, type DrawList } from '#core/draw-list.ts';

interface Glyph {
  readonly column: number;
  readonly row: number;
  readonly code: number;
  readonly colour: number;
}

/** The four sample points of a pixel. */
const SAMPLES = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.25, 0.75],
  [0.75, 0.75],
] as const;

/** Half the width, in pixels, below which a line would fall between the samples. */
const THINNEST = 0.35;

export class Raster {
  readonly width: number;
  readonly height: number;
  /** [height × width × 3] */
  readonly rgb: Uint8ClampedArray;
  private glyphs: Glyph[] = [];

  /** `height` is made even, since a character cell holds two pixels. */
  constructor(width: number, height: number) {
    this.width = Math.max(2, Math.floor(width));
    this.height = Math.max(2, Math.floor(height / 2) * 2);
    this.rgb = new Uint8ClampedArray(this.width * this.height * 3);
  }

  /** Draws a list to fill the picture. */
  draw(list: DrawList): void {
    this.glyphs = [];
    for (let i = 0; i < this.width * this.height; i++) this.blend(i, list.background, 1);
    const scale = this.width / list.width;
    for (let row = 0; row < list.count; row++) {
      const numbers = list.numbers.subarray(row * STRIDE, (row + 1) * STRIDE);
      if (numbers[0] === Shape.glyph) this.note(numbers, scale);
      else this.fill(numbers, scale);
    }
  }

  /** The picture as lines of text with 24-bit ANSI colours. */
  toText(): string {
    const lines: string[] = [];
    for (let row = 0; row < this.height / 2; row++) lines.push(this.line(row));
    return lines.join('\n');
  }

  private fill(shape: Float32Array, scale: number): void {
    const [x0, y0, x1, y1] = bounds(shape, scale);
    const colour = shape[7];
    const alpha = shape[8];
    const right = Math.min(this.width, Math.ceil(x1));
    const bottom = Math.min(this.height, Math.ceil(y1));
    for (let y = Math.max(0, Math.floor(y0)); y < bottom; y++)
      for (let x = Math.max(0, Math.floor(x0)); x < right; x++) {
        let covered = 0;
        for (const [dx, dy] of SAMPLES)
          if (covers(shape, (x + dx) / scale, (y + dy) / scale, THINNEST / scale)) covered++;
        if (covered > 0) this.blend(y * this.width + x, colour, (alpha * covered) / SAMPLES.length);
      }
  }

  private note(shape: Float32Array, scale: number): void {
    const column = Math.floor(shape[1] * scale);
    const row = Math.floor((shape[2] * scale) / 2);
    this.glyphs.push({ column, row, code: shape[4], colour: shape[7] });
  }

  private blend(pixel: number, colour: number, alpha: number): void {
    for (let channel = 0; channel < 3; channel++) {
      const at = pixel * 3 + channel;
      const value = (colour >> (16 - 8 * channel)) & 255;
      this.rgb[at] = this.rgb[at] + (value - this.rgb[at]) * alpha;
    }
  }

  private line(row: number): string {
    let text = '';
    let last = '';
    for (let column = 0; column < this.width; column++) {
      const top = this.colour(column, row * 2);
      const bottom = this.colour(column, row * 2 + 1);
      const glyph = this.glyphs.findLast((entry) => entry.column === column && entry.row === row);
      const ink = glyph ? channels(glyph.colour) : top;
      const codes = `\u001b[38;2;${ink}m\u001b[48;2;${bottom}m`;
      text += (codes === last ? '' : codes) + (glyph ? String.fromCharCode(glyph.code) : '▀');
      last = codes;
    }
    return `${text}\u001b[0m`;
  }

  private colour(x: number, y: number): string {
    const at = (y * this.width + x) * 3;
    return `${this.rgb[at]};${this.rgb[at + 1]};${this.rgb[at + 2]}`;
  }
}

function channels(colour: number): string {
  return `${(colour >> 16) & 255};${(colour >> 8) & 255};${colour & 255}`;
}

/** Left, top, right and bottom of a shape, in pixels. */
function bounds(shape: Float32Array, scale: number): readonly [number, number, number, number] {
  const [kind, a, b, c, d, e, f] = shape;
  let box: readonly [number, number, number, number];
  if (kind === Shape.rect) {
    // A turned rectangle stays within the circle through its corners.
    const reach = f === 0 ? 0 : Math.hypot(c, d) / 2;
    const halfX = reach || c / 2;
    const halfY = reach || d / 2;
    box = [a + c / 2 - halfX, b + d / 2 - halfY, a + c / 2 + halfX, b + d / 2 + halfY];
  } else if (kind === Shape.circle) box = [a - c, b - c, a + c, b + c];
  else if (kind === Shape.line) {
    const half = Math.max(e / 2, THINNEST / scale);
    box = [Math.min(a, c) - half, Math.min(b, d) - half, Math.max(a, c) + half, Math.max(b, d) + half];
  } else box = [Math.min(a, c, e), Math.min(b, d, f), Math.max(a, c, e), Math.max(b, d, f)];
  return [box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale];
}

/** Whether a shape covers a point of the world; a line is at least `thinnest` wide to either side. */
function covers(shape: Float32Array, x: number, y: number, thinnest: number): boolean {
  const [kind, a, b, c, d, e, f] = shape;
  if (kind === Shape.rect) return inRect(x - a - c / 2, y - b - d / 2, [c / 2, d / 2, e, f]);
  if (kind === Shape.circle) return Math.hypot(x - a, y - b) <= c;
  if (kind === Shape.line) {
    const length2 = (c - a) ** 2 + (d - b) ** 2;
    const along = length2 === 0 ? 0 : ((x - a) * (c - a) + (y - b) * (d - b)) / length2;
    const t = Math.min(1, Math.max(0, along));
    return Math.hypot(x - a - t * (c - a), y - b - t * (d - b)) <= Math.max(e / 2, thinnest);
  }
  const sides = [side(x, y, a, b, c, d), side(x, y, c, d, e, f), side(x, y, e, f, a, b)];
  return sides.every((value) => value >= 0) || sides.every((value) => value <= 0);
}

/** (x, y) is relative to the centre. */
function inRect(
  x: number,
  y: number,
  [halfW, halfH, radius, turn]: readonly [number, number, number, number],
): boolean {
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  const u = Math.abs(cos * x + sin * y) - halfW + radius;
  const v = Math.abs(cos * y - sin * x) - halfH + radius;
  return u > 0 && v > 0 ? Math.hypot(u, v) <= radius : Math.max(u, v) <= radius;
}

/** Positive on one side of the line from (ax, ay) to (bx, by), negative on the other. */
function side(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  return (bx - ax) * (y - ay) - (by - ay) * (x - ax);
}
