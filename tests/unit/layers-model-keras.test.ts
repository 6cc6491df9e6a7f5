/**
 * Models of Keras 3 as TensorFlow.js's converter writes them: the same outputs, or a refusal that names the setting. The files
 * are made by tests/fixtures/layers-models/make.py; `-h5` and `-keras` are the two formats that Keras saves.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeLayersModel, weightPaths } from '#agents/nn/files/layers-model-import.ts';
import type { SavedNetwork } from '#agents/nn/network-data.ts';
import { InputError } from '#core/errors.ts';
import { Forward } from '#tests/parity/forward.ts';
import { expectClose } from '#tests/parity/compile-close.ts';

interface Layer {
  class_name: string;
  config: Record<string, unknown>;
  [key: string]: unknown;
}
interface ModelJson {
  modelTopology: {
    model_config: { config: { layers: Layer[]; output_layers: unknown; [key: string]: unknown } };
  };
  weightsManifest: { weights: { name: string }[] }[];
}

function fileOf(model: string, name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../fixtures/layers-models/${model}/${name}`, import.meta.url)));
}

function jsonOf(model: string, name = 'model.json'): unknown {
  return JSON.parse(new TextDecoder().decode(fileOf(model, name)));
}

/** The network of a model, read after a change to its model.json. */
function read(name: string, change: (model: ModelJson) => void = () => {}): SavedNetwork {
  const model = jsonOf(name) as ModelJson;
  change(model);
  const [path] = weightPaths(model);
  return decodeLayersModel(model, fileOf(name, path));
}

function layersOf(model: ModelJson): Layer[] {
  return model.modelTopology.model_config.config.layers;
}

/** Sets values in the settings of the first layer of a kind. */
function set(kind: string, values: Record<string, unknown>): (model: ModelJson) => void {
  return (model) => Object.assign(layersOf(model).find((layer) => layer.class_name === kind)!.config, values);
}

/** The first call of the k-th layer. */
function call(model: ModelJson, k: number): Record<string, unknown> {
  return (layersOf(model)[k]['inbound_nodes'] as Record<string, unknown>[])[0];
}

function logSoftmax(values: readonly number[]): readonly number[] {
  const most = Math.max(...values);
  const sum = Math.log(values.reduce((sum, x) => sum + Math.exp(x - most), 0)) + most;
  return values.map((x) => x - sum);
}

describe('a model of Keras 3', () => {
  it.each([
    ['sequential-vector-h5', false],
    ['functional-vector-h5', false],
    ['functional-vector-keras', false],
    ['sequential-image-h5', false],
    ['functional-image-keras', true],
    ['functional-softmax-h5', true],
    ['sequential-tutorial-keras', true],
    ['functional-names-keras', false],
    ['sequential-leak-h5', false],
    ['sequential-gru-h5', false],
    ['functional-recurrent-keras', false],
  ])('gives what it gives in Keras: %s', (name, softmax) => {
    const { plan, block, softmax: left } = read(name);
    expect(left).toBe(softmax ? true : undefined);
    const { x, y } = jsonOf(name, 'example.json') as { x: number[]; y: number[] };
    const got = new Forward(plan, 3).run(block, Float32Array.from(x), 3);
    const width = got.length / 3;
    // Up to a constant, logits are the logarithms of probabilities.
    const rows = [0, 1, 2].flatMap((k) => {
      const row = Array.from(got.subarray(k * width, (k + 1) * width));
      return softmax ? logSoftmax(row).map(Math.exp) : row;
    });
    expectClose('outputs', Float32Array.from(rows), Float32Array.from(y));
  });
});

