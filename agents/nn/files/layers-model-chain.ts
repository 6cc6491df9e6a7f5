/** The topology of a layers model as a chain: a Sequential model, or a functional one without branches. */
import { refusal, show } from '#core/errors.ts';
import { asRecord } from '#core/json.ts';
import type { Json } from './layer-settings.ts';

export interface ChainLayer {
  readonly kind: string;
  readonly name: string;
  readonly config: Json;
  /** For errors. */
  readonly where: string;
}

export interface Chain {
  readonly layers: readonly ChainLayer[];
  /** Of one input, the batch aside, if the model or its first layer says it. */
  readonly input: readonly number[] | undefined;
}

const WHERE = 'weights.modelTopology';
/** What may be beside a layer's class and its settings; the rest says how Keras builds it again. */
const ENTRY = ['class_name', 'config', 'name', 'inbound_nodes', 'build_config', 'shared_object_id'];
const MODEL = ['name', 'trainable', 'dtype', 'layers', 'input_layers', 'output_layers', 'build_input_shape'];

/** The layers from input to output. Throws an `InputError` at what is no chain. */
export function chainOf(topology: unknown): Chain {
  const outer = asRecord(topology, WHERE);
  const { class_name: kind, config } = asRecord(outer['model_config'] ?? outer, WHERE);
  // Early versions wrote a Sequential model as a list.
  const model = Array.isArray(config) ? { layers: config as unknown } : asRecord(config, WHERE);
  onlyKeys(model, MODEL, WHERE);
  const entries = list(model['layers'], `${WHERE}.layers`).map(readEntry);
  if (kind === 'Model' || kind === 'Functional') checkNodes(entries, model);
  else if (kind !== 'Sequential') throw refusal(WHERE, 'a Sequential or functional model', show(kind));
  const layers = entries.map(({ layer }) => layer);
  return { layers, input: inputOf(layers, model['build_input_shape']) };
}

interface Entry {
  readonly layer: ChainLayer;
  readonly nodes: unknown;
}

function readEntry(given: unknown): Entry {
  const entry = asRecord(given, `${WHERE}.layers`);
  const { class_name, config: own, inbound_nodes, module, registered_name, ...rest } = entry;
  const kind = text(class_name, `${WHERE}.layers.class_name`);
  const config = asRecord(own, `${WHERE}.layers.${kind}`);
  const name = text(config['name'], `${WHERE}.layers.${kind}.name`);
  const where = `weights.${name} (${kind})`;
  onlyKeys(rest, ENTRY, where);
  // A class of the user's own may have the name of a standard one.
  const isStandard = typeof module !== 'string' || /^(tf_?keras|keras|tensorflow)\b/.test(module);
  if (!isStandard || (typeof registered_name === 'string' && registered_name !== kind))
    throw refusal(where, 'a layer of Keras', show(registered_name ?? module));
  return { layer: { kind, name, config, where }, nodes: inbound_nodes };
}

function inputOf(layers: readonly ChainLayer[], build: unknown): readonly number[] | undefined {
  for (const { config, where } of layers) {
    const shape = config['batch_input_shape'] ?? config['batch_shape'];
    if (Array.isArray(shape)) return lengths(shape.slice(1), `${where}.batch_input_shape`);
  }
  return Array.isArray(build) ? lengths(build.slice(1), `${WHERE}.build_input_shape`) : undefined;
}

/** Refuses a graph in which a layer has another input than the layer before it, or that ends elsewhere. */
function checkNodes(entries: readonly Entry[], model: Json): void {
  entries.forEach(({ layer: { where }, nodes }, k) => {
    const before = k === 0 ? [] : [entries[k - 1].layer.name];
    const inputs = list(nodes, `${where}.inbound_nodes`).flatMap((node) => inputsOf(node, where));
    if (show(inputs) !== show(before))
      throw refusal(where, 'only the layer before it as input', show(inputs));
  });
  for (const [key, wanted] of [
    ['input_layers', entries.at(0)],
    ['output_layers', entries.at(-1)],
  ] as const) {
    const given = model[key];
    if (given === undefined) continue;
    const ends = tensorNames(list(given, `${WHERE}.${key}`), `${WHERE}.${key}`);
    const expected = [wanted?.layer.name];
    if (show(ends) !== show(expected)) throw refusal(`${WHERE}.${key}`, show(expected), show(ends));
  }
}

/** The layers that one call of a layer takes its inputs from. */
function inputsOf(node: unknown, where: string): readonly string[] {
  if (Array.isArray(node)) return tensorNames(node, `${where}.inbound_nodes`);
  // Keras 3: the arguments of the call, with records in the place of tensors.
  const { args, kwargs } = asRecord(node, `${where}.inbound_nodes`);
  checkCall(kwargs, where);
  return list(args, `${where}.inbound_nodes.args`).flatMap((arg) => {
    const all = Array.isArray(arg) ? (arg as readonly unknown[]) : [arg];
    return all.map((one) => {
      const { class_name, config } = asRecord(one, `${where}.inbound_nodes.args`);
      if (class_name !== '__keras_tensor__')
        throw refusal(`${where}.inbound_nodes.args`, 'only tensors', show(one));
      return tensorName(asRecord(config, `${where}.inbound_nodes.args`)['keras_history'], where);
    });
  });
}

/** One `[layer, 0, 0]` or a list of them. */
function tensorNames(tensors: readonly unknown[], where: string): readonly string[] {
  const all = typeof tensors[0] === 'string' ? [tensors] : tensors;
  return all.map((tensor) => tensorName(tensor, where));
}

/** The layer that a tensor comes from: `[layer, call, output]`, of which a chain has only the first, and the call's arguments. */
function tensorName(tensor: unknown, where: string): string {
  const [layer, call, output, kwargs] = list(tensor, where);
  if (call !== 0 || output !== 0) throw refusal(where, 'the first output of the first call', show(tensor));
  checkCall(kwargs ?? {}, where);
  return text(layer, where);
}

/** Refuses arguments that make a layer compute something else. */
function checkCall(kwargs: unknown, where: string): void {
  for (const [key, value] of Object.entries(asRecord(kwargs ?? {}, `${where}.kwargs`)))
    if (value !== null && !(key === 'training' && value === false))
      throw refusal(`${where}.kwargs.${key}`, 'nothing', show(value));
}

function onlyKeys(record: Json, keys: readonly string[], where: string): void {
  for (const [key, value] of Object.entries(record))
    if (value !== null && !keys.includes(key))
      throw refusal(`${where}.${key}`, 'no such setting, whose meaning is not known here', show(value));
}

export function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw refusal(where, 'a text', show(value));
}

export function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw refusal(where, 'a list', show(value));
}

export function lengths(value: unknown, where: string): readonly number[] {
  const all = list(value, where);
  if (all.every((length) => Number.isSafeInteger(length) && (length as number) >= 1))
    return all as readonly number[];
  throw refusal(where, 'lengths from 1', show(value));
}
