/**
 * A network's forward pass on plain typed arrays: slow, and independent of tfjs and of the compiler, so that what networks
 * compute has a second source. Layers are read as data (spec.ts); nothing else of agents/nn is used.
 */
import {
  featuresOf,
  NORM_EPSILON,
  sizeOf,
  type Layer,
  type LayerPlan,
  type NetworkPlan,
} from '#agents/nn/spec.ts';
import { activation, type Scalar } from './forward-activations.ts';
import { convolution, convolution1d, globalAveragePool, pool } from './forward-images.ts';
import { overSequence, recurrentForward } from './forward-recurrent.ts';

/** One layer: n rows of input → n rows of output. `w` is the network's flat block; `memory` is moved on by a step. */
export type LayerForward = (
  w: Float32Array,
  x: Float32Array,
  n: number,
  memory: Float32Array,
) => Float32Array;

export class Forward {
  private readonly layers: readonly LayerForward[];
  private readonly batch: number;
  private readonly memory: number;

  /** `noise` is the vector that noisy layers multiply by; zeros give the mean network. */
  constructor(plan: NetworkPlan, batch: number, noise: Float32Array = new Float32Array(plan.noise)) {
    this.layers = plan.layers.map((layer) => layerForward(layer, plan, noise));
    this.batch = batch;
    this.memory = plan.memory;
  }

  /** weights: the flat block; x [n × input] → [n × output]. `memory` [n × memory] is what recurrent layers remember. */
  run(
    weights: Float32Array,
    x: Float32Array,
    n = this.batch,
    memory: Float32Array = new Float32Array(n * this.memory),
  ): Float32Array {
    return this.layers.reduce((rows, layer) => layer(weights, rows, n, memory), x);
  }
}

function layerForward(plan: LayerPlan, network: NetworkPlan, noise: Float32Array): LayerForward {
  const { layer } = plan;
  const own = network.params.slice(plan.firstParam, plan.firstParam + plan.paramCount);
  const offsets = own.map(({ offset }) => offset);
  const sum = linear(plan, network, offsets, noise);
  if (!('activation' in layer) || layer.activation === undefined) return sum;
  const slopes = offsets[offsets.length - 1];
  const scalar = activation(layer.activation, 'slope' in layer ? layer.slope : undefined);
  return activated(sum, scalar, slopes, featuresOf(plan.output));
}

/** A prelu's slopes, one per feature, are the last of its layer's parameters. */
function activated(sum: LayerForward, scalar: Scalar, slopes: number, features: number): LayerForward {
  return (w, x, n, memory) =>
    sum(w, x, n, memory).map((value, k) => scalar(value, w[slopes + (k % features)]));
}

/** A layer before its activation. */
function linear(
  plan: LayerPlan,
  network: NetworkPlan,
  offsets: readonly number[],
  noise: Float32Array,
): LayerForward {
  const { layer } = plan;
  const product = { kernel: offsets[0], bias: offsets[1], inputs: plan.input[0], outputs: plan.output[0] };
  switch (layer.kind) {
    case 'dense':
      return dense(product);
    case 'noisy':
      return noisyDense(offsets, product, noise.subarray(plan.noiseOffset));
    case 'conv2d':
      return convolution(plan, offsets);
    case 'conv1d':
      return convolution1d(plan, offsets);
    case 'maxPool':
      return pool(plan, 'max');
    case 'averagePool':
      return pool(plan, 'mean');
    case 'globalAveragePool':
      return globalAveragePool(plan);
    case 'flatten':
    case 'reshape':
    case 'activation':
    case 'dropout': // Nothing is dropped when acting.
      return (_, x, n) => x.slice(0, n * sizeOf(plan.output));
    case 'layerNorm':
      return layerNorm(offsets, sizeOf(plan.input), layer.epsilon);
    case 'batchNorm':
      return batchNorm(offsets, featuresOf(plan.input), layer.epsilon);
    case 'gru':
    case 'lstm': {
      const step = recurrentForward(plan, layer, offsets);
      if (plan.input.length === 2) return overSequence(plan, layer, step);
      return (w, x, n, memory) => {
        const y = new Float32Array(n * layer.units);
        step(w, x, y, n, memory, network.memory);
        return y;
      };
    }
    case 'dueling':
      return dueling(plan, layer, offsets, noise);
  }
}