describe('a setting of a layer', () => {
  const dense = 'sequential-vector-h5';
  const image = 'sequential-image-h5';
  const gru = 'sequential-gru-h5';
  it.each<[string, (model: ModelJson) => void, string]>([
    [
      dense,
      set('LeakyReLU', { negative_slope: -0.2 }),
      '(LeakyReLU).negative_slope: expected a slope from 0 to 1',
    ],
    [dense, set('LeakyReLU', { alpha: 0.3 }), '(LeakyReLU).alpha: expected 0.01, as negative_slope says'],
    [
      image,
      set('ReLU', { negative_slope: 1.5 }),
      '(ReLU).negative_slope: expected a slope from 0 to 1, got 1.5',
    ],
    [gru, set('GRU', { reset_after: true }), '(GRU).reset_after: expected false, got true'],
    [gru, set('GRU', { go_backwards: true }), '(GRU).go_backwards: expected false, got true'],
    [gru, set('GRU', { activation: 'relu' }), '(GRU).activation: expected "tanh", got "relu"'],
    [gru, set('GRU', { recurrent_dropout: 0.1 }), '(GRU).recurrent_dropout: expected 0, got 0.1'],
    [image, set('ReLU', { threshold: 1 }), '(ReLU).threshold: expected 0, got 1'],
    [image, set('ReLU', { max_value: 6 }), '(ReLU).max_value: expected no limit, got 6'],
    [dense, set('LayerNormalization', { rms_scaling: true }), '.rms_scaling: expected false, got true'],
    [dense, set('LayerNormalization', { axis: [0] }), '.axis: expected [1], got [0]'],
    [dense, set('PReLU', { shared_axes: [1] }), '(PReLU).shared_axes: expected [], got [1]'],
    [dense, set('Dense', { activation: 'leaky_relu' }), '(Dense).activation: expected one of linear'],
    [dense, set('Dense', { activation: { class_name: 'ReLU' } }), '(Dense).activation: expected one of'],
    [dense, set('Dense', { lora_rank: 4 }), '(Dense).lora_rank: expected no such setting'],
    [dense, set('Dense', { quantization_config: {} }), '.quantization_config: expected no such setting'],
    [dense, set('Dense', { dtype: 'mixed_float16' }), '(Dense).dtype: expected float32'],
    [dense, set('Dense', { dtype: { config: { name: 'float16' } } }), '(Dense).dtype: expected float32'],
    [dense, set('Dense', { temperature: 2 }), '(Dense).temperature: expected no such setting'],
    [image, set('Flatten', { data_format: 'channels_first' }), '(Flatten).data_format: expected'],
    [image, set('Conv2D', { groups: 2 }), '(Conv2D).groups: expected 1, got 2'],
    [image, set('Conv2D', { dilation_rate: [2, 2] }), '(Conv2D).dilation_rate: expected 1, got [2,2]'],
    [image, set('BatchNormalization', { renorm: true }), '.renorm: expected false, got true'],
    [image, set('BatchNormalization', { axis: 1 }), '(BatchNormalization).axis: expected [3], got 1'],
    [dense, set('InputLayer', { sparse: true }), '(InputLayer).sparse: expected false, got true'],
    [
      dense,
      (model) => Object.assign(layersOf(model)[1], { registered_name: 'my>Dense', module: 'mine' }),
      '(Dense): expected a layer of Keras, got "my>Dense"',
    ],
    [
      dense,
      (model) => Object.assign(layersOf(model)[1], { repeat: 3 }),
      '(Dense).repeat: expected no such setting',
    ],
  ])('that means something is read or refused: %s, %o', (name, change, message) => {
    expect(() => read(name, change)).toThrow(InputError);
    expect(() => read(name, change)).toThrow(message);
  });

  it('of Keras 2 or tfjs is read by its name there', () => {
    const slope = set('LeakyReLU', { negative_slope: undefined, alpha: 0.01 });
    expect(read(dense, (model) => slope(JSON.parse(JSON.stringify(model)) as ModelJson))).toEqual(
      read(dense),
    );
    const leaky = read(image, set('ReLU', { negative_slope: 0.01 })).plan.layers;
    expect(leaky[4].layer).toEqual({ kind: 'activation', activation: 'leakyRelu' });
    // Keras's own slope, where nothing is said.
    const unsaid = read(dense, set('LeakyReLU', { negative_slope: null })).plan.layers;
    expect(unsaid[1].layer).toEqual({ kind: 'activation', activation: 'leakyRelu', slope: 0.3 });
  });
});

describe('a graph that is no chain', () => {
  const name = 'functional-vector-h5';
  it.each<[string, (model: ModelJson) => void, string]>([
    [
      'it ends before its last layer',
      (model) => (model.modelTopology.model_config.config.output_layers = ['dense_1', 0, 0]),
      'output_layers: expected ["dense_2"], got ["dense_1"]',
    ],
    [
      'a layer is called twice',
      (model) => (layersOf(model)[2]['inbound_nodes'] as unknown[]).push(call(model, 2)),
      'only the layer before it as input, got ["dense","dense"]',
    ],
    [
      'a layer is called as in training',
      (model) => (call(model, 4)['kwargs'] = { training: true }),
      '(Dropout).kwargs.training: expected nothing, got true',
    ],
    ['an argument is no tensor', (model) => (call(model, 2)['args'] = [3]), 'args: expected a record, got 3'],
    ['a call is none', (model) => (layersOf(model)[2]['inbound_nodes'] = [7]), 'expected a record, got 7'],
    [
      'a softmax is followed by a layer',
      set('Dense', { activation: 'softmax' }),
      'expected no layer after a softmax, got LeakyReLU',
    ],
    [
      'weights have no layer',
      (model) => (model.weightsManifest[0].weights[4].name = 'dense_9/kernel'),
      'expected no further tensor, got one that no layer has',
    ],
    [
      'weights have the same name',
      (model) => (model.weightsManifest[0].weights[1].name = 'dense/kernel'),
      'weights.dense/kernel: expected one tensor of this name, got several',
    ],
  ])('is refused: %s', (_, change, message) => {
    expect(() => read(name, change)).toThrow(InputError);
    expect(() => read(name, change)).toThrow(message);
  });
});
