/** What is looked for inside models: attacks, saliency, favourite stimuli, top examples, the landscape of the loss. */
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '#core/fit.ts';
import { rngStreams } from '#core/rng.ts';
import { Actor } from '#agents/nn/actor.ts';
import { initialise } from '#agents/nn/init.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { Inspector } from '#agents/nn/inspector.ts';
import { eagerCompute } from '#compile/eager.ts';
import { fgsm, pgd } from '#train/insight/attack.ts';
import { filterNormalised, gridOf, moveTo } from '#train/insight/landscape.ts';
import { occlusion, saliency } from '#train/insight/saliency.ts';
import { centreOf, stimulus } from '#train/insight/stimulus.ts';
import { TopCollector } from '#train/insight/top-examples.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const SHAPE = [8, 8, 1];
const plan = planNetwork(
  [
    { kind: 'conv2d', filters: 4, size: 3, activation: 'relu' },
    { kind: 'flatten' },
    { kind: 'dense', units: 3 },
  ],
  SHAPE,
  'network',
);
const weights = initialise(plan, rngStreams(5)('initialisation'));
const insight = new Inspector(eagerCompute(), plan, weights);
const actor = new Actor(eagerCompute(), plan, { weights, batch: 8 });
const model = { outputs: 3, predict: (x: Float32Array, n: number) => actor.run(x, n) } as unknown as Model;
const picture = (seed: number): Float32Array => {
  const rng = rngStreams(seed)('picture');
  return Float32Array.from({ length: 64 }, () => rng.uniform());
};
const lossOf = (x: Float32Array, label: number): number => {
  const logits = model.predict(x, 1);
  const sum = [0, 1, 2].reduce((total, k) => total + Math.exp(logits[k]), 0);
  return Math.log(sum) - logits[label];
};

/** What a generator returns in the end. */
function finished<T>(pieces: Generator<undefined, T>): T {
  for (;;) {
    const { done, value } = pieces.next();
    if (done) return value;
  }
}

describe('attacks', () => {
  it('stay within ε and the range of pixels, and raise the loss; many steps raise it at least as much as one', () => {
    for (const seed of [1, 2, 3, 4]) {
      const x = picture(seed);
      const labels = Int32Array.of(seed % 3);
      const one = fgsm(insight, x, labels, 0.1);
      const many = finished(pgd(insight, x, labels, 0.1, { steps: 20, stride: 0.02 }));
      for (const moved of [one, many])
        moved.forEach((value, k) => {
          expect(Math.abs(value - x[k])).toBeLessThanOrEqual(0.1 + 1e-6);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        });
      expect(lossOf(one, labels[0])).toBeGreaterThan(lossOf(x, labels[0]));
      expect(lossOf(many, labels[0])).toBeGreaterThanOrEqual(lossOf(one, labels[0]) - 1e-3);
    }
  });

  it('do nothing at ε = 0', () => {
    expect(fgsm(insight, picture(1), Int32Array.of(0), 0)).toEqual(picture(1));
  });
});

describe('saliency', () => {
  it('is the size of the gradient: the logit changes most at the most salient pixel', () => {
    const x = picture(7);
    const map = saliency(insight, x, 1, 3);
    const changeAt = (k: number): number => {
      const moved = x.slice();
      moved[k] += 1e-3;
      const before = model.predict(x, 1)[1];
      return Math.abs(model.predict(moved, 1)[1] - before) / 1e-3;
    };
    const [most, least] = [map.indexOf(Math.max(...map)), map.indexOf(Math.min(...map))];
    expect(changeAt(most)).toBeCloseTo(map[most], 1);
    expect(changeAt(least)).toBeLessThan(changeAt(most));
  });

  it('by occlusion is what the probability loses, 0 where what is covered was 0', () => {
    const x = picture(8);
    x.fill(0, 0, 4 * 8);
    const map = finished(occlusion(model, x, SHAPE, 2, 3));
    expect(map[0]).toBeCloseTo(0, 6);
    expect(map[8 * 2 + 4]).toBeCloseTo(0, 6);
    const at = 8 * 6 + 4;
    const covered = x.slice();
    for (const row of [5, 6, 7]) covered.fill(0, row * 8 + 3, row * 8 + 6);
    expect(map[at]).toBeCloseTo(Math.exp(-lossOf(x, 2)) - Math.exp(-lossOf(covered, 2)), 5);
  });
});

