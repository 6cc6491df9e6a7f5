/** Networks on the command line: shown, exported, loaded by tfjs, and used as initial weights. */
import * as tf from '@tensorflow/tfjs';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ludus, temporaryFolder } from './ludus.ts';

const folder = temporaryFolder();
const run = join(folder, 'run');
const model = join(folder, 'tf');
const tensors = join(folder, 'st');
const single = join(folder, 'q.safetensors');
const network =
  '[{"kind":"dense","units":8,"activation":"prelu"},{"kind":"batchNorm"},{"kind":"dropout","rate":0.1}]';
const quick = ['--set', 'learningStarts=50', '--set', 'batchSize=16', '--set', `network=${network}`];

beforeAll(async () => {
  const args = ['--steps', '300', '--episodes', '0', '--out', run];
  const { code, stderr } = await ludus('train', 'cart-pole', '--agent', 'dqn', ...quick, ...args);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  for (const [format, out] of [
    ['layers-model', model],
    ['safetensors', tensors],
  ]) {
    const { code, lines } = await ludus('export', run, '--format', format, '--out', out);
    expect(code).toBe(0);
    expect(lines[0]).toMatchObject({ kind: 'export', format, networks: ['q'], step: 300 });
  }
});

describe('ludus network', () => {
  it('lists layers, shapes and parameters', async () => {
    const { lines } = await ludus('network', 'cart-pole', '--agent', 'dqn', '--set', `network=${network}`);
    expect(lines).toEqual([
      {
        kind: 'network',
        name: 'q',
        input: [4],
        output: [2],
        parameters: 48 + 32 + 18,
        layers: [
          {
            kind: 'dense',
            settings: { units: 8, activation: 'prelu' },
            output: [8],
            parameters: 48,
            statistics: 0,
          },
          { kind: 'batchNorm', settings: {}, output: [8], parameters: 32, statistics: 16 },
          { kind: 'dropout', settings: { rate: 0.1 }, output: [8], parameters: 0, statistics: 0 },
          { kind: 'dense', settings: { units: 2 }, output: [2], parameters: 18, statistics: 0 },
        ],
      },
    ]);
  });
});

describe('ludus export', () => {
  it('writes a single file under the name given', async () => {
    const { lines } = await ludus('export', run, '--out', single);
    expect(lines[0]).toMatchObject({ files: [single] });
    expect(readFileSync(single).equals(readFileSync(join(tensors, 'model.safetensors')))).toBe(true);
  });

  it('writes a layers model that tfjs loads, and both formats play as the checkpoint does', async () => {
    const evaluation = ['--episodes', '3', '--seed', '4', '--json'];
    const [saved] = (await ludus('evaluate', run, ...evaluation)).lines;
    for (const weights of [model, join(tensors, 'model.safetensors')]) {
      const args = ['cart-pole', '--agent', 'dqn', '--weights', weights];
      const { lines, stderr } = await ludus('evaluate', ...args, ...evaluation);
      expect(stderr).toBe('');
      expect(lines[0]).toMatchObject({ returns: saved['returns'], step: 0 });
    }
    tf.enableProdMode();
    await tf.setBackend('cpu');
    const json = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8')) as tf.io.ModelJSON;
    const loaded = await tf.loadLayersModel({
      load: async () =>
        tf.io.getModelArtifactsForJSON(json, async ([{ paths, weights }]) => [
          weights,
          new Uint8Array(readFileSync(join(model, paths[0]))).buffer,
        ]),
    });
    expect(loaded.layers.map((layer) => layer.getClassName())).toEqual([
      'InputLayer',
      'Dense',
      'PReLU',
      'BatchNormalization',
      'Dropout',
      'Dense',
    ]);
    expect(loaded.countParams()).toBe(48 + 32 + 18);
  });
});

