/** The map of Taxi: its stands, its walls, and where each move leads. Cells are numbered 5 · row + column. */

export const SIDE = 5;
/** Cells of the stands red, green, yellow, blue. */
export const STANDS = [0, 4, 20, 23] as const;
/** Cells with a wall on their right. */
export const WALLS = [1, 6, 15, 17, 20, 22] as const;

const SOUTH = 0;
const NORTH = 1;
const EAST = 2;
const WEST = 3;

/** [direction] the two directions to its sides. */
export const SIDES = [
  [WEST, EAST],
  [WEST, EAST],
  [SOUTH, NORTH],
  [SOUTH, NORTH],
] as const;

/** [cells × 4] the cell one move away; walls and the edge stop the taxi. */
export const ROAD = Int32Array.from({ length: SIDE * SIDE * 4 }, (_, move) => {
  const cell = move >> 2;
  const walls: readonly number[] = WALLS;
  switch (move & 3) {
    case SOUTH:
      return cell < 20 ? cell + SIDE : cell;
    case NORTH:
      return cell >= SIDE ? cell - SIDE : cell;
    case EAST:
      return cell % SIDE < 4 && !walls.includes(cell) ? cell + 1 : cell;
    default:
      return cell % SIDE > 0 && !walls.includes(cell - 1) ? cell - 1 : cell;
  }
});
