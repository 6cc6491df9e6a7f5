import { describe, expect, it } from 'vitest';
import { rngStreams } from '#core/rng.ts';
import { DIGIT_SIDE, digitOf, type GreyPicture } from '#data/draw.ts';
import { mnist } from '#data/pictures.ts';
import { shippedFiles } from '#host/shipped.ts';

const PIXELS = DIGIT_SIDE ** 2;
const { test } = await mnist.load({ trainLimit: 10 }, { given: [], shipped: shippedFiles() });

/** A test picture on a sheet: every pixel a square, at some place, in light ink on dark paper or the other way round. */
function onSheet(row: number, size: number, left: number, top: number, isInverted: boolean): GreyPicture {
  const side = size * DIGIT_SIDE + 40;
  const values = new Uint8Array(side * side);
  for (let y = 0; y < DIGIT_SIDE * size; y++)
    for (let x = 0; x < DIGIT_SIDE * size; x++)
      values[(y + top) * side + x + left] =
        test.inputs[row * PIXELS + Math.floor(y / size) * DIGIT_SIDE + Math.floor(x / size)];
  return { width: side, height: side, values: isInverted ? values.map((byte) => 255 - byte) : values };
}

function difference(digit: Uint8Array, row: number): number {
  let sum = 0;
  for (let k = 0; k < PIXELS; k++) sum += Math.abs(digit[k] - test.inputs[row * PIXELS + k]);
  return sum / PIXELS;
}

function centreOfMass(digit: Uint8Array): readonly [x: number, y: number] {
  let sum = 0;
  let x = 0;
  let y = 0;
  for (let k = 0; k < PIXELS; k++) {
    sum += digit[k];
    x += digit[k] * (k % DIGIT_SIDE);
    y += digit[k] * Math.floor(k / DIGIT_SIDE);
  }
  return [x / sum, y / sum];
}

describe('a drawn digit', () => {
  it.each([
    { size: 3, count: 10_000 },
    { size: 10, count: 500 },
  ])('is the MNIST picture that it is drawn after, $size times as large', ({ size, count }) => {
    const rng = rngStreams(1)('sheets');
    let sum = 0;
    let far = 0;
    let worst = 0;
    for (let row = 0; row < count; row++) {
      const digit = digitOf(onSheet(row, size, rng.integer(40), rng.integer(40), row % 2 === 1));
      if (!digit) throw new Error(`expected a digit, got none of row ${row}`);
      sum += difference(digit, row);
      // Three of the 10 000 are smaller than the others and become larger.
      if (difference(digit, row) > 1) far++;
      worst = Math.max(worst, ...centreOfMass(digit).map((at) => Math.abs(at - 14)));
    }
    expect(sum / count).toBeLessThan(0.03);
    expect(far).toBeLessThanOrEqual(3);
    // Half a pixel, and what rounding to bytes adds.
    expect(worst).toBeLessThan(0.51);
  });

  it('is the same wherever it is drawn, and nearly so at other sizes', () => {
    const [small, large] = [7, 10].map((size) => digitOf(onSheet(0, size, 0, 0, false)));
    expect(digitOf(onSheet(0, 10, 37, 11, false))).toEqual(large);
    expect(small).toEqual(large);
    // A stroke of 7.3 pixels per pixel does not fall on the grid.
    const side = 230;
    const values = Float32Array.from({ length: side * side }, (_, k) => {
      const x = Math.floor((k % side) / 7.3);
      const y = Math.floor(Math.floor(k / side) / 7.3);
      return x < DIGIT_SIDE && y < DIGIT_SIDE ? test.inputs[y * DIGIT_SIDE + x] / 255 : 0;
    });
    const digit = digitOf({ width: side, height: side, values });
    expect(digit && difference(digit, 0)).toBeLessThan(3);
  });

  it('spans 20 pixels and reaches full ink', () => {
    // A thin grey bar, drawn dark on white.
    const values = new Uint8ClampedArray(300 * 200).fill(255);
    for (let y = 20; y < 180; y++) values.fill(100, y * 300 + 250, y * 300 + 266);
    const digit = digitOf({ width: 300, height: 200, values });
    const rows = Array.from({ length: 28 }, (_, y) =>
      digit?.subarray(28 * y, 28 * y + 28).some((byte) => byte > 0),
    );
    expect(rows.filter(Boolean)).toHaveLength(20);
    expect(Math.max(...(digit ?? []))).toBe(255);
  });

  it.each([0, 255, 128])('is none on a blank sheet of %s', (paper) => {
    expect(digitOf({ width: 5, height: 4, values: new Uint8Array(20).fill(paper) })).toBeUndefined();
  });

  it('may be a single pixel', () => {
    const values = new Uint8Array(100);
    values[42] = 90;
    const digit = digitOf({ width: 10, height: 10, values });
    expect(digit?.reduce((sum, byte) => sum + (byte === 255 ? 1 : 0), 0)).toBe(400);
  });
});
