/** Weights files: their formats, and what is written to them and read from them: networks, and what playing with them needs. */
import { joinBytes } from '#core/array-file.ts';
import { parseJson } from '#core/json.ts';
import type { Statistics } from '#core/moments.ts';
import { encodeLayersModel, WEIGHTS_FILE } from '#agents/nn/files/layers-model.ts';
import { decodeLayersModel, layersModelNotes, weightPaths } from '#agents/nn/files/layers-model-import.ts';
import { decodeNetworks, encodeNetworks, type NetworksFile } from '#agents/nn/files/networks-safetensors.ts';
import type { SavedNetwork } from '#agents/nn/network-data.ts';
import { findAgent } from '../request/resolve.ts';
import { readPlaySettings, type PlaySettings } from './play-settings.ts';

export type { SavedNetwork } from '#agents/nn/network-data.ts';

export const FORMATS = ['safetensors', 'layers-model'] as const;
export type WeightsFormat = (typeof FORMATS)[number];

/** Name of the main file, by which a folder is recognised. */
export const MAIN_FILES: Readonly<Record<WeightsFormat, string>> = {
  safetensors: 'model.safetensors',
  'layers-model': 'model.json',
};

/** Networks, and what playing with them needs; files of other tools have only the former. */
export interface SavedWeights {
  readonly networks: readonly SavedNetwork[];
  readonly settings?: PlaySettings | undefined;
  /** By which observations are normalised, where `settings` say so. */
  readonly statistics?: Statistics | undefined;
}

/** Metadata key of the settings as JSON. */
const SETTINGS = 'ludus.settings';

export interface WeightsFile {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** One safetensors file of all networks, or a layers model of the first; `about` becomes its metadata. */
export function weightsFiles(
  format: WeightsFormat,
  { networks, settings, statistics }: SavedWeights,
  about: Readonly<Record<string, string>>,
): readonly WeightsFile[] {
  const name = MAIN_FILES[format];
  const texts = { ...about, ...(settings && { [SETTINGS]: JSON.stringify(settings) }) };
  switch (format) {
    case 'safetensors':
      return [{ name, content: encodeNetworks(networks, texts, statistics) }];
    case 'layers-model': {
      const { model, weights } = encodeLayersModel(networks[0], texts, statistics);
      const json = new TextEncoder().encode(`${JSON.stringify(model)}\n`);
      return [
        { name, content: json },
        { name: WEIGHTS_FILE, content: weights },
      ];
    }
  }
}

/** What is in a file; `beside` reads the files that a model.json names. Throws an `InputError`. */
export async function decodeWeights(
  { name, content }: { readonly name: string; readonly content: Uint8Array },
  beside: (name: string) => Promise<Uint8Array>,
): Promise<SavedWeights> {
  if (!name.endsWith('.json')) return withSettings(decodeNetworks(content));
  const model = parseJson(new TextDecoder().decode(content), 'weights');
  const parts = await Promise.all(weightPaths(model).map(beside));
  const network = decodeLayersModel(model, joinBytes(parts));
  return withSettings({ networks: [network], ...layersModelNotes(model, network) });
}

function withSettings({ networks, texts, statistics }: NetworksFile): SavedWeights {
  const text = Object.hasOwn(texts, SETTINGS) ? texts[SETTINGS] : undefined;
  return {
    networks,
    statistics,
    settings: text === undefined ? undefined : readPlaySettings(text, `weights.${SETTINGS}`),
  };
}

/** The hidden layers of the first network as an agent's `network` setting, if it has one; the agent adds the output layer. */
export function networkSetting(
  agent: string,
  [first]: readonly SavedNetwork[],
): Readonly<Record<string, unknown>> {
  if (!first || !Object.hasOwn(findAgent(agent).config.shape, 'network')) return {};
  return { network: first.plan.layers.slice(0, -1).map(({ layer }) => layer) };
}
