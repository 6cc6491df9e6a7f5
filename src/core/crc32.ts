/** The cyclic redundancy check of gzip, PNG and Ethernet (ISO 3309): finds every damage of up to 32 neighbouring bits. */

/** The check's polynomial, lowest power first. */
const POLYNOMIAL = 0xedb88320;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1;
  return sum;
});

/** Of bytes that follow those of `before`; as zlib's `crc32`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let sum = ~before;
  for (let at = 0; at < bytes.length; at++) sum = (sum >>> 8) ^ table[(sum ^ bytes[at]) & 255];
  return ~sum >>> 0;
}

/** A check as it is written in files: eight hexadecimal digits. */
export function hexadecimal(check: number): string {
  return check.toString(16).padStart(8, '0');
}
