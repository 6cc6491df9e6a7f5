/** Files of arrays: what is written is read again, others' safetensors are read, and whatever does not add up is refused by its name. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arrayFileParts,
  bytesOf,
  decodeArrayFile,
  isArrayFile,
  joinBytes,
  type ArrayFile,
} from '#core/array-file.ts';
import { InputError } from '#core/errors.ts';

const kinds = [Float64Array, Float32Array, Int32Array, Uint32Array, Int16Array, Int8Array, Uint8Array];

const array = fc
  .record({
    name: fc.string().filter((name) => name !== '__metadata__'),
    shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
    kind: fc.constantFrom(...kinds),
  })
  .chain(({ name, shape, kind }) => {
    const length = shape.reduce((a, b) => a * b, 1);
    const size = length * kind.BYTES_PER_ELEMENT;
    // Any bits are numbers, NaNs of every payload among them.
    const bytes = fc.uint8Array({ minLength: size, maxLength: size });
    return bytes.map((bytes) => ({ name, shape, values: new kind(bytes.slice().buffer) }));
  });
const files: fc.Arbitrary<ArrayFile> = fc.record({
  arrays: fc.uniqueArray(array, { selector: ({ name }) => name, maxLength: 6 }),
  metadata: fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.string(),
    { noNullPrototype: true },
  ),
});

function write(file: ArrayFile): Uint8Array<ArrayBuffer> {
  return joinBytes(arrayFileParts(file));
}

/** A file by hand: a header as it is given, then bytes. */
function file(header: unknown, bytes: number): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + json.length + bytes);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  return out;
}

function headerOf(bytes: Uint8Array): Record<string, Record<string, unknown>> {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  return JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as ReturnType<typeof headerOf>;
}

const example: ArrayFile = {
  arrays: [
    { name: 'a', shape: [3], values: Uint8Array.of(1, 2, 3) },
    { name: 'b', shape: [2, 1], values: Float64Array.of(0.5, -0) },
    { name: 'c', shape: [2], values: Float32Array.of(1, NaN) },
  ],
  metadata: { from: 'here' },
};

