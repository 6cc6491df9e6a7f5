/** The run that fits a model to a data set: it learns, it is measured, and it resumes bit for bit wherever it was cut. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '#core/config.ts';
import type { DataSet } from '#core/data-set.ts';
import type { Snapshot } from '#core/snapshot.ts';
import { eagerCompute } from '#compile/eager.ts';
import { simdCompute } from '#compile/simd/simd.ts';
import { models } from '#train/catalogue/models.ts';
import { resolveFit, type FitRequest, type FitSetup } from '#train/request/resolve-fit.ts';
import { ModelRun } from '#train/runs/model.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const compute = simdCompute(eagerCompute());

function load(request: FitRequest): DataSet {
  const { data, dataConfig } = resolveFit(request);
  if (data.kind !== 'generated') throw new Error(`${data.id}: expected data without files`);
  return data.load(parseConfig(data.config, dataConfig, 'data'));
}

function create(request: FitRequest, data = load(request)): Promise<ModelRun> {
  return ModelRun.create(resolveFit(request), data, compute);
}

async function advance(run: ModelRun, steps = Infinity): Promise<void> {
  let done = 0;
  if (!run.finished) await run.advance(() => ++done >= steps || run.finished);
}

const iris: FitRequest = {
  data: 'iris',
  model: 'mlp',
  config: {
    epochs: 40,
    batchSize: 16,
    standardise: true,
    network: [{ kind: 'dense', units: 16, activation: 'tanh' }],
    learningRate: 0.02,
  },
};

function augmentOf(request: FitRequest): FitSetup['augment'] {
  return resolveFit(request).augment;
}

describe('a fit', () => {
  it('learns Iris', async () => {
    const run = await create(iris);
    await advance(run);
    const scores = await run.evaluate('test');
    if (scores.kind !== 'classes') throw new Error('expected classes');
    expect(scores.accuracy).toBeGreaterThanOrEqual(0.9);
    expect(scores.confusion.reduce((sum, count) => sum + count, 0)).toBe(scores.count);
    run.dispose();
  });

  it('predicts numbers and reconstructs inputs', async () => {
    const line = await create({ data: 'line', model: 'linear', config: { epochs: 200, learningRate: 0.05 } });
    await advance(line);
    const [before, scores] = [1, await line.evaluate('test')];
    expect(scores.kind).toBe('numbers');
    expect(scores.loss).toBeLessThan(before);
    const copier = await create({ ...iris, model: 'autoencoder' });
    const first = await copier.evaluate('test');
    await advance(copier);
    expect((await copier.evaluate('test')).loss).toBeLessThan(first.loss / 4);
    line.dispose();
    copier.dispose();
  });

  it.each([
    [
      'dropout, validation and momentum',
      {
        ...iris.config,
        validation: 0.2,
        optimizer: 'nesterov',
        network: [
          { kind: 'dense', units: 8, activation: 'relu' },
          { kind: 'dropout', rate: 0.3 },
        ],
      },
    ],
    [
      'batch normalisation and one-cycle',
      {
        ...iris.config,
        schedule: 'one-cycle',
        network: [
          { kind: 'dense', units: 8 },
          { kind: 'batchNorm', activation: 'relu' },
        ],
      },
    ],
    [
      'a GRU over the four numbers',
      {
        ...iris.config,
        network: [
          { kind: 'reshape', shape: [4, 1] },
          { kind: 'gru', units: 3 },
        ],
      },
    ],
    ['early stopping', { ...iris.config, validation: 0.3, patience: 1, epochs: 60 }],
  ])('resumes bit for bit wherever it was cut: %s', async (_, config) => {
    const request = { ...iris, config: { ...config, epochs: 'patience' in config ? 60 : 8 } };
    const whole = await create(request);
    await advance(whole);
    const wanted = await whole.snapshot();
    for (const cut of [1, 6, 7, 23]) {
      const run = await create(request);
      await advance(run, cut);
      const saved = structuredClone(await run.snapshot());
      await advance(run, 3);
      run.dispose();
      const resumed = await create(request);
      await resumed.restore(saved);
      await advance(resumed);
      expect(await resumed.snapshot(), `cut after ${cut}`).toEqual(wanted);
      resumed.dispose();
    }
    whole.dispose();
  });

  it('stops early at the best weights', async () => {
    const request = {
      ...iris,
      config: { ...iris.config, validation: 0.3, patience: 2, epochs: 5000, learningRate: 0.1 },
    };
    const run = await create(request);
    await advance(run);
    const { columns, step } = run.recorder.metricsSince(0);
    const losses = [...columns['validation/loss']].filter((loss) => !Number.isNaN(loss));
    expect(losses.length).toBeLessThan(5000);
    expect(losses.lastIndexOf(Math.min(...losses))).toBe(losses.length - 3);
    const { loss } = await run.evaluate('validation');
    expect(loss).toBeCloseTo(Math.min(...losses), 6);
    expect(run.progress).toBe(step.at(-1));
    run.dispose();
  });

  it('changes live settings only, marks them, and keeps them in a checkpoint', async () => {
    const run = await create(iris);
    expect(() => run.tune({ key: 'batchSize', value: 3 })).toThrow(
      'model.batchSize: expected a setting that can change',
    );
    run.tune({ key: 'learningRate', value: '0.001' });
    const saved: Snapshot = await run.snapshot();
    const resumed = await create(iris);
    await resumed.restore(saved);
    expect(resumed.setup.config['learningRate']).toBe(0.001);
    expect(resumed.recorder.marks).toHaveLength(1);
    run.dispose();
    resumed.dispose();
  });

  it('takes from a preset how pictures change, unless the request says otherwise', () => {
    const request: FitRequest = { data: 'mnist', model: 'cnn', preset: 'mnist' };
    expect(augmentOf(request)).toMatchObject({ rotation: 10, scale: 0.1, shift: 1, shear: 0 });
    expect(augmentOf({ ...request, augment: { rotation: '0', shear: 0.2 } })).toMatchObject({
      rotation: 0,
      scale: 0.1,
      shear: 0.2,
    });
    expect(augmentOf({ data: 'mnist', model: 'cnn' })).toMatchObject({ rotation: 0, scale: 0, shift: 0 });
  });

  it('has presets that can be had with every data set that they are for', () => {
    for (const { id: model, presets } of models)
      for (const [preset, { data = ['mnist'] }] of Object.entries(presets))
        for (const each of data)
          expect(resolveFit({ data: each, model, preset }).request.preset).toBe(preset);
  });

  it('refuses other data, and a model that does not suit them, by field', async () => {
    const run = await create(iris);
    const saved = await run.snapshot();
    run.dispose();
    const data = load(iris);
    data.train.inputs[3] += 1;
    const other = await create(iris, data);
    await expect(other.restore(saved)).rejects.toThrow(
      'data: expected the data that the checkpoint was trained on',
    );
    other.dispose();
    await expect(create({ data: 'iris', model: 'lenet' })).rejects.toThrow(
      'data: expected pictures of at least 16×16 pixels',
    );
    await expect(create({ data: 'line', model: 'perceptron' })).rejects.toThrow(
      'data: expected classes to tell apart',
    );
    await expect(create({ ...iris, config: { ...iris.config, adversarial: 0.1 } })).rejects.toThrow(
      'model.adversarial: expected 0 unless inputs are pictures',
    );
    await expect(create({ ...iris, augment: { shift: 2 } })).rejects.toThrow(
      'augment: expected grey pictures',
    );
    expect(() => resolveFit({ data: 'irsi', model: 'mpl', config: {} })).toThrow(/iris[\s\S]*mlp/u);
  });
});

it('stops with step, cause and advice when its numbers are no longer finite', async () => {
  const run = await create({
    ...iris,
    config: { ...iris.config, optimizer: 'sgd', learningRate: 10, loss: 'mse', network: [] },
    model: 'autoencoder',
  });
  await expect(advance(run)).rejects.toThrow(
    /autoencoder on iris, example \d+: training has diverged, .* is .*Try a lower learningRate than 10, or clipped gradients/u,
  );
  run.dispose();
});
