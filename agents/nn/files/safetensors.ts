/**
 * The safetensors format (Hugging Face): eight bytes that say how long a JSON header is, the header with each tensor's
 * type, shape and place, then the raw little-endian numbers. Only 32-bit floats are written and read.
 */
import { InputError, show } from '#core/errors.ts';
import { sizeOf } from '../spec.ts';
import { refusal, type NamedTensor } from './tensors.ts';

export interface Safetensors {
  readonly tensors: readonly NamedTensor[];
  /** `__metadata__`: texts by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
/** The format's own limit on the header. */
const LONGEST_HEADER = 100_000_000;
const METADATA = '__metadata__';

/** The file of tensors, in their order; the header is padded with spaces so that numbers start at a multiple of 8. */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { [METADATA]: metadata };
  let end = 0;
  for (const { name, shape, values } of tensors) {
    const from = end;
    end += values.length * 4;
    header[name] = { dtype: 'F32', shape, data_offsets: [from, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = LENGTH_BYTES + Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(start + end).fill(0x20, 0, start);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(start - LENGTH_BYTES), true);
  file.set(json, LENGTH_BYTES);
  let at = start;
  for (const { values } of tensors)
    for (const value of values) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  return file;
}

/** Reads a safetensors file. Throws an `InputError` on whatever is cut off, does not add up, or is no 32-bit float. */
export function decodeSafetensors(file: Uint8Array): Safetensors {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < LENGTH_BYTES) throw refusal('weights', 'a safetensors file', `${file.length} bytes`);
  const length = Number(view.getBigUint64(0, true));
  const start = LENGTH_BYTES + length;
  if (length > LONGEST_HEADER || start > file.length)
    throw refusal(
      'weights',
      `a header of ${length} bytes`,
      `a file of ${file.length}, something else or cut off`,
    );
  const { [METADATA]: metadata = {}, ...entries } = parseHeader(file.subarray(LENGTH_BYTES, start));
  const bytes = file.length - start;
  const places = Object.entries(entries).map(([name, entry]) => place(name, entry, bytes));
  places.sort((a, b) => a.from - b.from);
  let end = 0;
  for (const { name, from, to } of places) {
    if (from !== end) throw refusal(`weights.${name}`, `numbers from byte ${end} on`, `from ${from}`);
    end = to;
  }
  if (end !== bytes) throw refusal('weights', `${end} bytes of numbers, as the header says`, `${bytes}`);
  const tensors = places.map(({ name, shape, from }) => {
    const values = new Float32Array(sizeOf(shape));
    for (let k = 0; k < values.length; k++) values[k] = view.getFloat32(start + from + 4 * k, true);
    return { name, shape, values };
  });
  return { tensors, metadata: textsOf(metadata) };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
    if (isRecord(header)) return header;
  } catch (error) {
    if (error instanceof InputError) throw error;
  }
  throw refusal('weights', 'a safetensors file', 'something else: its header is not JSON');
}

interface Place {
  readonly name: string;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** One entry of the header, checked by itself and against the bytes that there are. */
function place(name: string, entry: unknown, bytes: number): Place {
  const field = `weights.${name}`;
  if (!isRecord(entry)) throw refusal(field, 'a type, a shape and offsets', show(entry));
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== 'F32') throw refusal(field, '32-bit floats (F32)', show(dtype));
  if (!isCounts(shape)) throw refusal(field, 'a shape of whole numbers', show(shape));
  if (!isCounts(offsets) || offsets.length !== 2) throw refusal(field, 'two offsets', show(offsets));
  const [from, to] = offsets;
  if (to - from !== 4 * sizeOf(shape))
    throw refusal(field, `${4 * sizeOf(shape)} bytes for shape ${show(shape)}`, `${to - from}`);
  if (to > bytes) throw refusal(field, `${to} bytes of numbers`, `${bytes}: the file is cut off`);
  return { name, shape, from, to };
}

function textsOf(metadata: unknown): Record<string, string> {
  if (!isRecord(metadata)) throw refusal(`weights.${METADATA}`, 'texts by name', show(metadata));
  for (const [key, value] of Object.entries(metadata))
    if (typeof value !== 'string') throw refusal(`weights.${METADATA}.${key}`, 'a text', show(value));
  return metadata as Record<string, string>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => Number.isSafeInteger(entry) && entry >= 0);
}
