/**
 * A network's forward pass on plain typed arrays: the slow independent reference that the tensor version and the compiled
 * ones are compared with, and how agents act where nothing is compiled. It runs at once and without allocating.
 */
import { recurrentForward } from './forward-recurrent.ts';
import {
  featuresOf,
  NORM_EPSILON,
  sizeOf,
  type Activation,
  type LayerPlan,
  type NetworkPlan,
} from './spec.ts';

/** One layer: reads n rows of input, writes n rows of output. */
type LayerForward = (
  weights: Float32Array,
  input: Float32Array,
  output: Float32Array,
  n: number,
  memory?: Float32Array,
) => void;

const NOTHING = new Float32Array(0);

export class Forward {
  readonly plan: NetworkPlan;
  private readonly layers: readonly LayerForward[];
  private capacity = 0;
  private outputs: readonly Float32Array[] = [];
  private readonly noise: Float32Array;

  /** `noise` is the vector that noisy layers multiply by; zeros give the mean network. */
  constructor(plan: NetworkPlan, batch: number, noise: Float32Array = new Float32Array(plan.noise)) {
    this.plan = plan;
    this.noise = noise;
    this.layers = plan.layers.map((layer) => layerForward(layer, plan, this.noise));
    this.reserve(batch);
  }

  /**
   * weights: the flat block; x [n × input] → [n × output], an array of its own that the next call overwrites. `memory`
   * [n × memory] is what recurrent layers remember, moved on by a step.
   */
  run(weights: Float32Array, x: Float32Array, n: number, memory?: Float32Array): Float32Array {
    if (n > this.capacity) this.reserve(n);
    let input = x;
    for (let k = 0; k < this.layers.length; k++) {
      this.layers[k](weights, input, this.outputs[k], n, memory);
      input = this.outputs[k];
    }
    return input;
  }

  private reserve(batch: number): void {
    this.capacity = batch;
    this.outputs = this.plan.layers.map(({ output }) => new Float32Array(batch * sizeOf(output)));
  }
}

function layerForward(plan: LayerPlan, network: NetworkPlan, noise: Float32Array): LayerForward {
  const { layer } = plan;
  const own = network.params.slice(plan.firstParam, plan.firstParam + plan.paramCount);
  const offsets = own.map((param) => param.offset);
  const length = sizeOf(plan.output);
  const slopes = { at: offsets[offsets.length - 1], features: featuresOf(plan.output) };
  const act = activation('activation' in layer ? layer.activation : undefined, slopes);
  const product = { kernel: offsets[0], bias: offsets[1], inputs: plan.input[0], outputs: length };
  switch (layer.kind) {
    case 'dense':
      return (w, x, y, n) => {
        dense(product, w, x, y, n);
        act(y, n * length, w);
      };
    case 'noisy': {
      const noisy = noisyDense(offsets, plan.input[0], length, noise, plan.noiseOffset);
      return (w, x, y, n) => {
        noisy(w, x, y, n);
        act(y, n * length, w);
      };
    }
    case 'conv2d': {
      const convolve = convolution(plan, offsets);
      return (w, x, y, n) => {
        convolve(w, x, y, n);
        act(y, n * length, w);
      };
    }
    case 'maxPool':
      return (_, x, y, n) => maxPool(plan, x, y, n);
    case 'flatten':
      return (_, x, y, n) => y.set(n * length === x.length ? x : x.subarray(0, n * length));
    case 'layerNorm':
      return (w, x, y, n) => {
        layerNorm(product, layer.epsilon ?? NORM_EPSILON, w, x, y, n);
        act(y, n * length, w);
      };
    case 'batchNorm': {
      const normalise = batchNorm(plan, offsets, layer.epsilon);
      return (w, x, y, n) => {
        normalise(w, x, y, n);
        act(y, n * length, w);
      };
    }
    case 'dropout': // Nothing is dropped when acting.
      return (_, x, y, n) => {
        for (let k = 0; k < n * length; k++) y[k] = x[k];
      };
    case 'activation':
      return (w, x, y, n) => {
        for (let k = 0; k < n * length; k++) y[k] = x[k];
        act(y, n * length, w);
      };
    case 'gru':
    case 'lstm': {
      const step = recurrentForward(plan, layer, offsets);
      return (w, x, y, n, memory = NOTHING) => step(w, x, y, n, memory, network.memory);
    }
    case 'dueling':
      return dueling(plan, offsets, noise);
  }
}

