/**
 * The picture of the taxi world: streets, walls, four stands, the passenger, and the taxi that carries them.
 */
import { Colour, type DrawList } from '#core/draw-list.ts';
import { drawBoard, drawTile } from '../board.ts';
import { STANDS, WALLS } from './town.ts';

const COLOURS = [Colour.danger, Colour.goal, Colour.gold, Colour.blue] as const;
const LETTERS = 'RGYB';
const IN_TAXI = 4;

/** Draws the world; cells count 5 · row + column, passenger 4 sits in the taxi. */
export function drawTaxi(list: DrawList, cell: number, passenger: number, destination: number): void {
  drawBoard(list, 5, 5);
  for (let k = 0; k < 4; k++) {
    const x = STANDS[k] % 5;
    const y = Math.floor(STANDS[k] / 5);
    drawTile(list, x, y, COLOURS[k], k === destination ? 0.55 : 0.22);
    list.glyph(LETTERS.charCodeAt(k), x + 0.17, y + 0.2, 0.24, Colour.ink, 0.8);
    if (k === destination) drawFlag(list, x, y);
    if (k === passenger) drawPassenger(list, x + 0.68, y + 0.42);
  }
  for (const wall of WALLS) {
    const x = (wall % 5) + 1;
    const y = Math.floor(wall / 5);
    list.rect(x - 0.05, y, 0.1, 1, Colour.wall, 0.04);
  }
  const x = cell % 5;
  const y = Math.floor(cell / 5);
  list.rect(x + 0.18, y + 0.44, 0.64, 0.3, Colour.gold, 0.08);
  list.rect(x + 0.3, y + 0.3, 0.4, 0.2, Colour.gold, 0.07);
  list.rect(x + 0.35, y + 0.34, 0.13, 0.12, Colour.ground, 0.02);
  list.rect(x + 0.52, y + 0.34, 0.13, 0.12, Colour.ground, 0.02);
  for (const wheel of [0.32, 0.68]) list.circle(x + wheel, y + 0.75, 0.09, Colour.dim);
  if (passenger === IN_TAXI) drawPassenger(list, x + 0.5, y + 0.3);
}

function drawFlag(list: DrawList, x: number, y: number): void {
  list.line(x + 0.2, y + 0.88, x + 0.2, y + 0.42, 0.05, Colour.ink);
  list.triangle(x + 0.2, y + 0.4, x + 0.2, y + 0.64, x + 0.46, y + 0.52, Colour.ink);
}

function drawPassenger(list: DrawList, x: number, y: number): void {
  list.circle(x, y - 0.14, 0.08, Colour.ink);
  list.rect(x - 0.08, y - 0.05, 0.16, 0.2, Colour.ink, 0.07);
}
