/**
 * A draw list as a small picture of its own, for terminals: pixels with four samples each, and as text with two pixels
 * in every character cell (▀ in two colours). A test per kind of shape says what it covers.
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
    const covers = coverage(shape, THINNEST / scale);
    const right = Math.min(this.width, Math.ceil(x1));
    const bottom = Math.min(this.height, Math.ceil(y1));
    for (let y = Math.max(0, Math.floor(y0)); y < bottom; y++)
      for (let x = Math.max(0, Math.floor(x0)); x < right; x++) {
        let covered = 0;
        for (const [dx, dy] of SAMPLES) if (covers((x + dx) / scale, (y + dy) / scale)) covered++;
        if (covered > 0) this.blend(y * this.width + x, shape[7], (shape[8] * covered) / SAMPLES.length);
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

/** The test whether a shape covers a point of the world; a line reaches at least `thinnest` to either side. */
function coverage(shape: Float32Array, thinnest: number): (x: number, y: number) => boolean {
  const [kind, a, b, c, d, e, f] = shape;
  if (kind === Shape.circle) return (x, y) => (x - a) ** 2 + (y - b) ** 2 <= c * c;
  if (kind === Shape.triangle) return inTriangle(a, b, [c, d, e, f]);
  if (kind === Shape.line) return nearSegment(a, b, [c, d, Math.max(e / 2, thinnest)]);
  return inRect(a + c / 2, b + d / 2, [c / 2, d / 2, e, f]);
}

/** A rectangle with rounded corners, turned about its centre. */
function inRect(
  centreX: number,
  centreY: number,
  [halfW, halfH, radius, turn]: readonly [number, number, number, number],
): (x: number, y: number) => boolean {
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  return (x, y) => {
    const dx = x - centreX;
    const dy = y - centreY;
    const u = Math.abs(cos * dx + sin * dy) - halfW + radius;
    const v = Math.abs(cos * dy - sin * dx) - halfH + radius;
    return u > 0 && v > 0 ? u * u + v * v <= radius * radius : Math.max(u, v) <= radius;
  };
}

function nearSegment(
  x1: number,
  y1: number,
  [x2, y2, reach]: readonly [number, number, number],
): (x: number, y: number) => boolean {
  const length2 = (x2 - x1) ** 2 + (y2 - y1) ** 2;
  return (x, y) => {
    const along = length2 === 0 ? 0 : ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length2;
    const t = Math.min(1, Math.max(0, along));
    return (x - x1 - t * (x2 - x1)) ** 2 + (y - y1 - t * (y2 - y1)) ** 2 <= reach * reach;
  };
}

/** On the same side of all three edges, whichever way round the corners are given. */
function inTriangle(
  x1: number,
  y1: number,
  [x2, y2, x3, y3]: readonly [number, number, number, number],
): (x: number, y: number) => boolean {
  return (x, y) => {
    const first = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1);
    const second = (x3 - x2) * (y - y2) - (y3 - y2) * (x - x2);
    const third = (x1 - x3) * (y - y3) - (y1 - y3) * (x - x3);
    return (first >= 0 && second >= 0 && third >= 0) || (first <= 0 && second <= 0 && third <= 0);
  };
}
