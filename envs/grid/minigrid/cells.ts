/**
 * One cell of a MiniGrid world in sixteen bits: the type of its object, its colour, its state, and what a box
 * contains. The numbers are Minigrid's own (OBJECT_TO_IDX, COLOR_TO_IDX, STATE_TO_IDX), which is what the
 * agent sees.
 */

/** Types of objects. */
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

/** Colours of objects. */
export const Hue = { red: 0, green: 1, blue: 2, purple: 3, yellow: 4, grey: 5 } as const;
export const HUES = 6;

/** States of a door. */
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

/** The contents of a box, as a cell; 0 if it is empty. */
export function insideOf(code: number): number {
  return (code >> 9) & 127;
}

/** No cell at all: the outside of a chain of rooms, which no agent can see. */
export const VOID = 0;
export const EMPTY = cell(Type.empty);
export const WALL = cell(Type.wall, Hue.grey);
export const GOAL = cell(Type.goal, Hue.green);
export const LAVA = cell(Type.lava);

/** Whether an agent can walk onto a cell: free cells, goals, lava and open doors. */
export function canEnter(code: number): boolean {
  const type = code & 15;
  if (type === Type.door) return stateOf(code) === Door.open;
  return type === Type.empty || type === Type.goal || type === Type.lava || type === Type.floor;
}

/** Whether an agent can carry it: keys, balls and boxes. */
export function canPickUp(code: number): boolean {
  const type = code & 15;
  return type >= Type.key && type <= Type.box;
}

/** Walls and doors that are not open. */
export function blocksSight(code: number): boolean {
  const type = code & 15;
  return type === Type.wall || (type === Type.door && stateOf(code) !== Door.open);
}
