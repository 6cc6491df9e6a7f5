/** Checkpoint files: what is written is read again, and whatever is wrong with one is said. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrayFileParts, decodeArrayFile, joinBytes, type ArrayFile } from '#core/array-file.ts';
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
const key = fc
  .oneof(
    fc.string(),
    fc.constantFrom('$array', '$number', '$$', '$', 'a/b', 'a~1b', '__metadata__', 'toString', ''),
  )
  .filter((text) => text !== '__proto__');
const { snapshot } = fc.letrec<{ snapshot: Snapshot; value: SnapshotValue }>((tie) => ({
  snapshot: fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  value: fc.oneof({ depthSize: 'small' }, leaves, tie('snapshot'), fc.array(tie('value'), { maxLength: 4 })),
}));

const small: Checkpoint = {
  kind: 'run',
  request,
  steps: 12,
  state: { table: Float64Array.of(1, 2, 3), seen: 4 },
};

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
    await expect(changed({ 'ludus.checkpoint': '7' })).rejects.toThrow(
      'checkpoint.format: expected format 4 or earlier, got format 7, which a newer version of Ludus wrote and can read',
    );
    const other = arrayFileParts({ arrays: [], metadata: { from: 'elsewhere' } });
    await expect(decodeCheckpoint(await gzip(joinBytes(other)))).rejects.toThrow('arrays without a run');
  });

  it('is a zipped file of arrays, which are named by their path', async () => {
    const state = { agent: { 'adam/m': Float32Array.of(1, 2), '~': [Uint8Array.of(3)] }, steps: 4 };
    const { arrays } = await contentOf({ ...small, state });
    expect(arrays).toEqual([
      { name: 'state/agent/adam~1m', shape: [2], values: Float32Array.of(1, 2) },
      { name: 'state/agent/~0/0', shape: [1], values: Uint8Array.of(3) },
    ]);
  });

  it('refuses content that was damaged before it was zipped', async () => {
    const content = await gunzip(await encodeCheckpoint(small));
    content[content.length - 1] ^= 1;
    await expect(decodeCheckpoint(await gzip(content))).rejects.toThrow('the file is damaged');
  });

  it('refuses content without its check', async () => {
    const content = await gunzip(await encodeCheckpoint(small));
    const at = Buffer.from(content).indexOf('ludus.crc32');
    content[at] = 'm'.charCodeAt(0);
    await expect(decodeCheckpoint(await gzip(content))).rejects.toThrow(
      'checkpoint.__metadata__.ludus.crc32: expected the CRC-32 of the content, got nothing',
    );
  });

  it.each([
    ['ludus.state', '{"table":7,"seen":4}', 'state/table: expected no further array'],
    [
      'ludus.state',
      '{"table":{"$array":true},"other":{"$array":true}}',
      'state/other: expected an array, got nothing',
    ],
    [
      'ludus.state',
      '{"table":{"$array":true},"seen":{"$number":"seven"}}',
      'state/seen: expected one of NaN',
    ],
    [
      'ludus.state',
      '{"table":{"$array":true},"x":{"$y":1,"z":2}}',
      'state/x: expected keys of a snapshot, got "$y"',
    ],
    [
      'ludus.state',
      '{"table":{"$array":true},"__proto__":{"x":1}}',
      'expected keys of a snapshot, got "__proto__"',
    ],
    ['ludus.state', '['.repeat(1e5), 'checkpoint.ludus.state: expected JSON nested at most 64 deep'],
    ['ludus.state', '{"$array":true}', 'checkpoint.state: expected an array, got nothing'],
    ['ludus.request', 'null', 'checkpoint.request: expected a record, got null'],
    ['ludus.steps', '-3', 'checkpoint.steps: expected a number of steps, got -3'],
    ['ludus.steps', '"many"', 'checkpoint.steps: expected a number of steps, got "many"'],
  ])('refuses %s as %s', async (name, text, message) => {
    await expect(changed({ [name]: text })).rejects.toThrow(InputError);
    await expect(changed({ [name]: text })).rejects.toThrow(message);
  });

  it('has a state, a request and steps, or is refused', async () => {
    for (const name of ['ludus.state', 'ludus.request', 'ludus.steps'])
      await expect(changed({}, name)).rejects.toThrow(`checkpoint.${name}: expected JSON, got ""`);
  });
});

/** The file of arrays in a checkpoint. */
async function contentOf(checkpoint: Checkpoint): Promise<ArrayFile> {
  return decodeArrayFile(await gunzip(await encodeCheckpoint(checkpoint)), 'file');
}

/** The small checkpoint, read after some of its texts were changed and another was left out. */
async function changed(texts: Record<string, string>, without?: string): Promise<Checkpoint> {
  const { arrays, metadata } = await contentOf(small);
  const kept = Object.entries({ ...metadata, ...texts }).filter(([name]) => name !== without);
  const parts = arrayFileParts({ arrays, metadata: Object.fromEntries(kept) });
  return decodeCheckpoint(await gzip(joinBytes(parts)));
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
