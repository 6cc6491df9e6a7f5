/** Networks as files of tfjs's layers API: `tf.loadLayersModel` computes the same, and reading them gives the network back. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeLayersModel, type LayersModelFiles } from '#agents/nn/files/layers-model.ts';
import { decodeLayersModel, weightPaths } from '#agents/nn/files/layers-model-import.ts';
import { checkFit } from '#agents/nn/network-data.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { activations, sizeOf, type Layer, type NetworkPlan } from '#agents/nn/spec.ts';
import { expectClose, numbers } from '#tests/parity/compile-close.ts';
import { Forward } from '#tests/parity/forward.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const units = fc.integer({ min: 1, max: 9 });
const activation = fc.constantFrom(...activations);
const epsilon = fc.constantFrom(1e-5, 0.01);
const hidden: fc.Arbitrary<Layer> = fc.oneof(
  fc.record({ kind: fc.constant('dense' as const), units, activation }),
  fc.record({ kind: fc.constant('noisy' as const), units, activation }),
  fc.record({ kind: fc.constant('layerNorm' as const), epsilon, activation }),
  fc.record({ kind: fc.constant('batchNorm' as const), epsilon, activation }),
  fc.record({ kind: fc.constant('dropout' as const), rate: fc.constant(0.4) }),
  fc.record({ kind: fc.constant('activation' as const), activation }),
);
const head: fc.Arbitrary<Layer> = fc.oneof(
  fc.record({ kind: fc.constant('dense' as const), units }),
  fc.record({
    kind: fc.constant('dueling' as const),
    actions: fc.integer({ min: 1, max: 4 }),
    atoms: fc.integer({ min: 1, max: 3 }),
    hidden: fc.integer({ min: 0, max: 5 }),
    noisy: fc.boolean(),
  }),
);
const imageLayers: fc.Arbitrary<readonly Layer[]> = fc
  .tuple(
    fc.record({
      kind: fc.constant('conv2d' as const),
      filters: units,
      size: fc.integer({ min: 1, max: 3 }),
      stride: fc.integer({ min: 1, max: 2 }),
      padding: fc.constantFrom('valid' as const, 'same' as const),
      activation,
    }),
    fc.constantFrom<readonly Layer[]>(
      [],
      [{ kind: 'maxPool', size: 2, stride: 1 }],
      [{ kind: 'batchNorm', activation: 'prelu' }],
      [{ kind: 'layerNorm' }, { kind: 'dropout', rate: 0.1 }],
      [{ kind: 'activation', activation: 'prelu' }],
    ),
  )
  .map(([conv, more]) => [conv, ...more, { kind: 'flatten' }]);
const network: fc.Arbitrary<NetworkPlan> = fc
  .tuple(
    fc.oneof(
      fc.record({ input: fc.tuple(units), first: fc.constant<readonly Layer[]>([]) }),
      fc.record({ input: fc.constant([7, 6, 3]), first: imageLayers }),
    ),
    fc.array(hidden, { maxLength: 3 }),
    head,
  )
  .map(([{ input, first }, body, last]) => planNetwork([...first, ...body, last], input, 'network'));

function blockFor(plan: NetworkPlan, seed: number): Float32Array {
  const block = numbers(seed, plan.size).map((w) => w / 3);
  for (const { name, offset, size } of plan.params)
    if (name.endsWith('/variance')) block.fill(0.6, offset, offset + size);
  return block;
}

/** The files as tfjs loads them: JSON as text and back, the numbers apart. */
async function loaded({ model, weights }: LayersModelFiles): Promise<tf.LayersModel> {
  const json = JSON.parse(JSON.stringify(model)) as tf.io.ModelJSON;
  return tf.loadLayersModel({
    load: async () =>
      tf.io.getModelArtifactsForJSON(json, async (manifest) => [
        manifest.flatMap((group) => group.weights),
        weights.buffer,
      ]),
  });
}

async function outputs(
  model: tf.LayersModel,
  x: Float32Array,
  input: readonly number[],
): Promise<Float32Array> {
  const batch = x.length / sizeOf(input);
  const [inputs] = [tf.tensor(x, [batch, ...input])];
  const y = model.predict(inputs) as tf.Tensor;
  const values = (await y.data()) as Float32Array;
  tf.dispose([inputs, y]);
  return values;
}

describe('an exported layers model', () => {
  it('gives in tfjs what the network gives when it acts, whatever its layers', async () => {
    await fc.assert(
      fc.asyncProperty(network, fc.nat({ max: 1000 }), async (plan, seed) => {
        const block = blockFor(plan, seed);
        const model = await loaded(encodeLayersModel({ name: 'q', plan, block }));
        const x = numbers(seed + 1, 3 * sizeOf(plan.input));
        const got = await outputs(model, x, plan.input);
        model.dispose();
        expectClose('outputs', got, new Forward(plan, 3).run(block, x, 3));
      }),
      { numRuns: Number(process.env['LUDUS_RUNS'] ?? 60), seed: 5 },
    );
  });

  it('is read back as the network, less its noise', () => {
    fc.assert(
      fc.property(network, fc.nat({ max: 1000 }), (plan, seed) => {
        const block = blockFor(plan, seed);
        const { model, weights } = encodeLayersModel({ name: 'policy', plan, block });
        const read = decodeLayersModel(JSON.parse(JSON.stringify(model)), weights);
        expect(read.name).toBe('policy');
        const x = numbers(seed, 2 * sizeOf(plan.input));
        const expected = new Forward(plan, 2).run(block, x, 2);
        expect(new Forward(read.plan, 2).run(read.block, x, 2)).toEqual(expected);
        if (plan.noise === 0) expect(read).toEqual({ name: 'policy', plan, block });
      }),
      { numRuns: 60, seed: 6 },
    );
  });
});

