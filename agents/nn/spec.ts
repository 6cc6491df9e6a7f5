/**
 * Networks as data: a list of layers in JSON, and what is planned from it (plan.ts): the shape that every layer gives and
 * where each of its parameters lies in one flat block. Everything else about networks reads this.
 */
import { z } from 'zod';

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
const recurrent = {
  units,
  init: weights.init,
  gain: weights.gain,
  /** Of a sequence: the state after every step [length, units], instead of the last [units]. */
  returnSequences: z.boolean().optional(),
};

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
  /** Windows over a sequence [length, channels], or [length] of one channel. */
  z.strictObject({
    kind: z.literal('conv1d'),
    filters: z.number().int().min(1).max(1024),
    size: z.number().int().min(1).max(64),
    stride: z.number().int().min(1).max(64).optional(),
    padding: z.enum(['valid', 'same']).optional(),
    ...weights,
  }),
  z.strictObject({
    kind: z.literal('maxPool'),
    size: z.number().int().min(1).max(32),
    stride: z.number().int().min(1).max(32).optional(),
  }),
  z.strictObject({
    kind: z.literal('averagePool'),
    size: z.number().int().min(1).max(32),
    stride: z.number().int().min(1).max(32).optional(),
  }),
  /** The mean of every channel over the whole image: Lin et al. 2014, §3.2. */
  z.strictObject({ kind: z.literal('globalAveragePool') }),
  z.strictObject({ kind: z.literal('flatten') }),
  /** The same numbers in another shape, e.g. an image as the sequence of its rows. */
  z.strictObject({
    kind: z.literal('reshape'),
    shape: z.array(z.number().int().min(1).max(65_536)).min(1).max(3),
  }),
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
  z.strictObject({
    kind: z.literal('activation'),
    activation: someActivation,
    /** Of `leakyRelu` below 0. */
    slope: z.number().min(0).max(1).optional(),
  }),
  /**
   * Cho et al. 2014, and Hochreiter & Schmidhuber 1997: over a sequence [length, channels], from zeros; over a vector, with a
   * memory from step to step, for agents that keep one. See recurrent.ts.
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

/** The layers of a whole network, head included. */
export const layersSchema = z.array(layerSchema).min(1).max(64);

/** The hidden layers of an agent's network, or `auto`: see `bodyFor`. The agent adds the head that its world needs. */
export const bodySchema = z.union([z.literal('auto'), z.array(layerSchema).max(32)]);
export type Body = z.output<typeof bodySchema>;

export const BODY_EXPECTED =
  'auto, or a list of layers such as [{"kind":"dense","units":64,"activation":"relu"}]';

export type Shape = readonly number[];

/** Of `leakyRelu` below 0 where a layer does not say. */
export const LEAKY_SLOPE = 0.01;
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
  /** Where its noise lies in the network's noise vector: see noise.ts. */
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

/** Side of the smallest picture that `nature` can take in. */
const PICTURE = 36;

/** Of pictures of 84 × 84: Mnih et al. 2015, Methods, "Model architecture". */
const nature: readonly Layer[] = [
  { kind: 'conv2d', filters: 32, size: 8, stride: 4, activation: 'relu' },
  { kind: 'conv2d', filters: 64, size: 4, stride: 2, activation: 'relu' },
  { kind: 'conv2d', filters: 64, size: 3, activation: 'relu' },
  { kind: 'flatten' },
  { kind: 'dense', units: 512, activation: 'relu' },
];

/**
 * `auto` is 120-84 with ReLU for vectors (CleanRL), 16 filters of 3×3 with 128 units for planes (MinAtar), and DQN's first network
 * for pictures, on which that of MinAtar would have eight times the parameters and twice the operations.
 */
export function bodyFor(body: Body, input: Shape): readonly Layer[] {
  if (body !== 'auto') return body;
  const [height, width] = input;
  if (input.length === 3 && Math.min(height, width) >= PICTURE) return nature;
  if (input.length === 3)
    return [
      { kind: 'conv2d', filters: 16, size: Math.min(3, height, width), activation: 'relu' },
      { kind: 'flatten' },
      { kind: 'dense', units: 128, activation: 'relu' },
    ];
  return [
    { kind: 'dense', units: 120, activation: 'relu' },
    { kind: 'dense', units: 84, activation: 'relu' },
  ];
}

/** Features of a shape: its last axis, the channels of an image. */
export function featuresOf(shape: Shape): number {
  return shape[shape.length - 1] ?? 1;
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}
