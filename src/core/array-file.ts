/**
 * Named arrays and texts as one file, in the layout of safetensors (Hugging Face): eight bytes that say how long a JSON header
 * is, the header with every array's type, shape and place and the texts under `__metadata__`, then the raw little-endian
 * numbers without gaps. Input is untrusted: it is checked before memory is allocated for it.
 */
import { crc32, hexadecimal } from './crc32.ts';
import { refusal, show } from './errors.ts';
import { asRecord, parseJson } from './json.ts';
import type { TypedArray } from './snapshot.ts';

export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: TypedArray;
}

export interface ArrayFile {
  readonly arrays: readonly NamedArray[];
  /** `__metadata__`: text by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The types of numbers by their names in safetensors, the widest first. */
const types = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const;
type Dtype = keyof typeof types;
const dtypes = Object.keys(types) as readonly Dtype[];

const LENGTH_BYTES = 8;
/** The format's own limit on the header. */
const LONGEST_HEADER = 100_000_000;
const METADATA = '__metadata__';
/** Metadata key of the hexadecimal CRC-32 of the numbers and the header without this entry. Other tools write none. */
const CHECK = 'ludus.crc32';
const SPACE = 0x20;
const BRACE = 0x7b;

/** UTF-8, which every host offers but the language does not (WHATWG Encoding). */
declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };
declare const TextDecoder: new (
  label: 'utf-8',
  options: { readonly fatal: true },
) => { decode(bytes: Uint8Array): string };

/** The parts of a file in order; numbers are views of the arrays. Wide types come first, so that all are aligned. */
export function arrayFileParts({ arrays, metadata }: ArrayFile): readonly Uint8Array<ArrayBuffer>[] {
  const sorted = arrays.toSorted((a, b) => widthRank(a) - widthRank(b));
  let end = 0;
  const entries = sorted.map(({ name, shape, values }) => {
    const from = end;
    end += values.byteLength;
    return [name, { dtype: dtypeOf(values), shape, data_offsets: [from, end] }] as const;
  });
  const { [CHECK]: _, ...texts } = metadata;
  const header = { [METADATA]: texts, ...Object.fromEntries(entries) };
  if (Object.keys(header).length !== arrays.length + 1)
    throw new Error(`expected a name of its own for every array, ${METADATA} aside`);
  const numbers = sorted.map(({ values }) => bytesOf(values));
  const checked = { ...header, [METADATA]: { ...texts, [CHECK]: checkOf(header, numbers) } };
  const json = utf8(checked);
  const start = new Uint8Array(LENGTH_BYTES + Math.ceil(json.length / 8) * 8).fill(SPACE);
  new DataView(start.buffer).setBigUint64(0, BigInt(start.length - LENGTH_BYTES), true);
  start.set(json, LENGTH_BYTES);
  return [start, ...numbers];
}

/** How long a file is, as far as its first bytes say. */
export interface FileLength {
  /** The whole file's, or if not `known` that of the part which says more. */
  readonly bytes: number;
  readonly known: boolean;
}

/** The length of the file that begins with these bytes, at least eight. Throws an `InputError` on a header that is none. */
export function arrayFileLength(start: Uint8Array, field: string): FileLength {
  const from = headerEnd(start, field);
  if (from > start.length) return { bytes: from, known: false };
  const { [METADATA]: _, ...entries } = readHeader(start.subarray(LENGTH_BYTES, from), field);
  return { bytes: from + placesOf(entries, field).end, known: true };
}

/** Whether bytes look like such a file: long enough for its header, which is a JSON record. */
export function isArrayFile(bytes: Uint8Array): boolean {
  return bytes[LENGTH_BYTES] === BRACE;
}

/**
 * Reads a file. Throws an `InputError` below `field` if it is truncated, damaged or inconsistent, or has no check although
 * those of its kind always have one.
 */
