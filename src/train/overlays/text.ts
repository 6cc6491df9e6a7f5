/** Numbers on a picture, character by character. */
import { Colour, type DrawList } from '#core/draw-list.ts';
import type { Cell } from './cell.ts';

/** Width of a character as a share of the size of its glyph. */
const ADVANCE = 0.44;

/** Height of a number as a share of the cell's shorter side, and its distance from the edges. */
const SIZE = 0.21;
const MARGIN = 0.07;

/** Writes a number into a corner of a cell, on a dark plate: arrows and whoever stands there leave it free. */
export function drawNumber(
  list: DrawList,
  value: number,
  { x, y, w, h }: Cell,
  corner: 'lower left' | 'upper right',
): void {
  const text = shortNumber(value);
  const unit = Math.min(w, h);
  const size = SIZE * unit;
  const advance = ADVANCE * size;
  const width = (text.length + 0.4) * advance;
  const isLower = corner === 'lower left';
  const left = isLower ? x + MARGIN * unit : x + w - MARGIN * unit - width;
  const top = isLower ? y + h - MARGIN * unit - 0.8 * size : y + MARGIN * unit;
  list.rect(left, top, width, 0.8 * size, Colour.ground, 0.15 * size, 0, 0.6);
  for (let k = 0; k < text.length; k++)
    list.glyph(text.charCodeAt(k), left + (k + 0.7) * advance, top + 0.4 * size, size, Colour.ink);
}

/** Two digits: `.53`, `-12`, `1.2k`. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 999_500) return `${shortNumber(value / 1e6)}M`;
  if (size >= 999.5) return `${shortNumber(value / 1e3)}k`;
  if (size >= 9.95) return String(Math.round(value));
  if (size < 0.005) return '0';
  return trimmed(value);
}

function trimmed(value: number): string {
  const text = String(Number(value.toFixed(Math.abs(value) < 0.995 ? 2 : 1)));
  return text.replace(/^(-?)0\./, '$1.');
}
