/** Losses over a fit of any length: when there is no more room, every second row goes. */

const MOST = 400;

export interface LossRow {
  readonly epoch: number;
  readonly train: number;
  readonly test: number;
}

/** With another row; earlier ones are thinned, the first and the last stay. */
export function withRow(rows: readonly LossRow[], row: LossRow): readonly LossRow[] {
  const before = rows.at(-1)?.epoch === row.epoch ? rows.slice(0, -1) : rows;
  const kept = before.length >= MOST ? before.filter((_, k) => k % 2 === 0) : before;
  return [...kept, row];
}

/** The line of one column as an SVG path in a box of this size; the top is the greatest loss of both. */
export function pathOf(
  rows: readonly LossRow[],
  column: 'train' | 'test',
  width: number,
  height: number,
): string {
  const last = rows.at(-1)?.epoch ?? 0;
  if (last === 0) return '';
  const top = rows.reduce((most, { train, test }) => Math.max(most, train, test), 1e-9);
  return rows
    .map((row, k) => {
      const x = (row.epoch / last) * width;
      const y = height - (row[column] / top) * height;
      return `${k === 0 ? 'M' : 'L'}${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join('');
}
