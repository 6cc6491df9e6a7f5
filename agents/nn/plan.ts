/** Plans a network: checks that its layers fit, and lays out shapes, parameters, noise, masks and memory. */
import { refusal } from '#core/errors.ts';
import { memoryOf, type RecurrentLayer } from './recurrent.ts';
import {
  featuresOf,
  sizeOf,
  type Activation,
  type Initialiser,
  type Layer,
  type LayerPlan,
  type NetworkPlan,
  type ParamPlan,
  type Shape,
  type Start,
} from './spec.ts';

/** The slope that `prelu` begins with: He et al. 2015, §2.1. */
const PRELU_START = 0.25;

/**
 * Shapes, parameters and their places. A layer that does not fit is an `InputError` at `where.index`, and so is a recurrent
 * one unless the caller says that it `remembers`.
 */
export function planNetwork(
  layers: readonly Layer[],
  input: Shape,
  where: string,
  { remembers = false }: { readonly remembers?: boolean } = {},
): NetworkPlan {
  const planner = new Planner(remembers);
  let shape = input;
  layers.forEach((layer, index) => {
    planner.at = `${where}.${index}`;
    shape = planner.add(layer, index, shape);
  });
  if (planner.layers.length === 0) throw refusal(where, 'at least one layer', 'none');
  return {
    input,
    output: shape,
    layers: planner.layers,
    params: planner.params,
    size: planner.size,
    noise: planner.noise,
    dropout: planner.dropout,
    memory: planner.memory,
  };
}

class Planner {
  at = '';
  readonly layers: LayerPlan[] = [];
  readonly params: ParamPlan[] = [];
  size = 0;
  noise = 0;
  dropout = 0;
  memory = 0;
  private readonly remembers: boolean;

  constructor(remembers: boolean) {
    this.remembers = remembers;
  }

  add(layer: Layer, index: number, input: Shape): Shape {
    const firstParam = this.params.length;
    const places = { noiseOffset: this.noise, dropoutOffset: this.dropout, memoryOffset: this.memory };
    const before = this.size;
    const output = this.plan(layer, index, input);
    if ('activation' in layer && layer.activation === 'prelu')
      this.param(`${index}/slope`, [featuresOf(output)], { kind: 'constant', value: PRELU_START });
    const paramCount = this.params.length - firstParam;
    this.layers.push({
      layer,
      input,
      output,
      firstParam,
      paramCount,
      ...places,
      parameters: this.size - before,
    });
    return output;
  }

  private plan(layer: Layer, index: number, input: Shape): Shape {
    switch (layer.kind) {
      case 'dense':
        this.dense(`${index}`, this.width(layer, input), layer.units, startOf(layer));
        return [layer.units];
      case 'noisy':
        this.noisyDense(`${index}`, this.width(layer, input), layer.units, layer.sigma);
        return [layer.units];
      case 'conv2d':
        return this.conv(layer, index, input);
      case 'conv1d':
        return this.conv1d(layer, index, input);
      case 'maxPool':
      case 'averagePool': {
        const [height, width, channels] = this.image(layer, input);
        const { size, stride = size } = layer;
        if (size > height || size > width) this.refuse(layer, `at least ${size}×${size} pixels`, input);
        return [Math.floor((height - size) / stride) + 1, Math.floor((width - size) / stride) + 1, channels];
      }
      case 'globalAveragePool':
        return [this.image(layer, input)[2]];
      case 'flatten':
        return [sizeOf(input)];
      case 'reshape':
        return sizeOf(layer.shape) === sizeOf(input)
          ? layer.shape
          : this.refuse(layer, `${sizeOf(layer.shape)} numbers for [${layer.shape.join(', ')}]`, input);
      case 'layerNorm':
        this.param(`${index}/scale`, [sizeOf(input)], { kind: 'constant', value: 1 });
        this.param(`${index}/offset`, [sizeOf(input)], { kind: 'constant', value: 0 });
        return input;
      case 'batchNorm':
        this.batchNorm(index, featuresOf(input));
        return input;
      case 'dropout':
        this.dropout += sizeOf(input);
        return input;
      case 'activation':
        return input;
      case 'gru':
      case 'lstm':
        return this.recurrent(layer, index, input);
      case 'dueling': {
        const { actions, atoms = 1, hidden = 0, noisy = false, sigma } = layer;
        for (const [stream, outputs] of [
          ['value', atoms],
          ['advantage', actions * atoms],
        ] as const) {
          let fan = this.width(layer, input);
          for (const [step, to] of hidden > 0
            ? ([
                ['hidden', hidden],
                ['out', outputs],
              ] as const)
            : ([['out', outputs]] as const)) {
            const name = `${index}/${stream}/${step}`;
            if (noisy) this.noisyDense(name, fan, to, sigma);
            else this.dense(name, fan, to, { init: step === 'out' ? 'glorot' : 'he', gain: 1 });
            fan = to;
          }
        }
        return [actions * atoms];
      }
    }
  }

  private conv(layer: Layer & { kind: 'conv2d' }, index: number, input: Shape): Shape {
    const { filters, size, stride = 1, padding = 'valid' } = layer;
    const [height, width, channels] = this.image(layer, input);
    if (padding === 'valid' && (size > height || size > width))
      this.refuse(layer, `at least ${size}×${size} pixels`, input);
    const { init, gain } = startOf(layer);
    const area = size * size;
    const start = { kind: init, gain, fanIn: area * channels, fanOut: area * filters };
    this.param(`${index}/kernel`, [size, size, channels, filters], start);
    this.param(`${index}/bias`, [filters], biasStart(init, area * channels));
    return [windows(height, size, stride, padding), windows(width, size, stride, padding), filters];
  }

