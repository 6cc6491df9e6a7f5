/**
 * Reads checkpoints of format 1, which were written until November 2026: 16 bytes (magic, length of the header), a JSON header,
 * and arrays aligned to 8 bytes. The header holds the snapshot, with `{ $array: [type, offset, length] }` for arrays.
 */
import { arrayFrom, type FileLength } from '#core/array-file.ts';
import { refusal, show } from '#core/errors.ts';
import { asRecord, parseJson } from '#core/json.ts';
import type { SnapshotValue } from '#core/snapshot.ts';
import { unpackNumber } from './snapshot-tree.ts';

const MAGIC = new TextEncoder().encode('LUDUS\r\n\0');
const START = 16;
/** As of format 2. */
const LONGEST_HEADER = 100_000_000;

/** Array types by name: the codec's name and the bytes per number. */
const types = {
  Float32Array: ['F32', 4],
  Float64Array: ['F64', 8],
  Int32Array: ['I32', 4],
  Uint32Array: ['U32', 4],
  Int16Array: ['I16', 2],
  Int8Array: ['I8', 1],
  Uint8Array: ['U8', 1],
} as const;

/** Whether unzipped content has this format. */
export function isFormat1(content: Uint8Array): boolean {
  return content.length >= START && MAGIC.every((byte, k) => content[k] === byte);
}

/** The length of the content that begins with these bytes, at least sixteen. */
export function format1Length(start: Uint8Array, field: string): FileLength {
  const from = headerEnd(start, field);
  if (from > start.length) return { bytes: from, known: false };
  const { bytes } = readHeader(start, from, field);
  return { bytes: from + bytes, known: true };
}

/** Request, steps and state as they were written; the first two are not checked. */
export function decodeFormat1(content: Uint8Array, field: string): Readonly<Record<string, unknown>> {
  const from = headerEnd(content, field);
  if (from > content.length)
    throw refusal(field, `a header of ${from - START} bytes`, 'a file that is cut off');
  const { request, steps, state, bytes } = readHeader(content, from, field);
  const data = content.subarray(from);
  if (bytes !== data.length) throw refusal(field, `${bytes} bytes of arrays`, `a file that is cut off`);
  return { request, steps, state: new Unpacker(data).unpack(state, `${field}.state`) };
}

function headerEnd(content: Uint8Array, field: string): number {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const length = view.getUint32(MAGIC.length, true);
  if (length <= LONGEST_HEADER) return START + length;
  throw refusal(field, `a header of at most ${LONGEST_HEADER} bytes`, `one of ${length}`);
}

interface Header extends Readonly<Record<string, unknown>> {
  /** Of all arrays. */
  readonly bytes: number;
}

function readHeader(content: Uint8Array, end: number, field: string): Header {
  const text = new TextDecoder().decode(content.subarray(START, end));
  const header = asRecord(parseJson(text, `${field}.header`), `${field}.header`);
  const { format, bytes } = header;
  if (format !== 1)
    throw refusal(`${field}.format`, '1 in a file that begins as one of format 1', show(format));
  if (!isCount(bytes)) throw refusal(`${field}.bytes`, 'a number of bytes', show(bytes));
  return { ...header, bytes };
}

class Unpacker {
  private readonly data: Uint8Array;
  /** Bytes of the arrays so far: no two share theirs, so that they never are more than the data. */
  private taken = 0;

  constructor(data: Uint8Array) {
    this.data = data;
  }

  unpack(value: unknown, field: string): SnapshotValue {
    if (typeof value !== 'object' || value === null) return value as null | boolean | number | string;
    if (Array.isArray(value)) return value.map((entry, k) => this.unpack(entry, `${field}.${k}`));
    const record = asRecord(value, field);
    if (Object.hasOwn(record, '$array')) return this.arrayAt(record['$array'], field);
    const number = unpackNumber(record);
    if (number !== undefined) return number;
    return Object.fromEntries(
      Object.entries(record).map(([key, entry]) => [key, this.unpack(entry, `${field}.${key}`)]),
    );
  }

  private arrayAt(placed: unknown, field: string): SnapshotValue {
    const [name, offset, length] = Array.isArray(placed) ? (placed as readonly unknown[]) : [];
    const isKnown = typeof name === 'string' && Object.hasOwn(types, name);
    if (!isKnown || !isCount(offset) || !isCount(length))
      throw refusal(field, 'the type, the offset and the length of an array', show(placed));
    const [dtype, width] = types[name as keyof typeof types];
    const to = offset + length * width;
    const { data } = this;
    if (to > data.length)
      throw refusal(field, `${to} bytes of arrays`, `${data.length}: the file is cut off`);
    this.taken += to - offset;
    if (this.taken > data.length)
      throw refusal(field, `arrays of ${data.length} bytes in all`, 'some that share theirs');
    return arrayFrom(dtype, data.subarray(offset, to));
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
