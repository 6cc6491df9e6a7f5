/**
 * Networks as data: a list of layers in JSON, the shape that every layer gives, and where each of its parameters lies in
 * one flat block. Everything else about networks (apply, forward, export, the page's builder) reads this plan.
 */
import { z } from 'zod';
import { InputError } from '#core/errors.ts';

export const activations = [
  'linear',
  'relu',
  'tanh',
  'sigmoid',
  'elu',
  'selu',
  'swish',
  'softplus',
  'leakyRelu',
  'prelu',
] as const;
/** `prelu` has a learned slope per feature below 0 and belongs to its layer (He 2015); the others have no parameters. */
export type Activation = (typeof activations)[number];

/** `fanIn` is uniform in ±1/√fanIn, bias included; the others are of He 2015, Glorot 2010 and Saxe 2014. */
export const initialisers = ['he', 'glorot', 'orthogonal', 'fanIn'] as const;
export type Initialiser = (typeof initialisers)[number];

const units = z.number().int().min(1).max(16384);
/** `leaky` is accepted as another name of `leakyRelu`. */
const someActivation = z.preprocess((name) => (name === 'leaky' ? 'leakyRelu' : name), z.enum(activations));
const activation = someActivation.optional();
const epsilon = z.number().min(1e-8).max(1).optional();
const weights = {
  activation,
  init: z.enum(initialisers).optional(),
  /** Factor on the initial weights; √2 and 0.01 are usual with `orthogonal`. */
  gain: z.number().positive().max(100).optional(),
};
/** `init` and `gain` are of the input kernel; the recurrent one starts orthogonal (Saxe 2014), as in Keras. */
const recurrent = { units, init: weights.init, gain: weights.gain };

const layerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('dense'), units, ...weights }),
  /** Factorised Gaussian noise on weights and biases: Fortunato et al. 2018. */
  z.strictObject({
    kind: z.literal('noisy'),
    units,
    activation,
    sigma: z.number().min(0).max(10).optional(),
  }),
  z.strictObject({
    kind: z.literal('conv2d'),
    filters: z.number().int().min(1).max(1024),
    size: z.number().int().min(1).max(32),
    stride: z.number().int().min(1).max(32).optional(),
    padding: z.enum(['valid', 'same']).optional(),
    ...weights,
  }),
  z.strictObject({
    kind: z.literal('maxPool'),
    size: z.number().int().min(1).max(32),
    stride: z.number().int().min(1).max(32).optional(),
  }),
  z.strictObject({ kind: z.literal('flatten') }),
  /** Over all features of a sample, with a scale and an offset per feature: Ba et al. 2016. */
  z.strictObject({ kind: z.literal('layerNorm'), epsilon, activation }),
  /**
   * Per feature, over the batch when training and by running averages when acting: Ioffe & Szegedy 2015. `momentum` is what
   * a running average keeps per gradient step.
   */
  z.strictObject({
    kind: z.literal('batchNorm'),
    momentum: z.number().min(0).max(0.9999).optional(),
    epsilon,
    activation,
  }),
  /** Sets features to 0 with probability `rate` when training, and divides the rest by 1 − rate: Srivastava et al. 2014. */
  z.strictObject({ kind: z.literal('dropout'), rate: z.number().min(0).max(0.95) }),
  z.strictObject({ kind: z.literal('activation'), activation: someActivation }),
  /**
   * Remembers from step to step: Cho et al. 2014, and Hochreiter & Schmidhuber 1997. See recurrent.ts; only for agents that
   * keep a memory.
   */
  z.strictObject({ kind: z.literal('gru'), ...recurrent }),
  z.strictObject({ kind: z.literal('lstm'), ...recurrent }),
  /** Q = V + A − mean A, per atom, each stream with hidden layers of its own: Wang et al. 2016. */
  z.strictObject({
    kind: z.literal('dueling'),
    actions: z.number().int().min(1),
    atoms: z.number().int().min(1).optional(),
    hidden: z.number().int().min(0).max(16384).optional(),
    noisy: z.boolean().optional(),
    sigma: z.number().min(0).max(10).optional(),
  }),
]);
export type Layer = z.output<typeof layerSchema>;

/** The hidden layers of an agent's network, or `auto`: see `bodyFor`. The agent adds the head its world asks for. */
export const bodySchema = z.union([z.literal('auto'), z.array(layerSchema).max(32)]);
export type Body = z.output<typeof bodySchema>;

export const BODY_EXPECTED =
  'auto, or a list of layers such as [{"kind":"dense","units":64,"activation":"relu"}]';

export type Shape = readonly number[];

/** The slope that `prelu` begins with: He et al. 2015, §2.1. */
const PRELU_START = 0.25;
/** Added to variances in the root where a layer does not say. */
export const NORM_EPSILON = 1e-5;
/** What batch normalisation's running averages keep per step where a layer does not say. */
export const BATCH_NORM_MOMENTUM = 0.99;

