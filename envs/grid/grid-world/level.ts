/**
 * A level of the grid world: the JSON that the editor writes and that links and files contain. It is checked
 * here, cell by cell, and compiled to a table of where every move ends, which is all that the rules need.
 */
import { z } from 'zod';
import type { BoardFormat, BoardThing } from '#core/board.ts';

const column = z.int().min(0);
const row = z.int().min(0);

const shape = z.strictObject({
  /** One string per row, one letter per cell: `.` floor, `#` wall, `S` start, `G` goal, `P` pit. */
  rows: z.array(z.string()),
  /** Rewards for entering a cell, in addition to those of goal and pit. */
  rewards: z.array(z.strictObject({ x: column, y: row, reward: z.number().min(-100).max(100) })).default([]),
  /**
   * When the agent leaves such a cell, the wind carries it on by (dx, dy) cells, with the given probability.
   */
  wind: z
    .array(
      z.strictObject({
        x: column,
        y: row,
        dx: z.int().min(-8).max(8),
        dy: z.int().min(-8).max(8),
        chance: z.number().min(0).max(1).default(1),
      }),
    )
    .default([]),
  /** Entering (x, y) puts the agent on (toX, toY). */
  teleporters: z.array(z.strictObject({ x: column, y: row, toX: column, toY: row })).default([]),
});

export type Level = z.output<typeof shape>;

/** Side of the largest level. */
const LIMIT = 64;

/** The schema of a level; every issue's message names the cell. */
export const levelSchema = shape.superRefine((level, context) => {
  const add = (path: readonly (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path: [...path], message });
  if (!checkRows(level, add)) return;
  const before = context.issues.length;
  checkObjects(level, add);
  if (context.issues.length === before) checkReach(level, add);
});

const wind = (label: string, dx: number, dy: number): BoardThing => ({
  list: 'wind',
  label: `Wind ${label}`,
  look: 'wind',
  given: { dx, dy },
  number: { key: 'chance', label: 'Chance', min: 0, max: 1, default: 1 },
});

/** How an editor paints a level. */
export const levelBoard: BoardFormat = {
  form: 'record',
  min: 2,
  max: LIMIT,
  letters: [
    { letter: '.', label: 'Floor', look: 'floor', role: 'free' },
    { letter: '#', label: 'Wall', look: 'wall', role: 'block' },
    { letter: 'S', label: 'Start', look: 'start', role: 'start' },
    { letter: 'G', label: 'Goal', look: 'goal', role: 'goal' },
    { letter: 'P', label: 'Pit', look: 'pit', role: 'danger' },
  ],
  things: [
    {
      list: 'rewards',
      label: 'Reward',
      look: 'coin',
      given: {},
      number: { key: 'reward', label: 'Reward', min: -100, max: 100, default: 0.5 },
    },
    { list: 'teleporters', label: 'Teleporter', look: 'teleporter', given: {}, leads: true },
    wind('up', 0, -1),
    wind('right', 1, 0),
    wind('down', 0, 1),
    wind('left', -1, 0),
  ],
};

type Add = (path: readonly (string | number)[], message: string) => void;

