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
  /** Pixels per world unit. */
  private sx = 1;
  private sy = 1;
  /** Its outline in pixels: x and y of up to eight corners in order, and of the centres of up to four discs. */
  private readonly corners = new Float64Array(16);
  private readonly centres = new Float64Array(8);
  private cornerCount = 0;
  private centreCount = 0;
  /** The discs' radii in pixels, which differ where the picture is stretched. */
  private rx = 0;
  private ry = 0;
  private top = Infinity;
  private bottom = -Infinity;
  /** A rectangle: x, y, width, height, radius and rotation as in a draw list. An array, because passing doubles allocates. */
  private readonly box = new Float64Array(6);

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
    this.sx = this.width / list.width;
    this.sy = this.height / list.height;
    const thinnest = this.isColour ? THINNEST / Math.min(this.sx, this.sy) : 0;
    for (let k = 0; k < count; k++) {
      const at = k * STRIDE;
      const kind = numbers[at];
      if (kind === Shape.glyph) continue;
      this.setInk(numbers[at + 7]);
      this.alpha = numbers[at + 8];
      this.outline(numbers, at, thinnest);
      this.fill();
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

  /** Sets the outline of a shape. Lines are at least `thinnest` wide, in world units. */
  private outline(numbers: Float32Array, at: number, thinnest: number): void {
    const { box } = this;
    const kind = numbers[at];
    this.cornerCount = 0;
    this.centreCount = 0;
    this.top = Infinity;
    this.bottom = -Infinity;
    switch (kind) {
      case Shape.circle:
        this.setRadius(numbers[at + 3]);
        this.addCentre(numbers[at + 1], numbers[at + 2]);
        return;
      case Shape.triangle:
        for (let k = 1; k < 7; k += 2) this.addCorner(numbers[at + k], numbers[at + k + 1]);
        return;
      case Shape.line: {
        // A rectangle along the line, longer by half its width at either end; rounded, it has round caps.
        const thickness = Math.max(numbers[at + 5], thinnest);
        const x1 = numbers[at + 1];
        const y1 = numbers[at + 2];
        const x2 = numbers[at + 3];
        const y2 = numbers[at + 4];
        const length = Math.hypot(x2 - x1, y2 - y1) + thickness;
        box[0] = (x1 + x2 - length) / 2;
        box[1] = (y1 + y2 - thickness) / 2;
        box[2] = length;
        box[3] = thickness;
        box[4] = thickness / 2;
        box[5] = Math.atan2(y2 - y1, x2 - x1);
        this.rectangle();
        return;
      }
      default:
        for (let k = 0; k < 6; k++) box[k] = numbers[at + 1 + k];
        this.rectangle();
    }
  }

  /** The outline of `box`: four corners, or eight and four discs if it is rounded. */
  private rectangle(): void {
    const { box } = this;
    const w = box[2];
    const h = box[3];
    const cx = box[0] + w / 2;
    const cy = box[1] + h / 2;
    const cos = Math.cos(box[5]);
    const sin = Math.sin(box[5]);
    const radius = this.isColour ? Math.min(box[4], w / 2, h / 2) : 0;
    this.setRadius(radius);
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
        const u = vertical ? right : inRight;
        const v = vertical ? inDown : down;
        this.addCorner(cx + u * cos - v * sin, cy + u * sin + v * cos);
      }
    }
  }

  private setRadius(radius: number): void {
    this.rx = radius * this.sx;
    this.ry = radius * this.sy;
  }

  /** Takes world units. */
  private addCorner(x: number, y: number): void {
    const pixelY = y * this.sy;
    this.corners[2 * this.cornerCount] = x * this.sx;
    this.corners[2 * this.cornerCount++ + 1] = pixelY;
    this.top = Math.min(this.top, pixelY);
    this.bottom = Math.max(this.bottom, pixelY);
  }

  /** Takes world units; the radius comes first. */
  private addCentre(x: number, y: number): void {
    const pixelY = y * this.sy;
    this.centres[2 * this.centreCount] = x * this.sx;
    this.centres[2 * this.centreCount++ + 1] = pixelY;
    this.top = Math.min(this.top, pixelY - this.ry);
    this.bottom = Math.max(this.bottom, pixelY + this.ry);
  }

  /** Fills the hull of corners and discs. It is convex, so that a row is filled from its leftmost to its rightmost point. */
  private fill(): void {
    const { corners, centres, cornerCount, centreCount, rx, ry, top, bottom } = this;
    const last = Math.min(this.height - 1, Math.ceil(bottom - 0.5) - 1);
    for (let row = Math.max(0, Math.ceil(top - 0.5)); row <= last; row++) {
      const y = row + 0.5;
      let left = Infinity;
      let right = -Infinity;
      for (let c = 0; c < cornerCount; c++) {
        const d = (c + 1) % cornerCount;
        const y1 = corners[2 * c + 1];
        const y2 = corners[2 * d + 1];
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
