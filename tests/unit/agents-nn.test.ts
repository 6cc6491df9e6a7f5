/** Networks: what fits and what does not, how parameters start, and that both forwards say the same for every layer. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialise } from '#agents/nn/init.ts';
import { apply, split } from '#agents/nn/network.ts';
import { drawNoise } from '#agents/nn/noise.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { activations, bodyFor, bodySchema, type Layer } from '#agents/nn/spec.ts';
import { dqnConfig } from '#agents/value/dqn/config.ts';
import { planQNetwork } from '#agents/value/dqn/q-network.ts';
import { dqnPresets } from '#agents/value/dqn/presets.ts';
import { cartPole } from '#envs/control/cart-pole/cart-pole.ts';
import { createCompute } from '#host/compute.ts';
import { rngStreams } from '#core/rng.ts';
import { Forward } from '#tests/parity/forward.ts';

let compute: Awaited<ReturnType<typeof createCompute>>;
beforeAll(async () => {
  compute = await createCompute('wasm');
});
afterAll(() => compute[Symbol.dispose]());

describe('a plan', () => {
  it('gives every layer its shape and its number of parameters', () => {
    const plan = planNetwork(
      [
        { kind: 'conv2d', filters: 16, size: 3 },
        { kind: 'maxPool', size: 2 },
        { kind: 'layerNorm' },
        { kind: 'flatten' },
        { kind: 'dense', units: 5 },
      ],
      [10, 10, 4],
      'network',
    );
    expect(plan.layers.map(({ output }) => output)).toEqual([[8, 8, 16], [4, 4, 16], [4, 4, 16], [256], [5]]);
    expect(plan.layers.map(({ parameters }) => parameters)).toEqual([592, 0, 512, 0, 1285]);
    expect(plan.size).toBe(592 + 512 + 1285);
    expect(plan.params.map(({ name }) => name)).toEqual([
      '0/kernel',
      '0/bias',
      '2/scale',
      '2/offset',
      '4/kernel',
      '4/bias',
    ]);
  });

  it.each<[string, readonly Layer[], readonly number[], string]>([
    [
      'dense on an image',
      [{ kind: 'dense', units: 3 }],
      [4, 4, 1],
      'network.0 (dense): expected a flat input',
    ],
    [
      'a kernel larger than the image',
      [{ kind: 'conv2d', filters: 1, size: 5 }],
      [4, 4, 1],
      'at least 5×5 pixels',
    ],
    [
      'a convolution of a vector',
      [{ kind: 'conv2d', filters: 1, size: 1 }],
      [4],
      'network.0 (conv2d): expected an image',
    ],
    ['no layer', [], [4], 'network: expected at least one layer'],
  ])('refuses %s and names the layer', (_, layers, input, message) => {
    expect(() => planNetwork(layers, input, 'network')).toThrow(message);
  });

  it('takes JSON as people write it, and no unknown field', () => {
    expect(bodySchema.parse('auto')).toBe('auto');
    expect(bodySchema.parse([{ kind: 'dense', units: 8 }])).toEqual([{ kind: 'dense', units: 8 }]);
    expect(() => bodySchema.parse([{ kind: 'dense', units: 0 }])).toThrow();
    expect(() => bodySchema.parse([{ kind: 'dense', units: 8, size: 2 }])).toThrow();
    expect(() => bodySchema.parse([{ kind: 'rnn', units: 8 }])).toThrow();
  });

  it('counts running statistics and slopes as parameters, and masks per row', () => {
    const plan = planNetwork(
      [
        { kind: 'conv2d', filters: 4, size: 3, activation: 'prelu' },
        { kind: 'batchNorm' },
        { kind: 'dropout', rate: 0.2 },
        { kind: 'flatten' },
        { kind: 'dropout', rate: 0.5 },
      ],
      [5, 5, 1],
      'network',
    );
    expect(plan.layers.map(({ parameters }) => parameters)).toEqual([9 * 4 + 4 + 4, 16, 0, 0, 0]);
    expect(plan.dropout).toBe(2 * 36);
    expect(plan.layers.map(({ dropoutOffset }) => dropoutOffset)).toEqual([0, 0, 0, 36, 36]);
    expect(plan.params.filter(({ statistic }) => statistic).map(({ name }) => name)).toEqual([
      '1/mean',
      '1/variance',
    ]);
    const first = initialise(plan, rngStreams(1)('initialisation')).subarray(40, 60);
    expect(Array.from(first)).toEqual([
      0.25, 0.25, 0.25, 0.25, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1,
    ]);
  });

  it('takes leaky for leakyRelu, and rates and momenta only where they make sense', () => {
    expect(bodySchema.parse([{ kind: 'dense', units: 8, activation: 'leaky' }])).toEqual([
      { kind: 'dense', units: 8, activation: 'leakyRelu' },
    ]);
    expect(() => bodySchema.parse([{ kind: 'dropout' }])).toThrow();
    expect(() => bodySchema.parse([{ kind: 'dropout', rate: 1 }])).toThrow();
    expect(() => bodySchema.parse([{ kind: 'batchNorm', momentum: 1 }])).toThrow();
    expect(() => bodySchema.parse([{ kind: 'batchNorm', epsilon: 0 }])).toThrow();
  });

  it('chooses a body for vectors and for planes', () => {
    expect(bodyFor('auto', [4]).map(({ kind }) => kind)).toEqual(['dense', 'dense']);
    expect(bodyFor('auto', [10, 10, 4]).map(({ kind }) => kind)).toEqual(['conv2d', 'flatten', 'dense']);
    const picture = bodyFor('auto', [84, 84, 4]).flatMap((layer) => ('size' in layer ? [layer.size] : []));
    expect(picture).toEqual([8, 4, 3]);
    expect(planNetwork(bodyFor('auto', [84, 84, 4]), [84, 84, 4], 'network').size).toBe(1_684_128);
    expect(() => planNetwork(bodyFor('auto', [36, 40, 1]), [36, 40, 1], 'network')).not.toThrow();
    expect(() => planNetwork(bodyFor('auto', [2, 2, 1]), [2, 2, 1], 'network')).not.toThrow();
  });
});

/** The kernel of a dense layer with gain 2. */
function dense(init: 'he' | 'glorot' | 'orthogonal' | 'fanIn', inputs: number, units: number): Float32Array {
  const plan = planNetwork([{ kind: 'dense', units, init, gain: 2 }], [inputs], 'network');
  return initialise(plan, rngStreams(1)('initialisation')).subarray(0, inputs * units);
}

