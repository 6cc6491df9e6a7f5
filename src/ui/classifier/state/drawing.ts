/** What is drawn on the pad, and the digit that it makes. */
import { DIGIT_SIDE, digitOf } from '#data/draw.ts';
import type { Digit } from './pad.ts';

/** Pixels of the pad, of which the page may show fewer. */
export const SIDE = 280;
const PEN = 22;
const ERASER = 34;

/** A drawing on a canvas, in pixels of the canvas. */
export class Drawing {
  private readonly context: CanvasRenderingContext2D;

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('pad: expected a 2D canvas, got none');
    this.context = context;
    context.lineCap = context.lineJoin = 'round';
    this.clear();
  }

  clear(): void {
    this.context.fillStyle = '#000';
    this.context.fillRect(0, 0, SIDE, SIDE);
  }

  stroke(from: readonly [number, number], to: readonly [number, number], erases: boolean): void {
    const { context } = this;
    context.strokeStyle = erases ? '#000' : '#fff';
    context.lineWidth = erases ? ERASER : PEN;
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
  }

  /** Puts a picture on the pad. */
  put(digit: Digit): void {
    const scale = SIDE / DIGIT_SIDE;
    digit.forEach((ink, k) => {
      this.context.fillStyle = `rgb(${ink} ${ink} ${ink})`;
      this.context.fillRect((k % DIGIT_SIDE) * scale, Math.floor(k / DIGIT_SIDE) * scale, scale, scale);
    });
  }

  digit(): Digit | undefined {
    const { data } = this.context.getImageData(0, 0, SIDE, SIDE);
    const values = new Uint8Array(SIDE * SIDE);
    for (let k = 0; k < values.length; k++) values[k] = data[4 * k];
    return digitOf({ width: SIDE, height: SIDE, values });
  }
}
