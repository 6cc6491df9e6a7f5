/**
 * The pieces from which grid worlds draw their pictures. One cell is one unit; a piece is drawn around the
 * centre of the cell with the given column and row.
 */
import { Colour, type DrawList } from '#core/draw-list.ts';
import type { Place } from '#core/env.ts';

/**
 * Draws the empty board: a rounded tile per cell on the dark ground, so that the gaps are the grid's lines.
 */
export function drawBoard(list: DrawList, width: number, height: number, tile: number = Colour.floor): void {
  list.begin(width, height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) drawTile(list, x, y, tile);
}

/** Fills one cell except its gap. */
export function drawTile(list: DrawList, x: number, y: number, colour: number, alpha = 1): void {
  list.rect(x + 0.03, y + 0.03, 0.94, 0.94, colour, 0.1, 0, alpha);
}

/** A wall fills its cell without a gap: neighbours join to one block. */
export function drawWall(list: DrawList, x: number, y: number): void {
  list.rect(x, y, 1, 1, Colour.wall);
}

/** The cell where the episode ends in success: a diamond on a green tile. */
export function drawGoal(list: DrawList, x: number, y: number): void {
  drawTile(list, x, y, Colour.goal, 0.25);
  list.rect(x + 0.3, y + 0.3, 0.4, 0.4, Colour.goal, 0.06, Math.PI / 4);
}

/** The cell where the episode ends in failure: a dark hole with a red rim. */
export function drawPit(list: DrawList, x: number, y: number, rim: number = Colour.danger): void {
  list.circle(x + 0.5, y + 0.5, 0.38, rim, 0.9);
  list.circle(x + 0.5, y + 0.53, 0.31, Colour.ground);
}

/** The agent where it has no heading: a ball with a highlight. */
export function drawAgent(list: DrawList, x: number, y: number): void {
  list.circle(x + 0.5, y + 0.5, 0.3, Colour.agent);
  list.circle(x + 0.41, y + 0.41, 0.08, Colour.ink, 0.85);
}

/** Writes the place of a cell of a board, given row by row; true for `EnvKernel.place`. */
export function placeCell(cell: number, width: number, out: Place): true {
  out.x = cell % width;
  out.y = Math.floor(cell / width);
  out.width = out.height = 1;
  return true;
}
