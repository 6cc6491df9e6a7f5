/**
 * What swims and flies in Seaquest: one short list per slot, ordered by kind and within a kind by age, so
 * that a walk from its end meets everything in the order of the rules. An item is one number: testing it and
 * moving it are single operations.
 */

/** The lists of all slots. */
interface Items {
  /** [n × CAPACITY] */
  readonly items: Int32Array;
  /** [n] how many of a slot's items are in use. */
  readonly counts: Int8Array;
}

/**
 * Items that a list has room for. It cannot overflow: at the fastest one enemy enters per step and takes 31
 * steps to cross; each shoots every 11 steps and a bullet lives 10; there are never more than three divers
 * and three own bullets.
 */
export const CAPACITY = 96;

/** Bits 0–3 column + 1 (0 and 11 are off the board), 4–7 row: where an item is. */
export const CELL = 0xff;
/** Bit 8: it goes to the right. */
export const RIGHTWARDS = 1 << 8;
/** One step of the timer until it moves, bits 9–11, and until it shoots, bits 12–15. */
export const MOVE_TICK = 1 << 9;
export const MOVE_TIMER = 7 * MOVE_TICK;
export const SHOT_TICK = 1 << 12;
export const SHOT_TIMER = 15 * SHOT_TICK;
/** Bits 16–18: its kind; within a step, higher kinds act first. */
const KIND_SHIFT = 16;
export const Kind = {
  fish: 0 << KIND_SHIFT,
  enemyBullet: 1 << KIND_SHIFT,
  sub: 2 << KIND_SHIFT,
  diver: 3 << KIND_SHIFT,
  ownBullet: 4 << KIND_SHIFT,
} as const;

export function cellAt(x: number, y: number): number {
  return (y << 4) | (x + 1);
}

export function columnOf(item: number): number {
  return (item & 15) - 1;
}

export function rowOf(item: number): number {
  return (item >> 4) & 15;
}

/** −1 or 1. */
export function headingOf(item: number): number {
  return ((item >> 7) & 2) - 1;
}

/** 0 … 4, in the order of `Kind`. */
export function kindOf(item: number): number {
  return item >> KIND_SHIFT;
}

/** The item one column on in its direction. */
export function moved(item: number): number {
  return item + headingOf(item);
}

export function isOut(item: number): boolean {
  const column = item & 15;
  return column === 0 || column === 11;
}

/** Puts an item into list i, after all of its kind. */
export function insert({ items, counts }: Items, i: number, item: number): void {
  const first = i * CAPACITY;
  if (counts[i] === CAPACITY) return;
  let at = first + counts[i]++;
  for (; at > first && kindOf(items[at - 1]) > kindOf(item); at--) items[at] = items[at - 1];
  items[at] = item;
}

/** Takes the item at index `at` out of list i; those after it move up. */
export function remove({ items, counts }: Items, i: number, at: number): void {
  const last = i * CAPACITY + --counts[i];
  for (let k = at; k < last; k++) items[k] = items[k + 1];
}

/** The index of the oldest item of list i of a kind (one of `Kind`) on a cell, or −1. */
export function find({ items, counts }: Items, i: number, kind: number, cell: number): number {
  const first = i * CAPACITY;
  const end = first + counts[i];
  for (let at = first; at < end; at++)
    if ((items[at] & (CELL | (7 << KIND_SHIFT))) === (kind | cell)) return at;
  return -1;
}
