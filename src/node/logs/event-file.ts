/**
 * TensorBoard's event files: records of TensorFlow's format (length, check, bytes, check; little-endian), each a message `Event`.
 * Numbers of fields are those of tensorboard/compat/proto/{event,summary,tensor}.proto.
 */
import { crc32c } from '#core/crc32.ts';
import { bytesField, concat, doubleField, floatField, varintField } from './protobuf.ts';

/** A number under a name at a step. */
export interface Scalar {
  readonly tag: string;
  readonly step: number;
  readonly value: number;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** `dtype` of a tensor of texts. */
const DT_STRING = 7;
/** What TensorFlow adds to a check, so that checks of checks differ. */
const MASK = 0xa282ead8;

/** `seconds`: the time of all events, since runs do not note theirs. `notes` are shown as texts, in Markdown. */
export function eventFile(
  scalars: readonly Scalar[],
  notes: Readonly<Record<string, string>>,
  seconds: number,
): Bytes {
  const event = (step: number, content: Bytes): Bytes =>
    record(concat([doubleField(1, seconds), varintField(2, step), content]));
  return concat([
    event(0, bytesField(3, 'brain.Event:2')),
    ...Object.entries(notes).map(([tag, text]) => event(0, bytesField(5, [textValue(tag, text)]))),
    ...scalars.map(({ tag, step, value }) =>
      event(step, bytesField(5, [bytesField(1, [bytesField(1, tag), floatField(2, value)])])),
    ),
  ]);
}

function textValue(tag: string, text: string): Bytes {
  const shape = bytesField(2, [bytesField(2, [varintField(1, 1)])]);
  const tensor = bytesField(8, [varintField(1, DT_STRING), shape, bytesField(8, text)]);
  const plugin = bytesField(9, [bytesField(1, [bytesField(1, 'text')])]);
  return bytesField(1, [bytesField(1, tag), tensor, plugin]);
}

function record(content: Bytes): Bytes {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, content.length, true);
  return concat([length, masked(length), content, masked(content)]);
}

function masked(bytes: Bytes): Bytes {
  const check = crc32c(bytes);
  const bits = new Uint8Array(4);
  new DataView(bits.buffer).setUint32(0, (((check >>> 15) | (check << 17)) + MASK) >>> 0, true);
  return bits;
}
