/** The layers of Keras and tfjs as ours: each of their settings is read, known to change nothing, or refused by its name. */
import { show } from '#core/errors.ts';
import { activations } from '../spec.ts';
import { LEAKY_SLOPE } from './layers-model-graph.ts';
import { refusal } from './tensors.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface Converted {
  readonly layer: Json;
  /** Its weights by their names in tfjs, in our order. */
  readonly weights?: readonly string[];
  /** Checks what depends on the rank of its inputs, the batch aside. */
  readonly check?: (rank: number) => void;
  /** It only gives its input this shape, as a first layer may; `layer` is nothing then. */
  readonly reshape?: readonly unknown[];
  /** It ends with a softmax, which `layer` leaves out. */
  readonly softmax?: true;
}

/** A layer without an equivalent, or with a setting that has none, is refused. Nothing for an `InputLayer`. */
export function converted(kind: string, config: Json, where: string): Converted | undefined {
  const settings = new Settings(config, where);
  const found = layerOf(kind, settings, where);
  settings.end();
  return found;
}

/** Where a chain may end beside its last layer: a softmax over the features. */
const SOFTMAX = ['softmax', 'log_softmax', 'logSoftmax'] as const;
/** Settings that say how weights begin and are trained. */
const TRAINING = /_(initializer|regularizer|constraint)$/;
/** Settings of every layer that change nothing; the input's shape is read elsewhere. */
const HARMLESS = new Set(['name', 'trainable', 'batch_input_shape', 'batch_shape', 'input_dtype']);

function layerOf(kind: string, settings: Settings, where: string): Converted | undefined {
  switch (kind) {
    case 'InputLayer':
      settings.only('sparse', false);
      settings.only('ragged', false);
      settings.only('optional', false);
      return undefined;
    case 'Dense':
      settings.only('use_bias', true);
      return withActivation(settings, { kind: 'dense', units: settings.take('units') }, ['kernel', 'bias']);
    case 'Conv2D':
      return conv(settings);
    case 'Conv1D':
      return conv1d(settings);
    case 'MaxPooling2D':
    case 'AveragePooling2D': {
      settings.only('padding', 'valid');
      settings.only('data_format', 'channels_last');
      const size = settings.square('pool_size', 2);
      const pool = kind === 'MaxPooling2D' ? 'maxPool' : 'averagePool';
      return { layer: { kind: pool, size, stride: settings.square('strides', size) } };
    }
    case 'GlobalAveragePooling2D':
      settings.only('data_format', 'channels_last');
      settings.only('keepdims', false);
      return { layer: { kind: 'globalAveragePool' } };
    case 'Reshape': {
      const target = settings.take('target_shape');
      return {
        layer: {},
        reshape: Array.isArray(target) ? target : settings.refuse('target_shape', 'a list'),
      };
    }
    case 'Flatten':
      settings.only('data_format', 'channels_last');
      return { layer: { kind: 'flatten' } };
    case 'Dropout':
      settings.only('noise_shape', null);
      settings.take('seed');
      return { layer: { kind: 'dropout', rate: settings.take('rate') } };
    case 'BatchNormalization':
      return batchNorm(settings, where);
    case 'LayerNormalization': {
      settings.only('center', true);
      settings.only('scale', true);
      settings.only('rms_scaling', false);
      const axis = settings.take('axis') ?? -1;
      return {
        layer: { kind: 'layerNorm', epsilon: settings.take('epsilon') ?? 1e-3 },
        weights: ['gamma', 'beta'],
        check: (rank) => checkAxes(axis, axes(rank), rank, `${where}.axis`),
      };
    }
    case 'PReLU': {
      const shared = settings.take('shared_axes') ?? [];
      return {
        layer: { kind: 'activation', activation: 'prelu' },
        weights: ['alpha'],
        check: (rank) => checkAxes(shared, axes(rank - 1), rank, `${where}.shared_axes`),
      };
    }
    default:
      return activationLayer(kind, settings, where);
  }
}

function activationLayer(kind: string, settings: Settings, where: string): Converted {
  switch (kind) {
    case 'Activation':
      return withActivation(settings, { kind: 'activation' });
    case 'Softmax': {
      const axis = settings.take('axis') ?? -1;
      const check = (rank: number): void => checkAxes(axis, [rank], rank, `${where}.axis`);
      return { ...activation('linear'), softmax: true, check };
    }
    case 'ReLU': {
      settings.only('max_value', null, 'no limit');
      settings.only('threshold', 0);
      return activation(settings.slope(0) === 0 ? 'relu' : 'leakyRelu');
    }
    case 'LeakyReLU':
      return activation(settings.slope(0.3) === 0 ? 'relu' : 'leakyRelu');
    case 'ELU':
      settings.only('alpha', 1);
      return activation('elu');
    default:
      throw refusal(where, `one of ${KNOWN.join(', ')}`, kind);
  }
}

function activation(name: string): Converted {
  return { layer: { kind: 'activation', activation: name } };
}

function conv(settings: Settings): Converted {
  settings.only('use_bias', true);
  settings.only('data_format', 'channels_last');
  settings.only('groups', 1);
  if (settings.square('dilation_rate', 1) !== 1) settings.refuse('dilation_rate', '1');
  const [size, stride] = [settings.square('kernel_size'), settings.square('strides', 1)];
  const padding = settings.take('padding') ?? 'valid';
  const layer = { kind: 'conv2d', filters: settings.take('filters'), size, stride, padding };
  return withActivation(settings, layer, ['kernel', 'bias']);
}