it('a stimulus makes its neuron fire more than any of a hundred pictures', () => {
  const at = centreOf([6, 6, 4], 2);
  expect(at).toBe((3 * 6 + 3) * 4 + 2);
  expect(centreOf([5], 4)).toBe(4);
  const response = (x: Float32Array): number => insight.activations(x)[0][at];
  const range = { least: 0, most: 1 };
  const { input: made, value } = finished(
    stimulus(insight, SHAPE, { layer: 0, width: 6 * 6 * 4, at }, range),
  );
  expect(value).toBeCloseTo(response(made), 4);
  expect(Math.min(...made)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...made)).toBeLessThanOrEqual(1);
  const others = Array.from({ length: 100 }, (_, k) => response(picture(100 + k)));
  expect(response(made)).toBeGreaterThan(Math.max(...others));
});

it('the top examples are those that sorting finds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 6, maxLength: 6 }), {
        maxLength: 30,
      }),
      (outputs) => {
        // Three features, two cells each.
        const collector = new TopCollector(3, 4);
        outputs.forEach((output, row) => collector.add(row, Float32Array.from(output)));
        for (let feature = 0; feature < 3; feature++) {
          const strengths = outputs.map((output) => Math.max(output[feature], output[feature + 3]));
          const order = strengths
            .map((_, row) => row)
            .toSorted((a, b) => strengths[b] - strengths[a] || a - b);
          const rows = [...collector.top.rows.subarray(feature * 4, feature * 4 + 4)];
          expect(rows).toEqual([...order, -1, -1, -1, -1].slice(0, 4));
        }
      },
    ),
  );
});

describe('the landscape', () => {
  const kernels = plan.params
    .filter(({ name }) => name.endsWith('kernel'))
    .map(({ offset, size, shape }) => ({ offset, size, filters: shape[shape.length - 1] }));

  it('has directions whose filters are as long as those of the weights, and 0 elsewhere', () => {
    const direction = filterNormalised(weights, kernels, rngStreams(1)('landscape'));
    const [conv] = kernels;
    for (let filter = 0; filter < conv.filters; filter++) {
      const length = (of: Float32Array): number => {
        let sum = 0;
        for (let at = filter; at < conv.size; at += conv.filters) sum += of[conv.offset + at] ** 2;
        return Math.sqrt(sum);
      };
      expect(length(direction)).toBeCloseTo(length(weights), 5);
    }
    const bias = plan.params.find(({ name }) => name.endsWith('bias'));
    expect(bias && [...direction.subarray(bias.offset, bias.offset + bias.size)]).toEqual([0, 0, 0, 0]);
  });

  it('goes through the solution at its centre', () => {
    const grid = gridOf(5, 1);
    expect(grid).toHaveLength(25);
    expect(grid[12]).toEqual([0, 0]);
    expect(grid[0]).toEqual([-1, -1]);
    expect(grid[24]).toEqual([1, 1]);
    const directions = [1, 2].map((seed) =>
      filterNormalised(weights, kernels, rngStreams(seed)('landscape')),
    );
    const moved = new Float32Array(weights.length);
    moveTo(moved, weights, [directions[0], directions[1]], grid[12]);
    expect(moved).toEqual(weights);
    moveTo(moved, weights, [directions[0], directions[1]], [0.5, 0]);
    expect(moved[0]).toBeCloseTo(weights[0] + 0.5 * directions[0][0], 6);
  });
});
