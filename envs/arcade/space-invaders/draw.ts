/** The picture of Space Invaders: aliens in a colour per row, bullets, and the cannon at the bottom. */
import { Colour, type DrawList } from '#core/draw-list.ts';
import { BOARD } from '../bitboard.ts';

const SIZE = 10;

/** The columns of the game that are visible. */
interface Battle {
  readonly aliens: Int32Array;
  readonly own: Int32Array;
  readonly enemy: Int32Array;
  readonly cannon: Int8Array;
}

const ROW_COLOURS = [Colour.pink, Colour.purple, Colour.blue, Colour.goal] as const;

export function drawSpaceInvaders(s: Battle, i: number, list: DrawList): void {
  list.begin(SIZE, SIZE);
  for (let cell = 0; cell < SIZE * SIZE; cell++) {
    const [y, x] = [Math.floor(cell / SIZE), cell % SIZE];
    const word = i * BOARD.words + Math.floor(cell / BOARD.wordBits);
    const bit = 1 << (cell % BOARD.wordBits);
    if (s.aliens[word] & bit) drawAlien(list, x, y);
    if (s.own[word] & bit) list.line(x + 0.5, y + 0.25, x + 0.5, y + 0.65, 0.14, Colour.gold);
    if (s.enemy[word] & bit) list.line(x + 0.5, y + 0.3, x + 0.5, y + 0.7, 0.14, Colour.danger);
  }
  list.rect(s.cannon[i] + 0.06, SIZE - 0.5, 0.88, 0.38, Colour.agent, 0.12);
  list.rect(s.cannon[i] + 0.4, SIZE - 0.82, 0.2, 0.4, Colour.agent, 0.06);
}

function drawAlien(list: DrawList, x: number, y: number): void {
  const colour = ROW_COLOURS[y % ROW_COLOURS.length];
  list.rect(x + 0.16, y + 0.26, 0.68, 0.42, colour, 0.14);
  list.rect(x + 0.2, y + 0.62, 0.16, 0.2, colour);
  list.rect(x + 0.64, y + 0.62, 0.16, 0.2, colour);
  list.circle(x + 0.36, y + 0.45, 0.07, Colour.ground);
  list.circle(x + 0.64, y + 0.45, 0.07, Colour.ground);
}
