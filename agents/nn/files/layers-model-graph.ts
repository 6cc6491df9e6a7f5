/** A network as a graph of TensorFlow.js's standard layers, and the weights that each of them has. */
import { refusal } from '#core/errors.ts';
import { MOST_DEVIATIONS, VARIANCE_FLOOR, type Statistics } from '#core/moments.ts';
import {
  BATCH_NORM_MOMENTUM,
  featuresOf,
  LEAKY_SLOPE,
  NORM_EPSILON,
  type Activation,
  type Layer,
  type LayerPlan,
  sizeOf,
  type NetworkPlan,
} from '../spec.ts';
import type { RecurrentLayer } from '../recurrent.ts';
import type { InputScale } from './input-scale.ts';
import type { Before, Entry, LayersGraph, Weight } from './layers-model-parts.ts';

/** Activations that tfjs's layers know by our names. */
const NATIVE: ReadonlySet<Activation> = new Set([
  'linear',
  'relu',
  'tanh',
  'sigmoid',
  'elu',
  'selu',
  'swish',
  'softplus',
]);

/**
 * With `statistics` the model normalises its inputs first, with `scale` it scales them. Throws an `InputError` at the first layer that no standard layers
 * compute.
 */
export function layersGraph(plan: NetworkPlan, { statistics, scale }: Before = {}): LayersGraph {
  const graph = new Graph(plan.input);
  if (statistics) graph.normalise(plan.input, statistics);
  if (scale) graph.rescale(plan.input, scale);
  plan.layers.forEach((layer, index) => graph.add(layer, `${index}`));
  return { entries: graph.entries, weights: graph.weights, output: graph.last };
}

/** The model as it grows: each layer takes the last one's output. */
class Graph {
  readonly entries: Entry[];
  readonly weights: Weight[] = [];
  last = 'input';

  constructor(input: readonly number[]) {
    const config = { batch_input_shape: [null, ...input], dtype: 'float32', sparse: false };
    this.entries = [{ kind: 'InputLayer', name: 'input', config, inputs: [] }];
  }

  /** What `Normaliser` computes, number by number: a batch normalisation, moved so that a ReLU with a limit clips it. */
  normalise(input: readonly number[], { mean, variance }: Statistics): void {
    const size = sizeOf(input);
    const [name, most] = ['normalise', MOST_DEVIATIONS];
    this.flat(name, input, { epsilon: VARIANCE_FLOOR, scale: false });
    const beta = new Float32Array(size).fill(most);
    this.constants(name, size, { beta, moving_mean: mean, moving_variance: variance });
    this.layer('ReLU', `${name}_clip`, { max_value: 2 * most });
    this.layer('Rescaling', `${name}_centre`, { scale: 1, offset: -most });
    if (input.length > 1) this.layer('Reshape', `${name}_shape`, { target_shape: input });
  }

  /** gain · x + bias: one number for all inputs is a layer of its own, several are a batch normalisation of nothing. */
  rescale(input: readonly number[], { gain, bias }: InputScale): void {
    const size = sizeOf(input);
    const name = 'standardise';
    if (gain.length === 1) {
      this.layer('Rescaling', name, { scale: gain[0], offset: bias[0] });
      return;
    }
    this.flat(name, input, { epsilon: 0, scale: true });
    const zero = new Float32Array(size);
    const one = zero.map(() => 1);
    this.constants(name, size, { gamma: gain, beta: bias, moving_mean: zero, moving_variance: one });
    if (input.length > 1) this.layer('Reshape', `${name}_shape`, { target_shape: input });
  }