/** How a parameter starts. `normal` and `uniform` bounds are worked out by init.ts from the fans. */
export type Start =
  | { readonly kind: Initialiser; readonly gain: number; readonly fanIn: number; readonly fanOut: number }
  | { readonly kind: 'constant'; readonly value: number }
  /** 0, but 1 for the forget gates of an LSTM, the second quarter: Jozefowicz et al. 2015. */
  | { readonly kind: 'forgetGate' };

/** One parameter tensor: where it lies in the network's flat block. */
export interface ParamPlan {
  readonly name: string;
  readonly shape: Shape;
  readonly offset: number;
  readonly size: number;
  readonly start: Start;
  /** A running statistic: it follows the batches, no gradient moves it. */
  readonly statistic?: true;
}

export interface LayerPlan {
  readonly layer: Layer;
  readonly input: Shape;
  readonly output: Shape;
  /** Index of its first parameter in the network's list. */
  readonly firstParam: number;
  /** Tensors among its parameters; the slope of a `prelu` is the last one. */
  readonly paramCount: number;
  /** Where its noise lies in the network's noise vector: see noisy.ts. */
  readonly noiseOffset: number;
  /** Where its mask lies in a row's share of the masks: see dropout.ts. */
  readonly dropoutOffset: number;
  /** Where its share lies in a row of the memory: see recurrent.ts. */
  readonly memoryOffset: number;
  /** Numbers in its parameters, running statistics included. */
  readonly parameters: number;
}

export interface NetworkPlan {
  readonly input: Shape;
  readonly output: Shape;
  readonly layers: readonly LayerPlan[];
  readonly params: readonly ParamPlan[];
  /** Numbers in the flat parameter block. */
  readonly size: number;
  /** Numbers in the noise vector; 0 where no layer is noisy. */
  readonly noise: number;
  /** Numbers in the dropout masks of one row; 0 where no layer drops anything. */
  readonly dropout: number;
  /** Numbers that recurrent layers remember of one row; 0 where no layer is recurrent. */
  readonly memory: number;
}

/** `auto` is 120-84 with ReLU for vectors (CleanRL) and 16 filters of 3×3 with 128 units for planes (MinAtar). */
export function bodyFor(body: Body, input: Shape): readonly Layer[] {
  if (body !== 'auto') return body;
  if (input.length === 3)
    return [
      { kind: 'conv2d', filters: 16, size: Math.min(3, input[0], input[1]), activation: 'relu' },
      { kind: 'flatten' },
      { kind: 'dense', units: 128, activation: 'relu' },
    ];
  return [
    { kind: 'dense', units: 120, activation: 'relu' },
    { kind: 'dense', units: 84, activation: 'relu' },
  ];
}

/**
 * Shapes, parameters and their places. A layer that does not fit is an `InputError` at `where.index`, and so is a recurrent
 * one unless who plans says that it `remembers`.
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
  if (planner.layers.length === 0)
    throw new InputError([{ field: where, expected: 'at least one layer', got: 'none' }]);
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
      case 'maxPool': {
        const [height, width, channels] = this.image(layer, input);
        const { size, stride = size } = layer;
        if (size > height || size > width) this.refuse(layer, `at least ${size}×${size} pixels`, input);
        return [Math.floor((height - size) / stride) + 1, Math.floor((width - size) / stride) + 1, channels];
      }
      case 'flatten':
        return [sizeOf(input)];
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
    const out = (length: number): number =>
      padding === 'same' ? Math.ceil(length / stride) : Math.floor((length - size) / stride) + 1;
    return [out(height), out(width), filters];
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

  private recurrent(layer: Layer & { kind: 'gru' | 'lstm' }, index: number, input: Shape): Shape {
    if (!this.remembers)
      throw new InputError([
        {
          field: `${this.at} (${layer.kind})`,
          expected: 'layers that remember nothing, because this agent keeps no memory (ppo does)',
          got: layer.kind,
        },
      ]);
    const fanIn = this.width(layer, input);
    const { units, init = 'glorot', gain = 1 } = layer;
    const isLstm = layer.kind === 'lstm';
    const width = (isLstm ? 4 : 3) * units;
    this.param(`${index}/kernel`, [fanIn, width], { kind: init, gain, fanIn, fanOut: width });
    const start: Start = { kind: 'orthogonal', gain: 1, fanIn: units, fanOut: width };
    this.param(`${index}/recurrentKernel`, [units, width], start);
    this.param(`${index}/bias`, [width], isLstm ? { kind: 'forgetGate' } : { kind: 'constant', value: 0 });
    this.memory += isLstm ? 2 * units : units;
    return [units];
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
    throw new InputError([{ field, expected, got: `[${input.join(', ')}]` }]);
  }
}

/** Features of a shape: its last axis, the channels of an image. */
export function featuresOf(shape: Shape): number {
  return shape[shape.length - 1] ?? 1;
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
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

function biasStart(init: Initialiser, fanIn: number): Start {
  return init === 'fanIn' ? { kind: 'fanIn', gain: 1, fanIn, fanOut: fanIn } : { kind: 'constant', value: 0 };
}
