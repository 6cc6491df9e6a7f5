/**
 * The other cars: each keeps its lane and its speed, brakes behind slower ones, and re-enters the road at the
 * other end.
 */
import type { Rng } from '#core/rng.ts';
import type { ColumnsOf } from '#core/snapshot.ts';
import { HALF_LENGTH, HALF_WIDTH, laneCentre } from './road.ts';

/** The state of n roads with so many cars each. */
export function columns(n: number, cars: number) {
  return {
    /**
     * [n] the agent's own car: metres along the road, metres right of its middle, angle to it, and speed
     * (m/s).
     */
    s: new Float64Array(n),
    d: new Float64Array(n),
    heading: new Float64Array(n),
    ownSpeed: new Float64Array(n),
    /** [n × 2] phases of the two waves that bend the road. */
    phase: new Float64Array(2 * n),
    /** [n × cars] metres ahead of the agent, lane, speed, and the speed that the driver wants. */
    ahead: new Float64Array(n * cars),
    lane: new Uint8Array(n * cars),
    speed: new Float64Array(n * cars),
    wish: new Float64Array(n * cars),
  };
}
export type Cars = ColumnsOf<typeof columns>;

/** The stretch of road around the agent that has traffic (m). */
const BEHIND = -60;
const AHEAD = 160;
/** Gap from bumper to bumper below which a driver brakes (m). */
const GAP = 12;
const TOUCH = 2 * HALF_LENGTH;

export interface Road {
  readonly cars: number;
  readonly lanes: number;
}

interface Among {
  first: number;
  last: number;
  lanes: number;
}

const among: Among = { first: 0, last: 0, lanes: 0 };

/** Puts all cars on the road ahead of the agent, at a safe distance. */
export function fillRoad(t: Cars, i: number, road: Road, rng: Rng): void {
  among.first = i * road.cars;
  among.lanes = road.lanes;
  for (let k = 0; k < road.cars; k++) {
    const at = i * road.cars + k;
    // Even spacing with a little noise keeps cars apart in whatever lanes they are drawn.
    const step = (AHEAD - 25) / road.cars;
    among.last = at;
    t.ahead[at] = 25 + step * (k + 0.5 * rng.uniform());
    enter(t, at, among, rng);
  }
}

const LANES_TRIED = 8;

/**
 * Draws the lane and speed of a car that enters the road; none of the cars from `first` to `last` is near, if
 * such a lane is found.
 */
function enter(t: Cars, at: number, among: Among, rng: Rng): void {
  for (let k = 0; k < LANES_TRIED; k++) {
    t.lane[at] = rng.integer(among.lanes);
    if (isFree(t, at, among)) break;
  }
  t.wish[at] = 12 + 9 * rng.uniform();
  t.speed[at] = t.wish[at];
}

/**
 * Lets a car enter at one end of the road, up to `depth` metres into it. A function of its own, so that this
 * rare draw is inlined.
 */
function comeBack(t: Cars, at: number, end: number, depth: number, among: Among, rng: Rng): void {
  t.ahead[at] = end + depth * rng.uniform();
  enter(t, at, among, rng);
}

function isFree(t: Cars, at: number, { first, last }: Among): boolean {
  for (let other = first; other < last; other++)
    if (other !== at && t.lane[other] === t.lane[at] && Math.abs(t.ahead[other] - t.ahead[at]) < TOUCH + 3)
      return false;
  return true;
}

/**
 * Moves all cars by one step around the agent, which is at 0. Returns the number of cars that it overtook
 * minus those that overtook it.
 */
export function driveTraffic(
  t: Cars,
  i: number,
  road: Road,
  agent: { readonly lane: number; readonly speed: number; readonly moved: number },
  rng: Rng,
): number {
  const first = i * road.cars;
  const last = first + road.cars;
  const dt = 0.1;
  for (let at = first; at < last; at++) {
    // As fast as wanted, or as the slowest car that is close ahead.
    let target = t.wish[at];
    // Distance to the nearest car ahead in the same lane, the agent included.
    let gap = agent.lane === t.lane[at] && t.ahead[at] < 0 ? -t.ahead[at] : Infinity;
    if (gap < GAP + TOUCH) target = Math.min(target, agent.speed);
    for (let other = first; other < last; other++) {
      const between = t.ahead[other] - t.ahead[at];
      if (t.lane[other] !== t.lane[at] || between <= 0 || between >= gap) continue;
      gap = between;
      if (gap < GAP + TOUCH) target = Math.min(target, t.speed[other]);
    }
    if (gap < TOUCH + 2) target = Math.min(target, 2);
    const change = target - t.speed[at];
    t.speed[at] += Math.max(-8 * dt, Math.min(2 * dt, change));
  }
  let overtaken = 0;
  among.first = first;
  among.last = last;
  among.lanes = road.lanes;
  for (let at = first; at < last; at++) {
    const wasInFront = t.ahead[at] > 0;
    t.ahead[at] += t.speed[at] * dt - agent.moved;
    if (t.ahead[at] > 0 !== wasInFront) overtaken += wasInFront ? 1 : -1;
    if (t.ahead[at] < BEHIND) comeBack(t, at, AHEAD, -10, among, rng);
    else if (t.ahead[at] > AHEAD) comeBack(t, at, BEHIND, 10, among, rng);
  }
  return overtaken;
}

/** Whether any car touches the agent at 0, across the road at d. */
export function touches(t: Cars, i: number, road: Road, d: number): boolean {
  for (let at = i * road.cars; at < (i + 1) * road.cars; at++)
    if (Math.abs(t.ahead[at]) < TOUCH && Math.abs(laneCentre(t.lane[at], road.lanes) - d) < 2 * HALF_WIDTH)
      return true;
  return false;
}