/** Shape and letters; the rest is looked at only if these are right. */
function checkRows({ rows }: Level, add: Add): boolean {
  const width = rows[0]?.length ?? 0;
  if (rows.length < 1 || width < 1 || rows.length > LIMIT || width > LIMIT || rows.length * width < 2) {
    add(['rows'], `from 1 to ${LIMIT} rows of from 1 to ${LIMIT} cells, two cells at least`);
    return false;
  }
  let fine = true;
  rows.forEach((cells, y) => {
    const x = cells.search(/[^.#SGP]/);
    if (x >= 0) add(['rows', y], `one of . # S G P at cell (${x}, ${y})`);
    if (cells.length !== width) add(['rows', y], `${width} cells in row ${y}, as in row 0`);
    fine &&= x < 0 && cells.length === width;
  });
  return fine;
}

/**
 * Things on cells: inside the level, not in a wall, one of a kind per cell; a teleporter does not lead to
 * another.
 */
function checkObjects({ rows, rewards, wind, teleporters }: Level, add: Add): void {
  const free = (x: number, y: number) => (rows[y]?.[x] ?? '#') !== '#';
  const place = (kind: string, list: readonly { readonly x: number; readonly y: number }[]) =>
    list.forEach(({ x, y }, k) => {
      const first = list.findIndex((other) => other.x === x && other.y === y);
      if (!free(x, y)) add([kind, k], `a cell of the level that is no wall instead of (${x}, ${y})`);
      else if (first < k) add([kind, k], `one entry for cell (${x}, ${y}), it has ${kind}.${first}`);
    });
  place('rewards', rewards);
  place('wind', wind);
  place('teleporters', teleporters);
  teleporters.forEach(({ x, y, toX, toY }, k) => {
    if (!free(toX, toY))
      add(['teleporters', k], `an exit on a cell that is no wall instead of (${toX}, ${toY})`);
    else if (teleporters.some((other) => other.x === toX && other.y === toY))
      add(['teleporters', k], `an exit that is no teleporter, which (${toX}, ${toY}) is`);
    if (rows[y]?.[x] !== '.') add(['teleporters', k], `plain floor under the teleporter at (${x}, ${y})`);
  });
}

/** A start, a reward to earn, and a way from each start to a goal. */
function checkReach(level: Level, add: Add): void {
  const table = compileLevel(level);
  if (table.starts.length === 0) return add(['rows'], 'a start S on at least one cell');
  if (!table.kinds.includes(GOAL)) {
    if (!level.rewards.some((entry) => entry.reward > 0)) add(['rows'], 'a goal G, or a cell with a reward');
    return;
  }
  for (const start of table.starts)
    if (!reachesGoal(table, start)) {
      const x = start % table.width;
      add(['rows'], `a way from the start (${x}, ${(start - x) / table.width}) to a goal G`);
    }
}

export const WALL = 1;
export const PIT = 2;
export const GOAL = 3;

/**
 * Where every move ends. A move is a cell, a direction (0 up, 1 right, 2 down, 3 left) and whether the wind
 * blows.
 */
export interface LevelTable {
  readonly width: number;
  readonly height: number;
  /** [cells] what is on a cell. */
  readonly kinds: Uint8Array;
  readonly starts: readonly number[];
  /** [cells × 4 × 2] the cell on which a move ends. */
  readonly next: Int32Array;
  /** [cells × 4 × 2] the rewards of the cells that a move enters. */
  readonly gain: Float64Array;
  /** [cells] the chance that the wind blows. */
  readonly chance: Float64Array;
}

/** Index of a move in `next` and `gain`. */
export function moveIndex(cell: number, direction: number, blown: boolean): number {
  return (cell * 4 + direction) * 2 + (blown ? 1 : 0);
}

const DX = [0, 1, 0, -1] as const;
const DY = [-1, 0, 1, 0] as const;

/** Compiles a checked level to its table. */
export function compileLevel(level: Level): LevelTable {
  const height = level.rows.length;
  const width = level.rows[0].length;
  const cells = width * height;
  const letters = level.rows.join('');
  const kinds = Uint8Array.from(letters, (letter) => Math.max(0, '.#PG'.indexOf(letter)));
  const starts = Array.from(letters).flatMap((letter, cell) => (letter === 'S' ? [cell] : []));
  const bonus = new Float64Array(cells);
  for (const { x, y, reward } of level.rewards) bonus[y * width + x] = reward;
  const exit = Int32Array.from({ length: cells }, (_, cell) => cell);
  for (const { x, y, toX, toY } of level.teleporters) exit[y * width + x] = toY * width + toX;

  const shift = (cell: number, dx: number, dy: number): number => {
    const x = (cell % width) + dx;
    const y = Math.floor(cell / width) + dy;
    const inside = x >= 0 && y >= 0 && x < width && y < height;
    return inside && kinds[y * width + x] !== WALL ? y * width + x : cell;
  };
  const blow = (cell: number, dx: number, dy: number): number => {
    let at = cell;
    for (let k = 0; k < Math.abs(dx); k++) at = shift(at, Math.sign(dx), 0);
    for (let k = 0; k < Math.abs(dy); k++) at = shift(at, 0, Math.sign(dy));
    return at;
  };

  const next = new Int32Array(cells * 8);
  const gain = new Float64Array(cells * 8);
  const chance = new Float64Array(cells);
  const push = new Map(level.wind.map((wind) => [wind.y * width + wind.x, wind]));
  for (let cell = 0; cell < cells; cell++) {
    const wind = push.get(cell);
    if (wind) chance[cell] = wind.chance;
    for (let direction = 0; direction < 4; direction++)
      for (const blown of [false, true]) {
        const walked = shift(cell, DX[direction], DY[direction]);
        const landed = blown && wind ? blow(walked, wind.dx, wind.dy) : walked;
        const end = exit[landed];
        const move = moveIndex(cell, direction, blown);
        next[move] = end;
        // A move that stays in place enters no cell.
        gain[move] = landed === cell ? 0 : bonus[landed] + (end === landed ? 0 : bonus[end]);
      }
  }
  return { width, height, kinds, starts, next, gain, chance };
}

/** Whether any sequence of moves, with or without wind, leads from a cell to a goal. */
function reachesGoal(table: LevelTable, from: number): boolean {
  const seen = new Uint8Array(table.kinds.length);
  const queue = [from];
  seen[from] = 1;
  for (const cell of queue) {
    if (table.kinds[cell] === GOAL) return true;
    if (table.kinds[cell] === PIT) continue;
    for (let direction = 0; direction < 4; direction++)
      for (const blown of [false, true]) {
        if (blown ? table.chance[cell] === 0 : table.chance[cell] === 1) continue;
        const to = table.next[moveIndex(cell, direction, blown)];
        if (!seen[to]) queue.push(to);
        seen[to] = 1;
      }
  }
  return false;
}
