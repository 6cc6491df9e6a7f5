/**
 * Draws a draw list into an array of numbers: in grey as the `pixels` wrapper shows it to agents, in colour for the terminal.
 * No anti-aliasing: a pixel belongs to a shape if its centre lies inside. Glyphs are skipped; they are labels for people.
 */
import { Shape, STRIDE, type DrawList } from './draw-list.ts';

/**
 * `grey`: one channel of luminance, with square corners and line ends, which is fast and what agents were trained on.
 * `colour`: red, green and blue, with rounded corners and line ends, and no line too thin to be seen.
 */
export type RasterKind = 'grey' | 'colour';

/** Pixels: a line of this width covers a pixel centre in every row or column it passes, at any angle (√2, rounded). */
const THINNEST = 1.42;

/** A picture of fixed size, the list stretched to fit. Keeps nothing from one drawing to the next. */
export class Raster {
  private readonly width: number;
  private readonly height: number;
  private readonly isColour: boolean;
  private into: Float32Array = new Float32Array(0);
  private offset = 0;
  /** The shape being drawn: a value from 0 to 1 per channel, and its opacity. */
  private readonly ink: Float64Array;
  private alpha = 1;
  /** Its outline: x and y of up to eight corners in order, and of the centres of up to four discs that round them off. */
  private readonly corners = new Float64Array(16);
  private readonly centres = new Float64Array(8);
  private cornerCount = 0;
  private centreCount = 0;
  private radius = 0;

  constructor(width: number, height: number, kind: RasterKind = 'grey') {
    this.width = width;
    this.height = height;
    this.isColour = kind === 'colour';
    this.ink = new Float64Array(this.isColour ? 3 : 1);
  }

  /** Writes [channels, height, width] from 0 (dark) to 1 (bright) into `into`, starting at `offset`. */
  draw(list: DrawList, into: Float32Array, offset: number): void {
    const { numbers, count } = list;
    const { ink } = this;
    const size = this.width * this.height;
    this.into = into;
    this.offset = offset;
    this.setInk(list.background);
    for (let c = 0; c < ink.length; c++) into.fill(ink[c], offset + c * size, offset + (c + 1) * size);
    const sx = this.width / list.width;
    const sy = this.height / list.height;
    const thinnest = this.isColour ? THINNEST / Math.min(sx, sy) : 0;
    for (let k = 0; k < count; k++) {
      const at = k * STRIDE;
      const kind = numbers[at];
      if (kind === Shape.glyph) continue;
      this.setInk(numbers[at + 7]);
      this.alpha = numbers[at + 8];
      this.outline(numbers, at, thinnest);
      this.fill(sx, sy);
    }
  }

  private setInk(colour: number): void {
    const { ink } = this;
    if (!this.isColour) {
      ink[0] = luminance(colour);
      return;
    }
    ink[0] = (colour >> 16) / 255;
    ink[1] = ((colour >> 8) & 255) / 255;
    ink[2] = (colour & 255) / 255;
  }

  /** Sets corners, centres and radius, in world units. Lines are at least `thinnest` wide. */
  private outline(numbers: Float32Array, at: number, thinnest: number): void {
    const kind = numbers[at];
    this.cornerCount = 0;
    this.centreCount = 0;
    this.radius = 0;
    switch (kind) {
      case Shape.circle:
        this.addCentre(numbers[at + 1], numbers[at + 2]);
        this.radius = numbers[at + 3];
        return;
      case Shape.triangle:
        for (let k = 1; k < 7; k += 2) this.addCorner(numbers[at + k], numbers[at + k + 1]);
        return;
      case Shape.line: {
        // A rectangle along the line, longer by half its width at either end; rounded, it has round caps.
        const thickness = Math.max(numbers[at + 5], thinnest);
        const [x1, y1, x2, y2] = [numbers[at + 1], numbers[at + 2], numbers[at + 3], numbers[at + 4]];
        const length = Math.hypot(x2 - x1, y2 - y1) + thickness;
        const angle = Math.atan2(y2 - y1, x2 - x1);
        const [x, y] = [(x1 + x2 - length) / 2, (y1 + y2 - thickness) / 2];
        this.rectangle(x, y, length, thickness, thickness / 2, angle);
        return;
      }
      default:
        this.rectangle(
          numbers[at + 1],
          numbers[at + 2],
          numbers[at + 3],
          numbers[at + 4],
          numbers[at + 5],
          numbers[at + 6],
        );
    }
  }

