/** Parts of supervised models: losses, schedules and the perceptron's rule, against numbers worked out by hand or by PyTorch. */
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { describe as describeFields, parseConfig } from '#core/config.ts';
import type { BatchSource } from '#core/data-set.ts';
import { rngStreams } from '#core/rng.ts';
import { accuracy, lossFor, meanLoss, smoothed } from '#agents/supervised/losses.ts';
import { Batches } from '#data/batches.ts';
import { plainScale } from '#data/scale.ts';
import type { ModelConfig } from '#agents/supervised/config.ts';
import { gru, planModel } from '#agents/supervised/networks.ts';
import { perceptron } from '#agents/supervised/perceptron.ts';
import { scheduled } from '#agents/supervised/schedules.ts';
import { mlp } from '#agents/supervised/models.ts';
import { optimizerOf } from '#agents/supervised/step.ts';
import { eagerCompute } from '#compile/eager.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const read = (tensor: tf.Tensor): number => tensor.dataSync()[0];

/** Binary cross-entropy of one logit. */
const bernoulli = (logit: number, target: number): number =>
  read(meanLoss('binary-cross-entropy', tf.tensor2d([[logit]]), tf.tensor2d([[target]])));

/** The examples one after another, over and over. */
const inOrder = (inputs: readonly (readonly number[])[], targets: readonly number[]): BatchSource => {
  const rows = {
    count: inputs.length,
    shape: [inputs[0].length],
    inputs: Float32Array.from(inputs.flat()),
  };
  const examples = { ...rows, targets: Int32Array.from(targets) };
  const scale = plainScale(examples);
  return new Batches({ kind: 'classes', names: ['0', '1'] }, examples, {
    batchSize: 1,
    shuffle: false,
    scale,
    rng: rngStreams(1)('shuffle'),
  });
};
const create = (batches: BatchSource, features: number, names: readonly string[]) =>
  perceptron.create(
    { shape: [features], task: { kind: 'classes', names } },
    parseConfig(perceptron.config, {}, 'model'),
    rngStreams(1),
    eagerCompute(),
    batches,
  );

/** Of class 1: offset, then a weight per input. */
const weights = (saved: unknown): number[] => {
  const { params } = (saved as { learner: { params: Float32Array } }).learner;
  return [params[5], params[1], params[3]];
};

describe('losses', () => {
  const outputs = [
    [2, -1, 0.5],
    [0, 3, -2],
  ];
  const logSum = outputs.map((row) => Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)));

  it('cross-entropy is the mean of −log p of the labels', () => {
    const targets = smoothed(tf.tensor1d([0, 2], 'int32'), 3, tf.scalar(0));
    const expected = (logSum[0] - outputs[0][0] + (logSum[1] - outputs[1][2])) / 2;
    expect(read(meanLoss('cross-entropy', tf.tensor2d(outputs), targets))).toBeCloseTo(expected, 5);
  });

  it('label smoothing spreads its share over all classes', () => {
    const targets = smoothed(tf.tensor1d([1], 'int32'), 4, tf.scalar(0.2));
    for (const [k, expected] of [0.05, 0.85, 0.05, 0.05].entries())
      expect(targets.dataSync()[k]).toBeCloseTo(expected, 6);
  });

  it('binary cross-entropy is finite for any logit and right for usual ones', () => {
    for (const logit of [-2, 0, 1.5])
      for (const target of [0, 0.3, 1]) {
        const p = 1 / (1 + Math.exp(-logit));
        expect(bernoulli(logit, target)).toBeCloseTo(
          -target * Math.log(p) - (1 - target) * Math.log(1 - p),
          5,
        );
      }
    expect(bernoulli(-500, 1)).toBeCloseTo(500, 3);
    expect(bernoulli(500, 1)).toBeCloseTo(0, 5);
  });

  it('numbers: squares, distances, and Huber between them', () => {
    const [a, b] = [tf.tensor2d([[1, 2, 3]]), tf.tensor2d([[1.5, 2, 0]])];
    expect(read(meanLoss('mse', a, b))).toBeCloseTo((0.25 + 9) / 3, 5);
    expect(read(meanLoss('mae', a, b))).toBeCloseTo(3.5 / 3, 5);
    expect(read(meanLoss('huber', a, b))).toBeCloseTo((0.125 + 2.5) / 3, 5);
  });

  it('accuracy is the share of rows whose largest output is the label', () => {
    expect(read(accuracy(tf.tensor2d(outputs), tf.tensor1d([0, 0], 'int32')))).toBe(0.5);
  });

  it('refuses the loss of another task by field', () => {
    expect(() => lossFor({ kind: 'regression', names: ['y'] }, 'cross-entropy', false)).toThrow(
      'model.loss: expected mse, mae or huber for numbers, got cross-entropy',
    );
    expect(lossFor({ kind: 'classes', names: ['a', 'b'] }, 'auto', true)).toBe('mse');
  });
});