describe('a file of arrays', () => {
  it('holds any arrays and texts, bit for bit', () => {
    fc.assert(
      fc.property(files, (given) => {
        const read = decodeArrayFile(write(given), 'file');
        expect(read.metadata).toEqual(given.metadata);
        const byName = new Map(read.arrays.map((one) => [one.name, one]));
        expect(byName.size).toBe(given.arrays.length);
        for (const { name, shape, values } of given.arrays) {
          const one = byName.get(name);
          expect(one?.shape).toEqual(shape);
          expect(one?.values.constructor).toBe(values.constructor);
          expect(one && bytesOf(one.values)).toEqual(bytesOf(values));
        }
      }),
      { seed: 3 },
    );
  });

  it('is safetensors: no gaps, every array aligned to its numbers, the check among the texts', () => {
    const header = headerOf(write(example));
    expect(header['b']).toEqual({ dtype: 'F64', shape: [2, 1], data_offsets: [0, 16] });
    expect(header['c']).toEqual({ dtype: 'F32', shape: [2], data_offsets: [16, 24] });
    expect(header['a']).toEqual({ dtype: 'U8', shape: [3], data_offsets: [24, 27] });
    expect(header['__metadata__']).toEqual({
      from: 'here',
      'ludus.crc32': expect.stringMatching(/^[0-9a-f]{8}$/),
    });
    expect(isArrayFile(write(example))).toBe(true);
    expect(isArrayFile(new TextEncoder().encode('a log of some lines'))).toBe(false);
  });

  it('reads what others write: no texts, no check, numbers at odd places', () => {
    const made = file(
      {
        b: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
        a: { dtype: 'F32', shape: [], data_offsets: [1, 5] },
      },
      5,
    );
    new DataView(made.buffer).setFloat32(made.length - 4, 2.5, true);
    expect(decodeArrayFile(made, 'file')).toEqual({
      arrays: [
        { name: 'b', shape: [1], values: Uint8Array.of(0) },
        { name: 'a', shape: [], values: Float32Array.of(2.5) },
      ],
      metadata: {},
    });
  });

  it('copies what it reads, out of a Buffer too', () => {
    const bytes = Buffer.concat([Buffer.alloc(3), write(example)]).subarray(3);
    const { arrays } = decodeArrayFile(bytes, 'file');
    bytes.fill(0);
    expect(arrays.find(({ name }) => name === 'a')?.values).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('takes no two arrays of one name, none named as the texts, and no numbers of other types', () => {
    const one = { name: 'a', shape: [1], values: Float32Array.of(1) };
    for (const arrays of [[one, one], [{ ...one, name: '__metadata__' }]])
      expect(() => arrayFileParts({ arrays, metadata: {} })).toThrow('a name of its own');
    const values = new BigInt64Array(1) as unknown as Float32Array;
    expect(() => arrayFileParts({ arrays: [{ ...one, values }], metadata: {} })).toThrow(
      'expected an array of type F64, F32',
    );
  });
});

describe('what is wrong with a file', () => {
  it('is said wherever it is cut off', () => {
    const whole = write(example);
    for (let length = 0; length < whole.length; length++)
      expect(() => decodeArrayFile(whole.subarray(0, length), 'file'), `${length} bytes`).toThrow(InputError);
    const longer = new Uint8Array(whole.length + 1);
    longer.set(whole);
    expect(() => decodeArrayFile(longer, 'file')).toThrow('file: expected 27 bytes of numbers');
  });

  it('is said whichever byte is damaged', () => {
    const whole = write(example);
    const check = new TextDecoder('latin1').decode(whole).indexOf('ludus.crc32');
    for (let at = 0; at < whole.length; at++) {
      // Damage to the check's own name makes a file of others, without one.
      if (at >= check && at < check + 'ludus.crc32'.length) continue;
      for (const bit of [1, 0x40]) {
        const damaged = whole.slice();
        damaged[at] ^= bit;
        expect(() => decodeArrayFile(damaged, 'file'), `byte ${at}`).toThrow(InputError);
      }
    }
    const numbers = whole.slice();
    numbers[numbers.length - 1] ^= 4;
    expect(() => decodeArrayFile(numbers, 'file')).toThrow(
      /^file\.__metadata__\.ludus\.crc32: expected content with the CRC-32 [0-9a-f]{8}, got another: the file is damaged/,
    );
  });

  it.each([
    ['no JSON', 'not json', 0, 'file.header: expected JSON, got "not json"'],
    ['a list', [], 0, 'file.header: expected a record, got []'],
    ['null', 'null', 0, 'file.header: expected a record, got null'],
    ['deep JSON', '['.repeat(1e5), 0, 'file.header: expected JSON nested at most 64 deep'],
    ['an entry that is none', { a: null }, 0, 'file.a: expected a record, got null'],
    [
      'another type',
      { a: { dtype: 'F16', shape: [2], data_offsets: [0, 4] } },
      4,
      'file.a: expected numbers of type F64, F32, I32, U32, I16, I8, U8, got "F16"',
    ],
    [
      'a type by an inherited name',
      { a: { dtype: 'toString', shape: [2], data_offsets: [0, 4] } },
      4,
      'got "toString"',
    ],
    [
      'a wrong size',
      { a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } },
      4,
      'file.a: expected 8 bytes for shape [2], got 4',
    ],
    [
      'a huge size',
      { a: { dtype: 'F64', shape: [2 ** 52, 2 ** 52], data_offsets: [0, 2 ** 53 - 1] } },
      4,
      'bytes for shape [4503599627370496,4503599627370496]',
    ],
    [
      'no number of numbers',
      {
        a: {
          dtype: 'F32',
          shape: Array<number>(99)
            .fill(2 ** 52)
            .concat(0),
          data_offsets: [0, 0],
        },
      },
      0,
      'file.a: expected NaN bytes',
    ],
    [
      'a negative length',
      { a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } },
      4,
      'file.a: expected a shape of whole numbers',
    ],
    ['no offsets', { a: { dtype: 'F32', shape: [1] } }, 4, 'file.a: expected two offsets, got nothing'],
    [
      'offsets the wrong way round',
      { a: { dtype: 'F32', shape: [1], data_offsets: [4, 0] } },
      4,
      'file.a: expected 4 bytes for shape [1], got -4',
    ],
    [
      'a hole',
      { a: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } },
      8,
      'file.a: expected numbers from byte 0 on, got from 4',
    ],
    [
      'an overlap',
      {
        a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
        b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
      },
      8,
      'file.b: expected numbers from byte 8 on, got from 4',
    ],
    [
      'numbers beyond the end',
      { a: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } },
      8,
      'the file is cut off',
    ],
    ['a text that is none', { __metadata__: { a: 1 } }, 0, '__metadata__.a: expected a text, got 1'],
    ['texts that are none', { __metadata__: [] }, 0, 'file.__metadata__: expected a record, got []'],
    ['an array of the prototype', '{"__proto__":7}', 0, 'file.__proto__: expected a record, got 7'],
  ])('is said: %s', (_, header, bytes, message) => {
    const refused = (): unknown => decodeArrayFile(file(header, bytes), 'file');
    expect(refused).toThrow(InputError);
    expect(refused).toThrow(message);
  });

  it('is said of a header longer than the file, and of one that is no UTF-8', () => {
    const long = file({}, 0);
    new DataView(long.buffer).setBigUint64(0, 2n ** 63n, true);
    expect(() => decodeArrayFile(long, 'file')).toThrow(
      'file: expected a header of at most 100000000 bytes, got 9223372036854776000, something else',
    );
    const damaged = file({ ä: 1 }, 0);
    damaged[10] = 0xff;
    expect(() => decodeArrayFile(damaged, 'file')).toThrow('file: expected a header of JSON, got no UTF-8');
  });

  it('never is more than an InputError, whatever is done to the header', () => {
    const json = fc.json({ maxDepth: 3 });
    const value = fc.oneof(json, fc.constantFrom('null', '[]', '{"toString":1}', '1e999', '-1', '"F32"'));
    const entry = fc
      .tuple(value, value, value)
      .map(([dtype, shape, offsets]) => `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`);
    const header = fc.oneof(
      json,
      fc
        .array(
          fc.tuple(fc.constantFrom('a', '__proto__', '__metadata__', 'toString'), fc.oneof(entry, value)),
        )
        .map((entries) => `{${entries.map(([key, one]) => `"${key}":${one}`).join(',')}}`),
    );
    fc.assert(
      fc.property(header, fc.nat(64), (text, bytes) => {
        try {
          decodeArrayFile(file(text, bytes), 'file');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { seed: 5, numRuns: 1000 },
    );
  });
});
