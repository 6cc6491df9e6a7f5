/** Networks in one safetensors file: tensors named `network/layer/parameter`, and the layers as JSON in `__metadata__`. */
import { show } from '#core/errors.ts';
import { plannedNetwork, type SavedNetwork } from '../network-data.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';
import { blockOf, refusal, tensorsOf } from './tensors.ts';

/** The entry of `__metadata__`: `{ name: { input, layers } }`. */
const SPEC = 'ludus.networks';

/** `more` are further texts for `__metadata__`, e.g. where the networks come from. */
export function encodeNetworks(
  networks: readonly SavedNetwork[],
  more: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const specs = networks.map(({ name, plan }) => [
    name,
    { input: plan.input, layers: plan.layers.map(({ layer }) => layer) },
  ]);
  const tensors = networks.flatMap((network) =>
    tensorsOf(network).map((tensor) => ({ ...tensor, name: `${network.name}/${tensor.name}` })),
  );
  return encodeSafetensors({
    tensors,
    metadata: { ...more, [SPEC]: JSON.stringify(Object.fromEntries(specs)) },
  });
}

/** Reads what `encodeNetworks` wrote. Throws an `InputError` that names the network and the tensor that is wrong. */
export function decodeNetworks(file: Uint8Array): readonly SavedNetwork[] {
  const { tensors, metadata } = decodeSafetensors(file);
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const networks = Object.entries(readSpecs(metadata[SPEC])).map(([name, spec]) => {
    const where = `weights.${name}`;
    if (!isSpec(spec)) throw refusal(where, 'an input shape and layers', show(spec));
    const plan = plannedNetwork(spec, where);
    const own = (param: string): string => `${name}/${param}`;
    const block = blockOf(plan, (param) => byName.get(own(param)), where);
    for (const { name: param } of plan.params) byName.delete(own(param));
    return { name, plan, block };
  });
  const [left] = byName.keys();
  if (left !== undefined) throw refusal(`weights.${left}`, 'no further tensor', 'one that no layer has');
  return networks;
}

function readSpecs(text: string | undefined): Record<string, unknown> {
  try {
    const specs = JSON.parse(text ?? '') as unknown;
    if (typeof specs === 'object' && specs !== null && Object.keys(specs).length > 0)
      return specs as Record<string, unknown>;
  } catch {
    // What follows says what is wrong, whatever the parser thinks.
  }
  throw refusal(`weights.__metadata__.${SPEC}`, 'networks with input and layers as JSON', show(text));
}

function isSpec(value: unknown): value is { input: readonly number[]; layers: unknown } {
  const { input } = (value ?? {}) as { input?: unknown };
  return (
    Array.isArray(input) &&
    input.length > 0 &&
    input.every((length) => Number.isSafeInteger(length) && length > 0 && length <= 65536)
  );
}
