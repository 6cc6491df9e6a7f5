/** Reading models that tfjs's layers API has saved: the same outputs, or a refusal that names the layer. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeLayersModel } from '#agents/nn/files/layers-model-import.ts';
import { Forward } from '#tests/parity/forward.ts';
import { sizeOf } from '#agents/nn/spec.ts';
import { expectClose, numbers } from '#tests/parity/compile-close.ts';
import { outputs, savedByTfjs } from './layers-model-tfjs.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

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
  [
    'pictures with average pools, the last over all of a channel',
    [7, 8, 1],
    () => [
      layer.conv2d({ inputShape: [7, 8, 1], filters: 4, kernelSize: 3, activation: 'relu' }),
      layer.averagePooling2d({ poolSize: 2 }),
      layer.conv2d({ filters: 3, kernelSize: 2 }),
      layer.batchNormalization({ movingMeanInitializer: 'randomNormal' }),
      layer.reLU(),
      layer.globalAveragePooling2d({}),
      layer.dense({ units: 3 }),
    ],
  ],
  [
    'a sequence whose numbers are channels of one first',
    [12],
    () => [
      layer.reshape({ inputShape: [12], targetShape: [12, 1] }),
      layer.conv1d({ filters: 4, kernelSize: 5, strides: 2, padding: 'same', activation: 'relu' }),
      layer.conv1d({ filters: 3, kernelSize: 3 }),
      layer.flatten(),
      layer.dense({ units: 3 }),
    ],
  ],
  [
    'a sequence that recurrent layers read twice, once in another shape',
    [6, 2],
    () => [
      layer.lstm({ inputShape: [6, 2], units: 4, recurrentActivation: 'sigmoid', returnSequences: true }),
      layer.leakyReLU({ alpha: 0.3 }),
      layer.reshape({ targetShape: [3, 8] }),
      layer.gru({ units: 3, recurrentActivation: 'sigmoid' }),
      layer.dense({ units: 3 }),
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
    [
      'an activation that they do not have',
      () => [layer.dense({ inputShape: [4], units: 2, activation: 'hardSigmoid' })],
      'activation: expected one of linear',
    ],
    [
      'a softmax inside',
      () => [layer.dense({ inputShape: [4], units: 2, activation: 'softmax' }), layer.dense({ units: 2 })],
      '(Dense): expected no layer after a softmax',
    ],
    [
      'a softmax over all channels',
      () => [layer.conv2d({ inputShape: [4, 4, 1], filters: 2, kernelSize: 2 }), layer.softmax({ axis: -1 })],
      'weights: expected a softmax over a vector, got over [3,3,2]',
    ],
    [
      'a layer without bias',
      () => [layer.dense({ inputShape: [4], units: 2, useBias: false })],
      'use_bias: expected true, got false',
    ],
    [
      'a shape that is left open in between',
      () => [dense(), layer.reshape({ targetShape: [-1, 1] })],
      'weights.1.shape.0: expected ',
    ],
    [
      'gates without a sigmoid, as tfjs has them unless told otherwise',
      () => [layer.gru({ inputShape: [4, 2], units: 3 })],
      'recurrent_activation: expected "sigmoid", got "hard_sigmoid"',
    ],
    [
      'windows of the past only',
      () => [
        layer.conv1d({ inputShape: [6, 2], filters: 1, kernelSize: 2, padding: 'causal' }),
        layer.flatten(),
      ],
      'padding: expected valid or same, got "causal"',
    ],
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
      'shared_axes: expected [1,2], got []',
    ],
  ])('is refused by name: %s', async (_, layers, message) => {
    const { model, weights } = await savedByTfjs(tf.sequential({ layers: layers() }));
    expect(() => decodeLayersModel(JSON.parse(JSON.stringify(model)), weights)).toThrow(message);
  });

  it.each([
    ['inside its last layer', () => [layer.dense({ inputShape: [4], units: 3, activation: 'softmax' })]],
    ['as its last layer', () => [layer.dense({ inputShape: [4], units: 3 }), layer.softmax({})]],
  ])('is read as logits if it has a softmax %s', async (_, layers) => {
    const model = tf.sequential({ layers: layers() });
    const files = await savedByTfjs(model);
    const { plan, block, softmax } = decodeLayersModel(files.model, files.weights);
    expect(softmax).toBe(true);
    const x = numbers(3, 8);
    const logits = new Forward(plan, 2).run(block, x, 2);
    const expected = tf.tidy(() => tf.softmax(tf.tensor(logits, [2, 3])).dataSync() as Float32Array);
    expectClose('probabilities', await outputs(model, x, [4]), expected);
    model.dispose();
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
