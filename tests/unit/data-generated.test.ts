import { describe, expect, it } from 'vitest';
import { checkDataSet, findDataSet, type DataSet, type Examples } from '#core/data-set.ts';
import { parseConfig } from '#core/config.ts';
import { dataSets } from '#data/catalogue.ts';
import { readFormula } from '#data/formula.ts';

function load(id: string, settings: Readonly<Record<string, unknown>> = {}): DataSet {
  const definition = findDataSet(dataSets, id);
  if (definition.kind !== 'generated') throw new Error(`${id}: expected a generated data set`);
  const set = definition.load(parseConfig(definition.config, settings, 'data'));
  checkDataSet(set);
  return set;
}

type Point = readonly [x: number, y: number, target: number];

/** All points, training and test. */
function pointsOf({ train, test }: DataSet): readonly Point[] {
  return [train, test].flatMap(({ count, inputs, targets }) =>
    Array.from({ length: count }, (_, k): Point => [inputs[2 * k], inputs[2 * k + 1], targets[k]]),
  );
}

/** Share of points whose class a rule gives. */
function agreement(id: string, noise: number, rule: (x: number, y: number) => boolean): number {
  const points = pointsOf(load(id, { noise }));
  return points.filter(([x, y, label]) => rule(x, y) === (label === 1)).length / points.length;
}

describe("TensorFlow Playground's data", () => {
  it.each([
    ['circle', (x: number, y: number) => Math.hypot(x, y) < 2.5],
    ['xor', (x: number, y: number) => x * y >= 0],
    ['formula', (x: number, y: number) => y > 2 * Math.sin(x)],
  ])('%s has the classes of its rule, which noise mixes', (id, rule) => {
    expect(agreement(id, 0, rule)).toBe(1);
    expect(agreement(id, 0.5, rule)).toBeGreaterThan(0.5);
    expect(agreement(id, 0.5, rule)).toBeLessThan(0.95);
  });

  it.each([
    ['circle', 500, 250],
    ['xor', 500, 250],
    ['gauss', 500, 250],
    ['spiral', 500, 250],
    ['plane', 1200, 600],
    ['gauss-regression', 1200, 600],
  ])('%s has %i points, of which %i are for training', (id, count, train) => {
    const set = load(id);
    expect([set.train.count, set.test.count]).toEqual([train, count - train]);
    expect(load(id, { trainShare: 0.9 }).train.count).toBe(0.9 * count);
    expect(load(id, { samples: 50 }).train.count).toBe(25);
  });

  it('circle leaves a gap, xor the axes', () => {
    for (const [x, y] of pointsOf(load('circle'))) {
      const distance = Math.hypot(x, y);
      expect(distance < 2.5 || (distance > 3.499 && distance < 5)).toBe(true);
    }
    for (const [x, y] of pointsOf(load('xor'))) {
      expect(Math.min(Math.abs(x), Math.abs(y))).toBeGreaterThanOrEqual(Math.fround(0.3));
      expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(Math.fround(5.3));
    }
  });

  it.each([
    [0, 0.5],
    [0.25, 2.25],
    [0.5, 4],
  ])('gauss with noise %f has the variance %f about (2, 2) and (−2, −2)', (noise, variance) => {
    const points = pointsOf(load('gauss', { noise, samples: 20_000 }));
    const deviations = points.flatMap(([x, y, label]) => (label === 1 ? [x - 2, y - 2] : [x + 2, y + 2]));
    const mean = deviations.reduce((sum, d) => sum + d, 0) / deviations.length;
    const square = deviations.reduce((sum, d) => sum + d * d, 0) / deviations.length;
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(square / variance).toBeGreaterThan(0.96);
    expect(square / variance).toBeLessThan(1.04);
  });

  it('spiral winds one and three quarters times, the classes half a turn apart', () => {
    for (const [x, y, label] of pointsOf(load('spiral'))) {
      const along = Math.hypot(x, y) / 5;
      const angle = 1.75 * along * 2 * Math.PI + (label === 1 ? 0 : Math.PI);
      expect(x).toBeCloseTo(5 * along * Math.sin(angle), 4);
      expect(y).toBeCloseTo(5 * along * Math.cos(angle), 4);
    }
  });

  it('plane rises evenly', () => {
    for (const [x, y, target] of pointsOf(load('plane'))) expect(target).toBeCloseTo((x + y) / 10, 5);
  });

  it('gauss-regression has its six bumps', () => {
    const points = pointsOf(load('gauss-regression', { samples: 50_000 }));
    const near = (cx: number, cy: number): number =>
      points
        .filter(([x, y]) => Math.hypot(x - cx, y - cy) < 0.2)
        .reduce((sum, point, _, all) => sum + point[2] / all.length, 0);
    const heights = [
      [-4, 2.5],
      [0, 2.5],
      [4, 2.5],
      [-4, -2.5],
      [0, -2.5],
      [4, -2.5],
    ].map(([x, y]) => near(x, y));
    expect(heights.map(Math.sign)).toEqual([1, -1, 1, -1, 1, -1]);
    // The mean of 1 − d / 2 over a disc with the radius 0.2.
    for (const height of heights) expect(Math.abs(height)).toBeCloseTo(1 - 0.2 / 3, 1);
    expect(near(2, 0)).toBeCloseTo(0, 6);
  });

  it('has the features that are switched on', () => {
    const set = load('circle', { x1: false, x1Squared: true, product: true, sinX2: true });
    expect(set.features).toEqual(['x₂', 'x₁²', 'x₁x₂', 'sin x₂']);
    const all = load('circle', { x1Squared: true, x2Squared: true, product: true, sinX1: true, sinX2: true });
    const [x, y, ...others] = all.train.inputs.subarray(0, 7);
    [x * x, y * y, x * y, Math.sin(x), Math.sin(y)].forEach((value, k) =>
      expect(others[k]).toBeCloseTo(value, 5),
    );
    expect(() => load('circle', { x1: false, x2: false })).toThrow(
      'data.x1: expected one feature at least, got none',
    );
  });
});

