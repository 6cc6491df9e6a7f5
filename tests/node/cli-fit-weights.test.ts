/** Models as files: exported, computed by tfjs with the same outputs, imported, and those of other programs. */
import * as tf from '@tensorflow/tfjs';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { inputSize, type DataSet, type Examples } from '#core/data-set.ts';
import { createCompute } from '#host/compute.ts';
import { loadData, readFit } from '#node/fit-options.ts';
import { readWeights } from '#node/weights-file.ts';
import { plantModel } from '#train/checkpoints/model-networks.ts';
import { decodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { resolveFit } from '#train/request/resolve-fit.ts';
import { asFit } from '#train/request/subject.ts';
import { ModelRun } from '#train/runs/model.ts';
import { outputs, savedByTfjs } from '#tests/unit/layers-model-tfjs.ts';
import { ludus, temporaryFolder } from './ludus.ts';

const home = temporaryFolder();

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const network = JSON.stringify([
  { kind: 'conv2d', filters: 4, size: 3, stride: 2 },
  { kind: 'batchNorm', activation: 'relu' },
  { kind: 'averagePool', size: 2 },
  { kind: 'conv2d', filters: 6, size: 3, padding: 'same', activation: 'relu' },
  { kind: 'globalAveragePool' },
]);
/** What is fitted, and the raw inputs that tfjs gets: pictures from 0 to 1. */
const fits: readonly [string, readonly string[]][] = [
  [
    'pictures',
    [
      'mnist',
      '--model',
      'cnn',
      '--data',
      'trainLimit=600',
      '--set',
      `network=${network}`,
      '--set',
      'standardise=true',
    ],
  ],
  ['curves', ['mnist-1d', '--model', 'cnn']],
  ['sequences', ['mnist-1d', '--model', 'gru']],
  ['a table', ['iris', '--model', 'linear', '--set', 'standardise=true']],
];

async function loadLayers(folder: string): Promise<tf.LayersModel> {
  const json = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as tf.io.ModelJSON;
  return tf.loadLayersModel({
    load: async () =>
      tf.io.getModelArtifactsForJSON(json, async ([{ paths, weights }]) => [
        weights,
        new Uint8Array(readFileSync(join(folder, paths[0]))).buffer,
      ]),
  });
}

/** The first test examples, as other programs have them. */
function rawInputs({ test }: DataSet, count: number): Float32Array {
  const size = test.shape.reduce((product, length) => product * length, 1);
  const inputs = Float32Array.from(test.inputs.subarray(0, count * size));
  return test.inputs instanceof Uint8Array ? inputs.map((byte) => byte / 255) : inputs;
}

async function savedRun(folder: string): Promise<ModelRun> {
  const file = new Uint8Array(readFileSync(join(folder, 'checkpoint.ludus')));
  const { request, state } = asFit(await decodeCheckpoint(file));
  const setup = resolveFit(request);
  const run = await ModelRun.create(
    setup,
    await loadData(setup, undefined),
    await createCompute('simd', { threads: 1 }),
  );
  await run.restore(state);
  return run;
}

describe.each(fits)('a model of %s', (name, args) => {
  const out = join(home, name.replaceAll(' ', '-'));
  const [data] = args;
  let scores: Record<string, unknown>;

  beforeAll(async () => {
    const { code, stderr, lines } = await ludus('fit', ...args, '--epochs', '2', '--out', out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    scores = lines.find(({ kind }) => kind === 'evaluation') as Record<string, unknown>;
  });

  it.each(['safetensors', 'layers-model'])(
    'predicts the same after its way through %s',
    async (format) => {
      const folder = join(out, format);
      const exported = await ludus('export', out, '--format', format, '--out', folder);
      expect(exported).toMatchObject({ code: 0, stderr: '' });
      expect(exported.lines[0]).toMatchObject({ kind: 'export', data, networks: ['model'] });
      const { lines, stderr } = await ludus('evaluate', data, '--weights', folder);
      expect(stderr).toBe('');
      expect(lines[0]).toMatchObject({ accuracy: scores['accuracy'], loss: scores['loss'] });
    },
    120_000,
  );

  it('is not taken for another model', async () => {
    const folder = join(out, 'other');
    await ludus('export', out, '--format', 'safetensors', '--out', folder);
    const { code, stderr } = await ludus('evaluate', data, '--model', 'mlp', '--weights', folder);
    expect(stderr).toMatch(/^--model: expected (cnn|gru|linear), whose weights these are, got "mlp"\n$/u);
    expect(code).toBe(2);
  });

  it('gives tfjs the same outputs from raw inputs', async () => {
    const folder = join(out, 'tfjs');
    await ludus('export', out, '--format', 'layers-model', '--out', folder);
    const model = await loadLayers(folder);
    const run = await savedRun(out);
    const count = 20;
    const theirs = await outputs(model, rawInputs(run.data, count), run.data.test.shape);
    const ours = await predicted(run, run.data.test, count);
    expect(theirs.length).toBeGreaterThanOrEqual(count);
    theirs.forEach((value, k) => expect(Math.abs(value - ours[k])).toBeLessThan(1e-3));
    run.dispose();
  });
});

/** A model.json as tfjs writes it. */
async function saveForeign(folder: string, model: tf.LayersModel): Promise<string> {
  const { model: json, weights } = await savedByTfjs(model);
  mkdirSync(folder);
  writeFileSync(join(folder, 'model.json'), JSON.stringify(json));
  writeFileSync(join(folder, 'group1-shard1of1.bin'), weights);
  return folder;
}

/** What a model makes of the first examples. */
async function predicted(run: ModelRun, { inputs }: Examples, count: number): Promise<Float32Array> {
  await run.synced();
  const width = inputSize(run.data.train);
  return run.model.predict(run.scaled(inputs.subarray(0, count * width)), count);
}

describe('a model of another program', () => {
  let digits: DataSet;
  let compute: Awaited<ReturnType<typeof createCompute>>;

  beforeAll(async () => {
    digits = await loadData(resolveFit({ data: 'mnist', model: 'mlp' }), undefined);
    compute = await createCompute('simd', { threads: 1 });
  });

  it.each<[string, () => tf.layers.Layer[]]>([
    [
      'that flattens pictures without channels, as in the tutorials',
      () => [tf.layers.flatten({ inputShape: [28, 28] }), tf.layers.dense({ units: 8, activation: 'relu' })],
    ],
    ['of vectors', () => [tf.layers.dense({ inputShape: [784], units: 8, activation: 'relu' })]],
    [
      'that reshapes vectors to pictures',
      () => [
        tf.layers.reshape({ inputShape: [784], targetShape: [28, 28, 1] }),
        tf.layers.conv2d({ filters: 2, kernelSize: 5, strides: 3, activation: 'relu' }),
        tf.layers.flatten(),
      ],
    ],
  ])(
    '%s gives the same probabilities here',
    async (name, layers) => {
      const model = tf.sequential({
        layers: [
          ...layers(),
          tf.layers.dropout({ rate: 0.2 }),
          tf.layers.dense({ units: 10 }),
          tf.layers.softmax(),
        ],
      });
      const folder = await saveForeign(join(home, name.replaceAll(/\W/g, '-')), model);
      const given = await readWeights(folder);
      const run = await ModelRun.create(readFit({}, 'mnist', given), digits, compute);
      await plantModel(run, given, folder);
      const count = 20;
      const shape = (model.inputs[0].shape as number[]).slice(1);
      const theirs = await outputs(model, rawInputs(digits, count), shape);
      const logits = await predicted(run, digits.test, count);
      const ours = tf.tidy(() => tf.softmax(tf.tensor(logits.slice(0, 10 * count), [count, 10])).dataSync());
      theirs.forEach((value, k) => expect(Math.abs(value - ours[k])).toBeLessThan(1e-5));
      run.dispose();
    },
    60_000,
  );

  it('trained by Keras gives the probabilities that Keras gives, and is as accurate', async () => {
    const folder = fileURLToPath(
      new URL('../fixtures/layers-models/sequential-digits-keras', import.meta.url),
    );
    const { y, accuracy } = JSON.parse(readFileSync(join(folder, 'example.json'), 'utf8')) as {
      y: number[];
      accuracy: number;
    };
    const given = await readWeights(folder);
    const run = await ModelRun.create(readFit({}, 'mnist', given), digits, compute);
    await plantModel(run, given, folder);
    const count = 20;
    const logits = await predicted(run, digits.test, count);
    const ours = tf.tidy(() => tf.softmax(tf.tensor(logits.slice(0, 10 * count), [count, 10])).dataSync());
    expect(y).toHaveLength(10 * count);
    y.forEach((value, k) => expect(Math.abs(value - ours[k])).toBeLessThan(1e-5));
    run.dispose();
    expect(accuracy).toBeGreaterThan(0.9);
    const { lines } = await ludus('evaluate', 'mnist', '--weights', folder);
    expect(Number(lines[0]['accuracy'])).toBeCloseTo(accuracy, 3);
    const out = join(home, 'further');
    const args = ['--weights', folder, '--data', 'trainLimit=256', '--epochs', '1', '--out', out];
    const further = await ludus('fit', 'mnist', ...args);
    expect(further.code).toBe(0);
    expect(further.lines[0]).toMatchObject({ weights: folder, parameters: 104 + 3084 + 130 });
  });

  it.each([
    ['model.keras', 'PK\x03\x04', 'a ZIP archive, as .keras is'],
    ['model.h5', '\x89HDF\r\n', 'an HDF5 file, as .h5 is'],
  ])('is refused as Keras itself saves it, %s, with a hint at the converter', async (file, content, got) => {
    writeFileSync(join(home, file), content, 'latin1');
    const { code, stderr } = await ludus('evaluate', 'mnist', '--weights', join(home, file));
    expect(stderr).toBe(
      `weights: expected a safetensors file, or the model.json that tensorflowjs_converter makes of a Keras model, got ${got}\n`,
    );
    expect(code).toBe(2);
  });

  it('is evaluated, its softmax left out', async () => {
    const folder = join(home, 'of-vectors');
    const { code, lines, stderr } = await ludus('evaluate', 'mnist', '--weights', folder);
    expect(stderr).toBe(`${folder}: left out the softmax at its end, since a model's outputs are logits\n`);
    expect(code).toBe(0);
    expect(lines[0]).toMatchObject({ data: 'mnist', model: 'mlp', count: 10_000 });
    // How long it learned is not in its file.
    expect(lines[0]).not.toHaveProperty('step');
  });

  it('is refused where it does not fit, by what it takes, and an agent is', async () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ inputShape: [4], units: 3, activation: 'softmax' })],
    });
    const folder = await saveForeign(join(home, 'small'), model);
    expect((await ludus('evaluate', 'mnist', '--weights', folder)).stderr).toMatch(
      /^weights\.model: expected a network for inputs \[28,28,1\], got \[4\]/,
    );
    const refused = await ludus(
      'evaluate',
      'cart-pole',
      '--agent',
      'dqn',
      '--weights',
      join(home, 'a-table'),
    );
    expect(refused.code).toBe(2);
    const iris = await readWeights(join(home, 'a-table', 'safetensors'));
    expect(iris).toMatchObject({ fitted: { data: 'iris', model: 'linear' } });
    const wrong = await ludus(
      'evaluate',
      'cart-pole',
      '--agent',
      'dqn',
      '--weights',
      join(home, 'a-table', 'safetensors'),
    );
    expect(wrong.stderr).toContain('weights: expected networks of dqn: q, got "model"');
    const planted = await ludus(
      'fit',
      'iris',
      '--weights',
      folder,
      '--epochs',
      '1',
      '--out',
      join(home, 'planted'),
    );
    expect(planted.code).toBe(0);
    expect(planted.lines[0]).toMatchObject({ weights: folder, model: 'mlp', parameters: 15 });
  });
});