/** What tfjs itself saves: topology and weights of a model made with its layers. */
async function savedByTfjs(model: tf.LayersModel): Promise<LayersModelFiles> {
  let files: LayersModelFiles | undefined;
  await model.save({
    save: async ({ modelTopology, weightSpecs, weightData }) => {
      const manifest = [{ paths: ['group1-shard1of1.bin'], weights: weightSpecs }];
      files = {
        model: { format: 'layers-model', modelTopology, weightsManifest: manifest },
        weights: new Uint8Array(weightData as ArrayBuffer),
      };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
  });
  if (!files) throw new Error('tfjs saved nothing');
  return files;
}

const layer = tf.layers;
/** Sequential models of tfjs, and what follows the flat input where it is an image. */
const foreign: readonly [string, readonly number[], () => tf.layers.Layer[]][] = [
  [
    'dense layers with activations inside and apart',
    [4],
    () => [
      layer.dense({ inputShape: [4], units: 6, activation: 'tanh' }),
      layer.dense({ units: 5 }),
      layer.reLU({}),
      layer.dropout({ rate: 0.2 }),
      layer.dense({ units: 3, activation: 'swish' }),
      layer.elu({ alpha: 1 }),
      layer.leakyReLU({ alpha: 0.01 }),
      layer.prelu({ alphaInitializer: 'randomNormal' }),
      layer.activation({ activation: 'softplus' }),
    ],
  ],
  [
    'an image network with both normalisations',
    [6, 5, 2],
    () => [
      layer.conv2d({ inputShape: [6, 5, 2], filters: 3, kernelSize: 3, padding: 'same', activation: 'selu' }),
      layer.batchNormalization({ betaInitializer: 'randomNormal', movingMeanInitializer: 'randomNormal' }),
      layer.prelu({ sharedAxes: [1, 2], alphaInitializer: 'randomNormal' }),
      layer.maxPooling2d({ poolSize: 2 }),
      layer.layerNormalization({ axis: [1, 2, 3], gammaInitializer: 'randomNormal' }),
      layer.flatten(),
      layer.batchNormalization({ axis: 1, momentum: 0.9 }),
      layer.dense({ units: 2 }),
    ],
  ],
];

function dense(): tf.layers.Layer {
  return layer.dense({ inputShape: [4], units: 2 });
}

describe('a model saved by tfjs', () => {
  it.each(foreign)('is read: %s', async (_, input, layers) => {
    for (const functional of [false, true]) {
      let model: tf.LayersModel = tf.sequential({ layers: layers() });
      if (functional) {
        const from = tf.input({ shape: [...input] });
        const to = layers().reduce<tf.SymbolicTensor>((x, one) => one.apply(x) as tf.SymbolicTensor, from);
        model = tf.model({ inputs: from, outputs: to });
      }
      const { model: json, weights } = await savedByTfjs(model);
      const { plan, block } = decodeLayersModel(JSON.parse(JSON.stringify(json)), weights);
      const x = numbers(9, 4 * sizeOf(input));
      const expected = await outputs(model, x, input);
      expectClose('outputs', new Forward(plan, 4).run(block, x, 4), expected);
      model.dispose();
    }
  });

  it.each<[string, () => tf.layers.Layer[], string]>([
    [
      'a layer that networks here do not have',
      () => [dense(), layer.gaussianNoise({ stddev: 1 })],
      '(GaussianNoise): expected one of',
    ],
    ['an activation that they do not have', () => [dense(), layer.softmax({})], '(Softmax)'],
    [
      'a softmax inside',
      () => [layer.dense({ inputShape: [4], units: 2, activation: 'softmax' })],
      'activation: expected one of linear',
    ],
    [
      'a layer without bias',
      () => [layer.dense({ inputShape: [4], units: 2, useBias: false })],
      'use_bias: expected true, got false',
    ],
    ['another leak', () => [dense(), layer.leakyReLU({ alpha: 0.3 })], 'alpha: expected 0.01, got 0.3'],
    [
      'strides that differ',
      () => [layer.conv2d({ inputShape: [4, 4, 1], filters: 1, kernelSize: 2, strides: [1, 2] })],
      'strides: expected the same in both directions, got [1,2]',
    ],
    [
      'a normalisation over another axis',
      () => [layer.batchNormalization({ inputShape: [4, 4, 4], axis: 1 })],
      'axis: expected [3], got 1',
    ],
    [
      'slopes per pixel',
      () => [layer.prelu({ inputShape: [2, 2, 3] })],
      '0/slope: expected shape [3], got [2, 2, 3]',
    ],
  ])('is refused by name: %s', async (_, layers, message) => {
    const { model, weights } = await savedByTfjs(tf.sequential({ layers: layers() }));
    expect(() => decodeLayersModel(JSON.parse(JSON.stringify(model)), weights)).toThrow(message);
  });

  it('is refused with branches', async () => {
    const from = tf.input({ shape: [3] });
    const a = layer.dense({ units: 2 }).apply(from) as tf.SymbolicTensor;
    const b = layer.dense({ units: 2 }).apply(from) as tf.SymbolicTensor;
    const model = tf.model({ inputs: from, outputs: layer.add().apply([a, b]) as tf.SymbolicTensor });
    const files = await savedByTfjs(model);
    expect(() => decodeLayersModel(files.model, files.weights)).toThrow('only the layer before it as input');
  });
});

describe('an exported layers model of a network with a memory', () => {
  it('is refused by the name of the layer', () => {
    const plan = planNetwork([{ kind: 'gru', units: 3 }], [2], 'network', { remembers: true });
    const block = new Float32Array(plan.size);
    expect(() => encodeLayersModel({ name: 'q', plan, block })).toThrow(
      'network.0 (gru): expected layers without a memory (safetensors takes all), got gru',
    );
  });
});

describe('a layers model that is wrong', () => {
  const plan = planNetwork([{ kind: 'dense', units: 2 }], [3], 'network');
  const { model, weights } = encodeLayersModel({ name: 'q', plan, block: numbers(1, plan.size) });
  const manifest = (edit: object): unknown => {
    const copy = structuredClone(model) as { weightsManifest: { weights: object[] }[] };
    Object.assign(copy.weightsManifest[0].weights[0], edit);
    return copy;
  };

  it('is refused: cut off, too long, another type, misshapen, no number, no model', () => {
    expect(() => decodeLayersModel(model, weights.subarray(0, 12))).toThrow('numbers up to byte 24');
    expect(() => decodeLayersModel(model, new Uint8Array(100))).toThrow('32 bytes, as the manifest says');
    expect(() => decodeLayersModel(manifest({ dtype: 'int32' }), weights)).toThrow(
      'float32 numbers, got "int32"',
    );
    expect(() => decodeLayersModel(manifest({ quantization: {} }), weights)).toThrow('got quantized ones');
    expect(() => decodeLayersModel(manifest({ shape: [2, 3] }), weights)).toThrow(
      'expected shape [3, 2], got [2, 3]',
    );
    expect(() => decodeLayersModel(manifest({ name: 'other' }), weights)).toThrow('got nothing');
    const broken = weights.slice();
    broken.fill(255, 0, 4);
    expect(() => decodeLayersModel(model, broken)).toThrow(
      'weights.q.0/kernel: expected finite numbers, got NaN',
    );
    expect(() => decodeLayersModel({ hello: 1 }, weights)).toThrow('a model.json of tfjs layers');
    expect(() => decodeLayersModel({ ...model, format: 'graph-model' }, weights)).toThrow('weights.format');
  });

  it('names only files beside it', () => {
    expect(weightPaths(model)).toEqual(['weights.bin']);
    for (const path of ['../x.bin', '/etc/passwd', 'a/b', '..', 5])
      expect(() => weightPaths({ ...model, weightsManifest: [{ paths: [path], weights: [] }] })).toThrow(
        'paths',
      );
  });
});

function plan(...layers: readonly Layer[]): NetworkPlan {
  return planNetwork(layers, [4], 'network');
}

describe('fitting a network into an agent', () => {
  const wanted = plan({ kind: 'dense', units: 3, activation: 'relu' }, { kind: 'dense', units: 2 });

  it('overlooks how it is written and what only matters in training', () => {
    const same = plan(
      { kind: 'flatten' },
      { kind: 'dense', units: 3, init: 'orthogonal' },
      { kind: 'activation', activation: 'relu' },
      { kind: 'dropout', rate: 0.5 },
      { kind: 'dense', units: 2 },
    );
    expect(() => checkFit(wanted, same, 'weights.q')).not.toThrow();
  });

  it.each<[NetworkPlan, string]>([
    [
      plan({ kind: 'dense', units: 4, activation: 'relu' }, { kind: 'dense', units: 2 }),
      'weights.q.0 (dense): expected dense [3], got dense [4]',
    ],
    [
      plan({ kind: 'dense', units: 3, activation: 'tanh' }, { kind: 'dense', units: 2 }),
      'weights.q.0 (dense): expected relu, got tanh',
    ],
    [
      plan({ kind: 'dense', units: 3, activation: 'relu' }),
      'weights.q.1 (dense): expected dense [2], got no further layer',
    ],
    [
      planNetwork(
        [
          { kind: 'dense', units: 3, activation: 'relu' },
          { kind: 'dense', units: 2 },
        ],
        [5],
        'network',
      ),
      'weights.q: expected a network for inputs [4], got [5]',
    ],
  ])('names the first layer that does something else', (other, message) => {
    expect(() => checkFit(wanted, other, 'weights.q')).toThrow(message);
  });
});
