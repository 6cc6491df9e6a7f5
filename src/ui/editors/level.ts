/** A level while it is painted: letters, and things on cells. Levels are values: every change gives another one. */
import type { BoardFormat, BoardLetter, BoardThing } from '#core/board.ts';
import { isRecord } from '#core/json.ts';

/** An entry of one of the level's lists. */
export interface Entry {
  readonly list: string;
  readonly x: number;
  readonly y: number;
  /** All of it, x and y included. */
  readonly value: Readonly<Record<string, unknown>>;
}

export interface Level {
  readonly rows: readonly string[];
  readonly entries: readonly Entry[];
}

export type Tool =
  | { readonly kind: 'letter'; readonly letter: BoardLetter }
  | {
      readonly kind: 'thing';
      readonly thing: BoardThing;
      readonly values: Readonly<Record<string, unknown>>;
    };

/** A tool for every letter and thing, in their order. */
export function toolsOf({ letters, things }: BoardFormat): readonly Tool[] {
  return [
    ...letters.map((letter) => ({ kind: 'letter', letter }) as const),
    ...things.map((thing) => ({ kind: 'thing', thing, values: valuesOf(thing) }) as const),
  ];
}

function valuesOf({ given, choices = {}, number }: BoardThing): Readonly<Record<string, unknown>> {
  const chosen = Object.entries(choices).map(([key, options]) => [key, options[0]]);
  return { ...given, ...Object.fromEntries(chosen), ...(number && { [number.key]: number.default }) };
}

/** Reads a level as a value or as JSON; a text says what is wrong with it. Whether it makes sense is for its world to say. */
export function readLevel(format: BoardFormat, given: unknown): Level | string {
  let value = given;
  if (typeof given === 'string')
    try {
      value = JSON.parse(given) as unknown;
    } catch {
      return 'Expected JSON.';
    }
  const rows = format.form === 'rows' ? value : isRecord(value) ? value['rows'] : undefined;
  if (!Array.isArray(rows) || rows.length === 0 || !rows.every((row) => typeof row === 'string'))
    return 'Expected rows of letters.';
  const [width, height] = [Math.max(...rows.map((row) => row.length)), rows.length];
  if (width === 0 || Math.max(width, height) > format.max)
    return `Expected at most ${format.max} × ${format.max} cells, got ${width} × ${height}.`;
  const lists = new Set(format.things.map(({ list }) => list));
  const entries = [...lists].flatMap((list) => {
    const found = isRecord(value) ? value[list] : undefined;
    return Array.isArray(found) ? found.flatMap((entry) => entryOf(list, entry)) : [];
  });
  const free = format.letters[0].letter;
  return { rows: rows.map((row) => row.padEnd(width, free)), entries };
}

function entryOf(list: string, value: unknown): readonly Entry[] {
  if (!isRecord(value)) return [];
  const { x, y } = value;
  return Number.isInteger(x) && Number.isInteger(y) ? [{ list, x: Number(x), y: Number(y), value }] : [];
}

/** The level as its world takes it. */
export function levelValue(format: BoardFormat, { rows, entries }: Level): unknown {
  if (format.form === 'rows') return rows;
  const lists = new Set(format.things.map(({ list }) => list));
  const filled = [...lists].map((list) => [
    list,
    entries.filter((entry) => entry.list === list).map(({ value }) => value),
  ]);
  return { rows, ...Object.fromEntries(filled) };
}

export function letterAt({ rows }: Level, x: number, y: number): string | undefined {
  return rows[y]?.[x];
}

export function entriesAt({ entries }: Level, x: number, y: number): readonly Entry[] {
  return entries.filter((entry) => entry.x === x && entry.y === y);
}

/** The level with a cell painted; the same object where that changes nothing. */
export function paint(format: BoardFormat, level: Level, tool: Tool, x: number, y: number): Level {
  const before = letterAt(level, x, y);
  if (before === undefined) return level;
  const free = format.letters[0].letter;
  if (tool.kind === 'thing') {
    const value = { x, y, ...(tool.thing.leads && { toX: x, toY: y }), ...tool.values };
    const there = entriesAt(level, x, y);
    const same = there.find((entry) => entry.list === tool.thing.list);
    if (before === free && same && JSON.stringify(same.value) === JSON.stringify(value)) return level;
    const others = level.entries.filter((entry) => entry !== same);
    // Things lie on plain floor.
    const rows = before === free ? level.rows : withLetter(level.rows, x, y, free);
    return { rows, entries: [...others, { list: tool.thing.list, x, y, value }] };
  }
  const { letter } = tool;
  const erases = letter.letter === free;
  const keeps = letter.role !== 'block' && !erases && format.things.some(({ list }) => list === 'rewards');
  const entries = keeps ? level.entries : level.entries.filter((entry) => entry.x !== x || entry.y !== y);
  if (before === letter.letter && entries.length === level.entries.length) return level;
  const once = letter.once ? format.letters.filter(({ role }) => role === letter.role) : [];
  const cleared = level.rows.map((row) =>
    once.reduce((text, each) => text.replaceAll(each.letter, free), row),
  );
  return { rows: withLetter(cleared, x, y, letter.letter), entries };
}

/** The level with the exit of the teleporter at (x, y) moved. */
export function lead(level: Level, x: number, y: number, to: readonly [number, number]): Level {
  const entries = level.entries.map((entry) =>
    entry.x === x && entry.y === y && 'toX' in entry.value
      ? { ...entry, value: { ...entry.value, toX: to[0], toY: to[1] } }
      : entry,
  );
  return { ...level, entries };
}

/** The level with another size, cut off or extended at its right and lower edges. */
export function resize(format: BoardFormat, { rows, entries }: Level, width: number, height: number): Level {
  const free = format.letters[0].letter;
  const within = (side: number): number => Math.min(format.max, Math.max(format.min, Math.round(side) || 0));
  const [w, h] = [within(width), within(height)];
  return {
    rows: Array.from({ length: h }, (_, y) => (rows[y] ?? '').slice(0, w).padEnd(w, free)),
    entries: entries.filter(
      ({ x, y, value: { toX = 0, toY = 0 } }) => x < w && y < h && Number(toX) < w && Number(toY) < h,
    ),
  };
}

function withLetter(rows: readonly string[], x: number, y: number, letter: string): readonly string[] {
  return rows.map((row, k) => (k === y ? row.slice(0, x) + letter + row.slice(x + 1) : row));
}
