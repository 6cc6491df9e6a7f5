/**
 * Draws a draw list in grey into plain numbers: what an agent sees that learns from pixels. No anti-aliasing; a pixel belongs to
 * a shape when its centre does. Text is for people and is left out.
 */
import { Shape, STRIDE, type DrawList } from './draw-list.ts';

/** A grey picture of fixed size; keeps nothing from one drawing to the next. */
export class Raster {
  private readonly width: number;
  private readonly height: number;
  private into: Float32Array = new Float32Array(0);
  private offset = 0;
  /** Grey and opacity of the shape at hand. */
  private grey = 0;
  private alpha = 1;
  /** Its corners if it has any: x and y in pixels, in order around it. */
  private readonly corners = new Float64Array(8);

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }

  /** Writes [height × width] values from 0 (black) to 1 (white), row-major; the picture is stretched to fit. */
  draw(list: DrawList, into: Float32Array, offset: number): void {
    const { numbers, count } = list;
    this.into = into;
    this.offset = offset;
    into.fill(luminance(list.background), offset, offset + this.width * this.height);
    const sx = this.width / list.width;
    const sy = this.height / list.height;
    for (let k = 0; k < count; k++) {
      const at = k * STRIDE;
      this.grey = luminance(numbers[at + 7]);
      this.alpha = numbers[at + 8];
      const kind = numbers[at];
      if (kind === Shape.circle) {
        const radius = numbers[at + 3];
        this.fillEllipse(numbers[at + 1] * sx, numbers[at + 2] * sy, radius * sx, radius * sy);
      } else if (kind !== Shape.glyph) {
        const n = this.outline(numbers, at, kind);
        for (let c = 0; c < n; c++) {
          this.corners[2 * c] *= sx;
          this.corners[2 * c + 1] *= sy;
        }
        this.fillPolygon(n);
      }
    }
  }

  /** Puts the corners of a rectangle, line or triangle, in world units, into `corners`; returns how many there are. */
  private outline(numbers: Float32Array, at: number, kind: number): number {
    const { corners } = this;
    if (kind === Shape.triangle) {
      for (let k = 0; k < 6; k++) corners[k] = numbers[at + 1 + k];
      return 3;
    }
    let [x, y, w, h] = [numbers[at + 1], numbers[at + 2], numbers[at + 3], numbers[at + 4]];
    let angle = numbers[at + 6];
    if (kind === Shape.line) {
      // A rectangle along the line, longer by half its width at either end, near enough to round caps.
      const thickness = numbers[at + 5];
      const length = Math.hypot(w - x, h - y) + thickness;
      angle = Math.atan2(h - y, w - x);
      [x, y] = [(x + w - length) / 2, (y + h - thickness) / 2];
      [w, h] = [length, thickness];
    }
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    for (let k = 0; k < 4; k++) {
      const right = (k === 0 || k === 3 ? -w : w) / 2;
      const down = (k < 2 ? -h : h) / 2;
      corners[2 * k] = x + w / 2 + right * cos - down * sin;
      corners[2 * k + 1] = y + h / 2 + right * sin + down * cos;
    }
    return 4;
  }

  /** Fills the convex polygon of the first n corners, row by row between its left and right edge. */
  private fillPolygon(n: number): void {
    const { corners } = this;
    let top = Infinity;
    let bottom = -Infinity;
    for (let c = 0; c < n; c++) {
      top = Math.min(top, corners[2 * c + 1]);
      bottom = Math.max(bottom, corners[2 * c + 1]);
    }
    const last = Math.min(this.height - 1, Math.ceil(bottom - 0.5) - 1);
    for (let row = Math.max(0, Math.ceil(top - 0.5)); row <= last; row++) {
      const y = row + 0.5;
      let left = Infinity;
      let right = -Infinity;
      for (let c = 0; c < n; c++) {
        const d = (c + 1) % n;
        const [y1, y2] = [corners[2 * c + 1], corners[2 * d + 1]];
        if (y1 > y === y2 > y) continue;
        const x = corners[2 * c] + ((y - y1) / (y2 - y1)) * (corners[2 * d] - corners[2 * c]);
        left = Math.min(left, x);
        right = Math.max(right, x);
      }
      this.fillRow(row, left, right);
    }
  }

  private fillEllipse(cx: number, cy: number, rx: number, ry: number): void {
    const last = Math.min(this.height - 1, Math.ceil(cy + ry - 0.5) - 1);
    for (let row = Math.max(0, Math.ceil(cy - ry - 0.5)); row <= last; row++) {
      const up = (row + 0.5 - cy) / ry;
      const half = rx * Math.sqrt(Math.max(0, 1 - up * up));
      this.fillRow(row, cx - half, cx + half);
    }
  }

  /** Blends the pixels of a row whose centres lie between two columns. */
  private fillRow(row: number, left: number, right: number): void {
    const { into, grey, alpha } = this;
    const first = this.offset + row * this.width;
    const last = Math.min(this.width - 1, Math.ceil(right - 0.5) - 1);
    for (let x = Math.max(0, Math.ceil(left - 0.5)); x <= last; x++)
      into[first + x] += alpha * (grey - into[first + x]);
  }
}

/** Of a colour 0xRRGGBB, 0 to 1 (ITU-R BT.601). */
function luminance(colour: number): number {
  return (0.299 * (colour >> 16) + 0.587 * ((colour >> 8) & 255) + 0.114 * (colour & 255)) / 255;
}
