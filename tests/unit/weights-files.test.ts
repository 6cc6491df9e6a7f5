/** Files of weights from outside: whatever they hold, they are networks or refused with the field that is wrong. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialise } from '#agents/nn/init.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { InputError } from '#core/errors.ts';
import { rngStreams } from '#core/rng.ts';
import { decodeWeights, weightsFiles, type SavedWeights } from '#train/checkpoints/weights.ts';

const plan = planNetwork(
  [
    { kind: 'conv2d', filters: 2, size: 2, activation: 'prelu' },
    { kind: 'batchNorm' },
    { kind: 'flatten' },
    { kind: 'layerNorm' },
    { kind: 'dense', units: 2, activation: 'leakyRelu' },
  ],
  [3, 3, 1],
  'network',
);
const network = { name: 'policy', plan, block: initialise(plan, rngStreams(1)('initialisation')) };
/** As an exported agent whose observations were normalised. */
const weights: SavedWeights = {
  networks: [network],
  settings: {
    world: 'catch',
    version: 1,
    params: {},
    wrappers: { normaliseObservation: true, frameStack: 1 },
    oneHot: false,
  },
  statistics: {
    count: 1000,
    mean: Float64Array.from({ length: 9 }, (_, k) => k / 7),
    variance: Float64Array.from({ length: 9 }, (_, k) => k / 3),
  },
};
const own = layersModel(weights);
/** Without what Ludus notes for itself, the file is one of others and read layer by layer. */
const bare = layersModel({ networks: [network] });
const foreign = {
  ...bare,
  text: bare.text
    .replace('"generatedBy":"Ludus"', '"generatedBy":"others"')
    .replace(/"userDefinedMetadata":.*$/m, '"userDefinedMetadata":{}}'),
};

interface Model {
  /** Of model.json. */
  readonly text: string;
  readonly numbers: Uint8Array;
}

function layersModel(saved: SavedWeights): Model {
  const [model, numbers] = weightsFiles('layers-model', saved, {});
  return { text: new TextDecoder().decode(model.content), numbers: numbers.content };
}

async function read(
  name: string,
  content: Uint8Array | string,
  numbers: Uint8Array = new Uint8Array(),
): Promise<'read' | 'refused'> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  try {
    await decodeWeights({ name, content: bytes }, () => Promise.resolve(numbers));
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return 'refused';
  }
}

/** Values that belong nowhere. */
const wrong = fc.constantFrom(
  'null',
  '[]',
  '{}',
  '7',
  '-1',
  '1e30',
  '"x"',
  '{"toString":1}',
  '[[[]]]',
  '[null]',
);

/** Puts another value where one begins; what opens a list or a record keeps its old content behind. */
function changed(whole: string, at: number, value: string): string {
  const places = [...whole.matchAll(/(?<=[:,[])(?:"[^"]*"|[\d.]+|true|false|null|\{|\[)/g)];
  const { index, 0: old } = places[at % places.length];
  const other = old === '{' ? `{"x":${value},` : old === '[' ? `[${value},` : value;
  return whole.slice(0, index) + other + whole.slice(index + old.length);
}

describe('a model.json', () => {
  it('is read as it was written, and without the notes of Ludus', async () => {
    for (const { text, numbers } of [own, foreign])
      expect(await read('model.json', text, numbers)).toBe('read');
  });

  it('of which a value is another is read or refused', async () => {
    const change = fc.tuple(fc.constantFrom(own, foreign), fc.nat(), wrong);
    await fc.assert(
      fc.asyncProperty(change, async ([{ text, numbers }, at, value]) => {
        await read('model.json', changed(text, at, value), numbers);
      }),
      { numRuns: 1000, seed: 2 },
    );
  });

  it('of which a byte is another is read or refused', async () => {
    const at = fc.nat(foreign.text.length - 1);
    await fc.assert(
      fc.asyncProperty(at, fc.integer({ min: 32, max: 126 }), async (at, byte) => {
        const { text, numbers } = foreign;
        await read('model.json', new TextEncoder().encode(text).with(at, byte), numbers);
      }),
      { numRuns: 500, seed: 2 },
    );
  });
});

describe('a safetensors file', () => {
  const [whole] = weightsFiles('safetensors', weights, { from: 'here' });

  it('is read as it was written, and refused once a byte is another', async () => {
    expect(await read(whole.name, whole.content)).toBe('read');
    const check = new TextDecoder('latin1').decode(whole.content).indexOf('ludus.crc32');
    for (let at = 0; at < whole.content.length; at++) {
      const isName = at >= check && at < check + 'ludus.crc32'.length;
      const got = await read(whole.name, whole.content.with(at, whole.content[at] ^ 1));
      expect(got, `byte ${at}`).toBe(isName ? 'read' : 'refused');
    }
  });
});
