/**
 * Levels at random. A proposal follows the letters' roles; whether it can be solved is for its world to say, so proposals are
 * made, emptier and emptier, until it takes one.
 */
import type { BoardFormat, BoardLetter, BoardThing } from '#core/board.ts';
import type { Rng } from '#core/rng.ts';
import type { Entry, Level } from './level.ts';

/** Proposals before the level is left without obstacles. */
export const PROPOSALS = 24;

/** The k-th proposal of a size. */
export function propose(
  format: BoardFormat,
  [width, height]: readonly [number, number],
  rng: Rng,
  k: number,
): Level {
  const { letters, things } = format;
  const free = letters[0].letter;
  const cells = Array.from({ length: width * height }, () => free);
  const blocks = lettersFor(format, 'block');
  const dangers = lettersFor(format, 'danger');
  const share = 0.3 * (1 - k / PROPOSALS);
  for (let at = 0; at < cells.length; at++) {
    const u = rng.uniform();
    // Dangers alone have to do as obstacles where there are no walls.
    const danger = blocks.length > 0 ? share / 6 : share * 0.8;
    if (dangers.length > 0 && u < danger) cells[at] = pick(dangers, rng).letter;
    else if (blocks.length > 0 && u < danger + share) cells[at] = pick(blocks, rng).letter;
  }
  const door = things.find(({ look }) => look === 'door');
  const key = things.find(({ look }) => look === 'key');
  const entries =
    door && key && width >= 5 ? lockedWall(cells, width, { door, key, wall: blocks[0], free }, rng) : [];
  const taken = new Set(entries.map(({ x, y }) => y * width + x));
  const place = (letter: BoardLetter, left: number, right: number): void => {
    const at = spot(width, height, [left, right], taken, rng);
    taken.add(at);
    cells[at] = letter.letter;
  };
  const third = Math.max(1, Math.floor(width / 3));
  place(pick(lettersFor(format, 'start'), rng), 0, third);
  place(pick(lettersFor(format, 'goal'), rng), width - third, width);
  const rows = Array.from({ length: height }, (_, y) => cells.slice(y * width, (y + 1) * width).join(''));
  return { rows, entries };
}

/** A wall from top to bottom with a locked door in it, and its key on the left. */
function lockedWall(
  cells: string[],
  width: number,
  { door, key, wall, free }: { door: BoardThing; key: BoardThing; wall: BoardLetter; free: string },
  rng: Rng,
): readonly Entry[] {
  const height = cells.length / width;
  const third = Math.max(1, Math.floor(width / 3));
  const column = third + 1 + rng.integer(Math.max(1, width - 2 * third - 2));
  for (let y = 0; y < height; y++) cells[y * width + column] = wall.letter;
  const colours = door.choices?.['colour'] ?? [];
  const colour = colours[rng.integer(Math.max(1, colours.length))];
  const [doorY, keyX, keyY] = [rng.integer(height), rng.integer(column), rng.integer(height)];
  const put = (thing: BoardThing, x: number, y: number, more: Readonly<Record<string, unknown>>): Entry => {
    cells[y * width + x] = free;
    return { list: thing.list, x, y, value: { x, y, ...thing.given, ...more } };
  };
  return [put(door, column, doorY, { colour, state: 'locked' }), put(key, keyX, keyY, { colour })];
}

function lettersFor({ letters }: BoardFormat, role: BoardLetter['role']): readonly BoardLetter[] {
  return letters.filter((letter) => letter.role === role);
}

function pick<T>(items: readonly T[], rng: Rng): T {
  return items[rng.integer(items.length)];
}

/** A cell between two columns that is not taken, the first free one if luck does not find any. */
function spot(
  width: number,
  height: number,
  [left, right]: readonly [number, number],
  taken: ReadonlySet<number>,
  rng: Rng,
): number {
  for (let k = 0; k < 50; k++) {
    const at = rng.integer(height) * width + left + rng.integer(right - left);
    if (!taken.has(at)) return at;
  }
  return Array.from({ length: width * height }, (_, at) => at).find((at) => !taken.has(at)) ?? 0;
}
