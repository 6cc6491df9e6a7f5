/** A draw list as text for a terminal: two pixels, one above the other, in every character cell (▀ in two colours). */
import { Shape, STRIDE, type DrawList } from '#core/draw-list.ts';
import { Raster } from '#core/raster.ts';

/** Samples per pixel along each axis, for anti-aliasing. */
const SAMPLES = 2;

interface Glyph {
  readonly column: number;
  readonly row: number;
  readonly code: number;
  readonly colour: number;
}

export class TerminalPicture {
  readonly width: number;
  readonly height: number;
  /** [height × width × 3] */
  readonly rgb: Uint8ClampedArray;
  private readonly raster: Raster;
  /** [3, height · SAMPLES, width · SAMPLES] */
  private readonly samples: Float32Array;
  private glyphs: Glyph[] = [];

  /** `height` in pixels is made even, since a character cell holds two. */
  constructor(width: number, height: number) {
    this.width = Math.max(2, Math.floor(width));
    this.height = Math.max(2, Math.floor(height / 2) * 2);
    this.rgb = new Uint8ClampedArray(this.width * this.height * 3);
    this.raster = new Raster(this.width * SAMPLES, this.height * SAMPLES, 'colour');
    this.samples = new Float32Array(this.rgb.length * SAMPLES ** 2);
  }

  /** Draws a list to fill the picture. */
  draw(list: DrawList): void {
    this.raster.draw(list, this.samples, 0);
    this.average();
    this.glyphs = [];
    for (let at = 0; at < list.count * STRIDE; at += STRIDE)
      if (list.numbers[at] === Shape.glyph) this.addGlyph(list, at);
  }

  /** The picture as lines of text with 24-bit ANSI colours. */
  toText(): string {
    const lines: string[] = [];
    for (let row = 0; row < this.height / 2; row++) lines.push(this.line(row));
    return lines.join('\n');
  }

  /** Each pixel is the mean of its samples. */
  private average(): void {
    const { samples, rgb, width, height } = this;
    const rowLength = width * SAMPLES;
    for (let at = 0; at < rgb.length; at++) {
      const channel = at % 3;
      const x = Math.floor(at / 3) % width;
      const y = Math.floor(at / (3 * width));
      let first = ((channel * height + y) * rowLength + x) * SAMPLES;
      let sum = 0;
      for (let k = 0; k < SAMPLES; k++, first += rowLength)
        for (let sample = first; sample < first + SAMPLES; sample++) sum += samples[sample];
      rgb[at] = (255 * sum) / SAMPLES ** 2;
    }
  }

  private addGlyph({ numbers, width, height }: DrawList, at: number): void {
    const column = Math.floor((numbers[at + 1] * this.width) / width);
    const row = Math.floor((numbers[at + 2] * this.height) / height / 2);
    this.glyphs.push({ column, row, code: numbers[at + 4], colour: numbers[at + 7] });
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
