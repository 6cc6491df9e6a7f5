/** Cyclic redundancy checks: each finds every damage of up to 32 neighbouring bits. */

/** A check of bytes that follow those of `before`. */
type Check = (bytes: Uint8Array, before?: number) => number;

/** That of gzip, PNG and Ethernet (ISO 3309); as zlib's `crc32`. */
export const crc32: Check = checkOf(0xedb88320);

/** Castagnoli's, of TensorFlow's records and iSCSI (RFC 3720, appendix B.4). */
export const crc32c: Check = checkOf(0x82f63b78);

/** `polynomial`: its lowest power first. */
function checkOf(polynomial: number): Check {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1;
    return sum;
  });
  return (bytes, before = 0) => {
    let sum = ~before;
    for (let at = 0; at < bytes.length; at++) sum = (sum >>> 8) ^ table[(sum ^ bytes[at]) & 255];
    return ~sum >>> 0;
  };
}

/** A check as it is written in files: eight hexadecimal digits. */
export function hexadecimal(check: number): string {
  return check.toString(16).padStart(8, '0');
}