  add(plan: LayerPlan, index: string): void {
    const { layer, input } = plan;
    const name = `layer_${index}_${layer.kind === 'noisy' ? 'dense' : layer.kind}`;
    switch (layer.kind) {
      case 'dense':
      case 'noisy':
        this.dense(name, index, input[0], layer.units, layer.activation);
        return;
      case 'conv2d':
        this.conv(plan, index, name);
        return;
      case 'conv1d':
        this.conv1d(plan, index, name);
        return;
      case 'maxPool':
      case 'averagePool': {
        const { size, stride = size } = layer;
        const config = { pool_size: [size, size], strides: [stride, stride], padding: 'valid' };
        const kind = layer.kind === 'maxPool' ? 'MaxPooling2D' : 'AveragePooling2D';
        this.layer(kind, name, { ...config, data_format: 'channels_last' });
        return;
      }
      case 'globalAveragePool':
        this.layer('GlobalAveragePooling2D', name, { data_format: 'channels_last' });
        return;
      case 'reshape':
        this.layer('Reshape', name, { target_shape: layer.shape });
        return;
      case 'flatten':
        // tfjs refuses to flatten a vector.
        if (input.length > 1) this.layer('Flatten', name, {});
        return;
      case 'layerNorm':
        this.layer('LayerNormalization', name, {
          axis: input.map((_, axis) => axis + 1),
          epsilon: layer.epsilon ?? NORM_EPSILON,
        });
        this.params(name, index, input, { gamma: 'scale', beta: 'offset' });
        this.activation(plan, name, index);
        return;
      case 'batchNorm':
        this.batchNorm(plan, index, name);
        return;
      case 'dropout':
        this.layer('Dropout', name, { rate: layer.rate });
        return;
      case 'activation':
        this.activation(plan, name, index);
        return;
      case 'dueling':
        this.dueling(plan, index, name);
        return;
      case 'gru':
      case 'lstm':
        this.recurrent(plan, layer, index, name);
    }
  }

  private recurrent({ input }: LayerPlan, layer: RecurrentLayer, index: string, name: string): void {
    const { kind, units, returnSequences = false } = layer;
    if (input.length !== 2)
      // tfjs's own take whole sequences and cannot express a network that is run step by step.
      throw refusal(`network.${index} (${kind})`, 'layers without a memory (safetensors takes all)', kind);
    this.layer(kind === 'gru' ? 'GRU' : 'LSTM', name, {
      units,
      activation: 'tanh',
      recurrent_activation: 'sigmoid',
      use_bias: true,
      return_sequences: returnSequences,
      ...(kind === 'gru' && { reset_after: false }),
    });
    const width = (kind === 'gru' ? 3 : 4) * units;
    this.params(name, index, [input[1], width], { kernel: 'kernel' });
    this.params(name, index, [units, width], { recurrent_kernel: 'recurrentKernel' });
    this.params(name, index, [width], { bias: 'bias' });
  }

  private conv({ layer, input, output }: LayerPlan, index: string, name: string): void {
    const { filters, size, stride = 1, padding = 'valid', activation } = layer as Layer & { kind: 'conv2d' };
    this.layer('Conv2D', name, {
      filters,
      kernel_size: [size, size],
      strides: [stride, stride],
      padding,
      data_format: 'channels_last',
      activation: native(activation),
      use_bias: true,
    });
    this.params(name, index, [size, size, input[2], filters], { kernel: 'kernel' });
    this.params(name, index, [filters], { bias: 'bias' });
    this.foreignActivation(activation, output, name, index);
  }

  private conv1d({ layer, input, output }: LayerPlan, index: string, name: string): void {
    const { filters, size, stride = 1, padding = 'valid', activation } = layer as Layer & { kind: 'conv1d' };
    const [length, channels = 1] = input;
    if (input.length === 1) this.layer('Reshape', `${name}_sequence`, { target_shape: [length, channels] });
    this.layer('Conv1D', name, {
      filters,
      kernel_size: [size],
      strides: [stride],
      padding,
      data_format: 'channels_last',
      activation: native(activation),
      use_bias: true,
    });
    this.params(name, index, [size, channels, filters], { kernel: 'kernel' });
    this.params(name, index, [filters], { bias: 'bias' });
    this.foreignActivation(activation, output, name, index);
  }

  private batchNorm(plan: LayerPlan, index: string, name: string): void {
    const { momentum = BATCH_NORM_MOMENTUM, epsilon = NORM_EPSILON } = plan.layer as Layer & {
      kind: 'batchNorm';
    };
    this.layer('BatchNormalization', name, { axis: -1, momentum, epsilon, center: true, scale: true });
    const names = { gamma: 'scale', beta: 'offset', moving_mean: 'mean', moving_variance: 'variance' };
    this.params(name, index, [featuresOf(plan.input)], names);
    this.activation(plan, name, index);
  }

