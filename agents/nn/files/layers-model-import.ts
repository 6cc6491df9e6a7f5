/**
 * Reads networks from files of TensorFlow.js's layers API: those written by this project, and chains of standard layers
 * written by other tools (tfjs's `model.save`, Keras through its converter). What cannot be read is refused by the layer's name.
 */
import { arrayFrom } from '#core/array-file.ts';
import { show } from '#core/errors.ts';
import { asRecord } from '#core/json.ts';
import { plannedNetwork, type SavedNetwork } from '../network-data.ts';
import { activations, sizeOf } from '../spec.ts';
import { layersModelNames } from './layers-model.ts';
import { LEAKY_SLOPE } from './layers-model-graph.ts';
import type { NetworksFile } from './networks-safetensors.ts';
import { readStatistics } from './statistics.ts';
import { blockOf, refusal, type NamedTensor } from './tensors.ts';

type Json = Readonly<Record<string, unknown>>;

/** The files that a `model.json` names, in the order in which their bytes belong together. */
export function weightPaths(model: unknown): readonly string[] {
  return groupsOf(model).flatMap(({ paths }) => {
    const names = Array.isArray(paths) ? (paths as readonly unknown[]) : [];
    return names.map((name) => {
      // Only files in the folder of model.json.
      if (typeof name === 'string' && /^[\w.-]+$/.test(name) && !name.startsWith('..')) return name;
      throw refusal('weights.weightsManifest.paths', 'names of files beside model.json', show(name));
    });
  });
}

/** The network of a `model.json` and the bytes of the files that it names, one after another. */
export function decodeLayersModel(model: unknown, bytes: Uint8Array): SavedNetwork {
  const tensors = tensorsIn(model, bytes);
  const { userDefinedMetadata } = asRecord(model, 'weights');
  const own = (userDefinedMetadata as Json | undefined)?.['ludus'];
  if (own === undefined) return chainNetwork(asRecord(model, 'weights')['modelTopology'], tensors);
  const { name: given, input, layers } = asRecord(own, 'weights.userDefinedMetadata.ludus');
  const name = text(given, 'weights.userDefinedMetadata.ludus.name');
  const where = `weights.${name}`;
  const { plan, names } = layersModelNames(plannedNetwork({ input: lengths(input, where), layers }, where));
  const block = blockOf(plan, (param) => tensors.get(names.get(param) ?? ''), where);
  return { name, plan, block };
}

/** What `encodeLayersModel` noted beside the network; nothing in models of other tools. */
export function layersModelNotes(
  model: unknown,
  { plan }: SavedNetwork,
): Pick<NetworksFile, 'texts' | 'statistics'> {
  const { userDefinedMetadata } = asRecord(model, 'weights');
  const where = 'weights.userDefinedMetadata.ludus';
  const { about = {}, statistics } = asRecord(
    (userDefinedMetadata as Json | undefined)?.['ludus'] ?? {},
    where,
  );
  const texts = Object.entries(asRecord(about, `${where}.about`)).map(
    ([key, value]) => [key, text(value, `${where}.about.${key}`)] as const,
  );
  return {
    texts: Object.fromEntries(texts),
    statistics:
      statistics === undefined ? undefined : readStatistics(statistics, plan.input, `${where}.statistics`),
  };
}

function groupsOf(model: unknown): readonly Json[] {
  const { weightsManifest, format = 'layers-model', modelTopology } = asRecord(model, 'weights');
  if (format !== 'layers-model') throw refusal('weights.format', 'layers-model', show(format));
  if (!Array.isArray(weightsManifest) || typeof modelTopology !== 'object')
    throw refusal('weights', 'a model.json of tfjs layers', 'a JSON file without topology or manifest');
  return weightsManifest.map((group) => asRecord(group, 'weights.weightsManifest'));
}

/** Every tensor of the manifest, cut out of the bytes. */
function tensorsIn(model: unknown, bytes: Uint8Array): ReadonlyMap<string, NamedTensor> {
  const tensors = new Map<string, NamedTensor>();
  let at = 0;
  for (const { weights } of groupsOf(model))
    for (const entry of list(weights, 'weights.weightsManifest.weights')) {
      const { name, shape, dtype, quantization } = asRecord(entry, 'weights.weightsManifest.weights');
      const own = text(name, 'weights.weightsManifest.weights.name');
      const where = `weights.${own}`;
      if (dtype !== 'float32' || quantization !== undefined)
        throw refusal(where, 'float32 numbers', quantization ? 'quantized ones' : show(dtype));
      const axes = lengths(shape, where);
      const end = at + 4 * sizeOf(axes);
      if (end > bytes.length) throw refusal(where, `numbers up to byte ${end}`, `a file of ${bytes.length}`);
      const values = arrayFrom('F32', bytes.subarray(at, end));
      at = end;
      tensors.set(own, { name: own, shape: axes, values });
    }
  if (at !== bytes.length) throw refusal('weights', `${at} bytes, as the manifest says`, `${bytes.length}`);
  return tensors;
}

