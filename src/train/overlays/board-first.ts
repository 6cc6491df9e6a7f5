/** Tells the board of a picture from what is on it. */
import { Shape, STRIDE, type DrawList } from '#core/draw-list.ts';

/** Area from which a rectangle is ground: worlds draw their cells about 1 × 1. */
const GROUND = 0.7;

/** Moves the ground before everything else, the order being kept otherwise; returns how many shapes it is. */
export function boardFirst(list: DrawList): number {
  const rows = list.cut(0);
  const objects: number[] = [];
  for (let at = 0; at < rows.length; at += STRIDE) {
    const isGround = rows[at] === Shape.rect && rows[at + 3] * rows[at + 4] >= GROUND;
    if (isGround) list.append(rows.subarray(at, at + STRIDE));
    else objects.push(at);
  }
  const { count } = list;
  for (const at of objects) list.append(rows.subarray(at, at + STRIDE));
  return count;
}
