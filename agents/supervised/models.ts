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
    },
    'mnist-1d': {
      source:
        'ours, for MNIST-1D: after Greydanus 2020, whose hidden layers have 100 units and whose learning rate this is',
      config: {
        network: [
          { kind: 'dense', units: 100, activation: 'relu' },
          { kind: 'dense', units: 100, activation: 'relu' },
        ],
        batchSize: 100,
        learningRate: 0.01,
        epochs: 100,
      },
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
      source: 'ours, for MNIST: about a minute on two cores, or with one epoch ten seconds',
      config: { network: [...networks.quick], batchSize: 128, learningRate: 4e-3, epochs: 7 },
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
    },
  },
  suits: pictures(16),
});

export const cnn = gradientModel({
  id: 'cnn',
  title: 'Small CNN',
  summary:
    'Batch-normalised 3×3 filters and global average pooling: fewer than 20 000 parameters. Sequences get strided filters.',
  auto: networks.cnn,
  config: modelConfig({
    network:
      '16, 32 and 48 filters of 3×3, batch-normalised, with global average pooling; 25-25-25 with strides for sequences',
    learningRate: 0.01,
    batchSize: 128,
    epochs: 10,
    schedule: 'one-cycle',
  }),
  presets: {
    'mnist-1d': {
      source: 'ours, for MNIST-1D',
      config: { batchSize: 64, epochs: 100 },
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
