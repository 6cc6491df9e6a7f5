import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '#core/errors.ts';
import type { Snapshot, SnapshotValue } from '#core/snapshot.ts';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from '#train/checkpoints/checkpoint.ts';
import { resolveRun } from '#train/request/resolve.ts';

const { request } = resolveRun({ world: 'frozen-lake', agent: 'q-learning' });

const arrays: fc.Arbitrary<SnapshotValue> = fc.oneof(
  fc.float32Array(),
  fc.float64Array(),
  fc.int32Array(),
  fc.uint32Array(),
  fc.int16Array(),
  fc.int8Array(),
  fc.uint8Array(),
);
const leaves: fc.Arbitrary<SnapshotValue> = fc.oneof(
  arrays,
  fc.double(),
  fc.constantFrom(-0, NaN, Infinity, -Infinity),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
);
const key = fc.string({ minLength: 1 }).filter((text) => !text.startsWith('$') && text !== '__proto__');
const { snapshot } = fc.letrec<{ snapshot: Snapshot; value: SnapshotValue }>((tie) => ({
  snapshot: fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  value: fc.oneof({ depthSize: 'small' }, leaves, tie('snapshot'), fc.array(tie('value'), { maxLength: 4 })),
}));

const small: Checkpoint = { request, steps: 12, state: { table: Float64Array.of(1, 2, 3), seen: 4 } };

describe('checkpoint', () => {
  it('gives back whatever it was given', async () => {
    await fc.assert(
      fc.asyncProperty(snapshot, async (state) => {
        const { state: read, steps } = await decodeCheckpoint(await encodeCheckpoint({ ...small, state }));
        expect(read).toEqual(state);
        expect(steps).toBe(12);
      }),
    );
  });

  it('saves a view, not the buffer it looks into', async () => {
    const view = new Float32Array(1000).fill(2).subarray(10, 13);
    const { state } = await decodeCheckpoint(await encodeCheckpoint({ ...small, state: { view } }));
    expect(state['view']).toEqual(Float32Array.of(2, 2, 2));
  });

  it('refuses a file that was cut off anywhere', async () => {
    const bytes = await encodeCheckpoint(small);
    for (let length = 0; length < bytes.length; length += 7)
      await expect(decodeCheckpoint(bytes.slice(0, length))).rejects.toThrow(InputError);
    await expect(decodeCheckpoint(bytes.slice(0, -1))).rejects.toThrow('cut off');
  });

  it('refuses a file with a damaged byte', async () => {
    const bytes = await encodeCheckpoint(small);
    // Bytes 3 to 9 of gzip are flags, time and system, which change nothing that is read.
    for (let at = 10; at < bytes.length; at += 11) {
      const damaged = bytes.slice();
      damaged[at] ^= 0x55;
      await expect(decodeCheckpoint(damaged)).rejects.toThrow(InputError);
    }
  });

  it('refuses other files and other formats', async () => {
    await expect(decodeCheckpoint(new TextEncoder().encode('{"a":1}'))).rejects.toThrow('something else');
    await expect(decodeCheckpoint(await gzip(new TextEncoder().encode('a log')))).rejects.toThrow(
      'something else',
    );
    const content = await gunzip(await encodeCheckpoint(small));
    const text = new TextDecoder('latin1').decode(content).replace('"format":1', '"format":7');
    const other = Uint8Array.from(text, (char) => char.charCodeAt(0));
    await expect(decodeCheckpoint(await gzip(other))).rejects.toThrow('format 7');
  });
});

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
