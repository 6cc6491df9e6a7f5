/**
 * Ray casting for the eyes and lidars of the field worlds: how far a ray runs until it hits something. Plain
 * numbers instead of objects, because these functions run hundreds of times per step.
 */

/**
 * Distance along the unit direction (dx, dy) from the origin to a circle about (x, y) relative to it;
 * Infinity if missed.
 */
export function rayToCircle(dx: number, dy: number, x: number, y: number, radius: number): number {
  const along = x * dx + y * dy;
  const apart = x * x + y * y - along * along;
  const room = radius * radius - apart;
  if (room < 0 || along + Math.sqrt(room) < 0) return Infinity;
  return Math.max(0, along - Math.sqrt(room));
}

/**
 * Distance to the rectangle from (left, top) to (right, bottom), relative to the origin, from outside;
 * Infinity if missed.
 */
export function rayToBox(
  dx: number,
  dy: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): number {
  // The slab method (Kay & Kajiya, 1986): intersect the stretches between left and right and between top and
  // bottom. A tiny slope instead of 0 avoids 0 / 0 for a ray along an edge.
  const slopeX = dx === 0 ? Number.MIN_VALUE : dx;
  const slopeY = dy === 0 ? Number.MIN_VALUE : dy;
  const x1 = left / slopeX;
  const x2 = right / slopeX;
  const y1 = top / slopeY;
  const y2 = bottom / slopeY;
  const enter = Math.max(Math.min(x1, x2), Math.min(y1, y2));
  const leave = Math.min(Math.max(x1, x2), Math.max(y1, y2));
  return enter > leave || leave < 0 ? Infinity : Math.max(0, enter);
}

/** Distance from (x, y) inside a field of a width and height to its edge. */
export function rayToEdge(
  dx: number,
  dy: number,
  x: number,
  y: number,
  width: number,
  height: number,
): number {
  const across = (dx > 0 ? width - x : x) / Math.abs(dx);
  const down = (dy > 0 ? height - y : y) / Math.abs(dy);
  return across < down ? across : down;
}
