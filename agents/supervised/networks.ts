/** The networks of supervised models: hidden layers by the model's own `auto` or the user's list, and the head that the task needs. */
import type { AgentNetwork } from '#core/agent.ts';
import { inputSize, outputSize } from '#core/data-set.ts';
import type { DataSpec } from '#core/fit.ts';
import { networkData } from '#agents/nn/network-data.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { sizeOf, type Body, type Layer, type NetworkPlan } from '#agents/nn/spec.ts';

/** Hidden layers for an input of this shape. */
export type Architecture = (shape: readonly number[]) => readonly Layer[];

/** No hidden layer: linear, logistic and softmax regression. */
export const linear: Architecture = () => [];

/** A hidden layer of 256 ReLUs. */
export const mlp: Architecture = () => [
  { kind: 'flatten' },
  { kind: 'dense', units: 256, activation: 'relu' },
];

/** LeCun et al. 1998, simplified: 20 and 50 filters of 5×5, each followed by max pooling, then 500 ReLUs. */
export const lenet: Architecture = () => [
  { kind: 'conv2d', filters: 20, size: 5, activation: 'relu' },
  { kind: 'maxPool', size: 2 },
  { kind: 'conv2d', filters: 50, size: 5, activation: 'relu' },
  { kind: 'maxPool', size: 2 },
  { kind: 'flatten' },
  { kind: 'dense', units: 500, activation: 'relu' },
];

/** Half of LeNet's work per picture: the network of github.com/tuomaso/train_mnist_fast, which reads 99.0 % after one epoch. */
export const quick: readonly Layer[] = [
  { kind: 'conv2d', filters: 24, size: 5, activation: 'relu' },
  { kind: 'maxPool', size: 2 },
  { kind: 'conv2d', filters: 32, size: 3, activation: 'relu' },
  { kind: 'maxPool', size: 2 },
  { kind: 'flatten' },
  { kind: 'dense', units: 256, activation: 'relu' },
];

/** Batch-normalised filters and no dense layer but the head: five layers for pictures, three with strides for sequences. */
export const cnn: Architecture = (shape) =>
  shape.length === 3
    ? deep(shape)
    : [
        { kind: 'conv1d', filters: 25, size: 5, stride: 2, padding: 'same', activation: 'relu' },
        { kind: 'conv1d', filters: 25, size: 3, stride: 2, padding: 'same', activation: 'relu' },
        { kind: 'conv1d', filters: 25, size: 3, stride: 2, padding: 'same', activation: 'relu' },
        { kind: 'flatten' },
      ];

/** Narrow and deep: with 19 146 parameters an output sees 32×32 pixels, with 16, 32 and 48 filters in three layers 18×18. */
function deep([height, width]: readonly number[]): readonly Layer[] {
  // Without padding it takes three quarters of the time, but small pictures would be used up.
  const padding = Math.min(height, width) >= 16 ? 'valid' : 'same';
  return [
    ...normalised({ kind: 'conv2d', filters: 16, size: 5, padding }),
    { kind: 'maxPool', size: 2 },
    ...normalised({ kind: 'conv2d', filters: 16, size: 3, padding: 'same' }),
    ...normalised({ kind: 'conv2d', filters: 24, size: 3, padding: 'same' }),
    { kind: 'maxPool', size: 2 },
    ...normalised({ kind: 'conv2d', filters: 24, size: 3, padding: 'same' }),
    ...normalised({ kind: 'conv2d', filters: 32, size: 3, padding }),
    { kind: 'globalAveragePool' },
  ];
}

/** A GRU over the numbers of a vector, the rows of a picture or the steps of a sequence; its last state is the vector of all. */
export const gru: Architecture = (shape) => [
  { kind: 'reshape', shape: [shape[0], sizeOf(shape) / shape[0]] },
  { kind: 'gru', units: shape.length === 3 ? 64 : 24 },
];

function normalised(conv: Layer & { kind: 'conv2d' }): readonly Layer[] {
  return [conv, { kind: 'batchNorm', momentum: 0.9, activation: 'relu' }];
}

/** 256 features, of which half are dropped while training. */
export const autoencoder: Architecture = () => [
  { kind: 'flatten' },
  { kind: 'dense', units: 256, activation: 'relu' },
];

/** The network for a task: one output per class or number, or, for reconstruction, one per number of the input. */
export function planModel(
  { shape, task }: DataSpec,
  body: Body,
  auto: Architecture,
  reconstructs = false,
): NetworkPlan {
  const units = reconstructs ? inputSize({ shape }) : outputSize(task);
  const layers = body === 'auto' ? auto(shape) : body;
  const { length: rank } = layers.length > 0 ? planNetwork(layers, shape, 'network').output : shape;
  const head: readonly Layer[] = [
    ...(rank === 1 ? [] : [{ kind: 'flatten' as const }]),
    { kind: 'dense', units },
  ];
  return planNetwork([...layers, ...head], shape, 'network');
}

/** As data, with the place of its parameters in a snapshot. */
export function modelNetworks(plan: NetworkPlan): readonly AgentNetwork[] {
  return [networkData('model', plan, { name: 'params', offset: 0 })];
}