describe('weights of an agent whose observations were normalised', () => {
  const home = join(folder, 'normalised');
  const evaluation = ['--episodes', '3', '--seed', '4', '--json'];
  const wraps = ['--wrap', 'normaliseObservation=true', '--wrap', 'frameStack=2'];

  beforeAll(async () => {
    const args = ['--steps', '600', '--episodes', '0', '--out', home];
    await ludus('train', 'pendulum', '--agent', 'ppo', ...wraps, ...args);
  });

  it.each(['safetensors', 'layers-model'])(
    'play from %s as the checkpoint does, and say how',
    async (format) => {
      const out = join(home, format);
      expect((await ludus('export', home, '--format', format, '--out', out)).lines[0]).toMatchObject({
        settings: { world: 'pendulum', wrappers: { frameStack: 2, normaliseObservation: true } },
      });
      const [saved] = (await ludus('evaluate', home, ...evaluation)).lines;
      const args = ['pendulum', '--agent', 'ppo', '--weights', out];
      const { lines, stderr } = await ludus('evaluate', ...args, ...evaluation);
      expect(lines[0]?.['returns']).toEqual(saved['returns']);
      expect(stderr.trim()).toBe(
        'as the weights were trained: wrap.frameStack=2, wrap.normaliseObservation=true',
      );
      const other = await ludus('evaluate', ...args, '--wrap', 'normaliseObservation=false');
      expect(other.stderr.trim()).toBe(
        'wrap.normaliseObservation: expected true, as when the weights were trained, got false',
      );
      expect(other.code).toBe(2);
    },
    300_000,
  );

  it('are refused where they have no statistics and the run asks for some', async () => {
    const args = [
      'cart-pole',
      '--agent',
      'dqn',
      '--weights',
      foreign(),
      '--wrap',
      'normaliseObservation=true',
    ];
    const { code, stderr } = await ludus('evaluate', ...args);
    expect(stderr.trim()).toBe(
      'weights: expected statistics for wrap.normaliseObservation=true, got a file without any',
    );
    expect(code).toBe(2);
  });
});

/** The layers model as another tool would have saved it. */
function foreign(): string {
  const path = join(folder, 'foreign');
  mkdirSync(path);
  const json = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(
    join(path, 'model.json'),
    JSON.stringify({ ...json, generatedBy: 'others', userDefinedMetadata: {} }),
  );
  copyFileSync(join(model, 'weights.bin'), join(path, 'weights.bin'));
  return path;
}

/** The raw numbers of the network's 98 parameters. */
function numbersIn(path: string): Buffer {
  return readFileSync(join(path, 'model.safetensors')).subarray(-98 * 4);
}

describe('ludus train --weights', () => {
  it('starts with the network in the file, and says so', async () => {
    const args = ['--weights', tensors, '--steps', '1', '--episodes', '0', '--out', join(folder, 'more')];
    const { lines, stderr } = await ludus('train', 'cart-pole', '--agent', 'dqn', ...args);
    expect(stderr).toMatch(/^note: exploration still starts at ε = 1.*\nnote: no update yet: .*\n$/u);
    expect(lines[0]).toMatchObject({
      kind: 'start',
      weights: tensors,
      config: { network: JSON.parse(network) },
    });
    const again = join(folder, 'again');
    await ludus('export', join(folder, 'more'), '--out', again);
    expect(numbersIn(again)).toEqual(numbersIn(tensors));
  });
});

describe('wrong use of weights: exit 2 and one line that names the field', () => {
  const train = ['train', 'cart-pole', '--agent', 'dqn', '--steps', '1', '--weights'];
  it.each([
    [
      'no such format',
      ['export', run, '--format', 'onnx', '--out', folder],
      '--format: expected one of safetensors, layers-model, got "onnx"',
    ],
    [
      'no such network',
      ['export', run, '--network', 'v', '--out', folder],
      '--network: expected one of q, got "v"',
    ],
    [
      'a file for a format of two',
      ['export', run, '--format', 'layers-model', '--out', join(folder, 'model.json')],
      'expected a folder for model.json and weights.bin, got',
    ],
    [
      'a file of another kind',
      ['export', run, '--out', join(run, 'config.json')],
      'expected a folder or a .safetensors file for model.safetensors, got',
    ],
    [
      'action values as a policy',
      [
        'train',
        'cart-pole',
        '--agent',
        'ppo',
        '--set',
        'network=[{"kind":"dense","units":8}]',
        '--weights',
        tensors,
        '--out',
        join(folder, 'never'),
      ],
      'weights: expected networks of ppo: policy, value, got "q"',
    ],
    ['no file', [...train, join(folder, 'nothing')], 'which does not exist'],
    [
      'settings beside a checkpoint',
      ['evaluate', run, '--set', 'gamma=0.5'],
      '--set: expected nothing with a checkpoint',
    ],
    [
      'an agent without network',
      ['network', 'frozen-lake', '--agent', 'q-learning'],
      'agent: expected an agent with a network',
    ],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await ludus(...args);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });

  it('weights that do not fit', async () => {
    const other = ['--set', 'network=[{"kind":"dense","units":7}]', '--out', join(folder, 'never')];
    const { code, stderr } = await ludus(...train, tensors, ...other);
    expect(stderr.trim()).toBe('weights.q.0 (dense): expected dense [7], got dense [8]');
    expect(code).toBe(2);
  });
});
