/** Networks in one safetensors file: tensors named `network/layer/parameter`, and the layers as JSON in `__metadata__`. */
import { arrayFileParts, decodeArrayFile, joinBytes, type NamedArray } from '#core/array-file.ts';
import { refusal, show } from '#core/errors.ts';
import type { Statistics } from '#core/moments.ts';
import { asRecord, parseJson } from '#core/json.ts';
import { plannedNetwork, type SavedNetwork } from '../network-data.ts';
import { scaleArrays, takeScale, type InputScale } from './input-scale.ts';
import { statisticsArrays, takeStatistics } from './statistics.ts';
import { blockOf, tensorsOf, type NamedTensor } from './tensors.ts';

/** The entry of `__metadata__`: `{ name: { input, layers } }`. */
const SPEC = 'ludus.networks';

/**
 * `more` are further texts for `__metadata__`, e.g. where the networks come from. `statistics`: by which observations are
 * normalised before a network sees them; `scale`: how a model's inputs are.
 */
export function encodeNetworks(
  networks: readonly SavedNetwork[],
  more: Readonly<Record<string, string>> = {},
  statistics?: Statistics,
  scale?: InputScale,
): Uint8Array<ArrayBuffer> {
  const specs = networks.map(({ name, plan }) => [
    name,
    { input: plan.input, layers: plan.layers.map(({ layer }) => layer) },
  ]);
  const tensors = networks.flatMap((network) =>
    tensorsOf(network).map((tensor) => ({ ...tensor, name: `${network.name}/${tensor.name}` })),
  );
  const { input } = networks[0].plan;
  const arrays = [
    ...tensors,
    ...(statistics ? statisticsArrays(statistics, input) : []),
    ...(scale ? scaleArrays(scale, input) : []),
  ];
  const metadata = { ...more, [SPEC]: JSON.stringify(Object.fromEntries(specs)) };
  return joinBytes(arrayFileParts({ arrays, metadata }));
}

/** What is in such a file. */
export interface NetworksFile {
  readonly networks: readonly SavedNetwork[];
  readonly texts: Readonly<Record<string, string>>;
  readonly statistics: Statistics | undefined;
  readonly scale: InputScale | undefined;
}

/** Reads what `encodeNetworks` wrote. Throws an `InputError` that names what is wrong: the network, the tensor. */
export function decodeNetworks(file: Uint8Array): NetworksFile {
  const { arrays, metadata } = decodeArrayFile(file, 'weights');
  const byName = new Map(arrays.map((array) => [array.name, array]));
  const networks = Object.entries(readSpecs(metadata[SPEC])).map(([name, spec]) => {
    const where = `weights.${name}`;
    if (!isSpec(spec)) throw refusal(where, 'an input shape and layers', show(spec));
    const plan = plannedNetwork(spec, where);
    const own = (param: string): string => `${name}/${param}`;
    const tensor = (param: string): NamedTensor | undefined => {
      const array = byName.get(own(param));
      return array && tensorOf(array);
    };
    const block = blockOf(plan, tensor, where);
    for (const { name: param } of plan.params) byName.delete(own(param));
    return { name, plan, block };
  });
  const { input } = networks[0].plan;
  const statistics = takeStatistics(byName, input, 'weights');
  const scale = takeScale(byName, input, 'weights');
  const [left] = byName.keys();
  if (left !== undefined) throw refusal(`weights.${left}`, 'no further tensor', 'one that no layer has');
  return { networks, texts: metadata, statistics, scale };
}

/** Networks are of 32-bit floats, as everything that computes with them. */
function tensorOf({ name, shape, values }: NamedArray): NamedTensor {
  if (values instanceof Float32Array) return { name, shape, values };
  throw refusal(`weights.${name}`, '32-bit floats (F32)', values.constructor.name);
}

function readSpecs(text: string | undefined): Readonly<Record<string, unknown>> {
  const where = `weights.__metadata__.${SPEC}`;
  if (text === undefined) throw refusal(where, 'networks with input and layers as JSON', 'nothing');
  const specs = asRecord(parseJson(text, where), where);
  if (Object.keys(specs).length === 0) throw refusal(where, 'at least one network', 'none');
  return specs;
}

function isSpec(value: unknown): value is { input: readonly number[]; layers: unknown } {
  const { input } = (value ?? {}) as { input?: unknown };
  return (
    Array.isArray(input) &&
    input.length > 0 &&
    input.every((length) => Number.isSafeInteger(length) && length > 0 && length <= 65536)
  );
}