  /** Q = A + (V − mean A): the mean by pooling over actions, the minus sign by a constant kernel. */
  private dueling({ layer, input }: LayerPlan, index: string, name: string): void {
    const { actions, atoms = 1, hidden = 0 } = layer as Layer & { kind: 'dueling' };
    const from = this.last;
    const stream = (role: string, outputs: number): string => {
      this.last = from;
      const own = `${index}/${role}`;
      if (hidden > 0) this.dense(`${name}_${role}_hidden`, `${own}/hidden`, input[0], hidden, 'relu');
      this.dense(`${name}_${role}`, `${own}/out`, hidden > 0 ? hidden : input[0], outputs);
      return this.last;
    };
    const value = stream('value', atoms);
    const advantage = stream('advantage', actions * atoms);
    this.layer('Reshape', `${name}_actions`, { target_shape: [actions, atoms] });
    this.layer('GlobalAveragePooling1D', `${name}_mean`, {});
    this.layer('Dense', `${name}_minus`, { units: atoms, activation: 'linear', use_bias: false });
    const minus = new Float32Array(atoms * atoms);
    for (let k = 0; k < atoms; k++) minus[k * atoms + k] = -1;
    this.weights.push({ name: `${name}_minus/kernel`, shape: [atoms, atoms], from: { values: minus } });
    this.layer('Add', `${name}_level`, {}, [value, this.last]);
    this.layer('RepeatVector', `${name}_repeat`, { n: actions });
    this.layer('Flatten', `${name}_flat`, {});
    this.layer('Add', name, {}, [advantage, this.last]);
  }

  private dense(name: string, param: string, inputs: number, units: number, activation?: Activation): void {
    this.layer('Dense', name, { units, activation: native(activation), use_bias: true });
    this.params(name, param, [inputs, units], { kernel: 'kernel' });
    this.params(name, param, [units], { bias: 'bias' });
    this.foreignActivation(activation, [units], name, param);
  }

  /** The activation of a layer that has none in tfjs. */
  private activation({ layer, output }: LayerPlan, name: string, index: string): void {
    const kind = 'activation' in layer ? layer.activation : undefined;
    const slope = 'slope' in layer ? layer.slope : undefined;
    if (kind && kind !== 'linear' && NATIVE.has(kind))
      this.layer('Activation', `${name}_${kind}`, { activation: kind });
    this.foreignActivation(kind, output, name, index, slope);
  }

  /** An activation that is a layer of its own in tfjs. */
  private foreignActivation(
    kind: Activation = 'linear',
    output: readonly number[],
    name: string,
    index: string,
    slope = LEAKY_SLOPE,
  ): void {
    if (kind === 'leakyRelu') this.layer('LeakyReLU', `${name}_leaky`, { alpha: slope });
    if (kind !== 'prelu') return;
    const shared = output.slice(1).map((_, axis) => axis + 1);
    this.layer('PReLU', `${name}_prelu`, { shared_axes: shared.length > 0 ? shared : null });
    const shape = [...shared.map(() => 1), featuresOf(output)];
    this.params(`${name}_prelu`, index, shape, { alpha: 'slope' });
  }

  private layer(
    kind: string,
    name: string,
    config: Entry['config'],
    inputs: readonly string[] = [this.last],
  ): void {
    this.entries.push({ kind, name, config, inputs });
    this.last = name;
  }

  /** A batch normalisation of every number of an input, which is flat after it. */
  private flat(name: string, input: readonly number[], config: Entry['config']): void {
    if (input.length > 1) this.layer('Reshape', `${name}_flat`, { target_shape: [sizeOf(input)] });
    this.layer('BatchNormalization', name, { axis: -1, momentum: 0.99, center: true, ...config });
  }

  /** Weights of a layer that are no parameters of the network. */
  private constants(layer: string, size: number, weights: Readonly<Record<string, ArrayLike<number>>>): void {
    for (const [key, values] of Object.entries(weights))
      this.weights.push({
        name: `${layer}/${key}`,
        shape: [size],
        from: { values: Float32Array.from(values) },
      });
  }

  /** Weights of a layer by their names in tfjs, all of one shape; `param` is where the network's names begin. */
  private params(
    layer: string,
    param: string,
    shape: readonly number[],
    names: Readonly<Record<string, string>>,
  ): void {
    for (const [theirs, ours] of Object.entries(names))
      this.weights.push({ name: `${layer}/${theirs}`, shape, from: { param: `${param}/${ours}` } });
  }
}

/** The activation as a setting of the layer, linear where it needs a layer of its own. */
function native(activation: Activation = 'linear'): Activation {
  return NATIVE.has(activation) ? activation : 'linear';
}
