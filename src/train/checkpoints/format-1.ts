/**
 * Reads checkpoints of format 1, which were written until November 2026: 16 bytes (magic, length of the header), a JSON header,
 * and arrays aligned to 8 bytes. The header holds the snapshot, with `{ $array: [type, offset, length] }` for arrays.
 */
import { arrayFrom } from '#core/array-file.ts';
import { InputError, show } from '#core/errors.ts';
import { asRecord, parseJson } from '#core/json.ts';
import type { SnapshotValue } from '#core/snapshot.ts';
import { unpackNumber } from './snapshot-tree.ts';

const MAGIC = new TextEncoder().encode('LUDUS\r\n\0');
const START = 16;

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

/** Request, steps and state as they were written; the first two are not checked. */
export function decodeFormat1(content: Uint8Array, field: string): Readonly<Record<string, unknown>> {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const from = START + view.getUint32(MAGIC.length, true);
  if (from > content.length)
    throw refusal(field, `a header of ${from - START} bytes`, 'a file that is cut off');
  const header = asRecord(parseJson(new TextDecoder().decode(content.subarray(START, from)), field), field);
  const { format, request, steps, state, bytes } = header;
  if (format !== 1)
    throw refusal(`${field}.format`, '1 in a file that begins as one of format 1', show(format));
  const data = content.subarray(from);
  if (bytes !== data.length) throw refusal(field, `${show(bytes)} bytes of arrays`, `a file that is cut off`);
  return { request, steps, state: unpack(state, data, `${field}.state`) };
}

function unpack(value: unknown, data: Uint8Array, field: string): SnapshotValue {
  if (typeof value !== 'object' || value === null) return value as null | boolean | number | string;
  if (Array.isArray(value)) return value.map((entry, k) => unpack(entry, data, `${field}.${k}`));
  const record = asRecord(value, field);
  if (Object.hasOwn(record, '$array')) return arrayAt(record['$array'], data, field);
  const number = unpackNumber(record);
  if (number !== undefined) return number;
  return Object.fromEntries(
    Object.entries(record).map(([key, entry]) => [key, unpack(entry, data, `${field}.${key}`)]),
  );
}

function arrayAt(placed: unknown, data: Uint8Array, field: string): SnapshotValue {
  const [name, offset, length] = Array.isArray(placed) ? (placed as readonly unknown[]) : [];
  const isKnown = typeof name === 'string' && Object.hasOwn(types, name);
  if (!isKnown || !isCount(offset) || !isCount(length))
    throw refusal(field, 'the type, the offset and the length of an array', show(placed));
  const [dtype, width] = types[name as keyof typeof types];
  const to = offset + length * width;
  if (to > data.length) throw refusal(field, `${to} bytes of arrays`, `${data.length}: the file is cut off`);
  return arrayFrom(dtype, data.subarray(offset, to));
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function refusal(field: string, expected: string, got: string): InputError {
  return new InputError([{ field, expected, got }]);
}
