/** A film: draw lists of an episode that was recorded beforehand, to be seen before anything has been computed. */
import { STRIDE, type Picture } from '#core/draw-list.ts';

/** As it is stored: what moves is told as the difference from the frame before, in whole units. */
export interface FilmFile {
  readonly world: string;
  readonly agent: string;
  /** Of the agent. */
  readonly title: string;
  /** Env steps for which the agent had been trained. */
  readonly trainedFor: number;
  /** Frames per second. */
  readonly fps: number;
  readonly width: number;
  readonly height: number;
  readonly background: number;
  /** World units (or whatever the number means) per unit of a change. */
  readonly unit: number;
  /** [shapes × STRIDE] the first frame. */
  readonly first: readonly number[];
  /** Places in a frame that change. */
  readonly moving: readonly number[];
  /** [frames − 1][moving] */
  readonly changes: readonly (readonly number[])[];
}

export class Film {
  readonly length: number;
  private readonly file: FilmFile;
  private readonly numbers: Float32Array<ArrayBuffer>;
  /** [moving] in units, so that no rounding adds up. */
  private readonly places: Int32Array<ArrayBuffer>;
  private shown = 0;

  constructor(file: FilmFile) {
    this.file = file;
    this.length = file.changes.length + 1;
    this.numbers = Float32Array.from(file.first);
    this.places = new Int32Array(file.moving.length);
    this.rewind();
  }

  /** Frame k, in an array that the next call reuses. */
  frame(k: number): Picture {
    if (k < this.shown) this.rewind();
    const { moving, changes, unit, first, width, height, background } = this.file;
    for (; this.shown < k; this.shown++)
      moving.forEach((_, i) => (this.places[i] += changes[this.shown][i] ?? 0));
    moving.forEach((at, i) => (this.numbers[at] = this.places[i] * unit));
    return { numbers: this.numbers, count: first.length / STRIDE, width, height, background };
  }

  private rewind(): void {
    const { moving, first, unit } = this.file;
    moving.forEach((at, i) => (this.places[i] = Math.round(first[at] / unit)));
    this.shown = 0;
  }
}