  /** A rectangle turned about its centre: four corners, or eight and four discs if it is rounded. */
  private rectangle(x: number, y: number, w: number, h: number, rounding: number, angle: number): void {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const [cx, cy] = [x + w / 2, y + h / 2];
    const radius = this.isColour ? Math.min(rounding, w / 2, h / 2) : 0;
    this.radius = radius;
    for (let k = 0; k < 4; k++) {
      const right = (k === 0 || k === 3 ? -w : w) / 2;
      const down = (k < 2 ? -h : h) / 2;
      if (radius === 0) {
        this.addCorner(cx + right * cos - down * sin, cy + right * sin + down * cos);
        continue;
      }
      const inRight = right - Math.sign(right) * radius;
      const inDown = down - Math.sign(down) * radius;
      this.addCentre(cx + inRight * cos - inDown * sin, cy + inRight * sin + inDown * cos);
      for (let end = 0; end < 2; end++) {
        // The way round meets every other corner's vertical side first.
        const vertical = (k + end) % 2 === 0;
        const [u, v] = vertical ? [right, inDown] : [inRight, down];
        this.addCorner(cx + u * cos - v * sin, cy + u * sin + v * cos);
      }
    }
  }

  private addCorner(x: number, y: number): void {
    this.corners[2 * this.cornerCount] = x;
    this.corners[2 * this.cornerCount++ + 1] = y;
  }

  private addCentre(x: number, y: number): void {
    this.centres[2 * this.centreCount] = x;
    this.centres[2 * this.centreCount++ + 1] = y;
  }

  /** Fills the outline, scaled to pixels. It is convex, so that a row is filled from its leftmost to its rightmost point. */
  private fill(sx: number, sy: number): void {
    const { corners, centres, cornerCount, centreCount } = this;
    const rx = this.radius * sx;
    const ry = this.radius * sy;
    let top = Infinity;
    let bottom = -Infinity;
    for (let c = 0; c < cornerCount; c++) {
      corners[2 * c] *= sx;
      const y = (corners[2 * c + 1] *= sy);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
    for (let c = 0; c < centreCount; c++) {
      centres[2 * c] *= sx;
      const y = (centres[2 * c + 1] *= sy);
      top = Math.min(top, y - ry);
      bottom = Math.max(bottom, y + ry);
    }
    const last = Math.min(this.height - 1, Math.ceil(bottom - 0.5) - 1);
    for (let row = Math.max(0, Math.ceil(top - 0.5)); row <= last; row++) {
      const y = row + 0.5;
      let left = Infinity;
      let right = -Infinity;
      for (let c = 0; c < cornerCount; c++) {
        const d = (c + 1) % cornerCount;
        const [y1, y2] = [corners[2 * c + 1], corners[2 * d + 1]];
        if (y1 > y === y2 > y) continue;
        const x = corners[2 * c] + ((y - y1) / (y2 - y1)) * (corners[2 * d] - corners[2 * c]);
        left = Math.min(left, x);
        right = Math.max(right, x);
      }
      for (let c = 0; c < centreCount; c++) {
        const up = (y - centres[2 * c + 1]) / ry;
        if (up * up > 1) continue;
        const half = rx * Math.sqrt(1 - up * up);
        left = Math.min(left, centres[2 * c] - half);
        right = Math.max(right, centres[2 * c] + half);
      }
      this.fillRow(row, left, right);
    }
  }

  /** Blends the pixels of a row whose centres lie between two columns. */
  private fillRow(row: number, left: number, right: number): void {
    const { into, ink, alpha } = this;
    const first = Math.max(0, Math.ceil(left - 0.5));
    const last = Math.min(this.width - 1, Math.ceil(right - 0.5) - 1);
    let start = this.offset + row * this.width;
    for (let c = 0; c < ink.length; c++) {
      const value = ink[c];
      for (let at = start + first; at <= start + last; at++) into[at] += alpha * (value - into[at]);
      start += this.width * this.height;
    }
  }
}

/** Of a colour 0xRRGGBB, 0 to 1 (ITU-R BT.601). */
function luminance(colour: number): number {
  return (0.299 * (colour >> 16) + 0.587 * ((colour >> 8) & 255) + 0.114 * (colour & 255)) / 255;
}
