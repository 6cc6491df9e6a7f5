/** Safetensors files: what is written is read again, and whatever does not add up is refused by its name. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeNetworks, encodeNetworks } from '#agents/nn/files/networks-safetensors.ts';
import { decodeSafetensors, encodeSafetensors } from '#agents/nn/files/safetensors.ts';
import { initialise } from '#agents/nn/init.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { rngStreams } from '#core/rng.ts';

const tensor = fc
  .record({ name: fc.string(), shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }) })
  .chain(({ name, shape }) => {
    const length = shape.reduce((a, b) => a * b, 1);
    const values = fc.float32Array({ minLength: length, maxLength: length });
    return values.map((values) => ({ name, shape, values }));
  });
const files = fc.record({
  tensors: fc
    .uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 5 })
    .map((tensors) => tensors.filter(({ name }) => name !== '__metadata__' && name !== '__proto__')),
  metadata: fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.string(),
    { noNullPrototype: true },
  ),
});

/** A file by hand: a header as it is given, then bytes. */
function file(header: unknown, bytes: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + json.length + bytes);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  return out;
}

describe('a safetensors file', () => {
  it('holds any tensors and texts, bit for bit', () => {
    fc.assert(
      fc.property(files, (given) => {
        const read = decodeSafetensors(encodeSafetensors(given));
        expect(read.metadata).toEqual(given.metadata);
        // JSON puts whole numbers first among an object's names; places in the file keep the order.
        const sorted = [...given.tensors].sort((a, b) => (a.name < b.name ? -1 : 1));
        expect([...read.tensors].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(sorted);
      }),
      { seed: 3 },
    );
  });

  it('is cut off nowhere without being refused', () => {
    const whole = encodeSafetensors({
      tensors: [{ name: 'a', shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) }],
      metadata: { from: 'here' },
    });
    for (let length = 0; length < whole.length; length++)
      expect(() => decodeSafetensors(whole.subarray(0, length)), `${length} bytes`).toThrow('weights');
    const longer = new Uint8Array(whole.length + 1);
    longer.set(whole);
    expect(() => decodeSafetensors(longer)).toThrow('weights: expected 24 bytes of numbers');
  });

  it('is the format that others write: an entry by hand', () => {
    const made = file({ b: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 4);
    new DataView(made.buffer).setFloat32(made.length - 4, 2.5, true);
    expect(decodeSafetensors(made).tensors).toEqual([
      { name: 'b', shape: [1], values: Float32Array.of(2.5) },
    ]);
  });

  it.each([
    ['no JSON', 'not json', 0, 'its header is not JSON'],
    ['a list', [], 0, 'its header is not JSON'],
    [
      'another type',
      { a: { dtype: 'F16', shape: [2], data_offsets: [0, 4] } },
      4,
      'a: expected 32-bit floats (F32), got "F16"',
    ],
    [
      'a wrong size',
      { a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } },
      4,
      'a: expected 8 bytes for shape [2], got 4',
    ],
    [
      'a negative length',
      { a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } },
      4,
      'a: expected a shape of whole numbers',
    ],
    ['no offsets', { a: { dtype: 'F32', shape: [1] } }, 4, 'a: expected two offsets, got nothing'],
    [
      'a hole',
      { a: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } },
      8,
      'a: expected numbers from byte 0 on, got from 4',
    ],
    [
      'an overlap',
      {
        a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
        b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
      },
      8,
      'b: expected numbers from byte 8 on, got from 4',
    ],
    [
      'numbers beyond the end',
      { a: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } },
      8,
      'the file is cut off',
    ],
    ['a text that is none', { __metadata__: { a: 1 } }, 0, '__metadata__.a: expected a text, got 1'],
  ])('refuses %s', (_, header, bytes, message) => {
    expect(() => decodeSafetensors(file(header, bytes))).toThrow(message);
  });
});

describe('networks in a safetensors file', () => {
  const plan = planNetwork(
    [
      { kind: 'noisy', units: 4, activation: 'prelu' },
      { kind: 'batchNorm' },
      { kind: 'lstm', units: 2 },
      { kind: 'dueling', actions: 2, atoms: 3, hidden: 5 },
    ],
    [3],
    'network',
    { remembers: true },
  );
  const block = initialise(plan, rngStreams(1)('initialisation'));
  const networks = [
    { name: 'policy', plan, block },
    { name: 'value', plan, block: block.map((x) => x + 1) },
  ];

  it('are read as they were written, layers and numbers', () => {
    const read = decodeNetworks(encodeNetworks(networks, { world: 'cart-pole' }));
    expect(read).toEqual(networks);
    expect(decodeSafetensors(encodeNetworks(networks)).tensors[0]).toMatchObject({
      name: 'policy/0/kernel',
      shape: [3, 4],
    });
  });

  /** A file of one network of which something was changed. */
  function changed(
    change: (file: ReturnType<typeof decodeSafetensors>) => ReturnType<typeof decodeSafetensors>,
  ) {
    return encodeSafetensors(change(decodeSafetensors(encodeNetworks(networks.slice(0, 1)))));
  }

  it('are refused without layers, with a tensor missing, too many, misshapen or no number', () => {
    expect(() => decodeNetworks(changed((f) => ({ ...f, metadata: {} })))).toThrow(
      '__metadata__.ludus.networks: expected networks',
    );
    expect(() => decodeNetworks(changed((f) => ({ ...f, tensors: f.tensors.slice(1) })))).toThrow(
      'weights.policy.0/kernel: expected a tensor of shape [3, 4], got nothing',
    );
    const more = { name: 'policy/9/kernel', shape: [1], values: Float32Array.of(1) };
    expect(() => decodeNetworks(changed((f) => ({ ...f, tensors: [...f.tensors, more] })))).toThrow(
      'weights.policy/9/kernel: expected no further tensor',
    );
    const first = (edit: (t: typeof more) => typeof more) =>
      changed((f) => ({ ...f, tensors: f.tensors.map((t, k) => (k === 0 ? edit(t as typeof more) : t)) }));
    expect(() => decodeNetworks(first((t) => ({ ...t, shape: [4, 3] })))).toThrow(
      'weights.policy.0/kernel: expected shape [3, 4], got [4, 3]',
    );
    expect(() => decodeNetworks(first((t) => ({ ...t, values: t.values.fill(NaN, 5) })))).toThrow(
      'weights.policy.0/kernel: expected finite numbers, got NaN at index 5',
    );
    const bad = JSON.stringify({ policy: { input: [3], layers: [{ kind: 'telepathy' }] } });
    expect(() => decodeNetworks(changed((f) => ({ ...f, metadata: { 'ludus.networks': bad } })))).toThrow(
      'weights.policy.0',
    );
  });
});
