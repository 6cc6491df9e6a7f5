/** What files of arrays are read with: JSON that may be anything, and the check of their content. */
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinBytes } from '#core/array-file.ts';
import { crc32 } from '#core/crc32.ts';
import { DEEPEST_JSON, parseJson } from '#core/json.ts';

describe('the CRC-32', () => {
  it('is that of zlib, in one piece or several', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (first, second) => {
        const whole = joinBytes([first, second]);
        expect(crc32(second, crc32(first))).toBe(crc32(whole));
        expect(crc32(whole)).toBe(zlibCrc32(whole));
      }),
    );
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });
});

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

describe('JSON from outside', () => {
  it('is what JSON.parse says, or refused', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(parseJson(text, 'x')).toEqual(JSON.parse(text));
      }),
    );
    expect(parseJson(nested(DEEPEST_JSON), 'x')).toBeInstanceOf(Array);
    expect(() => parseJson(nested(DEEPEST_JSON + 1), 'x')).toThrow('x: expected JSON nested at most 64 deep');
    expect(parseJson(JSON.stringify(`"\\${'['.repeat(1000)}`), 'x')).toHaveLength(1002);
  });
});
