/** Files of weights from outside: whatever they hold, they are networks or refused with the field that is wrong. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialise } from '#agents/nn/init.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { InputError } from '#core/errors.ts';
import { rngStreams } from '#core/rng.ts';
import { decodeWeights, weightsFiles } from '#train/checkpoints/weights.ts';

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
const [model, numbers] = weightsFiles('layers-model', [network], {});
const text = new TextDecoder().decode(model.content);
/** Without what Ludus notes for itself, the file is one of others and read layer by layer. */
const foreign = text
  .replace('"generatedBy":"Ludus"', '"generatedBy":"others"')
  .replace(/"userDefinedMetadata":.*$/m, '"userDefinedMetadata":{}}');

async function read(name: string, content: Uint8Array | string): Promise<'read' | 'refused'> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  try {
    await decodeWeights({ name, content: bytes }, () => Promise.resolve(numbers.content));
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
    expect(await read('model.json', text)).toBe('read');
    expect(await read('model.json', foreign)).toBe('read');
  });

  it('of which a value is another is read or refused', async () => {
    const change = fc.tuple(fc.constantFrom(text, foreign), fc.nat(), wrong);
    await fc.assert(
      fc.asyncProperty(change, async ([whole, at, value]) => {
        await read('model.json', changed(whole, at, value));
      }),
      { numRuns: 1000, seed: 2 },
    );
  });

  it('of which a byte is another is read or refused', async () => {
    const at = fc.nat(foreign.length - 1);
    await fc.assert(
      fc.asyncProperty(at, fc.integer({ min: 32, max: 126 }), async (at, byte) => {
        await read('model.json', new TextEncoder().encode(foreign).with(at, byte));
      }),
      { numRuns: 500, seed: 2 },
    );
  });
});

describe('a safetensors file', () => {
  const [whole] = weightsFiles('safetensors', [network], { from: 'here' });

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
