/** Where actions lead on the picture, by their names. */

/** A step along x and y, y down; undefined for an action that leads nowhere. */
export type Heading = readonly [dx: number, dy: number] | undefined;

const HEADINGS: Readonly<Record<string, Heading>> = {
  up: [0, -1],
  north: [0, -1],
  right: [1, 0],
  east: [1, 0],
  down: [0, 1],
  south: [0, 1],
  left: [-1, 0],
  west: [-1, 0],
};

export function headingOf(action: string): Heading {
  return HEADINGS[action];
}
