/** Where the network's neurons and links lie, in pixels of a drawing whose width is given. */

/** Side of a neuron's tile. */
export const TILE = 30;
/** From one neuron to the next below it. */
export const ROW = 42;
/** Height of the heads of the columns, which hold the buttons for layers. */
const HEAD = 26;
const LEFT = 62;
const RIGHT = 22;

export interface Place {
  /** Centre of the tile. */
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Per column, features first, then hidden layers; the output is a single point at the right edge. */
  readonly columns: readonly (readonly Place[])[];
  readonly output: Place;
}

/** Columns of so many neurons each, evenly apart. */
export function layoutOf(width: number, counts: readonly number[], rows: number): Layout {
  const height = HEAD + rows * ROW;
  const first = LEFT + TILE / 2;
  const last = width - RIGHT;
  const gap = (last - first) / counts.length;
  const columns = counts.map((count, column) =>
    Array.from({ length: count }, (_, row) => ({ x: first + column * gap, y: HEAD + row * ROW + ROW / 2 })),
  );
  return { width, height, columns, output: { x: last, y: HEAD + ROW / 2 + ((rows - 1) * ROW) / 2 } };
}

/** A link as a path that leaves and arrives level. */
export function curveOf(from: Place, to: Place): string {
  const [x1, x2] = [from.x + TILE / 2, to.x - TILE / 2];
  const middle = (x1 + x2) / 2;
  return `M${x1},${from.y}C${middle},${from.y} ${middle},${to.y} ${x2},${to.y}`;
}

/** 1 for no weight, up to 10 from |w| = 5 on, as in Playground. */
export function widthOf(weight: number): number {
  return 1 + (Math.min(5, Math.abs(weight)) * 9) / 5;
}