describe('a formula', () => {
  it.each([
    ['-x^2', -9],
    ['sin(x) * 2 + 1', 2 * Math.sin(3) + 1],
    ['max(x, 5) / 2', 2.5],
    ['PI', Math.PI],
    ['2', 2],
    ['x > 2 ? 1 : 0', 1],
    ['1 / (x - 3)', Infinity],
  ])('%s is read as in mathematics', (text, value) => {
    expect(readFormula(text)(3)).toBeCloseTo(value, 12);
  });

  it.each([
    '',
    'y',
    '2x',
    'x +',
    'random()',
    'x = 2',
    'f(x) = x',
    'alert(1)',
    'x.constructor',
    'constructor',
    '"a" || x',
    '('.repeat(300),
  ])('%s is refused', (text) => {
    expect(() => load('formula', { formula: text })).toThrow(
      'data.formula: expected a formula of x, such as 2 * sin(x) or x^2 / 4 - 3, got',
    );
  });
});

describe('small data', () => {
  it('line has the slope and the intercept asked for', () => {
    const { train, test } = load('line', { slope: -3, intercept: 4, noise: 0.1, samples: 2000 });
    expect([train.count, test.count]).toEqual([1600, 400]);
    const { inputs: x, targets: y } = train;
    const products = Array.from(x, (value, k) => value * y[k]);
    const slope =
      (mean(products) - mean(x) * mean(y)) / (mean(Array.from(x, (value) => value ** 2)) - mean(x) ** 2);
    expect(slope).toBeCloseTo(-3, 1);
    expect(mean(y) - slope * mean(x)).toBeCloseTo(4, 1);
  });

  it.each([
    ['and', [0, 0, 0, 1]],
    ['or', [0, 1, 1, 1]],
    ['xor', [0, 1, 1, 0]],
    ['nand', [1, 1, 1, 0]],
  ])('logic has the truth table of %s', (gate, outputs) => {
    const { train } = load('logic', { gate });
    expect([...train.inputs]).toEqual([0, 0, 0, 1, 1, 0, 1, 1]);
    expect([...train.targets]).toEqual(outputs);
    const falling = load('logic', { gate, descending: true }).train;
    expect([...falling.inputs]).toEqual([1, 1, 1, 0, 0, 1, 0, 0]);
    expect([...falling.targets]).toEqual(outputs.toReversed());
  });
});

describe('MNIST-1D', () => {
  const set = load('mnist-1d');

  it('has 4000 and 1000 standardised curves of 40 numbers, 500 of each digit', () => {
    expect([set.train.count, set.test.count, set.train.shape]).toEqual([4000, 1000, [40]]);
    const all = [...set.train.inputs, ...set.test.inputs];
    const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
    expect(mean).toBeCloseTo(0, 5);
    expect(all.reduce((sum, x) => sum + x * x, 0) / all.length).toBeCloseTo(1, 4);
    const counts = Array.from({ length: 10 }, () => 0);
    for (const label of [...set.train.targets, ...set.test.targets]) counts[label]++;
    expect(counts).toEqual(Array.from({ length: 10 }, () => 500));
  });

  it('is as hard for a linear classifier as the published one: 32 %', () => {
    const accuracy = softmaxRegression(set.train, set.test);
    expect(accuracy).toBeGreaterThan(0.27);
    expect(accuracy).toBeLessThan(0.38);
  });
});

/** Test accuracy of a linear classifier after 300 steps of gradient descent on all examples. */
function softmaxRegression(train: Examples, test: Examples): number {
  const [classes, width] = [10, train.shape[0]];
  const weights = new Float64Array(classes * (width + 1));
  const logits = new Float64Array(classes);
  const forward = ({ inputs }: Examples, row: number): void => {
    for (let c = 0; c < classes; c++) {
      let sum = weights[c * (width + 1) + width];
      for (let j = 0; j < width; j++) sum += weights[c * (width + 1) + j] * inputs[row * width + j];
      logits[c] = sum;
    }
  };
  for (let step = 0; step < 300; step++) {
    const gradient = new Float64Array(weights.length);
    for (let row = 0; row < train.count; row++) {
      forward(train, row);
      const most = Math.max(...logits);
      const total = logits.reduce((sum, z) => sum + Math.exp(z - most), 0);
      for (let c = 0; c < classes; c++) {
        const error = Math.exp(logits[c] - most) / total - (train.targets[row] === c ? 1 : 0);
        for (let j = 0; j < width; j++)
          gradient[c * (width + 1) + j] += error * train.inputs[row * width + j];
        gradient[c * (width + 1) + width] += error;
      }
    }
    for (let k = 0; k < weights.length; k++) weights[k] -= (0.5 * gradient[k]) / train.count;
  }
  let right = 0;
  for (let row = 0; row < test.count; row++) {
    forward(test, row);
    if (logits.indexOf(Math.max(...logits)) === test.targets[row]) right++;
  }
  return right / test.count;
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((a, b) => a + b, 0) / values.length;
}
