/**
 * Reads networks from files of TensorFlow.js's layers API: those written by this project, and chains of standard layers
 * written by other tools (tfjs's `model.save`, Keras through its converter). What cannot be read is refused by the layer's name.
 */
import { arrayFrom } from '#core/array-file.ts';
import { refusal, show } from '#core/errors.ts';
import { asRecord } from '#core/json.ts';
import { plannedNetwork, type SavedNetwork } from '../network-data.ts';
import { sizeOf } from '../spec.ts';
import { checkLayersModel, layersModelNames } from './layers-model.ts';
import { chainOf, lengths, list, text } from './layers-model-chain.ts';
import type { Json } from './layer-settings.ts';
import { converted, type Converted } from './layers-model-settings.ts';
import type { NetworksFile } from './networks-safetensors.ts';
import { readScale } from './input-scale.ts';
import { readStatistics } from './statistics.ts';
import { blockOf, type NamedTensor } from './tensors.ts';

/** The files that a `model.json` names, in the order in which their bytes belong together. */
export function weightPaths(model: unknown): readonly string[] {
  return groupsOf(model).flatMap(({ paths }) => {
    const names = Array.isArray(paths) ? (paths as readonly unknown[]) : [];
    return names.map((name) => {
      // Only files in the folder of model.json, whatever their names.
      if (typeof name === 'string' && /^[^/\\\p{Cc}]+$/u.test(name) && !/^\.\.?$/.test(name)) return name;
      throw refusal('weights.weightsManifest.paths', 'names of files beside model.json', show(name));
    });
  });
}

/** The network of a `model.json` and the bytes of the files that it names, one after another. */
export function decodeLayersModel(model: unknown, bytes: Uint8Array): SavedNetwork {
  const tensors = tensorsIn(model, bytes);
  checkLayersModel(asRecord(model, 'weights'), bytes);
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
): Pick<NetworksFile, 'texts' | 'statistics' | 'scale'> {
  const { userDefinedMetadata } = asRecord(model, 'weights');
  const where = 'weights.userDefinedMetadata.ludus';
  const {
    about = {},
    statistics,
    scale,
  } = asRecord((userDefinedMetadata as Json | undefined)?.['ludus'] ?? {}, where);
  const texts = Object.entries(asRecord(about, `${where}.about`)).map(
    ([key, value]) => [key, text(value, `${where}.about.${key}`)] as const,
  );
  return {
    texts: Object.fromEntries(texts),
    statistics:
      statistics === undefined ? undefined : readStatistics(statistics, plan.input, `${where}.statistics`),
    scale: scale === undefined ? undefined : readScale(scale, plan.input, `${where}.scale`),
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
      if (tensors.has(own)) throw refusal(where, 'one tensor of this name', 'several');
      const isRead = dtype === 'float32' || (dtype === 'int32' && HARMLESS.test(own));
      if (!isRead || quantization !== undefined)
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
  const names = new WeightNames(tensors);
  let { input } = chain;
  const steps: Converted[] = [];
  const sources: (NamedTensor | undefined)[] = [];
  for (const { kind, name, config, where } of chain.layers) {
    names.enter(kind, name);
    const step = converted(kind, config, where);
    if (!step) continue;
    const shape = step.reshape && steps.length === 0 ? reshaped(input, step.reshape, where) : undefined;
    if (shape?.length === 3) {
      input = shape;
      continue;
    }
    if (steps.at(-1)?.softmax) throw refusal(where, 'no layer after a softmax', kind);
    steps.push(shape ? { ...step, layer: { kind: 'reshape', shape } } : step);
    sources.push(...(step.weights ?? []).map((weight, k) => names.find(weight, k)));
  }
  if (!input) throw refusal('weights', 'a first layer that says its input shape', 'none');
  const softmax = steps.at(-1)?.softmax === true;
  const layers = steps.map(({ layer }) => layer);
  const plan = plannedNetwork({ input, layers }, 'weights');
  plan.layers.forEach(({ input }, k) => steps[k].check?.(input.length));
  if (softmax && plan.output.length !== 1)
    throw refusal('weights', 'a softmax over a vector', `over ${show(plan.output)}`);
  names.checkLeft();
  const params = new Map(plan.params.map(({ name }, k) => [name, sources[k]]));
  const block = blockOf(plan, (param) => params.get(param), 'weights');
  return { name: 'network', plan, block, ...(softmax && { softmax }) };
}

/** The target of a Reshape, in which one length may be left open (−1). */
function reshaped(
  input: readonly number[] | undefined,
  target: readonly unknown[],
  where: string,
): readonly number[] {
  const size = sizeOf(input ?? []);
  const rest = sizeOf(
    target.filter((length): length is number => length !== -1 && typeof length === 'number'),
  );
  const shape = lengths(
    target.map((length) => (length === -1 ? size / rest : length)),
    `${where}.target_shape`,
  );
  if (input && sizeOf(shape) === size) return shape;
  throw refusal(`${where}.target_shape`, `a shape of ${size} numbers`, show(shape));
}

/** Finds a layer's weights among the tensors of a file. */
class WeightNames {
  private readonly tensors: ReadonlyMap<string, NamedTensor>;
  private readonly left: Set<string>;
  private readonly counts = new Map<string, number>();
  private name = '';
  private path = '';

  constructor(tensors: ReadonlyMap<string, NamedTensor>) {
    this.tensors = tensors;
    this.left = new Set([...tensors.keys()].filter((name) => !HARMLESS.test(name)));
  }

  /** Goes on to the next layer. */
  enter(kind: string, name: string): void {
    this.name = name;
    // A `.keras` file does not use the layers' names but counts those of a class: dense, dense_1, …
    const snake = kind.replace(/(.)([A-Z][a-z]+)/g, '$1_$2').replace(/([a-z])([A-Z])/g, '$1_$2');
    const count = this.counts.get(kind) ?? 0;
    this.counts.set(kind, count + 1);
    this.path = snake.toLowerCase() + (count > 0 ? `_${count}` : '');
  }

  /** The k-th weight of the layer, by its name or number, below the names of what holds the layer. */
  find(weight: string, k: number): NamedTensor | undefined {
    const names = [`${this.name}/${weight}`, `${this.path}/vars/${k}`];
    const found = [...this.left].filter((full) => {
      // A recurrent layer has its weights in a cell.
      const name = full.replace(/\/(cell|(gru|lstm)_cell(_\d+)?)\//, '/');
      return names.some((own) => name === own || name.endsWith(`/${own}`));
    });
    if (found.length > 1)
      throw refusal(`weights.${this.name}.${weight}`, 'one tensor', found.slice(0, 3).join(' and '));
    if (found.length === 0) return undefined;
    this.left.delete(found[0]);
    return this.tensors.get(found[0]);
  }

  /** Refuses tensors that belong to no layer: whatever they do, our layers do not. */
  checkLeft(): void {
    const [left] = this.left;
    if (left !== undefined) throw refusal(`weights.${left}`, 'no further tensor', 'one that no layer has');
  }
}

/** Of an optimizer or a random generator, which Keras saves beside the weights. */
const HARMLESS = /(^|\/)(optimizer|seed_generator|_?seed_generators|metrics)\//;
