/** Checkpoints made to do harm: refused by name, before memory or time is spent on what they claim or hold. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { arrayFileParts, joinBytes } from '#core/array-file.ts';
import { InputError } from '#core/errors.ts';
import { decodeCheckpoint } from '#train/checkpoints/checkpoint.ts';

const MIB = 2 ** 20;

/** Content of format 1: magic, length of the header, header, then zeros. */
function format1(header: unknown, zeros = 0): Uint8Array<ArrayBuffer> {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const start = Buffer.alloc(16);
  start.write('LUDUS\r\n\0', 'latin1');
  start.writeUInt32LE(json.length, 8);
  return joinBytes([start, json, new Uint8Array(zeros)]);
}

/** Content of format 2: length of the header, header, then zeros. */
function format2(header: unknown, zeros = 0): Uint8Array<ArrayBuffer> {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return joinBytes([length, json, new Uint8Array(zeros)]);
}

/** Zipped with a wrong check at its end: whoever unzips all of it says that it is damaged. */
function trapped(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const zipped = new Uint8Array(gzipSync(content));
  zipped[zipped.length - 8] ^= 1;
  return zipped;
}

async function refusal(file: Uint8Array<ArrayBuffer>): Promise<string> {
  const error: unknown = await decodeCheckpoint(file).then(
    () => 'read',
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
}

const run = { request: { world: 'cart-pole', agent: 'dqn' }, steps: 1 };
const nested = '['.repeat(20_000) + ']'.repeat(20_000);
/** An entry of an array in the header of format 2. */
const floats = (length: number): object => ({
  a: { dtype: 'F64', shape: [length], data_offsets: [0, 8 * length] },
});

describe('a checkpoint that unzips to more than it says', () => {
  it.each<[string, Uint8Array, string]>([
    ['zeros', new Uint8Array(64 * MIB), 'got something else'],
    ['a text', Buffer.alloc(64 * MIB, 'a log of some lines\n'), 'got something else'],
    [
      'format 1',
      format1({ format: 1, ...run, state: {}, bytes: 8 }, 64 * MIB),
      'bytes unzipped, as its header says, got more',
    ],
    ['format 2', format2(floats(4), 64 * MIB), 'bytes unzipped, as its header says, got more'],
    ['format 2 without arrays', format2({}, 64 * MIB), 'bytes unzipped, as its header says, got more'],
  ])('is refused before the rest is unzipped: %s', async (_, content, message) => {
    expect(await refusal(trapped(content))).toContain(message);
  });
});

describe('a checkpoint that claims more than it holds', () => {
  it.each<[string, Uint8Array, string]>([
    [
      'arrays of 2⁴⁰ bytes in format 1',
      format1({ format: 1, ...run, state: {}, bytes: 2 ** 40 }, 64),
      'at most',
    ],
    ['an array of 2⁴⁰ numbers in format 2', format2(floats(2 ** 40), 64), 'at most'],
    ['bytes of no number in format 1', format1({ format: 1, ...run, state: {}, bytes: -8 }), '.bytes'],
    ['a few numbers in format 2', format2(floats(9), 64), 'it is cut off'],
    ['a few bytes in format 1', format1({ format: 1, ...run, state: {}, bytes: 9 }, 8), 'it is cut off'],
  ])('is refused: %s', async (_, content, message) => {
    expect(await refusal(new Uint8Array(gzipSync(content)))).toContain(message);
  });

  it('is refused: a header of 4 GiB in format 1, of 2⁶³ bytes in format 2', async () => {
    const long1 = format1({}, 64);
    new DataView(long1.buffer).setUint32(8, 2 ** 32 - 1, true);
    expect(await refusal(new Uint8Array(gzipSync(long1)))).toContain('a header of at most 100000000 bytes');
    const long2 = format2({}, 64);
    new DataView(long2.buffer).setBigUint64(0, 2n ** 63n, true);
    expect(await refusal(new Uint8Array(gzipSync(long2)))).toContain('a header of at most 100000000 bytes');
  });

  it('is refused: arrays of format 1 that share their bytes', async () => {
    const one = { $array: ['Uint8Array', 0, 8 * MIB] };
    const state = { all: Array.from({ length: 1000 }, () => one) };
    const file = gzipSync(format1({ format: 1, ...run, state, bytes: 8 * MIB }, 8 * MIB));
    expect(await refusal(new Uint8Array(file))).toBe(
      'checkpoint.state.all.1: expected arrays of 8388608 bytes in all, got some that share theirs',
    );
  });
});

describe('a header that is none', () => {
  it.each<[string, Uint8Array, string]>([
    ['null in format 1', format1('null'), 'checkpoint.header: expected a record, got null'],
    ['deep in format 1', format1(nested), 'checkpoint.header: expected JSON nested at most 64 deep'],
    ['no JSON in format 1', format1('{"a"'), 'checkpoint.header: expected JSON'],
    [
      'deep in a value of format 1',
      format1(`{"format":1,"state":${nested}}`),
      'checkpoint.header: expected JSON nested at most 64 deep',
    ],
    ['null in format 2', format2('null    '), 'got something else'],
    ['deep in format 2', format2(`{"a":${nested}}`), 'checkpoint.header: expected JSON nested at most 64'],
    [
      'deep in a text of format 2',
      joinBytes(arrayFileParts({ arrays: [], metadata: { 'ludus.checkpoint': '2', 'ludus.state': nested } })),
      'checkpoint.ludus.state: expected JSON nested at most 64 deep',
    ],
  ])('is refused: %s', async (_, content, message) => {
    expect(await refusal(new Uint8Array(gzipSync(content)))).toContain(message);
  });
});