  private conv1d(layer: Layer & { kind: 'conv1d' }, index: number, input: Shape): Shape {
    const { filters, size, stride = 1, padding = 'valid' } = layer;
    const [length, channels = 1] = input;
    if (input.length > 2) this.refuse(layer, 'a sequence [length, channels]', input);
    if (padding === 'valid' && size > length) this.refuse(layer, `a sequence of at least ${size}`, input);
    const { init, gain } = startOf(layer);
    const start = { kind: init, gain, fanIn: size * channels, fanOut: size * filters };
    this.param(`${index}/kernel`, [size, channels, filters], start);
    this.param(`${index}/bias`, [filters], biasStart(init, size * channels));
    return [windows(length, size, stride, padding), filters];
  }

  private dense(
    name: string,
    fanIn: number,
    fanOut: number,
    { init, gain }: { init: Initialiser; gain: number },
  ): void {
    this.param(`${name}/kernel`, [fanIn, fanOut], { kind: init, gain, fanIn, fanOut });
    this.param(`${name}/bias`, [fanOut], biasStart(init, fanIn));
  }

  /** μ ~ U(±1/√p), σ = σ₀/√p with p inputs: Fortunato et al. 2018, §3.2. */
  private noisyDense(name: string, fanIn: number, fanOut: number, sigma = 0.5): void {
    const spread: Start = { kind: 'constant', value: sigma / Math.sqrt(fanIn) };
    this.dense(name, fanIn, fanOut, { init: 'fanIn', gain: 1 });
    this.param(`${name}/kernelSigma`, [fanIn, fanOut], spread);
    this.param(`${name}/biasSigma`, [fanOut], spread);
    this.noise += fanIn + fanOut;
  }

  private recurrent(layer: RecurrentLayer, index: number, input: Shape): Shape {
    const isSequence = input.length === 2;
    if (!isSequence) this.remember(layer, input);
    const fanIn = isSequence ? featuresOf(input) : this.width(layer, input);
    const { units, init = 'glorot', gain = 1 } = layer;
    const isLstm = layer.kind === 'lstm';
    const width = (isLstm ? 4 : 3) * units;
    this.param(`${index}/kernel`, [fanIn, width], { kind: init, gain, fanIn, fanOut: width });
    const start: Start = { kind: 'orthogonal', gain: 1, fanIn: units, fanOut: width };
    this.param(`${index}/recurrentKernel`, [units, width], start);
    this.param(`${index}/bias`, [width], isLstm ? { kind: 'forgetGate' } : { kind: 'constant', value: 0 });
    return layer.returnSequences ? [input[0], units] : [units];
  }

  /** A recurrent layer over a vector adds to the memory, if there is one. */
  private remember(layer: RecurrentLayer, input: Shape): void {
    if (layer.returnSequences) this.refuse(layer, 'a sequence [length, channels] to return', input);
    if (!this.remembers)
      this.refuse(
        layer,
        'layers without memory, because nothing here keeps a hidden state (ppo does), or a sequence [length, channels]',
        input,
      );
    this.memory += memoryOf(layer);
  }

  private batchNorm(index: number, features: number): void {
    const one = { kind: 'constant', value: 1 } as const;
    const zero = { kind: 'constant', value: 0 } as const;
    this.param(`${index}/scale`, [features], one);
    this.param(`${index}/offset`, [features], zero);
    this.param(`${index}/mean`, [features], zero, { statistic: true });
    this.param(`${index}/variance`, [features], one, { statistic: true });
  }

  private param(name: string, shape: Shape, start: Start, more: { readonly statistic?: true } = {}): void {
    const size = sizeOf(shape);
    this.params.push({ name, shape, offset: this.size, size, start, ...more });
    this.size += size;
  }

  private width(layer: Layer, input: Shape): number {
    return input.length === 1
      ? input[0]
      : this.refuse(layer, 'a flat input (put a flatten layer before it)', input);
  }

  private image(layer: Layer, input: Shape): readonly [number, number, number] {
    if (input.length !== 3) this.refuse(layer, 'an image [height, width, channels]', input);
    return [input[0], input[1], input[2]];
  }

  private refuse(layer: Layer, expected: string, input: Shape): never {
    const field = `${this.at} (${layer.kind})`;
    throw refusal(field, expected, `[${input.join(', ')}]`);
  }
}

function startOf(layer: {
  init?: Initialiser | undefined;
  gain?: number | undefined;
  activation?: Activation | undefined;
}): {
  init: Initialiser;
  gain: number;
} {
  const { activation = 'linear', gain = 1 } = layer;
  const rectified = activation !== 'linear' && activation !== 'tanh' && activation !== 'sigmoid';
  return { init: layer.init ?? (rectified ? 'he' : 'glorot'), gain };
}

/** How many windows of `size` a length has. */
function windows(length: number, size: number, stride: number, padding: 'valid' | 'same'): number {
  return padding === 'same' ? Math.ceil(length / stride) : Math.floor((length - size) / stride) + 1;
}

function biasStart(init: Initialiser, fanIn: number): Start {
  return init === 'fanIn' ? { kind: 'fanIn', gain: 1, fanIn, fanOut: fanIn } : { kind: 'constant', value: 0 };
}
