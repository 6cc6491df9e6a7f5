/**
 * TensorBoard's event files: protocol buffers (tensorflow/core/util/event.proto) in records of TensorFlow, each with its length
 * and two masked CRC-32C (tensorflow/core/lib/io/record_writer).
 */
import { crc32c } from '#core/crc32.ts';

export interface Scalar {
  readonly tag: string;
  /** Env steps. */
  readonly step: number;
  readonly value: number;
}

/** Wire types of protocol buffers. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** The file of these scalars, all of the same wall time, in seconds since 1970. */
export function eventFile(scalars: readonly Scalar[], wallTime: number): Uint8Array<ArrayBuffer> {
  const records = [
    record(event(wallTime, 0, bytesField(3, text('brain.Event:2')))),
    ...scalars.map(({ tag, step, value }) => {
      const summaryValue = [bytesField(1, text(tag)), float(2, value)];
      const summary = bytesField(1, join(summaryValue));
      return record(event(wallTime, step, bytesField(5, summary)));
    }),
  ];
  return join(records);
}

/** `Event { double wall_time = 1; int64 step = 2; … }` */
function event(wallTime: number, step: number, what: Uint8Array): Uint8Array {
  return join([double(1, wallTime), tag(2, VARINT), varint(step), what]);
}

function record(data: Uint8Array): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(data.length), true);
  return join([length, masked(length), data, masked(data)]);
}

/** A CRC-32C, rotated by 15 bits and shifted, so that the check of data that holds checks is no special case. */
function masked(data: Uint8Array): Uint8Array {
  const check = crc32c(data);
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, ((check >>> 15) | (check << 17)) + 0xa282ead8, true);
  return bytes;
}

function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  return join([tag(field, BYTES), varint(bytes.length), bytes]);
}

function double(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return join([tag(field, FIXED64), bytes]);
}

function float(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return join([tag(field, FIXED32), bytes]);
}

function tag(field: number, wire: number): Uint8Array {
  return Uint8Array.of((field << 3) | wire);
}

/** A whole number from 0 to 2⁵³ − 1, seven bits a byte. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
