/** Networks in safetensors files: layers and numbers are read as they were written, and what no layer has is refused by its name. */
import { describe, expect, it } from 'vitest';
import { decodeNetworks, encodeNetworks } from '#agents/nn/files/networks-safetensors.ts';
import { initialise } from '#agents/nn/init.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { arrayFileParts, decodeArrayFile, joinBytes, type ArrayFile } from '#core/array-file.ts';
import { rngStreams } from '#core/rng.ts';

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
    expect(read).toEqual({
      networks,
      texts: { world: 'cart-pole', 'ludus.networks': expect.any(String) as string },
      statistics: undefined,
    });
    expect(decodeArrayFile(encodeNetworks(networks), 'file').arrays[0]).toMatchObject({
      name: 'policy/0/kernel',
      shape: [3, 4],
    });
  });

  /** A file of one network of which something was changed. */
  function changed(change: (file: ArrayFile) => ArrayFile): Uint8Array {
    const file = decodeArrayFile(encodeNetworks(networks.slice(0, 1)), 'file');
    return joinBytes(arrayFileParts(change(file)));
  }

  it('are refused without layers, with a tensor missing, too many, misshapen or no number', () => {
    expect(() => decodeNetworks(changed((f) => ({ ...f, metadata: {} })))).toThrow(
      '__metadata__.ludus.networks: expected networks',
    );
    expect(() => decodeNetworks(changed((f) => ({ ...f, arrays: f.arrays.slice(1) })))).toThrow(
      'weights.policy.0/kernel: expected a tensor of shape [3, 4], got nothing',
    );
    const more = { name: 'policy/9/kernel', shape: [1], values: Float32Array.of(1) };
    expect(() => decodeNetworks(changed((f) => ({ ...f, arrays: [...f.arrays, more] })))).toThrow(
      'weights.policy/9/kernel: expected no further tensor',
    );
    const first = (edit: (t: typeof more) => typeof more) =>
      changed((f) => ({ ...f, arrays: f.arrays.map((t, k) => (k === 0 ? edit(t as typeof more) : t)) }));
    expect(() => decodeNetworks(first((t) => ({ ...t, shape: [4, 3] })))).toThrow(
      'weights.policy.0/kernel: expected shape [3, 4], got [4, 3]',
    );
    expect(() => decodeNetworks(first((t) => ({ ...t, values: t.values.fill(NaN, 5) })))).toThrow(
      'weights.policy.0/kernel: expected finite numbers, got NaN at index 5',
    );
    expect(() =>
      decodeNetworks(
        changed((f) => ({
          ...f,
          arrays: f.arrays.map((t) => ({ ...t, values: new Float64Array(t.values) })),
        })),
      ),
    ).toThrow('weights.policy/0/kernel: expected 32-bit floats (F32), got Float64Array');
    const bad = JSON.stringify({ policy: { input: [3], layers: [{ kind: 'telepathy' }] } });
    expect(() => decodeNetworks(changed((f) => ({ ...f, metadata: { 'ludus.networks': bad } })))).toThrow(
      'weights.policy.0',
    );
  });

  it('are refused before memory is taken for layers that no file could fill', () => {
    const layers = Array.from({ length: 9 }, () => ({ kind: 'dense', units: 16384 }));
    const huge = JSON.stringify({ policy: { input: [65536], layers } });
    expect(() => decodeNetworks(changed((f) => ({ ...f, metadata: { 'ludus.networks': huge } })))).toThrow(
      'weights.policy.0/kernel: expected shape [65536, 16384], got [3, 4]',
    );
  });
});