/** Where a dense product's parameters lie in the block, and its widths. */
interface Product {
  readonly kernel: number;
  readonly bias: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** y = x·kernel + bias; zeros in x, frequent after ReLU and in planes, cost nothing. */
function dense(product: Product, w: Float32Array, x: Float32Array, y: Float32Array, n: number): void {
  const { kernel, bias, inputs, outputs } = product;
  for (let row = 0; row < n; row++) {
    const to = row * outputs;
    for (let o = 0; o < outputs; o++) y[to + o] = w[bias + o];
    for (let i = 0; i < inputs; i++) {
      const value = x[row * inputs + i];
      if (value === 0) continue;
      const from = kernel + i * outputs;
      for (let o = 0; o < outputs; o++) y[to + o] += value * w[from + o];
    }
  }
}

/** Factorised noise: see `noisyDense` in network.ts. `offsets`: kernel, bias, kernelSigma, biasSigma. */
function noisyDense(
  offsets: readonly number[],
  inputs: number,
  outputs: number,
  noise: Float32Array,
  noiseAt: number,
): LayerForward {
  const mean = { kernel: offsets[0], bias: offsets[1], inputs, outputs };
  const deviation = { kernel: offsets[2], bias: offsets[3], inputs, outputs };
  let scaled = new Float32Array(0);
  let spread = new Float32Array(0);
  return (w, x, y, n) => {
    if (scaled.length < n * inputs) {
      scaled = new Float32Array(n * inputs);
      spread = new Float32Array(n * outputs);
    }
    for (let k = 0; k < n * inputs; k++) scaled[k] = x[k] * noise[noiseAt + (k % inputs)];
    dense(mean, w, x, y, n);
    dense(deviation, w, scaled, spread, n);
    for (let k = 0; k < n * outputs; k++) y[k] += noise[noiseAt + inputs + (k % outputs)] * spread[k];
  };
}

/** NHWC; padding `same` puts the odd pixel at the bottom right, as TensorFlow does. */
function convolution(plan: LayerPlan, offsets: readonly number[]): LayerForward {
  const layer = plan.layer as Extract<LayerPlan['layer'], { kind: 'conv2d' }>;
  const { filters, size, stride = 1, padding = 'valid' } = layer;
  const [height, width, channels] = plan.input;
  const [outHeight, outWidth] = plan.output;
  const before = (out: number, length: number): number =>
    padding === 'same' ? Math.max(0, Math.floor(((out - 1) * stride + size - length) / 2)) : 0;
  const top = before(outHeight, height);
  const left = before(outWidth, width);
  return (w, x, y, n) => {
    let to = 0;
    for (let image = 0; image < n; image++)
      for (let row = 0; row < outHeight; row++)
        for (let column = 0; column < outWidth; column++, to += filters) {
          for (let f = 0; f < filters; f++) y[to + f] = w[offsets[1] + f];
          for (let dy = 0; dy < size; dy++) {
            const py = row * stride + dy - top;
            if (py < 0 || py >= height) continue;
            for (let dx = 0; dx < size; dx++) {
              const px = column * stride + dx - left;
              if (px < 0 || px >= width) continue;
              const pixel = ((image * height + py) * width + px) * channels;
              for (let c = 0; c < channels; c++) {
                const value = x[pixel + c];
                if (value === 0) continue;
                const from = offsets[0] + ((dy * size + dx) * channels + c) * filters;
                for (let f = 0; f < filters; f++) y[to + f] += value * w[from + f];
              }
            }
          }
        }
  };
}

function maxPool(plan: LayerPlan, x: Float32Array, y: Float32Array, n: number): void {
  const { size, stride = size } = plan.layer as Extract<LayerPlan['layer'], { kind: 'maxPool' }>;
  const [height, width, channels] = plan.input;
  const [outHeight, outWidth] = plan.output;
  let to = 0;
  for (let image = 0; image < n; image++)
    for (let row = 0; row < outHeight; row++)
      for (let column = 0; column < outWidth; column++)
        for (let c = 0; c < channels; c++) {
          let best = -Infinity;
          for (let dy = 0; dy < size; dy++)
            for (let dx = 0; dx < size; dx++) {
              const at = ((image * height + row * stride + dy) * width + column * stride + dx) * channels + c;
              if (x[at] > best) best = x[at];
            }
          y[to++] = best;
        }
}

/** Over each row; the parameters are the product's kernel (scale) and bias (offset). */
function layerNorm(
  product: Product,
  epsilon: number,
  w: Float32Array,
  x: Float32Array,
  y: Float32Array,
  n: number,
): void {
  const { kernel: scale, bias: offset, outputs: features } = product;
  for (let row = 0; row < n; row++) {
    const from = row * features;
    let mean = 0;
    for (let k = 0; k < features; k++) mean += x[from + k];
    mean /= features;
    let variance = 0;
    for (let k = 0; k < features; k++) variance += (x[from + k] - mean) ** 2;
    const factor = 1 / Math.sqrt(variance / features + epsilon);
    for (let k = 0; k < features; k++)
      y[from + k] = (x[from + k] - mean) * factor * w[scale + k] + w[offset + k];
  }
}

/** By the running statistics. `offsets`: scale, offset, mean, variance. */
function batchNorm(plan: LayerPlan, offsets: readonly number[], epsilon = NORM_EPSILON): LayerForward {
  const features = featuresOf(plan.input);
  const length = sizeOf(plan.input);
  const [scale, offset, mean, variance] = offsets;
  return (w, x, y, n) => {
    for (let k = 0; k < n * length; k++) {
      const f = k % features;
      y[k] = ((x[k] - w[mean + f]) / Math.sqrt(w[variance + f] + epsilon)) * w[scale + f] + w[offset + f];
    }
  };
}

function dueling(plan: LayerPlan, offsets: readonly number[], noise: Float32Array): LayerForward {
  const layer = plan.layer as Extract<LayerPlan['layer'], { kind: 'dueling' }>;
  const { actions, atoms = 1, hidden = 0, noisy = false } = layer;
  const perDense = noisy ? 4 : 2;
  const relu = activation('relu');
  let param = 0;
  let noiseAt = plan.noiseOffset;
  const part = (inputs: number, outputs: number): LayerForward => {
    const own = offsets.slice(param, param + perDense);
    param += perDense;
    const noiseHere = noiseAt;
    noiseAt += inputs + outputs;
    if (noisy) return noisyDense(own, inputs, outputs, noise, noiseHere);
    const product = { kernel: own[0], bias: own[1], inputs, outputs };
    return (w, x, y, n) => dense(product, w, x, y, n);
  };
  const stream = (outputs: number): ((w: Float32Array, x: Float32Array, n: number) => Float32Array) => {
    const first = hidden > 0 ? part(plan.input[0], hidden) : undefined;
    const last = part(hidden > 0 ? hidden : plan.input[0], outputs);
    let middle = new Float32Array(0);
    let out = new Float32Array(0);
    return (w, x, n) => {
      if (out.length < n * outputs) {
        middle = new Float32Array(n * hidden);
        out = new Float32Array(n * outputs);
      }
      first?.(w, x, middle, n);
      relu(middle, first ? n * hidden : 0, w);
      last(w, first ? middle : x, out, n);
      return out;
    };
  };
  const value = stream(atoms);
  const advantage = stream(actions * atoms);
  return (w, x, y, n) => {
    const v = value(w, x, n);
    const a = advantage(w, x, n);
    for (let row = 0; row < n; row++)
      for (let atom = 0; atom < atoms; atom++) {
        let mean = 0;
        for (let action = 0; action < actions; action++) mean += a[(row * actions + action) * atoms + atom];
        mean /= actions;
        for (let action = 0; action < actions; action++) {
          const at = (row * actions + action) * atoms + atom;
          y[at] = v[row * atoms + atom] + a[at] - mean;
        }
      }
  };
}

/** A scalar function in place on the first `count` numbers. */
function each(f: (x: number) => number): (y: Float32Array, count: number) => void {
  return (y, count) => {
    for (let k = 0; k < count; k++) y[k] = f(y[k]);
  };
}

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** Where a prelu's slopes lie in the block. */
interface Slopes {
  readonly at: number;
  readonly features: number;
}

/** An activation in place on the first `count` numbers; w is the flat block. */
type Activated = (y: Float32Array, count: number, w: Float32Array) => void;

function activation(
  kind: Activation = 'linear',
  { at, features }: Slopes = { at: 0, features: 1 },
): Activated {
  switch (kind) {
    case 'linear':
      return () => {};
    case 'relu':
      return (y, count) => {
        for (let k = 0; k < count; k++) if (y[k] < 0) y[k] = 0;
      };
    case 'tanh':
      return each(Math.tanh);
    case 'sigmoid':
      return each((x) => 1 / (1 + Math.exp(-x)));
    case 'elu':
      return each((x) => (x >= 0 ? x : Math.expm1(x)));
    case 'selu':
      return each((x) => SELU_SCALE * (x >= 0 ? x : SELU_ALPHA * Math.expm1(x)));
    case 'swish':
      return each((x) => x / (1 + Math.exp(-x)));
    case 'softplus':
      return each((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
    case 'leakyRelu':
      return each((x) => (x >= 0 ? x : 0.01 * x));
    case 'prelu':
      return (y, count, w) => {
        for (let k = 0; k < count; k++) if (y[k] < 0) y[k] *= w[at + (k % features)];
      };
  }
}