/** A network of standard layers, each of which takes the output of the one before. */
function chainNetwork(topology: unknown, tensors: ReadonlyMap<string, NamedTensor>): SavedNetwork {
  const chain = chainOf(topology);
  const layers: unknown[] = [];
  const sources: string[] = [];
  const checks: ((rank: number) => void)[] = [];
  let input: readonly number[] | undefined;
  for (const { kind, name, config } of chain) {
    const where = `weights.${name} (${kind})`;
    const shape = config['batch_input_shape'] ?? config['batch_shape'];
    if (Array.isArray(shape)) input ??= lengths(shape.slice(1), `${where}.batch_input_shape`);
    if (kind === 'InputLayer') continue;
    const { layer, weights = [], axes } = converted(kind, config, where);
    layers.push(layer);
    checks.push((rank) => axes && checkAxes(config['axis'] ?? -1, axes(rank), rank, where));
    sources.push(...weights.map((weight) => `${name}/${weight}`));
  }
  if (!input) throw refusal('weights', 'a first layer that says its input shape', 'none');
  const plan = plannedNetwork({ input, layers }, 'weights');
  plan.layers.forEach((layer, k) => checks[k](layer.input.length));
  const params = new Map(plan.params.map(({ name }, k) => [name, sources[k]]));
  const find = (source: string): NamedTensor | undefined =>
    tensors.get(source) ?? [...tensors.values()].find(({ name }) => name.endsWith(`/${source}`));
  const block = blockOf(plan, (param) => find(params.get(param) ?? ''), 'weights');
  return { name: 'network', plan, block };
}

/** Refuses axes of a normalisation that mean something else than our layer does. */
function checkAxes(given: unknown, wanted: readonly number[], rank: number, where: string): void {
  const axes = (Array.isArray(given) ? (given as unknown[]) : [given]).map((axis) =>
    typeof axis === 'number' && axis < 0 ? rank + 1 + axis : axis,
  );
  if (show(axes) !== show(wanted)) throw refusal(`${where}.axis`, show(wanted), show(given));
}

interface ChainLayer {
  readonly kind: string;
  readonly name: string;
  readonly config: Json;
}

/** The layers of a Sequential model, or of a functional one without branches, from input to output. */
function chainOf(topology: unknown): readonly ChainLayer[] {
  const outer = asRecord(topology, 'weights.modelTopology');
  const { class_name: kind, config } = asRecord(outer['model_config'] ?? outer, 'weights.modelTopology');
  const entries = Array.isArray(config) ? config : asRecord(config, 'weights.modelTopology')['layers'];
  const layers = list(entries, 'weights.modelTopology.layers').map((entry) => {
    const { class_name, config, inbound_nodes } = asRecord(entry, 'weights.modelTopology.layers');
    const own = asRecord(config, 'weights.modelTopology.layers');
    const kind = text(class_name, 'weights.modelTopology.layers.class_name');
    const name = text(own['name'], `weights.modelTopology.layers.${kind}.name`);
    return { kind, name, config: own, inbound: inbound_nodes };
  });
  if (kind === 'Sequential') return layers;
  if (kind !== 'Model' && kind !== 'Functional')
    throw refusal('weights.modelTopology', 'a Sequential or functional model', show(kind));
  layers.forEach(({ name, kind, inbound }, k) => {
    const before = k === 0 ? [] : [layers[k - 1].name];
    const where = `weights.${name} (${kind})`;
    const nodes = list(inbound, where).flatMap((node) => list(node, where));
    const names = nodes.map((input) => list(input, where)[0]);
    if (show(names) !== show(before)) throw refusal(where, 'only the layer before it as input', show(names));
  });
  return layers;
}

interface Converted {
  readonly layer: Json;
  /** Its weights by their names in tfjs, in our order. */
  readonly weights?: readonly string[];
  /** The axes that it has to normalise for inputs of a rank, the batch aside. */
  readonly axes?: (rank: number) => readonly number[];
}