function conv1d(settings: Settings): Converted {
  settings.only('use_bias', true);
  settings.only('data_format', 'channels_last');
  settings.only('groups', 1);
  settings.only('causal', false);
  if (settings.single('dilation_rate', 1) !== 1) settings.refuse('dilation_rate', '1');
  const [size, stride] = [settings.single('kernel_size'), settings.single('strides', 1)];
  const padding = settings.take('padding') ?? 'valid';
  if (padding !== 'valid' && padding !== 'same') settings.refuse('padding', 'valid or same');
  const layer = { kind: 'conv1d', filters: settings.take('filters'), size, stride, padding };
  return withActivation(settings, layer, ['kernel', 'bias']);
}

function batchNorm(settings: Settings, where: string): Converted {
  settings.only('center', true);
  settings.only('scale', true);
  settings.only('renorm', false);
  settings.only('virtual_batch_size', null);
  for (const key of ['renorm_clipping', 'renorm_momentum', 'synchronized', 'fused']) settings.take(key);
  const axis = settings.take('axis') ?? -1;
  const momentum = settings.take('momentum') ?? 0.99;
  return {
    layer: { kind: 'batchNorm', momentum, epsilon: settings.take('epsilon') ?? 1e-3 },
    weights: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
    check: (rank) => checkAxes(axis, [rank], rank, `${where}.axis`),
  };
}

/** The layer with its activation, by its name in Keras, which is ours where we have it. */
function withActivation(settings: Settings, layer: Json, weights?: readonly string[]): Converted {
  const given = settings.take('activation') ?? 'linear';
  const named = given === 'silu' ? 'swish' : given;
  const more = weights && { weights };
  if (SOFTMAX.some((name) => name === named))
    return { layer: { ...layer, activation: 'linear' }, ...more, softmax: true };
  const known = activations.filter((name) => name !== 'prelu' && name !== 'leakyRelu');
  if (!known.some((name) => name === named)) settings.refuse('activation', `one of ${known.join(', ')}`);
  return { layer: { ...layer, activation: named }, ...more };
}

const KNOWN = [
  'InputLayer',
  'Dense',
  'Conv2D',
  'Conv1D',
  'MaxPooling2D',
  'AveragePooling2D',
  'GlobalAveragePooling2D',
  'Reshape',
  'Flatten',
  'Dropout',
  'BatchNormalization',
  'LayerNormalization',
  'Activation',
  'ReLU',
  'ELU',
  'LeakyReLU',
  'PReLU',
  'Softmax',
] as const;

/** 1, 2, …, as Keras counts the axes after the batch. */
function axes(count: number): readonly number[] {
  return Array.from({ length: count }, (_, k) => k + 1);
}

/** Refuses axes that mean something else than our layer does. */
function checkAxes(given: unknown, wanted: readonly number[], rank: number, where: string): void {
  const found = (Array.isArray(given) ? (given as unknown[]) : [given]).map((axis) =>
    typeof axis === 'number' && axis < 0 ? rank + 1 + axis : axis,
  );
  if (show(found) !== show(wanted)) throw refusal(where, show(wanted), show(given));
}

/** The settings of one layer, of which each has to be taken. */
class Settings {
  private readonly config: Json;
  private readonly where: string;
  private readonly left: Set<string>;

  constructor(config: Json, where: string) {
    this.config = config;
    this.where = where;
    this.left = new Set(Object.keys(config).filter((key) => !HARMLESS.has(key) && !TRAINING.test(key)));
    this.type();
  }

  /** The value; undefined if it is missing or null. */
  take(key: string): unknown {
    this.left.delete(key);
    return this.config[key] ?? undefined;
  }

  /** Refuses a setting that is there and is not what is said. */
  only(key: string, allowed: unknown, expected = show(allowed)): void {
    if (show(this.take(key) ?? allowed) !== show(allowed)) this.refuse(key, expected);
  }

  /** A number that is the same in both directions. */
  square(key: string, fallback?: number): number {
    const given = this.take(key) ?? fallback;
    const [height, width] = Array.isArray(given) ? (given as unknown[]) : [given, given];
    return typeof height === 'number' && height === width
      ? height
      : this.refuse(key, 'the same in both directions');
  }

  /** A number, or a list of it. */
  single(key: string, fallback?: number): number {
    const given = this.take(key) ?? fallback;
    const [length] = Array.isArray(given) && given.length === 1 ? (given as unknown[]) : [given];
    return typeof length === 'number' ? length : this.refuse(key, 'a number');
  }

  /** The slope below 0, which Keras 3 calls otherwise than Keras 2: 0, or that of our leakyRelu. */
  slope(fallback: number): number {
    const names = ['negative_slope', 'alpha'].filter((name) => this.take(name) !== undefined);
    const [key = 'negative_slope', other] = names;
    const given = this.config[key] ?? fallback;
    if (other !== undefined && this.config[other] !== given)
      this.refuse(other, `${show(given)}, as ${key} says`);
    // tfjs saves it as a 32-bit float.
    const isOurs = given === 0 || Math.abs(Number(given) - LEAKY_SLOPE) <= 1e-6;
    return isOurs ? Number(given) : this.refuse(key, `${LEAKY_SLOPE}, or 0`, given);
  }

  refuse(key: string, expected: string, given = this.config[key]): never {
    throw refusal(`${this.where}.${key}`, expected, show(given));
  }

  /** Refuses a setting that was not taken; one that is null sets nothing. */
  end(): void {
    for (const key of this.left)
      if (this.config[key] !== null) this.refuse(key, 'no such setting, whose meaning is not known here');
  }

  /** Keras 3 writes a record where earlier versions write a name. */
  private type(): void {
    const given = this.take('dtype');
    const policy = typeof given === 'object' ? (given as { config?: { name?: unknown } | null }) : undefined;
    if (given !== undefined && (policy ? policy.config?.name : given) !== 'float32')
      this.refuse('dtype', 'float32');
  }
}
