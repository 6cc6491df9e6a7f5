/** A list of layers as it is edited: pure changes, and what each kind of layer has to set. The worker says what is wrong. */

import { parsed } from '../state/values.ts';

/** As in the agents' `network` setting. */
export type DraftLayer = Readonly<Record<string, unknown>> & { readonly kind: string };

interface SettingBase {
  readonly key: string;
  readonly label: string;
}

export type LayerSetting = SettingBase &
  (
    | { readonly control: 'number'; readonly usual: number }
    | { readonly control: 'choice'; readonly usual: string; readonly options: readonly string[] }
    | { readonly control: 'toggle' }
    | { readonly control: 'shape'; readonly usual: readonly number[] }
  );

const ACTIVATIONS = [
  'linear',
  'relu',
  'tanh',
  'sigmoid',
  'elu',
  'selu',
  'swish',
  'softplus',
  'leakyRelu',
  'prelu',
];
const activation: LayerSetting = {
  key: 'activation',
  label: 'activation',
  control: 'choice',
  usual: 'relu',
  options: ACTIVATIONS,
};
const linear: LayerSetting = { ...activation, usual: 'linear' };
const whole = (key: string, usual: number): LayerSetting => ({ key, label: key, control: 'number', usual });
const padding: LayerSetting = {
  key: 'padding',
  label: 'padding',
  control: 'choice',
  usual: 'valid',
  options: ['valid', 'same'],
};
const windows = [whole('filters', 16), whole('size', 3), whole('stride', 1), padding, activation];
const recurrent: readonly LayerSetting[] = [
  whole('units', 64),
  { key: 'returnSequences', label: 'all states', control: 'toggle' },
];

/** By kind, in the order in which they are offered. The output layers that agents add themselves are not among them. */
export const LAYER_KINDS: Readonly<Record<string, readonly LayerSetting[]>> = {
  dense: [whole('units', 64), activation],
  conv2d: windows,
  conv1d: windows,
  maxPool: [whole('size', 2), whole('stride', 2)],
  averagePool: [whole('size', 2), whole('stride', 2)],
  globalAveragePool: [],
  flatten: [],
  reshape: [{ key: 'shape', label: 'shape', control: 'shape', usual: [1] }],
  layerNorm: [linear],
  batchNorm: [linear],
  dropout: [{ key: 'rate', label: 'rate', control: 'number', usual: 0.1 }],
  activation: [activation],
  noisy: [whole('units', 64), activation],
  gru: recurrent,
  lstm: recurrent,
};

/** Settings without which a layer is none; all others may be left out. */
const NEEDED = new Set(['units', 'filters', 'size', 'rate', 'activation', 'shape']);

/** A layer of this kind as it begins. */
export function newLayer(kind: string): DraftLayer {
  const settings = (LAYER_KINDS[kind] ?? []).flatMap((setting) =>
    setting.control !== 'toggle' && NEEDED.has(setting.key) ? [[setting.key, setting.usual]] : [],
  );
  return { kind, ...Object.fromEntries(settings) };
}

export type LayerEdit =
  | { readonly kind: 'add'; readonly layer: string }
  | { readonly kind: 'remove'; readonly at: number }
  | { readonly kind: 'move'; readonly at: number; readonly to: number }
  | { readonly kind: 'become'; readonly at: number; readonly layer: string }
  | { readonly kind: 'set'; readonly at: number; readonly key: string; readonly value: unknown };

/** The list after an edit; the same list where it has no such layer or place. */
export function edited(layers: readonly DraftLayer[], edit: LayerEdit): readonly DraftLayer[] {
  if (edit.kind === 'add') return [...layers, newLayer(edit.layer)];
  const { at } = edit;
  const layer = layers.at(at);
  if (at < 0 || !layer) return layers;
  switch (edit.kind) {
    case 'remove':
      return layers.toSpliced(at, 1);
    case 'move':
      if (edit.to < 0 || edit.to >= layers.length) return layers;
      return layers.toSpliced(at, 1).toSpliced(edit.to, 0, layer);
    case 'become':
      return layers.with(at, became(layer, edit.layer));
    case 'set': {
      const { [edit.key]: _, ...others } = layer;
      return layers.with(at, {
        ...others,
        kind: layer.kind,
        ...(edit.value !== undefined && { [edit.key]: edit.value }),
      });
    }
  }
}

/** A layer of another kind keeps the settings that both kinds have. */
function became(layer: DraftLayer, kind: string): DraftLayer {
  const kept = (LAYER_KINDS[kind] ?? []).flatMap(({ key }) =>
    layer[key] === undefined ? [] : [[key, layer[key]]],
  );
  return { ...newLayer(kind), ...Object.fromEntries(kept) };
}

/** The layers of a network's setting as the form holds it; undefined where it is `auto`, or no list. */
export function layersOf(value: unknown): readonly DraftLayer[] | undefined {
  const list = parsed(value);
  return Array.isArray(list) && list.every(isLayer) ? list : undefined;
}

function isLayer(value: unknown): value is DraftLayer {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}

/** The setting of a layer that a problem's field names; '' where it is the layer itself. */
export function settingAt(field: string): string {
  return /(?:^|\.)network\.\d+\.(\w+)/.exec(field)?.[1] ?? '';
}

/** The layer that a problem's field names, such as `agent.network.2.units` or `network.2 (conv2d)`. */
export function layerAt(field: string): number | undefined {
  const [, index] = /(?:^|\.)network\.(\d+)/.exec(field) ?? [];
  return index === undefined ? undefined : Number(index);
}
