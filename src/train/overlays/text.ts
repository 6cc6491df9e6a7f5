/** Numbers on a picture, character by character. */
import type { DrawList } from '#core/draw-list.ts';

/** Width of a character as a share of the size of its glyph. */
const ADVANCE = 0.44;

/** Writes a number around a point, in as many digits as fit a cell. */
export function drawNumber(
  list: DrawList,
  value: number,
  [x, y]: readonly [number, number],
  size: number,
  colour: number,
): void {
  const text = shortNumber(value);
  let left = x - ((text.length - 1) * ADVANCE * size) / 2;
  for (let k = 0; k < text.length; k++) {
    list.glyph(text.charCodeAt(k), left, y, size, colour);
    left += ADVANCE * size;
  }
}

/** Two digits: `0.53`, `-12`, `1.2k`. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 999_500) return `${trimmed(value / 1e6)}M`;
  if (size >= 999.5) return `${trimmed(value / 1e3)}k`;
  if (size >= 9.95) return String(Math.round(value));
  if (size < 0.005) return '0';
  return trimmed(value);
}

function trimmed(value: number): string {
  return String(Number(value.toFixed(Math.abs(value) < 0.995 ? 2 : 1)));
}
