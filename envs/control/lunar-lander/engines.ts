/**
 * What pushes the lander besides gravity and the ground: its engines, gusts of wind, and the shove that an
 * episode begins with. Powers, places and the order of the random draws are Gymnasium's.
 */
import type { Action } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import { PUSH_TURN, PUSH_X, PUSH_Y, type Push } from './physics.ts';
import { BODIES, BODY, FPS, HULL_CENTRE, SCALE } from './shape.ts';
import type { State } from './state.ts';

/** Impulses of the engines at full power. */
const MAIN_POWER = 13; // N s
const SIDE_POWER = 0.6; // N s
/**
 * Where the gas leaves, from the origin of the hull: the main engine's below it, the side engines' to both
 * sides.
 */
const MAIN_BELOW = 4 / SCALE; // m
const SIDE_AWAY = 12 / SCALE; // m
/**
 * Where on the hull the side engines push from. The reference takes one distance along the hull's axis for x
 * and another for y.
 */
const SIDE_BELOW = 17 / SCALE; // m
const SIDE_HEIGHT = 14 / SCALE; // m
const FIRST_PUSH = 1000; // N

/** The wind as the parameters have it. */
interface Wind {
  readonly windPower: number; // N
  readonly turbulence: number; // N m
}

/**
 * Sets the flames of slot i: the power of the main engine (0 … 1) and of the side ones (−1 left … 1 right).
 */
export function throttle(s: State, i: number, action: Action): void {
  let main = 0;
  let side = 0;
  if (typeof action === 'number') {
    main = action === 2 ? 1 : 0;
    side = action === 1 ? -1 : action === 3 ? 1 : 0;
  } else {
    const lift = Math.min(1, Math.max(-1, action[0]));
    const lateral = Math.min(1, Math.max(-1, action[1]));
    if (lift > 0) main = 0.5 + 0.5 * lift;
    if (Math.abs(lateral) > 0.5) side = lateral;
  }
  s.flame[2 * i] = main;
  s.flame[2 * i + 1] = side;
}

/** Strength of a gust at a time, −1 to 1: two sines with no common period, so that it never quite repeats. */
function gust(t: number): number {
  return Math.tanh(Math.sin(0.02 * t) + Math.sin(Math.PI * 0.01 * t));
}

/** The push in a random direction that an episode begins with. */
export function shove(push: Push, rng: Rng): void {
  for (let k = PUSH_X; k <= PUSH_Y; k++) push[k] = (FIRST_PUSH / FPS) * (2 * rng.uniform() - 1);
}

/** Adds the gusts of this step, unless a leg is on the ground. */
export function blow(s: State, i: number, wind: Wind, push: Push): void {
  if (s.contact[2 * i] === 1 || s.contact[2 * i + 1] === 1) return;
  push[PUSH_X] += (gust(s.gust[2 * i]++) * wind.windPower) / FPS;
  push[PUSH_TURN] += (gust(s.gust[2 * i + 1]++) * wind.turbulence) / FPS;
}

/** Adds the engines' impulses; each engine's direction and place shake a little. Two draws whatever fires. */
export function fire(s: State, i: number, rng: Rng, push: Push): void {
  const hull = s.bodies;
  const at = i * BODIES * BODY;
  const main = s.flame[2 * i];
  const side = s.flame[2 * i + 1];
  const sin = Math.sin(hull[at + 2]);
  const cos = Math.cos(hull[at + 2]);
  const shake0 = (2 * rng.uniform() - 1) / SCALE;
  const shake1 = (2 * rng.uniform() - 1) / SCALE;
  // From the hull's origin; the gas leaves along it, the impulse is against it.
  const below = MAIN_BELOW + 2 * shake0;
  const mainX = sin * below - cos * shake1;
  const mainY = -cos * below - sin * shake1;
  kick(
    -mainX * MAIN_POWER * main,
    -mainY * MAIN_POWER * main,
    mainX + sin * HULL_CENTRE,
    mainY - cos * HULL_CENTRE,
    push,
  );
  const across = 3 * shake1 + Math.sign(side) * SIDE_AWAY;
  const sideX = sin * shake0 - cos * across;
  const sideY = -cos * shake0 - sin * across;
  const power = SIDE_POWER * Math.abs(side);
  const armX = sideX - sin * (SIDE_BELOW - HULL_CENTRE);
  const armY = sideY + cos * (SIDE_HEIGHT - HULL_CENTRE);
  kick(-sideX * power, -sideY * power, armX, armY, push);
}

/** Adds an impulse at a point given from the hull's centre of mass. */
function kick(x: number, y: number, armX: number, armY: number, push: Push): void {
  push[PUSH_X] += x;
  push[PUSH_Y] += y;
  push[PUSH_TURN] += armX * y - armY * x;
}
