/** Weights files: their formats, and what is written to them and read from them: networks, and what playing with them needs. */
import { joinBytes } from '#core/array-file.ts';
import { refusal, show } from '#core/errors.ts';
import { asRecord, parseJson } from '#core/json.ts';
import type { Statistics } from '#core/moments.ts';
import type { InputScale } from '#agents/nn/files/input-scale.ts';
import { encodeLayersModel, WEIGHTS_FILE } from '#agents/nn/files/layers-model.ts';
import { decodeLayersModel, layersModelNotes, weightPaths } from '#agents/nn/files/layers-model-import.ts';
import { decodeNetworks, encodeNetworks, type NetworksFile } from '#agents/nn/files/networks-safetensors.ts';
import type { SavedNetwork } from '#agents/nn/network-data.ts';
import type { Layer } from '#agents/nn/spec.ts';
import { models } from '../catalogue/models.ts';
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
  /** Of a model of a data set: what it was fitted to. */
  readonly fitted?: Fitted | undefined;
  /** How its inputs are standardised, if they are. */
  readonly scale?: InputScale | undefined;
}

/** Which model a network is, and of which data. */
export interface Fitted {
  readonly data: string;
  readonly model: string;
}

/** Metadata keys of the settings, and of what a model was fitted to, as JSON. */
const SETTINGS = 'ludus.settings';
const FITTED = 'ludus.fitted';

export interface WeightsFile {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** One safetensors file of all networks, or a layers model of the first; `about` becomes its metadata. */
export function weightsFiles(
  format: WeightsFormat,
  { networks, settings, statistics, fitted, scale }: SavedWeights,
  about: Readonly<Record<string, string>>,
): readonly WeightsFile[] {
  const name = MAIN_FILES[format];
  const texts = {
    ...about,
    ...(settings && { [SETTINGS]: JSON.stringify(settings) }),
    ...(fitted && { [FITTED]: JSON.stringify(fitted) }),
  };
  switch (format) {
    case 'safetensors':
      return [{ name, content: encodeNetworks(networks, texts, statistics, scale) }];
    case 'layers-model': {
      const { model, weights } = encodeLayersModel(networks[0], texts, statistics, scale);
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
  if (!name.endsWith('.json')) {
    refuseKeras(content);
    return withSettings(decodeNetworks(content));
  }
  const model = parseJson(new TextDecoder().decode(content), 'weights');
  const parts = await Promise.all(weightPaths(model).map(beside));
  const network = decodeLayersModel(model, joinBytes(parts));
  return withSettings({ networks: [network], ...layersModelNotes(model, network) });
}

/** Refuses the files that Keras saves itself, which only its own converter turns into a model.json. */
function refuseKeras(content: Uint8Array): void {
  const start = String.fromCharCode(...content.subarray(0, 4));
  const got = start === 'PK\x03\x04' ? 'a ZIP archive, as .keras is' : 'an HDF5 file, as .h5 is';
  if (start !== 'PK\x03\x04' && start !== '\x89HDF') return;
  const expected = 'a safetensors file, or the model.json that tensorflowjs_converter makes of a Keras model';
  throw refusal('weights', expected, got);
}

function withSettings({ networks, texts, statistics, scale }: NetworksFile): SavedWeights {
  const text = Object.hasOwn(texts, SETTINGS) ? texts[SETTINGS] : undefined;
  const fitted = Object.hasOwn(texts, FITTED) ? readFitted(texts[FITTED], `weights.${FITTED}`) : undefined;
  return {
    networks,
    statistics,
    scale,
    fitted,
    settings: text === undefined ? undefined : readPlaySettings(text, `weights.${SETTINGS}`),
  };
}

function readFitted(text: string, field: string): Fitted {
  const { data, model } = asRecord(parseJson(text, field), field);
  if (typeof data === 'string' && typeof model === 'string') return { data, model };
  throw refusal(field, 'the ids of data and model', show({ data, model }));
}

/** The model that a file's network is, with its settings; a model of another program only has layers. */
export function modelSettings(weights: SavedWeights | undefined): {
  readonly model?: string;
  readonly config: Readonly<Record<string, unknown>>;
} {
  if (!weights) return { config: {} };
  const { networks, fitted, scale } = weights;
  const model = fitted && models.find(({ id }) => id === fitted.model);
  const has = (setting: string): boolean => !model || Object.hasOwn(model.config.shape, setting);
  return {
    ...(model && { model: model.id }),
    config: {
      ...(has('network') && { network: hiddenLayers(networks[0]) }),
      ...(scale && has('standardise') && { standardise: true }),
    },
  };
}

/** The layers of a network without its output layer, for inputs of any shape. */
function hiddenLayers({ plan }: SavedNetwork): readonly Layer[] {
  const layers = plan.layers.map(({ layer }) => layer);
  const hidden = layers.slice(
    0,
    layers.findLastIndex(
      (layer) => layer.kind !== 'dropout' && (layer.kind !== 'activation' || layer.activation !== 'linear'),
    ),
  );
  return hidden[0]?.kind === 'dense' ? [{ kind: 'flatten' }, ...hidden] : hidden;
}

/** The hidden layers of the first network as an agent's `network` setting, if it has one; the agent adds the output layer. */
export function networkSetting(
  agent: string,
  [first]: readonly SavedNetwork[],
): Readonly<Record<string, unknown>> {
  if (!first || !Object.hasOwn(findAgent(agent).config.shape, 'network')) return {};
  return { network: first.plan.layers.slice(0, -1).map(({ layer }) => layer) };
}