/** A layer of tfjs as one of ours. Anything without an equivalent is refused. */
function converted(kind: string, config: Json, where: string): Converted {
  /** Refuses a setting that is there and is not what is said. */
  const only = (key: string, allowed: unknown, expected = show(allowed)): void => {
    const given = config[key] ?? allowed;
    if (show(given) !== show(allowed)) throw refusal(`${where}.${key}`, expected, show(given));
  };
  const square = (key: string, fallback?: number): number => {
    const given = config[key] ?? fallback;
    const [height, width] = Array.isArray(given) ? (given as unknown[]) : [given, given];
    if (typeof height === 'number' && height === width) return height;
    throw refusal(`${where}.${key}`, 'the same in both directions', show(given));
  };
  const activation = named(config['activation'] ?? 'linear', `${where}.activation`);
  switch (kind) {
    case 'Dense':
      only('use_bias', true);
      return { layer: { kind: 'dense', units: config['units'], activation }, weights: ['kernel', 'bias'] };
    case 'Conv2D': {
      only('use_bias', true);
      only('data_format', 'channels_last');
      if (square('dilation_rate', 1) !== 1)
        throw refusal(`${where}.dilation_rate`, '1', show(config['dilation_rate']));
      const [size, stride] = [square('kernel_size'), square('strides', 1)];
      const { filters, padding = 'valid' } = config;
      return {
        layer: { kind: 'conv2d', filters, size, stride, padding, activation },
        weights: ['kernel', 'bias'],
      };
    }
    case 'MaxPooling2D': {
      only('padding', 'valid');
      only('data_format', 'channels_last');
      const size = square('pool_size', 2);
      return { layer: { kind: 'maxPool', size, stride: square('strides', size) } };
    }
    case 'Flatten':
      return { layer: { kind: 'flatten' } };
    case 'Dropout':
      only('noise_shape', null);
      return { layer: { kind: 'dropout', rate: config['rate'] } };
    case 'BatchNormalization': {
      only('center', true);
      only('scale', true);
      const { momentum = 0.99, epsilon = 1e-3 } = config;
      return {
        layer: { kind: 'batchNorm', momentum, epsilon },
        weights: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
        axes: (rank) => [rank],
      };
    }
    case 'LayerNormalization':
      only('center', true);
      only('scale', true);
      return {
        layer: { kind: 'layerNorm', epsilon: config['epsilon'] ?? 1e-3 },
        weights: ['gamma', 'beta'],
        axes: (rank) => Array.from({ length: rank }, (_, k) => k + 1),
      };
    case 'Activation':
      return { layer: { kind: 'activation', activation } };
    case 'ReLU':
      only('max_value', null, 'no limit');
      return { layer: { kind: 'activation', activation: 'relu' } };
    case 'ELU':
      only('alpha', 1);
      return { layer: { kind: 'activation', activation: 'elu' } };
    case 'LeakyReLU':
      if (Math.abs(Number(config['alpha'] ?? 0.3) - LEAKY_SLOPE) > 1e-6) only('alpha', LEAKY_SLOPE);
      return { layer: { kind: 'activation', activation: 'leakyRelu' } };
    case 'PReLU':
      return { layer: { kind: 'activation', activation: 'prelu' }, weights: ['alpha'] };
    default:
      throw refusal(where, `one of ${KNOWN.join(', ')}`, kind);
  }
}

const KNOWN = [
  'InputLayer',
  'Dense',
  'Conv2D',
  'MaxPooling2D',
  'Flatten',
  'Dropout',
  'BatchNormalization',
  'LayerNormalization',
  'Activation',
  'ReLU',
  'ELU',
  'LeakyReLU',
  'PReLU',
] as const;

/** An activation by its name in tfjs, which is ours where we have it. */
function named(activation: unknown, where: string): string {
  const known: readonly unknown[] = activations.filter((name) => name !== 'prelu' && name !== 'leakyRelu');
  if (known.includes(activation)) return activation as string;
  throw refusal(where, `one of ${known.join(', ')}`, show(activation));
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw refusal(where, 'a text', show(value));
}

function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw refusal(where, 'a list', show(value));
}

function lengths(value: unknown, where: string): readonly number[] {
  const all = list(value, where);
  if (all.every((length) => Number.isSafeInteger(length) && (length as number) >= 1))
    return all as readonly number[];
  throw refusal(where, 'lengths from 1', show(value));
}
