/**
 * A level of MiniGrid as users draw it: the JSON that the editor writes and that links and files contain, and whether it can be
 * solved.
 */
import { z } from 'zod';
import type { BoardFormat, BoardThing } from '#core/board.ts';
import { cell, Door, Hue, Type } from './cells.ts';
import { DX, DY } from './slot.ts';

const COLOURS = ['yellow', 'red', 'green', 'blue', 'purple', 'grey'] as const;
const STATES = ['locked', 'closed', 'open'] as const;
const KINDS = ['door', 'key', 'ball', 'box'] as const;

const thing = z.strictObject({
  x: z.int().min(0),
  y: z.int().min(0),
  kind: z.enum(KINDS),
  colour: z.enum(COLOURS),
  /** Of a door; closed if it is not given. */
  state: z.enum(STATES).exactOptional(),
});
type Thing = z.output<typeof thing>;

const shape = z.strictObject({
  /** One string per row: `.` floor, `#` wall, `G` goal, `L` lava, and a start that faces where it points: `>`, `v`, `<`, `^`. */
  rows: z.array(z.string()),
  things: z.array(thing).default([]),
});
export type Level = z.output<typeof shape>;

const LEAST = 3;
const MOST = 32;
const HEADINGS = '>v<^';

/** The direction of a start; −1 for any other letter. */
export function headingOf(letter: string): number {
  return HEADINGS.indexOf(letter);
}

/** The code of a thing; see cells.ts. */
export function codeOf({ kind, colour, state = 'closed' }: Thing): number {
  return cell(Type[kind], Hue[colour], kind === 'door' ? Door[state] : 0);
}

/** The schema of a level; every issue's message names the cell. */
export const levelSchema = shape.superRefine((level, context) => {
  const add: Add = (path, message) => context.addIssue({ code: 'custom', path: [...path], message });
  if (checkRows(level, add) && checkThings(level, add)) checkSolvable(level, add);
});

type Add = (path: readonly (string | number)[], message: string) => void;

function checkRows({ rows }: Level, add: Add): boolean {
  const width = rows[0]?.length ?? 0;
  if (Math.min(rows.length, width) < LEAST || Math.max(rows.length, width) > MOST) {
    add(['rows'], `from ${LEAST} to ${MOST} rows of from ${LEAST} to ${MOST} cells`);
    return false;
  }
  let fine = true;
  rows.forEach((cells, y) => {
    const x = cells.search(/[^.#GL>v<^]/);
    if (x >= 0) add(['rows', y], `one of . # G L > v < ^ at cell (${x}, ${y})`);
    if (cells.length !== width) add(['rows', y], `${width} cells in row ${y}, as in row 0`);
    fine &&= x < 0 && cells.length === width;
  });
  return fine;
}

function checkThings({ rows, things }: Level, add: Add): boolean {
  let fine = true;
  things.forEach(({ x, y, kind, state }, k) => {
    const first = things.findIndex((other) => other.x === x && other.y === y);
    const wrong =
      rows[y]?.[x] !== '.'
        ? `a ${kind} on plain floor instead of (${x}, ${y})`
        : first < k
          ? `one thing on cell (${x}, ${y}), it has things.${first}`
          : kind !== 'door' && state !== undefined
            ? `a state on doors only, not on the ${kind} at (${x}, ${y})`
            : undefined;
    if (wrong !== undefined) add(['things', k], wrong);
    fine &&= wrong === undefined;
  });
  return fine;
}

/** A start, a goal, and a way from each start to a goal. */
function checkSolvable(level: Level, add: Add): void {
  const { rows } = level;
  const letters = rows.join('');
  const starts = Array.from(letters).flatMap((letter, at) => (headingOf(letter) >= 0 ? [at] : []));
  if (starts.length === 0) return add(['rows'], 'a start > v < or ^ on at least one cell');
  if (!letters.includes('G')) return add(['rows'], 'a goal G');
  for (const start of starts) {
    const { solved, missing } = explore(level, start);
    if (solved) continue;
    const [x, y] = [start % rows[0].length, Math.floor(start / rows[0].length)];
    const keys = missing.length > 0 ? `, or a ${missing.join(' and a ')} key that can be reached` : '';
    add(['rows'], `a way from the start (${x}, ${y}) to a goal G${keys}`);
  }
}

/**
 * What can be reached from a cell: breadth first, again for every colour of which a key turns up. Things can be carried
 * out of the way, one after another; lava is never entered. `missing`: colours of the locked doors that stayed shut.
 */
export function explore(
  { rows, things }: Level,
  start: number,
): { readonly solved: boolean; readonly missing: readonly string[] } {
  const [width, height] = [rows[0].length, rows.length];
  const on = new Map(things.map((each) => [each.y * width + each.x, each]));
  const keys = new Set<string>();
  for (let found = -1; found < keys.size;) {
    found = keys.size;
    const seen = new Uint8Array(width * height);
    const queue = [start];
    const missing = new Set<string>();
    seen[start] = 1;
    for (const at of queue) {
      if (rows[Math.floor(at / width)][at % width] === 'G') return { solved: true, missing: [] };
      for (let d = 0; d < 4; d++) {
        const [x, y] = [(at % width) + DX[d], Math.floor(at / width) + DY[d]];
        const letter = rows[y]?.[x] ?? '#';
        const to = y * width + x;
        if (letter === '#' || letter === 'L' || seen[to]) continue;
        const there = on.get(to);
        if (there?.kind === 'key') keys.add(there.colour);
        if (there?.state === 'locked' && !keys.has(there.colour)) {
          missing.add(there.colour);
          continue;
        }
        seen[to] = 1;
        queue.push(to);
      }
    }
    if (found === keys.size) return { solved: false, missing: [...missing] };
  }
  return { solved: false, missing: [] };
}

const things: readonly BoardThing[] = KINDS.map((kind) => ({
  list: 'things',
  label: `${kind[0].toUpperCase()}${kind.slice(1)}`,
  look: kind,
  given: { kind },
  choices: kind === 'door' ? { colour: COLOURS, state: STATES } : { colour: COLOURS },
}));

/** How an editor paints a level. */
export const levelBoard: BoardFormat = {
  form: 'record',
  min: LEAST,
  max: MOST,
  letters: [
    { letter: '.', label: 'Floor', look: 'floor', role: 'free' },
    { letter: '#', label: 'Wall', look: 'wall', role: 'block' },
    ...Array.from(HEADINGS).map((letter, direction) => ({
      letter,
      label: `Start facing ${['right', 'down', 'left', 'up'][direction]}`,
      look: 'start' as const,
      direction,
      role: 'start' as const,
      once: true,
    })),
    { letter: 'G', label: 'Goal', look: 'goal', role: 'goal' },
    { letter: 'L', label: 'Lava', look: 'lava', role: 'danger' },
  ],
  things,
};
