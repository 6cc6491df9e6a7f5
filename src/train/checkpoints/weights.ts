/** Weights files: their formats, and networks written to them and read from them. */
import { joinBytes } from '#core/array-file.ts';
import { parseJson } from '#core/json.ts';
import { encodeLayersModel, WEIGHTS_FILE } from '#agents/nn/files/layers-model.ts';
import { decodeLayersModel, weightPaths } from '#agents/nn/files/layers-model-import.ts';
import { decodeNetworks, encodeNetworks } from '#agents/nn/files/networks-safetensors.ts';
import type { SavedNetwork } from '#agents/nn/network-data.ts';
import { findAgent } from '../request/resolve.ts';

export type { SavedNetwork } from '#agents/nn/network-data.ts';

export const FORMATS = ['safetensors', 'layers-model'] as const;
export type WeightsFormat = (typeof FORMATS)[number];

/** Name of the main file, by which a folder is recognised. */
export const MAIN_FILES: Readonly<Record<WeightsFormat, string>> = {
  safetensors: 'model.safetensors',
  'layers-model': 'model.json',
};

export interface WeightsFile {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** One safetensors file of all networks, or a layers model of a single one; `about` becomes its metadata. */
export function weightsFiles(
  format: WeightsFormat,
  networks: readonly [SavedNetwork, ...SavedNetwork[]],
  about: Readonly<Record<string, string>>,
): readonly WeightsFile[] {
  const name = MAIN_FILES[format];
  switch (format) {
    case 'safetensors':
      return [{ name, content: encodeNetworks(networks, about) }];
    case 'layers-model': {
      const { model, weights } = encodeLayersModel(networks[0]);
      const json = new TextEncoder().encode(`${JSON.stringify(model)}\n`);
      return [
        { name, content: json },
        { name: WEIGHTS_FILE, content: weights },
      ];
    }
  }
}

/** The networks in a file; `beside` reads the files that a model.json names. Throws an `InputError`. */
export async function decodeWeights(
  { name, content }: { readonly name: string; readonly content: Uint8Array },
  beside: (name: string) => Promise<Uint8Array>,
): Promise<readonly SavedNetwork[]> {
  if (!name.endsWith('.json')) return decodeNetworks(content);
  const model = parseJson(new TextDecoder().decode(content), 'weights');
  const parts = await Promise.all(weightPaths(model).map(beside));
  return [decodeLayersModel(model, joinBytes(parts))];
}

/** The hidden layers of the first network as an agent's `network` setting, if it has one; the agent adds the output layer. */
export function networkSetting(
  agent: string,
  [first]: readonly SavedNetwork[],
): Readonly<Record<string, unknown>> {
  if (!first || !Object.hasOwn(findAgent(agent).config.shape, 'network')) return {};
  return { network: first.plan.layers.slice(0, -1).map(({ layer }) => layer) };
}