export function decodeArrayFile(
  file: Uint8Array,
  field: string,
  { checked = false }: { readonly checked?: boolean } = {},
): ArrayFile {
  if (file.length < LENGTH_BYTES) throw refusal(field, 'a safetensors file', `${file.length} bytes`);
  const start = headerEnd(file, field);
  if (start > file.length)
    throw refusal(
      field,
      `a header of ${start - LENGTH_BYTES} bytes`,
      `a file of ${file.length}, something else or cut off`,
    );
  const header = readHeader(file.subarray(LENGTH_BYTES, start), field);
  const { [METADATA]: metadata = {}, ...entries } = header;
  const { [CHECK]: check, ...texts } = textsOf(metadata, `${field}.${METADATA}`);
  const data = file.subarray(start);
  const { places, end } = placesOf(entries, field);
  if (end !== data.length) {
    const got = end > data.length ? `${data.length}: the file is cut off` : `${data.length}`;
    throw refusal(field, `${end} bytes of numbers, as the header says`, got);
  }
  if (check === undefined && checked)
    throw refusal(`${field}.${METADATA}.${CHECK}`, 'the CRC-32 of the content', 'nothing');
  if (check !== undefined && check !== checkOf({ ...header, [METADATA]: texts }, [data]))
    throw refusal(
      `${field}.${METADATA}.${CHECK}`,
      `content with the CRC-32 ${check}`,
      'another: the file is damaged, or was edited without removing this entry',
    );
  const arrays = places.map(({ name, dtype, shape, from, to }) => ({
    name,
    shape,
    values: arrayFrom(dtype, data.subarray(from, to)),
  }));
  return { arrays, metadata: texts };
}

/** A copy of little-endian numbers as an array of their type. */
export function arrayFrom<D extends Dtype>(dtype: D, bytes: Uint8Array): InstanceType<(typeof types)[D]> {
  // Not `slice`, which copies nothing if the bytes are a Node Buffer.
  return new types[dtype](new Uint8Array(bytes).buffer) as InstanceType<(typeof types)[D]>;
}

/** The memory of an array, little-endian as on every machine that runs this. */
export function bytesOf({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** Bytes one after another. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function dtypeOf(values: TypedArray): Dtype {
  const dtype = dtypes.find((name) => values instanceof types[name]);
  if (dtype) return dtype;
  throw new Error(
    `expected an array of type ${dtypes.join(', ')}, got ${Object.prototype.toString.call(values)}`,
  );
}

function widthRank({ values }: NamedArray): number {
  return dtypes.indexOf(dtypeOf(values));
}

/** The hexadecimal CRC-32 of a record as JSON and the numbers that it describes. */
export function checkOf(header: Readonly<Record<string, unknown>>, numbers: readonly Uint8Array[]): string {
  return hexadecimal([utf8(header), ...numbers].reduce((before, part) => crc32(part, before), 0));
}

function utf8(header: Readonly<Record<string, unknown>>): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(header));
}

/** Where the header ends, in the file or beyond it. */
function headerEnd(file: Uint8Array, field: string): number {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length <= LONGEST_HEADER) return LENGTH_BYTES + length;
  throw refusal(field, `a header of at most ${LONGEST_HEADER} bytes`, `${length}, something else or damaged`);
}

function readHeader(bytes: Uint8Array, field: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refusal(field, 'a header of JSON', 'no UTF-8');
  }
  return asRecord(parseJson(text, `${field}.header`), `${field}.header`);
}

interface Place {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** The arrays in file order, which follow each other without gaps, and where the last one ends. */
function placesOf(
  entries: Readonly<Record<string, unknown>>,
  field: string,
): { readonly places: readonly Place[]; readonly end: number } {
  const places = Object.entries(entries).map(([name, entry]) => placeOf(name, entry, field));
  places.sort((a, b) => a.from - b.from || a.to - b.to);
  let end = 0;
  for (const { name, from, to } of places) {
    if (from !== end) throw refusal(`${field}.${name}`, `numbers from byte ${end} on`, `from ${from}`);
    end = to;
  }
  return { places, end };
}

/** One entry of the header, checked for itself. */
function placeOf(name: string, entry: unknown, where: string): Place {
  const field = `${where}.${name}`;
  const { dtype: given, shape, data_offsets: offsets } = asRecord(entry, field);
  const dtype = dtypes.find((known) => known === given);
  if (!dtype) throw refusal(field, `numbers of type ${dtypes.join(', ')}`, show(given));
  if (!isCounts(shape)) throw refusal(field, 'a shape of whole numbers', show(shape));
  if (!isCounts(offsets) || offsets.length !== 2) throw refusal(field, 'two offsets', show(offsets));
  const [from, to] = offsets;
  const size = shape.reduce((product, length) => product * length, types[dtype].BYTES_PER_ELEMENT);
  if (to - from !== size) throw refusal(field, `${size} bytes for shape ${show(shape)}`, `${to - from}`);
  return { name, dtype, shape, from, to };
}

function textsOf(metadata: unknown, field: string): Readonly<Record<string, string>> {
  for (const [key, value] of Object.entries(asRecord(metadata, field)))
    if (typeof value !== 'string') throw refusal(`${field}.${key}`, 'a text', show(value));
  return metadata as Readonly<Record<string, string>>;
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((entry) => Number.isSafeInteger(entry) && entry >= 0);
}
