/** The layers of Keras and tfjs as ours: each of their settings is read, known to change nothing, or refused by its name. */
import { refusal, show } from '#core/errors.ts';
import { activations, LEAKY_SLOPE } from '../spec.ts';
import { Settings, type Json } from './layer-settings.ts';

export interface Converted {
  readonly layer: Json;
  /** Its weights by their names in tfjs, in our order. */
  readonly weights?: readonly string[];
  /** Checks what depends on the rank of its inputs, the batch aside. */
  readonly check?: (rank: number) => void;
  /** It only gives its input this shape. */
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
      const shape = Array.isArray(target)
        ? (target as readonly unknown[])
        : settings.refuse('target_shape', 'a list');
      return { layer: { kind: 'reshape', shape }, reshape: shape };
    }
    case 'GRU':
    case 'LSTM':
      return recurrent(kind === 'GRU' ? 'gru' : 'lstm', settings);
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
      return leaky(settings.slope(0));
    }
    case 'LeakyReLU':
      return leaky(settings.slope(0.3));
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

function leaky(given: number): Converted {
  if (given === 0) return activation('relu');
  // tfjs saves it as a 32-bit float.
  const slope = Number(given.toPrecision(7));
  const own = slope === LEAKY_SLOPE ? {} : { slope };
  return { layer: { kind: 'activation', activation: 'leakyRelu', ...own } };
}

function recurrent(kind: 'gru' | 'lstm', settings: Settings): Converted {
  settings.only('use_bias', true);
  settings.only('activation', 'tanh');
  // tfjs has another default than Keras, but saves what it has.
  settings.only('recurrent_activation', 'sigmoid');
  if (kind === 'gru' && settings.take('reset_after') !== false) settings.refuse('reset_after', 'false');
  for (const key of ['return_state', 'go_backwards', 'stateful', 'time_major', 'zero_output_for_mask'])
    settings.only(key, false);
  for (const key of ['dropout', 'recurrent_dropout']) settings.only(key, 0);
  // How it is computed, and how its weights begin.
  for (const key of ['unroll', 'implementation', 'seed', 'unit_forget_bias', 'cell']) settings.take(key);
  const all = settings.take('return_sequences') === true;
  return {
    layer: { kind, units: settings.take('units'), ...(all && { returnSequences: true }) },
    weights: ['kernel', 'recurrent_kernel', 'bias'],
  };
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
  'GRU',
  'LSTM',
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