/** Where a dense product's parameters lie in the block, and its widths. */
interface Product {
  readonly kernel: number;
  readonly bias: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** y = x·kernel + bias. */
function dense({ kernel, bias, inputs, outputs }: Product): LayerForward {
  return (w, x, n) => {
    const y = new Float32Array(n * outputs);
    for (let row = 0; row < n; row++)
      for (let o = 0; o < outputs; o++) {
        let sum = w[bias + o];
        for (let i = 0; i < inputs; i++) sum += x[row * inputs + i] * w[kernel + i * outputs + o];
        y[row * outputs + o] = sum;
      }
    return y;
  };
}

/** Fortunato et al. 2018, eq. 9. `offsets`: kernel, bias, kernelSigma, biasSigma; `noise` is the layer's own. */
function noisyDense(offsets: readonly number[], widths: Product, noise: Float32Array): LayerForward {
  const { inputs, outputs } = widths;
  const mean = dense({ ...widths, kernel: offsets[0], bias: offsets[1] });
  const deviation = dense({ ...widths, kernel: offsets[2], bias: offsets[3] });
  return (w, x, n, memory) => {
    const scaled = x.map((value, k) => value * noise[k % inputs]);
    const spread = deviation(w, scaled, n, memory);
    return mean(w, x, n, memory).map((value, k) => value + noise[inputs + (k % outputs)] * spread[k]);
  };
}

/** Ba et al. 2016, eq. 3–4, over each row. `offsets`: scale, offset. */
function layerNorm([scale, offset]: readonly number[], width: number, epsilon = NORM_EPSILON): LayerForward {
  return (w, x, n) => {
    const y = new Float32Array(n * width);
    for (let row = 0; row < n; row++) {
      const values = x.subarray(row * width, (row + 1) * width);
      const mean = values.reduce((sum, value) => sum + value, 0) / width;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
      const factor = 1 / Math.sqrt(variance + epsilon);
      for (let k = 0; k < width; k++)
        y[row * width + k] = (values[k] - mean) * factor * w[scale + k] + w[offset + k];
    }
    return y;
  };
}

/** By the running statistics. `offsets`: scale, offset, mean, variance. */
function batchNorm(
  [scale, offset, mean, variance]: readonly number[],
  features: number,
  epsilon = NORM_EPSILON,
): LayerForward {
  return (w, x) =>
    x.map((value, k) => {
      const f = k % features;
      return ((value - w[mean + f]) / Math.sqrt(w[variance + f] + epsilon)) * w[scale + f] + w[offset + f];
    });
}

/** Wang et al. 2016, eq. 9, per atom; each stream with a hidden layer of its own if asked for. */
function dueling(
  { input, noiseOffset }: LayerPlan,
  layer: Layer & { kind: 'dueling' },
  offsets: readonly number[],
  noise: Float32Array,
): LayerForward {
  const { actions, atoms = 1, hidden = 0, noisy = false } = layer;
  let param = 0;
  let noiseAt = noiseOffset;
  const part = (inputs: number, outputs: number): LayerForward => {
    const own = offsets.slice(param, (param += noisy ? 4 : 2));
    const from = noiseAt;
    noiseAt += inputs + outputs;
    const product = { kernel: own[0], bias: own[1], inputs, outputs };
    return noisy ? noisyDense(own, product, noise.subarray(from)) : dense(product);
  };
  const stream = (outputs: number): LayerForward => {
    if (hidden === 0) return part(input[0], outputs);
    const first = part(input[0], hidden);
    const last = part(hidden, outputs);
    return (w, x, n, memory) => {
      const middle = first(w, x, n, memory).map((value) => Math.max(value, 0));
      return last(w, middle, n, memory);
    };
  };
  const value = stream(atoms);
  const advantage = stream(actions * atoms);
  return (w, x, n, memory) => {
    const v = value(w, x, n, memory);
    const a = advantage(w, x, n, memory);
    const y = new Float32Array(n * actions * atoms);
    for (let row = 0; row < n; row++)
      for (let atom = 0; atom < atoms; atom++) {
        const at = (action: number): number => (row * actions + action) * atoms + atom;
        let mean = 0;
        for (let action = 0; action < actions; action++) mean += a[at(action)] / actions;
        for (let action = 0; action < actions; action++)
          y[at(action)] = v[row * atoms + atom] + a[at(action)] - mean;
      }
    return y;
  };
}
