/** Networks as files of tfjs's layers API: `tf.loadLayersModel` computes the same, and reading them gives the network back. */
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeLayersModel } from '#agents/nn/files/layers-model.ts';
import { decodeLayersModel, weightPaths } from '#agents/nn/files/layers-model-import.ts';
import { Forward } from '#tests/parity/forward.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { activations, sizeOf, type Layer, type NetworkPlan } from '#agents/nn/spec.ts';
import { expectClose, numbers } from '#tests/parity/compile-close.ts';
import { loaded, outputs } from './layers-model-tfjs.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const units = fc.integer({ min: 1, max: 9 });
const activation = fc.constantFrom(...activations);
const epsilon = fc.constantFrom(1e-5, 0.01);
const hidden: fc.Arbitrary<Layer> = fc.oneof(
  fc.record({ kind: fc.constant('dense' as const), units, activation }),
  fc.record({ kind: fc.constant('noisy' as const), units, activation }),
  fc.record({ kind: fc.constant('layerNorm' as const), epsilon, activation }),
  fc.record({ kind: fc.constant('batchNorm' as const), epsilon, activation }),
  fc.record({ kind: fc.constant('dropout' as const), rate: fc.constant(0.4) }),
  fc.record({ kind: fc.constant('activation' as const), activation }),
  fc.record({
    kind: fc.constant('activation' as const),
    activation: fc.constant('leakyRelu' as const),
    slope: fc.constantFrom(0.3, 0),
  }),
);
const head: fc.Arbitrary<Layer> = fc.oneof(
  fc.record({ kind: fc.constant('dense' as const), units }),
  fc.record({
    kind: fc.constant('dueling' as const),
    actions: fc.integer({ min: 1, max: 4 }),
    atoms: fc.integer({ min: 1, max: 3 }),
    hidden: fc.integer({ min: 0, max: 5 }),
    noisy: fc.boolean(),
  }),
);
const imageLayers: fc.Arbitrary<readonly Layer[]> = fc
  .tuple(
    fc.record({
      kind: fc.constant('conv2d' as const),
      filters: units,
      size: fc.integer({ min: 1, max: 3 }),
      stride: fc.integer({ min: 1, max: 2 }),
      padding: fc.constantFrom('valid' as const, 'same' as const),
      activation,
    }),
    fc.constantFrom<readonly Layer[]>(
      [],
      [{ kind: 'maxPool', size: 2, stride: 1 }],
      [{ kind: 'batchNorm', activation: 'prelu' }],
      [{ kind: 'layerNorm' }, { kind: 'dropout', rate: 0.1 }],
      [{ kind: 'activation', activation: 'prelu' }],
    ),
  )
  .map(([conv, more]) => [conv, ...more, { kind: 'flatten' }]);
const recurrent: fc.Arbitrary<Layer> = fc.record({
  kind: fc.constantFrom('gru' as const, 'lstm' as const),
  units,
  returnSequences: fc.boolean(),
});
const sequenceLayers: fc.Arbitrary<readonly Layer[]> = fc
  .tuple(fc.constantFrom<number[][]>([12, 1], [4, 3]), recurrent)
  .map(([shape, layer]) => [{ kind: 'reshape', shape }, layer, { kind: 'flatten' }]);
const network: fc.Arbitrary<NetworkPlan> = fc
  .tuple(
    fc.oneof(
      fc.record({ input: fc.tuple(units), first: fc.constant<readonly Layer[]>([]) }),
      fc.record({ input: fc.constant([12]), first: sequenceLayers }),
      fc.record({ input: fc.constant([7, 6, 3]), first: imageLayers }),
    ),
    fc.array(hidden, { maxLength: 3 }),
    head,
  )
  .map(([{ input, first }, body, last]) => planNetwork([...first, ...body, last], input, 'network'));

function blockFor(plan: NetworkPlan, seed: number): Float32Array {
  const block = numbers(seed, plan.size).map((w) => w / 3);
  for (const { name, offset, size } of plan.params)
    if (name.endsWith('/variance')) block.fill(0.6, offset, offset + size);
  return block;
}

