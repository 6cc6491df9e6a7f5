/** The supervised models that are fitted by gradient descent, with the settings under which each learns well. */
import type { DataSpec } from '#core/fit.ts';
import { modelConfig } from './config.ts';
import { gradientModel } from './model.ts';
import * as networks from './networks.ts';

/** Why other inputs do not suit a network of filters for pictures. */
function pictures(least: number): (spec: DataSpec) => string | undefined {
  const expected = `pictures of at least ${least}×${least} pixels`;
  return ({ shape }) => (shape.length === 3 && Math.min(shape[0], shape[1]) >= least ? undefined : expected);
}

/** Data sets of grey pictures with classes. */
const likeMnist = ['mnist', 'fashion-mnist', 'kmnist', 'idx'];

export const linear = gradientModel({
  id: 'linear',
  title: 'Linear',
  summary:
    'No hidden layer: softmax regression for classes (logistic, where there are two), linear regression for numbers.',
  auto: networks.linear,
  config: modelConfig({ network: 'no hidden layer', learningRate: 1e-3, batchSize: 128, epochs: 10 }),
  presets: {
    'mnist-1d': {
      source: 'ours, for MNIST-1D',
      config: { batchSize: 32, learningRate: 0.01, schedule: 'one-cycle', epochs: 100 },
      data: ['mnist-1d'],
    },
    iris: {
      source: 'ours, for Iris',
      config: { standardise: true, batchSize: 16, learningRate: 0.1, epochs: 100 },
      data: ['iris'],
    },
    line: {
      source: 'ours, for the line',
      config: { batchSize: 16, learningRate: 0.03, epochs: 50 },
      data: ['line'],
    },
  },
});

export const mlp = gradientModel({
  id: 'mlp',
  title: 'Multilayer perceptron',
  summary: 'A hidden layer of 256 ReLUs over all inputs at once (Rumelhart et al. 1986).',
  auto: networks.mlp,
  config: modelConfig({ network: '256 ReLUs', learningRate: 1e-3, batchSize: 128, epochs: 10 }),
  presets: {
    mnist: {
      source: 'ours, for MNIST and sets like it',
      config: { learningRate: 3e-3, schedule: 'one-cycle' },
      data: likeMnist,
    },
    'mnist-1d': {
      source:
        'ours, for MNIST-1D: the layers and the learning rate of Greydanus 2020, with dropout and a one-cycle schedule',
      config: {
        network: [
          { kind: 'dense', units: 100, activation: 'relu' },
          { kind: 'dropout', rate: 0.2 },
          { kind: 'dense', units: 100, activation: 'relu' },
          { kind: 'dropout', rate: 0.2 },
        ],
        batchSize: 100,
        learningRate: 0.01,
        schedule: 'one-cycle',
        epochs: 100,
      },
      data: ['mnist-1d'],
    },
    iris: {
      source: 'ours, for Iris',
      config: {
        network: [{ kind: 'dense', units: 16, activation: 'tanh' }],
        standardise: true,
        batchSize: 16,
        learningRate: 0.01,
        epochs: 100,
      },
      data: ['iris'],
    },
    points: {
      source: 'ours, for two classes on the plane, spirals included',
      config: {
        network: [
          { kind: 'dense', units: 32, activation: 'relu' },
          { kind: 'dense', units: 32, activation: 'relu' },
        ],
        batchSize: 16,
        learningRate: 0.01,
        epochs: 100,
      },
      data: ['circle', 'xor', 'gauss', 'spiral', 'formula'],
    },
  },
});

export const lenet = gradientModel({
  id: 'lenet',
  title: 'LeNet',
  summary: 'Two layers of 5×5 filters with max pooling, then a dense layer: LeCun et al. 1998, simplified.',
  auto: networks.lenet,
  config: modelConfig({
    network: '20 and 50 filters of 5×5 with 2×2 max pooling, 500 ReLUs',
    learningRate: 3e-3,
    batchSize: 64,
    epochs: 5,
    schedule: 'one-cycle',
  }),
  presets: {
    'sixty-seconds': {
      source: 'ours, for MNIST: most of a minute on two cores',
      config: { network: [...networks.quick], batchSize: 128, learningRate: 4e-3, epochs: 6 },
      augment: { rotation: 8, scale: 0.05, shift: 1 },
      data: likeMnist,
    },
    'ten-seconds': {
      source: 'ours, for MNIST: a single epoch of small batches, most of ten seconds on two cores',
      config: { network: [...networks.quick], learningRate: 5e-3, epochs: 1 },
      data: likeMnist,
    },
    adversarial: {
      source: 'ours, for MNIST: half of every batch moved by FGSM at ε = 0.1 (Goodfellow et al. 2015, §6)',
      config: {
        network: [...networks.quick],
        batchSize: 128,
        learningRate: 4e-3,
        epochs: 1,
        adversarial: 0.1,
      },
      data: likeMnist,
    },
  },
  suits: pictures(16),
});

export const cnn = gradientModel({
  id: 'cnn',
  title: 'Small CNN',
  summary:
    'Five layers of batch-normalised filters and global average pooling: fewer than 20 000 parameters. Sequences get strided filters.',
  auto: networks.cnn,
  config: modelConfig({
    network:
      'batch-normalised filters, 16-16-24-24-32, with global average pooling; 25-25-25 with strides for sequences',
    learningRate: 0.01,
    batchSize: 128,
    epochs: 10,
    schedule: 'one-cycle',
  }),
  presets: {
    mnist: {
      source:
        'ours, for MNIST: digits turned by up to 10°, scaled by up to a tenth and moved by up to a pixel',
      config: { epochs: 12 },
      augment: { rotation: 10, scale: 0.1, shift: 1 },
      data: ['mnist', 'kmnist', 'idx'],
    },
    'fashion-mnist': {
      source: 'ours, for Fashion-MNIST: pictures moved by up to a pixel',
      config: { epochs: 15 },
      augment: { shift: 1 },
      data: ['fashion-mnist'],
    },
    'mnist-1d': {
      source: 'ours, for MNIST-1D',
      config: { batchSize: 64, epochs: 100 },
      data: ['mnist-1d'],
    },
  },
});

export const gru = gradientModel({
  id: 'gru',
  title: 'GRU',
  summary:
    'Reads its input as a sequence, number by number, or a picture row by row, and answers from its last state (Cho et al. 2014).',
  auto: networks.gru,
  config: modelConfig({
    network: 'a GRU of 24 units over the sequence; of 64 over the rows of a picture',
    learningRate: 0.01,
    batchSize: 128,
    epochs: 10,
    schedule: 'one-cycle',
  }),
  presets: {
    'mnist-1d': {
      source: 'ours, for MNIST-1D',
      config: { batchSize: 32, epochs: 40 },
    },
  },
});

export const autoencoder = gradientModel({
  id: 'autoencoder',
  title: 'Autoencoder',
  summary: 'Reconstructs its input from 256 hidden features (Hinton & Salakhutdinov 2006).',
  auto: networks.autoencoder,
  reconstructs: true,
  config: modelConfig({ network: '256 ReLUs', learningRate: 1e-3, batchSize: 128, epochs: 10 }),
  presets: {},
});