describe('the GRU', () => {
  it.each([
    ['numbers of a vector', [40], [40, 1], 24],
    ['rows of a picture', [28, 26, 3], [28, 78], 64],
    ['steps of a sequence', [12, 5], [12, 5], 24],
  ])('reads the %s', (_, shape, sequence, units) => {
    const task = { kind: 'classes', names: ['a', 'b', 'c'] } as const;
    const { layers } = planModel({ shape, task }, 'auto', gru);
    expect(layers.map(({ layer, output }) => [layer.kind, output])).toEqual([
      ['reshape', sequence],
      ['gru', [units]],
      ['dense', [3]],
    ]);
  });
});

describe('schedules', () => {
  it('one-cycle is that of PyTorch', () => {
    // torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=10): factors before each step.
    const expected = [0.04, 0.52, 1, 0.9504844, 0.8117449, 0.6112606, 0.3887394, 0.1882551, 0.0495156, 4e-6];
    const factors = expected.map((_, step) => scheduled('one-cycle', step, 10));
    for (const [step, factor] of factors.entries()) expect(factor).toBeCloseTo(expected[step], 5);
  });

  it('steps are thirds, a tenth each; linear and cosine end at 0', () => {
    expect([0, 32, 34, 65, 67, 99].map((step) => scheduled('step', step, 100))).toEqual(
      [1, 1, 0.1, 0.1, 0.01, 0.01].map((x) => expect.closeTo(x, 9) as number),
    );
    for (const kind of ['linear', 'cosine'] as const) {
      expect(scheduled(kind, 0, 10)).toBe(1);
      expect(scheduled(kind, 5, 10)).toBeCloseTo(0.5, 9);
      expect(scheduled(kind, 10, 10)).toBeCloseTo(0, 9);
    }
  });

  it('stay within 0 and 1 for any length', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('constant', 'linear', 'cosine', 'step', 'one-cycle'),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 0, max: 6000 }),
        (kind, total, step) => {
          const factor = scheduled(kind, step, total);
          expect(factor).toBeGreaterThanOrEqual(0);
          expect(factor).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

describe('the perceptron', () => {
  const and = inOrder(
    [
      [1, 1],
      [1, 0],
      [0, 1],
      [0, 0],
    ],
    [1, 0, 0, 0],
  );

  it('learns AND from zero weights step by step', async () => {
    const model = await create(and, 2, ['0', '1']);
    const seen: number[][] = [];
    for (let k = 0; k < 2; k++) {
      await model.fit();
      seen.push(weights(await model.snapshot()));
    }
    expect(seen).toEqual([
      [1, 1, 1],
      [0, 0, 1],
    ]);
    while (!model.finished) await model.fit();
    const y = model.predict(Float32Array.of(1, 1, 1, 0, 0, 1, 0, 0), 4);
    expect([0, 1, 2, 3].map((row) => (y[row * 2 + 1] > 0 ? 1 : 0))).toEqual([1, 0, 0, 0]);
  });

  it('makes no mistake in some epoch wherever a plane separates the classes (Novikoff 1962)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 }), async (seed) => {
        const rng = rngStreams(seed)('test');
        const normal = [rng.normal(), rng.normal(), rng.normal()];
        const inputs: number[][] = [];
        while (inputs.length < 20) {
          const x = normal.map(() => rng.normal());
          const side = x.reduce((sum, value, j) => sum + value * normal[j], 0);
          if (Math.abs(side) > 0.3) inputs.push(x);
        }
        const labels = inputs.map((x) =>
          x.reduce((sum, value, j) => sum + value * normal[j], 0) > 0 ? 1 : 0,
        );
        const model = await create(inOrder(inputs, labels), 3, ['0', '1']);
        model.tune({ epochs: 2000 });
        let mistakes = 1;
        while (!model.finished && mistakes > 0) {
          mistakes = 0;
          for (const _ of inputs) if ((await model.fit())?.['train/accuracy'] === 0) mistakes++;
        }
        expect(mistakes).toBe(0);
      }),
      { numRuns: 20 },
    );
  });
});

describe('settings of one optimizer', () => {
  const fields = describeFields(mlp.config);
  const optimizers = fields.find(({ key }) => key === 'optimizer');
  const options = optimizers?.kind === 'choice' ? optimizers.options : [];

  it.each(['momentum', 'weightDecay'])('%s counts beside those that its table names', (key) => {
    const counting = options.filter((optimizer) => {
      const [one, other] = [0.1, 0.2].map((value) => mlp.config.parse({ optimizer, [key]: value }));
      return (
        JSON.stringify(optimizerOf(one as ModelConfig)) !== JSON.stringify(optimizerOf(other as ModelConfig))
      );
    });
    const when = fields.find((field) => field.key === key)?.when;
    expect(when).toMatchObject({ field: 'optimizer' });
    expect(counting).toEqual(typeof when === 'object' && 'is' in when ? when.is : []);
  });
});
