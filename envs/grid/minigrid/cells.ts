/**
 * One cell of a MiniGrid world in sixteen bits: what lies there, its colour, its state, and what a box holds. The three
 * numbers that an agent sees are the reference's indices.
 */

/** What can lie on a cell, by the reference's index. */
export const Type = {
  unseen: 0,
  empty: 1,
  wall: 2,
  floor: 3,
  door: 4,
  key: 5,
  ball: 6,
  box: 7,
  goal: 8,
  lava: 9,
} as const;

/** Colours, by the reference's index. */
export const Hue = { red: 0, green: 1, blue: 2, purple: 3, yellow: 4, grey: 5 } as const;
export const HUES = 6;

/** States of a door, by the reference's index. */
export const Door = { open: 0, closed: 1, locked: 2 } as const;

/** Packs a cell: type in 4 bits, colour in 3, state in 2; a box's contents (type, colour) in the 7 above. */
export function cell(type: number, hue = 0, state = 0, inside = 0): number {
  return type | (hue << 4) | (state << 7) | ((inside & 127) << 9);
}

export function typeOf(code: number): number {
  return code & 15;
}

export function hueOf(code: number): number {
  return (code >> 4) & 7;
}

export function stateOf(code: number): number {
  return (code >> 7) & 3;
}

/** What a box holds, as a cell; 0 if nothing. */
export function insideOf(code: number): number {
  return (code >> 9) & 127;
}

/** No cell at all: what lies outside of a chain of rooms, where nobody can look. */
export const VOID = 0;
export const EMPTY = cell(Type.empty);
export const WALL = cell(Type.wall, Hue.grey);
export const GOAL = cell(Type.goal, Hue.green);
export const LAVA = cell(Type.lava);

/** Whether an agent may stand there: free cells, goals, lava and open doors. */
export function canEnter(code: number): boolean {
  const type = code & 15;
  if (type === Type.door) return stateOf(code) === Door.open;
  return type === Type.empty || type === Type.goal || type === Type.lava || type === Type.floor;
}

/** Keys, balls and boxes. */
export function canPickUp(code: number): boolean {
  const type = code & 15;
  return type >= Type.key && type <= Type.box;
}

/** Walls and doors that are not open. */
export function blocksSight(code: number): boolean {
  const type = code & 15;
  return type === Type.wall || (type === Type.door && stateOf(code) !== Door.open);
}
