/** Protocol buffers as far as event files need them: messages of fields that are numbers, texts and messages. */

type Bytes = Uint8Array<ArrayBuffer>;

/** The kinds of fields on the wire. */
const WIRE = { varint: 0, double: 1, bytes: 2, float: 5 } as const;

/** A field that holds a whole number from 0 on. */
export function varintField(field: number, value: number): Bytes {
  return concat([key(field, 'varint'), varint(value)]);
}

export function doubleField(field: number, value: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return concat([key(field, 'double'), bytes]);
}

export function floatField(field: number, value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concat([key(field, 'float'), bytes]);
}

/** A field that holds a text, or a message of these fields. */
export function bytesField(field: number, content: string | readonly Bytes[]): Bytes {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : concat(content);
  return concat([key(field, 'bytes'), varint(bytes.length), bytes]);
}

export function concat(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function key(field: number, wire: keyof typeof WIRE): Bytes {
  return varint(field * 8 + WIRE[wire]);
}

/** Seven bits per byte, the lowest first; up to 2⁵³. */
function varint(value: number): Bytes {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    const low = left % 128;
    if (left < 128) return Uint8Array.from([...bytes, low]);
    bytes.push(low + 128);
  }
}
