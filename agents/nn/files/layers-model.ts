/**
 * A network as files of TensorFlow.js's layers API: a functional model of its standard layers in `model.json`, the
 * numbers in one binary file. `tf.loadLayersModel` loads them; noisy layers become their mean, nothing else is lost.
 */
import { bytesOf, checkOf, joinBytes } from '#core/array-file.ts';
import { asRecord } from '#core/json.ts';
import { refusal, show } from '#core/errors.ts';
import type { Statistics } from '#core/moments.ts';
import type { SavedNetwork } from '../network-data.ts';
import { planNetwork } from '../plan.ts';
import type { Layer, NetworkPlan } from '../spec.ts';
import { layersGraph } from './layers-model-graph.ts';
import { scaleRecord, type InputScale } from './input-scale.ts';
import { statisticsRecord } from './statistics.ts';

/** `model.json` and the file that its manifest names. */
export interface LayersModelFiles {
  readonly model: Readonly<Record<string, unknown>>;
  readonly weights: Uint8Array<ArrayBuffer>;
}

export const WEIGHTS_FILE = 'weights.bin';
const GENERATOR = 'Ludus';

/**
 * `about` are texts to keep in it, e.g. where it comes from. With `statistics`, the model takes raw observations and normalises
 * them by these; with `scale`, it takes raw inputs and scales them.
 */
export function encodeLayersModel(
  { name, plan, block }: SavedNetwork,
  about: Readonly<Record<string, string>> = {},
  statistics?: Statistics,
  scale?: InputScale,
): LayersModelFiles {
  const { entries, weights, output } = layersGraph(plan, { statistics, scale });
  const params = new Map(plan.params.map((param) => [param.name, param]));
  const values = weights.map(({ from }) => {
    if ('values' in from) return from.values;
    const { offset, size } = params.get(from.param) ?? { offset: 0, size: 0 };
    return block.subarray(offset, offset + size);
  });
  const layers = meanLayers(plan);
  const topology = {
    class_name: 'Model',
    config: {
      name,
      layers: entries.map(({ kind, name, config, inputs }) => ({
        name,
        class_name: kind,
        config: { name, ...config },
        inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])],
      })),
      input_layers: [['input', 0, 0]],
      output_layers: [[output, 0, 0]],
    },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  };
  const model = {
    format: 'layers-model',
    generatedBy: GENERATOR,
    convertedBy: null,
    modelTopology: topology,
    weightsManifest: [
      {
        paths: [WEIGHTS_FILE],
        weights: weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
      },
    ],
  };
  const own = {
    name,
    input: plan.input,
    layers,
    about,
    // Again, since the layers have them in single precision.
    ...(statistics && { statistics: statisticsRecord(statistics) }),
    ...(scale && { scale: scaleRecord(scale) }),
  };
  const numbers = joinBytes(values.map(bytesOf));
  const crc32 = checkOf({ ...model, userDefinedMetadata: { ludus: own } }, [numbers]);
  return { model: { ...model, userDefinedMetadata: { ludus: { ...own, crc32 } } }, weights: numbers };
}

/**
 * Refuses files that were changed since `encodeLayersModel` made them. Those of earlier versions have no check, and when tfjs
 * saves a model again it names itself as generator.
 */
export function checkLayersModel(model: Readonly<Record<string, unknown>>, weights: Uint8Array): void {
  const { generatedBy, userDefinedMetadata } = model;
  const { ludus } = asRecord(userDefinedMetadata ?? {}, 'weights.userDefinedMetadata');
  if (generatedBy !== GENERATOR) return;
  const where = 'weights.userDefinedMetadata.ludus';
  const { crc32, ...own } = asRecord(ludus, where);
  if (crc32 === undefined) return;
  if (crc32 !== checkOf({ ...model, userDefinedMetadata: { ludus: own } }, [weights]))
    throw refusal(
      `${where}.crc32`,
      `content with the CRC-32 ${show(crc32)}`,
      'another: the files are damaged, or were edited without removing this entry',
    );
}

/** The network without its noise: what its layers model computes. */
function meanLayers({ layers }: NetworkPlan): readonly Layer[] {
  return layers.map(({ layer }) => {
    if (layer.kind === 'noisy') {
      const { units, activation } = layer;
      return { kind: 'dense', units, ...(activation && { activation }) };
    }
    if (layer.kind !== 'dueling' || !layer.noisy) return layer;
    const { noisy: _, sigma: __, ...rest } = layer;
    return rest;
  });
}

/** The plan of the mean network, and under which name the layers model keeps each of its parameters. */
export function layersModelNames(plan: NetworkPlan): {
  readonly plan: NetworkPlan;
  readonly names: ReadonlyMap<string, string>;
} {
  const mean = planNetwork(meanLayers(plan), plan.input, 'network');
  const pairs = layersGraph(mean).weights.flatMap(({ name, from }) =>
    'param' in from ? [[from.param, name] as const] : [],
  );
  return { plan: mean, names: new Map(pairs) };
}
