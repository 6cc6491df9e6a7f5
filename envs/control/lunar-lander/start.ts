/** How an episode of LunarLander begins: new terrain, and the lander at the top of the picture. */
import type { Rng } from '#core/rng.ts';
import {
  BODIES,
  BODY,
  HEIGHT,
  HINGE_Y,
  HULL_CENTRE,
  LEG_AWAY,
  LEG_CLOSED,
  PAD_Y,
  POINTS,
  WIDTH,
} from './shape.ts';

/** The heights before smoothing. */
const raw = new Float64Array(POINTS + 1);

const SIN_CLOSED = Math.sin(LEG_CLOSED);
const COS_CLOSED = Math.cos(LEG_CLOSED);

/** Random heights, smoothed over three points, flat around the pad in the middle. */
export function raiseTerrain(heights: Float64Array, first: number, rng: Rng): void {
  // Drawn left to right with one point to spare, which stands in for the left neighbour of the first.
  for (let k = 0; k <= POINTS; k++) raw[k] = rng.uniform() * (HEIGHT / 2);
  for (let k = 3; k <= 7; k++) raw[k] = PAD_Y;
  for (let k = 0; k < POINTS; k++)
    heights[first + k] = 0.33 * (raw[k === 0 ? POINTS : k - 1] + raw[k] + raw[k + 1]);
}

/** Hull with its origin at the top of the picture, legs closed, all at rest. */
export function placeBodies(bodies: Float64Array, at: number): void {
  bodies.fill(0, at, at + BODIES * BODY);
  bodies[at] = WIDTH / 2;
  bodies[at + 1] = HEIGHT + HULL_CENTRE;
  for (let b = 1; b < BODIES; b++) {
    const side = b === 1 ? -1 : 1;
    const k = at + b * BODY;
    const sin = -side * SIN_CLOSED;
    bodies[k] = WIDTH / 2 - (COS_CLOSED * side * LEG_AWAY - sin * HINGE_Y);
    bodies[k + 1] = HEIGHT - (sin * side * LEG_AWAY + COS_CLOSED * HINGE_Y);
    bodies[k + 2] = -side * LEG_CLOSED;
  }
}
