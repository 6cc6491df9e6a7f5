/** Cells of a reward that are painted on a picture; all runs of the page have the same. */
import { signal } from '@preact/signals';
import { parsed } from '../state/values.ts';

/** [column, row, number]. */
export type CellValue = readonly [x: number, y: number, value: number];

export interface Painting {
  readonly key: 'bonus' | 'potential';
  /** What the brush leaves; 0 erases. */
  readonly value: number;
}

export const painting = signal<Painting | undefined>(undefined);

/** The cells of a value as a form or a link has it; none where it is a formula or wrong. */
export function cellsOf(given: unknown): readonly CellValue[] {
  const value = parsed(given);
  return Array.isArray(value) ? value.filter(isCell) : [];
}

/** The cells with one of them painted; 0 takes it away. The same list where that changes nothing. */
export function withCell(cells: readonly CellValue[], [x, y, value]: CellValue): readonly CellValue[] {
  const before = cells.find((cell) => cell[0] === x && cell[1] === y);
  if ((before?.[2] ?? 0) === value) return cells;
  const others = cells.filter((cell) => cell !== before);
  return value === 0 ? others : [...others, [x, y, value]];
}

function isCell(value: unknown): value is CellValue {
  return Array.isArray(value) && value.length === 3 && value.every(Number.isFinite);
}
