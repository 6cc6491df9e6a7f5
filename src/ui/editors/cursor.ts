/** The cursor with which cells are painted by keyboard. */

/** Columns and rows that an arrow key moves it, by `KeyboardEvent.code`. */
export const STEPS: Readonly<Record<string, readonly [columns: number, rows: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The nearest of so many columns or rows. */
export function within(place: number, count: number): number {
  return Math.min(count - 1, Math.max(0, place));
}
