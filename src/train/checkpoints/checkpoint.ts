/**
 * A checkpoint as bytes: gzip over a header (JSON: format, the run's request, where each array lies) and the raw arrays.
 * The same in Node and in the browser. What cannot be read is refused with a reason before anything is touched.
 */
import { InputError } from '#core/errors.ts';
import { isTypedArray, type Snapshot, type SnapshotValue, type TypedArray } from '#core/snapshot.ts';
import type { RunSetup } from '../request/resolve.ts';

export interface Checkpoint {
  readonly request: RunSetup['request'];
  readonly steps: number;
  /** Of `Trainer.snapshot()`. */
  readonly state: Snapshot;
}

/** Raised when files of before cannot be read any more. */
const FORMAT = 1;
const MAGIC = new TextEncoder().encode('LUDUS\r\n\0');
/** Header and arrays start at multiples of this, which every element size divides. */
const ALIGN = 8;
/** Bytes before the header: magic, the header's length, and room. */
const START = 16;
const SPACE = 0x20;

const constructors = {
  Float32Array,
  Float64Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Int8Array,
  Uint8Array,
} as const;

type ArrayKind = keyof typeof constructors;
/** Where an array lies: its offset in bytes behind the header, its number of elements. */
type Placed = readonly [kind: ArrayKind, offset: number, length: number];
type ReadArray = (placed: Placed) => TypedArray;

interface Header {
  readonly format: number;
  readonly request: RunSetup['request'];
  readonly steps: number;
  /** The snapshot with `{ $array: [kind, offset, length] }` and `{ $number: 'NaN' }` in place of what JSON cannot hold. */
  readonly state: unknown;
  /** Bytes of all arrays. */
  readonly bytes: number;
}

/** The file of a checkpoint. Arrays are little-endian, as on every machine that runs this. */
export async function encodeCheckpoint(checkpoint: Checkpoint): Promise<Uint8Array<ArrayBuffer>> {
  const blobs: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const place = (array: TypedArray): unknown => {
    const offset = bytes;
    const raw = new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
    const padding = new Uint8Array(-raw.length & (ALIGN - 1));
    blobs.push(raw, padding);
    bytes += raw.length + padding.length;
    return { $array: [arrayKind(array), offset, array.length] satisfies Placed };
  };
  const { request, steps } = checkpoint;
  const state = pack(checkpoint.state, place);
  const json = new TextEncoder().encode(
    JSON.stringify({ format: FORMAT, request, steps, state, bytes } satisfies Header),
  );
  const header = new Uint8Array(Math.ceil(json.length / ALIGN) * ALIGN).fill(SPACE);
  header.set(json);
  const start = new Uint8Array(START);
  start.set(MAGIC);
  new DataView(start.buffer).setUint32(MAGIC.length, header.length, true);
  return through(new CompressionStream('gzip'), [start, header, ...blobs]);
}

/** Reads a checkpoint's file. Throws an `InputError` where it is none, is cut off, damaged, or of another format. */
export async function decodeCheckpoint(file: Uint8Array<ArrayBuffer>): Promise<Checkpoint> {
  if (file.length < 2 || file[0] !== 0x1f || file[1] !== 0x8b) throw refusal('something else');
  let content: Uint8Array<ArrayBuffer>;
  try {
    content = await through(new DecompressionStream('gzip'), [file]);
  } catch {
    throw refusal('a file that is cut off or damaged');
  }
  if (content.length < START || MAGIC.some((byte, i) => content[i] !== byte)) throw refusal('something else');
  const length = new DataView(content.buffer).getUint32(MAGIC.length, true);
  const from = START + length;
  if (content.length < from) throw refusal('a file that is cut off');
  const header = JSON.parse(new TextDecoder().decode(content.subarray(START, from))) as Header;
  if (header.format !== FORMAT) throw refusal(`format ${header.format}, made by another version`);
  if (content.length !== from + header.bytes) throw refusal('a file that is cut off');
  const { request, steps } = header;
  const read: ReadArray = ([kind, offset, count]) =>
    new constructors[kind](content.buffer, from + offset, count).slice();
  return { request, steps, state: unpack(header.state, read) as Snapshot };
}

function refusal(got: string): InputError {
  return new InputError([{ field: 'checkpoint', expected: `a Ludus checkpoint of format ${FORMAT}`, got }]);
}

function pack(value: SnapshotValue, place: (array: TypedArray) => unknown): unknown {
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { $number: Object.is(value, -0) ? '-0' : String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (isTypedArray(value)) return place(value);
  if (isList(value)) return value.map((entry) => pack(entry, place));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, pack(entry, place)]));
}

function unpack(value: unknown, read: ReadArray): SnapshotValue {
  if (typeof value !== 'object' || value === null) return value as SnapshotValue;
  if (Array.isArray(value)) return value.map((entry) => unpack(entry, read));
  if ('$number' in value) return Number(value.$number);
  if ('$array' in value) return read(value.$array as Placed);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, unpack(entry, read)]));
}

function isList(value: Snapshot | readonly SnapshotValue[]): value is readonly SnapshotValue[] {
  return Array.isArray(value);
}

function arrayKind(array: TypedArray): ArrayKind {
  for (const kind of Object.keys(constructors) as ArrayKind[])
    if (array instanceof constructors[kind]) return kind;
  throw new Error(
    `checkpoint: expected an array of ${Object.keys(constructors).join(', ')}, got ${typeof array}`,
  );
}

async function through(
  stream: CompressionStream | DecompressionStream,
  parts: readonly Uint8Array<ArrayBuffer>[],
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([...parts]).stream().pipeThrough(stream)).arrayBuffer());
}