function deviation(x: Float32Array): number {
  return Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);
}

describe('initial parameters', () => {
  it('have the spread of their papers', () => {
    expect(deviation(dense('he', 200, 300))).toBeCloseTo(2 * Math.sqrt(2 / 200), 2);
    expect(deviation(dense('glorot', 200, 300))).toBeCloseTo(2 * Math.sqrt(2 / 500), 2);
    expect(deviation(dense('fanIn', 200, 300))).toBeCloseTo(2 / Math.sqrt(3 * 200), 2);
  });

  it.each([
    [6, 4],
    [4, 6],
    [5, 5],
  ])('are orthogonal on the shorter side, %i × %i', (inputs, units) => {
    const w = dense('orthogonal', inputs, units);
    const short = Math.min(inputs, units);
    const at = (i: number, k: number): number => (units <= inputs ? w[k * units + i] : w[i * units + k]);
    for (let a = 0; a < short; a++)
      for (let b = 0; b < short; b++) {
        let dot = 0;
        for (let k = 0; k < Math.max(inputs, units); k++) dot += at(a, k) * at(b, k);
        expect(dot).toBeCloseTo(a === b ? 4 : 0, 4);
      }
  });

  it('are the same again from the same seed, and others from another', () => {
    const plan = planNetwork([{ kind: 'dense', units: 4 }], [3], 'network');
    const from = (seed: number): Float32Array => initialise(plan, rngStreams(seed)('initialisation'));
    expect(from(1)).toEqual(from(1));
    expect(from(2)).not.toEqual(from(1));
  });
});

describe("the last layer of a DQN's network", () => {
  const { spec } = cartPole.create(cartPole.params.parse({}));
  const layer = { kind: 'dense', units: 16, activation: 'relu' };
  const startOfHead = (network: readonly object[]): readonly string[] =>
    planQNetwork(spec, dqnConfig.parse({ network }))
      .params.slice(-2)
      .map(({ start }) => start.kind);

  it('starts as the one before it is told to, bias included', () => {
    expect(startOfHead([{ ...layer, init: 'fanIn' }])).toEqual(['fanIn', 'fanIn']);
    expect(startOfHead([{ ...layer, init: 'fanIn' }, { kind: 'layerNorm' }])).toEqual(['fanIn', 'fanIn']);
    expect(startOfHead([layer])).toEqual(['glorot', 'constant']);
    expect(startOfHead([{ ...layer, init: 'fanIn' }, layer])).toEqual(['glorot', 'constant']);
    expect(startOfHead([])).toEqual(['glorot', 'constant']);
  });

  it.each(['cleanrl', 'sb3-zoo'])("starts as PyTorch's layers do in %s: uniform in ±1/√fanIn", (preset) => {
    const plan = planQNetwork(spec, dqnConfig.parse(dqnPresets[preset].config));
    const block = initialise(plan, rngStreams(1)('initialisation'));
    for (const { offset, size, name } of plan.params) {
      const inputs = plan.layers[Number(name.split('/')[0])].input[0];
      const values = block.subarray(offset, offset + size);
      const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      expect(largest * Math.sqrt(inputs), name).toBeLessThanOrEqual(1);
      expect(values, name).not.toContain(0);
      if (size > 50) expect(deviation(values) * Math.sqrt(3 * inputs), name).toBeCloseTo(1, 0);
    }
  });
});

