/** The playground's pure parts: its link, its colours, its grid, its losses, and what a shown weight stands for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '#core/config.ts';
import { dataSets } from '#data/catalogue.ts';
import { PlaneFeatures } from '#data/plane-features.ts';
import { resolveFit } from '#train/request/resolve-fit.ts';
import { cssOf, paint, shadeOf } from '#ui/classifier/playground/colours.ts';
import { EDGE, gridOf } from '#ui/classifier/playground/grid.ts';
import { pathOf, withRow, type LossRow } from '#ui/classifier/playground/history.ts';
import { layoutOf, ROW, widthOf } from '#ui/classifier/playground/layout.ts';
import { accuracyOf, lossOf, valuesOf } from '#ui/classifier/playground/losses.ts';
import * as table from '#ui/classifier/playground/settings.ts';
import { changeTo, layersOf, valueAt } from '#ui/classifier/playground/weights.ts';

const { DEFAULTS, FEATURES, fromParams, toParams, toRequest } = table;

const someSettings: fc.Arbitrary<table.Settings> = fc.record({
  data: fc.constantFrom(...table.DATA),
  formula: fc.constantFrom('2 * sin(x)', 'x^2 / 4 - 3'),
  noise: fc.integer({ min: 0, max: 50 }),
  train: fc.integer({ min: 10, max: 90 }),
  batch: fc.integer({ min: 1, max: 30 }),
  features: fc.subarray([...FEATURES], { minLength: 1 }),
  hidden: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 6 }),
  activation: fc.constantFrom(...table.ACTIVATIONS),
  learningRate: fc.constantFrom(...table.LEARNING_RATES),
  optimizer: fc.constantFrom(...table.OPTIMIZERS),
  regularisation: fc.constantFrom(...table.REGULARISATIONS),
  rate: fc.constantFrom(...table.RATES),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  points: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  showTest: fc.boolean(),
  discretize: fc.boolean(),
});

describe('settings', () => {
  it('come back from a link', () => {
    fc.assert(
      fc.property(someSettings, (settings) => {
        const params = new URLSearchParams(toParams(settings).map(([name, value]) => [name, value]));
        expect(fromParams(params)).toEqual({ settings, problems: [] });
      }),
    );
    expect(toParams(DEFAULTS)).toEqual([]);
  });

  it('describe fits that are accepted', () => {
    fc.assert(
      fc.property(someSettings, (settings) => {
        const { data, config, dataConfig, seed } = resolveFit(toRequest(settings));
        expect([data.id, seed, config['batchSize']]).toEqual([settings.data, settings.seed, settings.batch]);
        expect(dataConfig['noise']).toBeCloseTo(settings.noise / 100);
      }),
      { numRuns: 30 },
    );
  });

  it('names every wrong value of a link and keeps the others', () => {
    const { settings, problems } = fromParams(
      new URLSearchParams(
        'data=sprial&hidden=4,9&features=x1,x3&batch=0&noise=15&showTest=yes&seed=7&learningrate=1',
      ),
    );
    const fields = ['learningrate', 'data', 'batch', 'features', 'hidden', 'showTest'];
    expect(problems.map(({ field }) => field)).toEqual(fields);
    expect(problems[0]).toMatchObject({ expected: 'a known name (near: learningRate)' });
    expect(settings).toEqual({ ...DEFAULTS, noise: 15, seed: 7 });
  });
});

describe('the grid', () => {
  it('has the features that the data have, row by row from the top left', () => {
    const chosen = Object.fromEntries(FEATURES.map((feature) => [feature, true]));
    const features = new PlaneFeatures(chosen as ConstructorParameters<typeof PlaneFeatures>[0]);
    const side = 4;
    const grid = gridOf(side, FEATURES);
    const expected = new Float32Array(grid.length);
    const centre = (k: number): number => ((k + 0.5) * 2 * EDGE) / side - EDGE;
    for (let row = 0; row < side; row++)
      for (let column = 0; column < side; column++)
        features.write(centre(column), -centre(row), expected, (row * side + column) * FEATURES.length);
    expect(grid).toEqual(expected);
  });

  it('names the features in the order of the data', () => {
    const circle = dataSets.find(({ id }) => id === 'circle');
    if (circle?.kind !== 'generated') throw new Error('circle: expected generated data');
    const fields = Object.keys(circle.config.shape).filter((key) => FEATURES.some((name) => name === key));
    expect(fields).toEqual([...FEATURES]);
    expect(circle.load(parseConfig(circle.config, {}, 'data')).features).toHaveLength(2);
  });
});

describe('colours', () => {
  it('run from orange over grey to blue', () => {
    expect([-1, 0, 1, -7, 7].map(cssOf)).toEqual([
      'rgb(245 147 34)',
      'rgb(232 234 235)',
      'rgb(8 119 189)',
      'rgb(245 147 34)',
      'rgb(8 119 189)',
    ]);
    expect([-2, -1, 0, 1, 2].map(shadeOf)).toEqual([0, 0, 15, 29, 29]);
  });

  it('paint one column of a table, or its signs', () => {
    const pixels = new Uint32Array(2);
    const values = Float32Array.of(9, -1, 9, 0.2);
    paint(pixels, values, { stride: 2, offset: 1, discrete: true });
    expect([...pixels]).toEqual([0xff2293f5, 0xffbd7708]);
    const exact = pixels.slice();
    paint(pixels, values, { stride: 2, offset: 1 });
    expect(pixels[0]).toBe(exact[0]);
    expect(pixels[1]).not.toBe(exact[1]);
  });
});

describe('predictions', () => {
  const two = Float32Array.of(0.5, 0.5, 0.2, 0.8, 0.9, 0.1);

  it('of classes give values, a loss and an accuracy', () => {
    expect(valuesOf(two, true, 1, 2)[0]).toBeCloseTo(0.6);
    expect(valuesOf(two, true, 1, 2)[1]).toBeCloseTo(-0.8);
    expect(lossOf(two, true, 1, [1, 1])).toBeCloseTo(-(Math.log(0.8) + Math.log(0.1)) / 2);
    expect(accuracyOf(two, 1, [1, 1])).toBe(0.5);
    expect(lossOf(Float32Array.of(1, 0), true, 0, [1])).toBeCloseTo(16.118, 2);
  });

  it('of numbers give their squared errors', () => {
    expect([...valuesOf(Float32Array.of(3, 0.5, -1), false, 1, 2)]).toEqual([0.5, -1]);
    expect(lossOf(Float32Array.of(3, 0.5, -1), false, 1, [1, 1])).toBeCloseTo((0.25 + 4) / 2);
  });
});

describe('weights', () => {
  const tensors = [
    { name: '0/kernel', shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) },
    { name: '0/bias', shape: [3], values: Float32Array.of(7, 8, 9) },
    { name: '1/kernel', shape: [3, 2], values: Float32Array.of(1, 4, 2, 2, 0, -1) },
    { name: '1/bias', shape: [2], values: Float32Array.of(1, 0.5) },
  ];

  it('of two classes are differences of logits', () => {
    const layers = layersOf(tensors, true);
    expect(layers.map(({ inputs, units }) => [inputs, units])).toEqual([
      [2, 3],
      [3, 1],
    ]);
    expect([...layers[1].weights]).toEqual([3, 0, -1]);
    expect(valueAt(layers, { layer: 1, unit: 0 })).toBe(-0.5);
    expect(valueAt(layers, { layer: 0, unit: 2, input: 1 })).toBe(6);
  });

  it.each([
    { layer: 0, unit: 1, input: 1 },
    { layer: 0, unit: 2 },
    { layer: 1, unit: 0, input: 2 },
    { layer: 1, unit: 0 },
  ])('are shown as they were set: %o', (id) => {
    const { name, index, value } = changeTo(tensors, true, id, 2.5);
    const changed = tensors.map((tensor) =>
      tensor.name === name
        ? { ...tensor, values: tensor.values.map((old, k) => (k === index ? value : old)) }
        : tensor,
    );
    expect(valueAt(layersOf(changed, true), id)).toBe(2.5);
  });
});

describe('the drawing', () => {
  it('has links of width 1 to 10', () => {
    expect([0, -5, 2.5, 50].map(widthOf)).toEqual([1, 10, 5.5, 10]);
  });

  it('spreads columns evenly and fits its height', () => {
    const { columns, output, height, width } = layoutOf(600, [7, 4, 2], 8);
    const gaps = [columns[1][0].x - columns[0][0].x, columns[2][0].x - columns[1][0].x];
    expect(gaps[0]).toBeCloseTo(gaps[1]);
    expect(output.x - columns[2][0].x).toBeCloseTo(gaps[0]);
    expect(columns[0][6].y + ROW / 2).toBeLessThanOrEqual(height);
    expect(output.x).toBeLessThan(width);
  });
});

describe('losses over time', () => {
  it('are thinned, but keep the first and the last', () => {
    let rows: readonly LossRow[] = [];
    for (let epoch = 0; epoch <= 5000; epoch++) rows = withRow(rows, { epoch, train: 1, test: 2 });
    expect(rows.length).toBeLessThanOrEqual(401);
    expect([rows[0].epoch, rows.at(-1)?.epoch]).toEqual([0, 5000]);
    expect(rows.every((row, k) => k === 0 || row.epoch > rows[k - 1].epoch)).toBe(true);
    expect(withRow(rows, { epoch: 5000, train: 9, test: 9 }).at(-1)?.train).toBe(9);
  });

  it('are drawn from left to right, the greatest at the top', () => {
    const rows = [
      { epoch: 0, train: 2, test: 1 },
      { epoch: 10, train: 1, test: 0.5 },
    ];
    expect(pathOf(rows, 'train', 100, 40)).toBe('M0.0,0.0L100.0,20.0');
    expect(pathOf(rows, 'test', 100, 40)).toBe('M0.0,20.0L100.0,30.0');
    expect(pathOf([], 'test', 100, 40)).toBe('');
  });
});