describe('an exported layers model', () => {
  it('gives in tfjs what the network gives when it acts, whatever its layers', async () => {
    await fc.assert(
      fc.asyncProperty(network, fc.nat({ max: 1000 }), async (plan, seed) => {
        const block = blockFor(plan, seed);
        const model = await loaded(encodeLayersModel({ name: 'q', plan, block }));
        const x = numbers(seed + 1, 3 * sizeOf(plan.input));
        const got = await outputs(model, x, plan.input);
        model.dispose();
        expectClose('outputs', got, new Forward(plan, 3).run(block, x, 3));
      }),
      { numRuns: Number(process.env['LUDUS_RUNS'] ?? 60), seed: 5 },
    );
  });

  it('is read back as the network, less its noise', () => {
    fc.assert(
      fc.property(network, fc.nat({ max: 1000 }), (plan, seed) => {
        const block = blockFor(plan, seed);
        const { model, weights } = encodeLayersModel({ name: 'policy', plan, block });
        const read = decodeLayersModel(JSON.parse(JSON.stringify(model)), weights);
        expect(read.name).toBe('policy');
        const x = numbers(seed, 2 * sizeOf(plan.input));
        const expected = new Forward(plan, 2).run(block, x, 2);
        expect(new Forward(read.plan, 2).run(read.block, x, 2)).toEqual(expected);
        if (plan.noise === 0) expect(read).toEqual({ name: 'policy', plan, block });
      }),
      { numRuns: 60, seed: 6 },
    );
  });
});

describe('an exported layers model of a network with a memory', () => {
  it('is refused by the name of the layer', () => {
    const plan = planNetwork([{ kind: 'gru', units: 3 }], [2], 'network', { remembers: true });
    const block = new Float32Array(plan.size);
    expect(() => encodeLayersModel({ name: 'q', plan, block })).toThrow(
      'network.0 (gru): expected layers without a memory (safetensors takes all), got gru',
    );
  });
});

describe('a layers model that is wrong', () => {
  const plan = planNetwork([{ kind: 'dense', units: 2 }], [3], 'network');
  const { model: checked, weights } = encodeLayersModel({ name: 'q', plan, block: numbers(1, plan.size) });
  const { ludus } = checked['userDefinedMetadata'] as { ludus: { crc32: string } };
  const { crc32, ...own } = ludus;
  /** Without its check, so that the content itself has to be found wrong. */
  const model = { ...checked, userDefinedMetadata: { ludus: own } };
  const manifest = (edit: object): unknown => {
    const copy = structuredClone(model) as unknown as { weightsManifest: { weights: object[] }[] };
    Object.assign(copy.weightsManifest[0].weights[0], edit);
    return copy;
  };

  it('is refused: cut off, too long, another type, misshapen, no number, no model', () => {
    expect(() => decodeLayersModel(model, weights.subarray(0, 12))).toThrow('numbers up to byte 24');
    expect(() => decodeLayersModel(model, new Uint8Array(100))).toThrow('32 bytes, as the manifest says');
    expect(() => decodeLayersModel(manifest({ dtype: 'int32' }), weights)).toThrow(
      'float32 numbers, got "int32"',
    );
    expect(() => decodeLayersModel(manifest({ quantization: {} }), weights)).toThrow('got quantized ones');
    expect(() => decodeLayersModel(manifest({ shape: [2, 3] }), weights)).toThrow(
      'expected shape [3, 2], got [2, 3]',
    );
    expect(() => decodeLayersModel(manifest({ name: 'other' }), weights)).toThrow('got nothing');
    const broken = weights.slice();
    broken.fill(255, 0, 4);
    expect(() => decodeLayersModel(model, broken)).toThrow(
      'weights.q.0/kernel: expected finite numbers, got NaN',
    );
    expect(() => decodeLayersModel({ hello: 1 }, weights)).toThrow('a model.json of tfjs layers');
    expect(() => decodeLayersModel({ ...model, format: 'graph-model' }, weights)).toThrow('weights.format');
  });

  it('is refused if a number is another, unless other programs have saved it since', () => {
    const other = weights.slice();
    other[1] ^= 1;
    expect(() => decodeLayersModel(checked, other)).toThrow(
      `weights.userDefinedMetadata.ludus.crc32: expected content with the CRC-32 "${crc32}", got another`,
    );
    expect(() => decodeLayersModel({ ...checked, userDefinedMetadata: {} }, weights)).toThrow(
      'weights.userDefinedMetadata.ludus: expected a record, got nothing',
    );
    expect(decodeLayersModel(checked, weights).name).toBe('q');
    expect(decodeLayersModel({ ...checked, generatedBy: 'TensorFlow.js' }, other).name).toBe('q');
  });

  it('names only files beside it', () => {
    expect(weightPaths(model)).toEqual(['weights.bin']);
    for (const path of ['../x.bin', '/etc/passwd', 'a/b', '..', 5])
      expect(() => weightPaths({ ...model, weightsManifest: [{ paths: [path], weights: [] }] })).toThrow(
        'paths',
      );
  });
});
