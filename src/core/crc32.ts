/** Cyclic redundancy checks of 32 bits, which find every damage of up to 32 neighbouring bits. */

/** Lowest power first: of gzip, PNG and Ethernet (ISO 3309), and Castagnoli's, of iSCSI and TensorFlow. */
const ISO = 0xedb88320;
const CASTAGNOLI = 0x82f63b78;

const isoTable = tableOf(ISO);
const castagnoliTable = tableOf(CASTAGNOLI);

function tableOf(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1;
    return sum;
  });
}

/** Of bytes that follow those of `before`; as zlib's `crc32`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  return check(isoTable, bytes, before);
}

/** The same with Castagnoli's polynomial. */
export function crc32c(bytes: Uint8Array): number {
  return check(castagnoliTable, bytes, 0);
}

function check(table: Uint32Array, bytes: Uint8Array, before: number): number {
  let sum = ~before;
  for (let at = 0; at < bytes.length; at++) sum = (sum >>> 8) ^ table[(sum ^ bytes[at]) & 255];
  return ~sum >>> 0;
}

/** A check as it is written in files: eight hexadecimal digits. */
export function hexadecimal(sum: number): string {
  return sum.toString(16).padStart(8, '0');
}
