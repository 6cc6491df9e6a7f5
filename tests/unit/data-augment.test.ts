import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Augmenter, augmentationTable, type Augmentation } from '#data/augment.ts';
import { ElasticField } from '#data/elastic.ts';

const plain = { gain: Float32Array.of(1 / 255), bias: Float32Array.of(0) };
const SIDE = 28;

function settings(given: Partial<Augmentation> = {}): Augmentation {
  return augmentationTable.parse(given);
}

/** One picture, changed. */
function changed(
  picture: Uint8Array,
  given: Partial<Augmentation>,
  { epoch = 0, row = 0, seed = 1, side = SIDE, scale = plain } = {},
): Float32Array {
  const into = new Float32Array(side * side).fill(NaN);
  new Augmenter([side, side, 1], settings(given), seed).write(picture, row, epoch, scale, into, 0);
  return into;
}

/** A blot around a place. */
function blot(x: number, y: number): Uint8Array {
  return Uint8Array.from({ length: SIDE * SIDE }, (_, k) =>
    Math.round(255 * Math.exp(-(((k % SIDE) - x) ** 2 + (Math.floor(k / SIDE) - y) ** 2) / 8)),
  );
}

function centre(picture: Float32Array): readonly [x: number, y: number, sum: number] {
  const sum = picture.reduce((a, b) => a + b, 0);
  const x = picture.reduce((a, b, k) => a + b * (k % SIDE), 0) / sum;
  const y = picture.reduce((a, b, k) => a + b * Math.floor(k / SIDE), 0) / sum;
  return [x, y, sum];
}

const noise = Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, k) => (k * 7919 + (k >> 3) * 104729) & 255);

describe('augmentation', () => {
  it('of nothing changes nothing', () => {
    const picture = noise.subarray(0, SIDE * SIDE);
    expect(changed(picture, {})).toEqual(Float32Array.from(picture, (byte) => byte * plain.gain[0]));
  });

  it('depends on seed, epoch and row, not on what came before', () => {
    const all = { shift: 2, rotation: 15, scale: 0.1, shear: 0.2, elastic: 20 };
    const augmenter = new Augmenter([SIDE, SIDE, 1], settings(all), 1);
    const into = new Float32Array(SIDE * SIDE);
    for (const [row, epoch] of [
      [2, 5],
      [0, 0],
      [1, 3],
    ] as const)
      augmenter.write(noise, row, epoch, plain, into, 0);
    expect(into).toEqual(changed(noise, all, { row: 1, epoch: 3 }));
    const same = noise.subarray(0, SIDE * SIDE);
    const twice = Uint8Array.of(...same, ...same);
    const first = changed(twice, all);
    expect(changed(twice, all, { epoch: 1 })).not.toEqual(first);
    expect(changed(twice, all, { seed: 2 })).not.toEqual(first);
    expect(changed(twice, all, { row: 1 })).not.toEqual(first);
  });

  it('writes every pixel, within the range of the picture, whatever the settings', () => {
    const setting = fc.record({
      shift: fc.double({ min: 0, max: 10, noNaN: true }),
      rotation: fc.double({ min: 0, max: 180, noNaN: true }),
      scale: fc.double({ min: 0, max: 0.5, noNaN: true }),
      shear: fc.double({ min: 0, max: 1, noNaN: true }),
      elastic: fc.constantFrom(0, 34, 100),
      smoothness: fc.integer({ min: 1, max: 10 }),
    });
    fc.assert(
      fc.property(setting, fc.nat(1000), fc.constantFrom(1, 2, 3, 28), (given, epoch, side) => {
        const picture = new Uint8Array(side * side).fill(255);
        const result = changed(picture, given, { epoch, side });
        // One in fixed point is lost in the sum of four weights at most.
        expect(result.every((x) => x >= -1e-6 && x <= 1 + 1e-6)).toBe(true);
      }),
    );
  });

  it('moves a blot by as much as it may, both ways', () => {
    const moves = Array.from({ length: 200 }, (_, epoch) =>
      centre(changed(blot(13.5, 13.5), { shift: 3 }, { epoch })),
    );
    for (const axis of [0, 1] as const) {
      const by = moves.map((move) => move[axis] - 13.5);
      expect(Math.max(...by)).toBeGreaterThan(2.5);
      expect(Math.max(...by)).toBeLessThan(3.02);
      expect(Math.min(...by)).toBeLessThan(-2.5);
      expect(Math.min(...by)).toBeGreaterThan(-3.02);
    }
  });

  it('turns a blot about the centre', () => {
    for (let epoch = 0; epoch < 100; epoch++) {
      const [x, y] = centre(changed(blot(20, 13.5), { rotation: 30 }, { epoch }));
      expect(Math.hypot(x - 13.5, y - 13.5)).toBeCloseTo(6.5, 1);
      expect(Math.abs(Math.atan2(y - 13.5, x - 13.5))).toBeLessThan(Math.PI / 6 + 0.01);
    }
  });

  it('scales the area by the square', () => {
    const [, , sum] = centre(changed(blot(13.5, 13.5), {}));
    const areas = Array.from(
      { length: 100 },
      (_, epoch) => centre(changed(blot(13.5, 13.5), { scale: 0.2 }, { epoch }))[2] / sum,
    );
    expect(Math.max(...areas)).toBeGreaterThan(1.3);
    expect(Math.max(...areas)).toBeLessThan(1.46);
    expect(Math.min(...areas)).toBeLessThan(0.72);
    expect(Math.min(...areas)).toBeGreaterThan(0.62);
  });

  it('shears rows against one another and leaves the middle one', () => {
    const [x, y] = centre(changed(blot(13.5, 20), { shear: 0.5 }, { epoch: 4 }));
    expect(y).toBeCloseTo(20, 1);
    expect(Math.abs(x - 13.5)).toBeGreaterThan(0.2);
    expect(Math.abs(x - 13.5)).toBeLessThan(0.5 * 6.5 + 0.1);
  });

  it('fills what comes from outside with the background', () => {
    const scale = { gain: Float32Array.of(2 / 255), bias: Float32Array.of(-1) };
    const empty = changed(new Uint8Array(SIDE * SIDE), { shift: 10, rotation: 90 }, { scale });
    expect(empty.every((x) => x === -1)).toBe(true);
  });
});

describe('an elastic field', () => {
  it('moves pixels as far as noise under a Gaussian does', () => {
    // Far from the edge: α / √3 for uniform noise, times 1 / (2 σ √π) for the Gaussian in two dims.
    const [alpha, sigma, side] = [34, 4, 41];
    const field = new ElasticField(side, side, { elastic: alpha, smoothness: sigma });
    let squares = 0;
    for (let key = 0; key < 4000; key++) {
      field.draw(key * 7919);
      squares += field.dx[20 * side + 20] ** 2 + field.dy[20 * side + 20] ** 2;
    }
    const expected = alpha / Math.sqrt(3) / (2 * sigma * Math.sqrt(Math.PI));
    expect(Math.sqrt(squares / 8000) / expected).toBeGreaterThan(0.92);
    expect(Math.sqrt(squares / 8000) / expected).toBeLessThan(1.02);
  });

  it('moves neighbours alike', () => {
    const field = new ElasticField(SIDE, SIDE, { elastic: 34, smoothness: 4 });
    field.draw(5);
    const steps = field.dx.map((x, k) => (k % SIDE === 0 ? 0 : Math.abs(x - field.dx[k - 1])));
    expect(Math.max(...steps)).toBeLessThan(1);
  });
});