describe('the plain forward and the tensor one', () => {
  const noisyDueling: Layer = { kind: 'dueling', actions: 3, atoms: 4, hidden: 5, noisy: true };
  it.each<[string, readonly Layer[], readonly number[]]>([
    ...activations.map(
      (activation) =>
        [activation, [{ kind: 'dense', units: 6, activation }], [5]] as [string, readonly Layer[], number[]],
    ),
    ['strided convolution', [{ kind: 'conv2d', filters: 3, size: 3, stride: 2, padding: 'same' }], [7, 6, 2]],
    ['even kernel, same', [{ kind: 'conv2d', filters: 2, size: 2, padding: 'same' }], [5, 5, 1]],
    ['pooling', [{ kind: 'maxPool', size: 3, stride: 2 }], [7, 7, 2]],
    ['layer norm', [{ kind: 'layerNorm', activation: 'relu' }], [9]],
    [
      'batch norm',
      [
        { kind: 'dense', units: 6 },
        { kind: 'batchNorm', activation: 'relu' },
      ],
      [5],
    ],
    ['batch norm of an image', [{ kind: 'batchNorm', epsilon: 0.01 }, { kind: 'flatten' }], [3, 4, 2]],
    ['dropout', [{ kind: 'dropout', rate: 0.5 }], [5]],
    ['prelu of an image', [{ kind: 'conv2d', filters: 3, size: 2, activation: 'prelu' }], [4, 4, 2]],
    ['prelu as a layer', [{ kind: 'activation', activation: 'prelu' }], [5]],
    ['layer norm of an image', [{ kind: 'layerNorm' }, { kind: 'flatten' }], [3, 3, 2]],
    [
      'noisy',
      [
        { kind: 'noisy', units: 4, activation: 'relu' },
        { kind: 'noisy', units: 2 },
      ],
      [3],
    ],
    ['dueling', [{ kind: 'dueling', actions: 4 }], [3]],
    ['noisy dueling with hidden layers', [{ kind: 'dense', units: 6 }, noisyDueling], [3]],
  ])('agree: %s', (_, layers, input) => {
    const plan = planNetwork(layers, input, 'network');
    const rng = rngStreams(7)('test');
    const block = initialise(plan, rng).map((w) => w + 0.1 * rng.normal());
    const noise = new Float32Array(plan.noise);
    drawNoise(noise, rng);
    const batch = 3;
    const size = input.reduce((a, b) => a * b, 1);
    const x = Float32Array.from({ length: batch * size }, () => rng.normal());
    const expected = tf.tidy(() => {
      const [weights] = split([plan], tf.tensor1d(block));
      return apply(plan, weights, tf.tensor(x, [batch, ...input]), tf.tensor1d(noise))
        .dataSync<'float32'>()
        .slice();
    });
    const forward = new Forward(plan, 1, noise);
    const got = forward.run(block, x, batch);
    expect(got.length).toBe(expected.length);
    got.forEach((value, k) => expect(value).toBeCloseTo(expected[k], 4));
  });

  it('differ between draws of the noise, and not without noise', () => {
    const plan = planNetwork([{ kind: 'noisy', units: 2 }], [3], 'network');
    const rng = rngStreams(3)('noise');
    const noise = new Float32Array(plan.noise);
    const forward = new Forward(plan, 1, noise);
    const block = initialise(plan, rng);
    const x = Float32Array.of(1, 2, 3);
    const mean = forward.run(block, x, 1).slice();
    drawNoise(noise, rng);
    const first = forward.run(block, x, 1).slice();
    drawNoise(noise, rng);
    expect(first).not.toEqual(mean);
    expect(forward.run(block, x, 1)).not.toEqual(first);
  });
});
