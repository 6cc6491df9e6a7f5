/** The marks of trials in a picture, and the way from one to another. */

export interface Mark {
  readonly trial: number;
  readonly round: number;
  readonly x: number;
  readonly y: number;
}

/** How far from a mark the pointer means it, in pixels. */
const REACH = 26;

/** The mark that is meant by a place; undefined if none is near. */
export function nearest(marks: readonly Mark[], x: number, y: number): Mark | undefined {
  let best: Mark | undefined;
  let least = REACH;
  for (const mark of marks) {
    const away = Math.hypot(mark.x - x, mark.y - y);
    if (away < least) [best, least] = [mark, away];
  }
  return best;
}

const WAYS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** How much a pixel aside counts against one straight on. */
const ASIDE = 3;

/** The next mark in the direction of an arrow key; undefined where there is none, or for another key. */
export function towards(marks: readonly Mark[], from: Mark, key: string): Mark | undefined {
  if (!Object.hasOwn(WAYS, key)) return undefined;
  const [dx, dy] = WAYS[key];
  let best: Mark | undefined;
  let least = Infinity;
  for (const mark of marks) {
    const [x, y] = [mark.x - from.x, mark.y - from.y];
    const on = x * dx + y * dy;
    if (on < 0.5) continue;
    const away = on + ASIDE * Math.abs(x * dy + y * dx);
    if (away < least) [best, least] = [mark, away];
  }
  return best;
}
