/**
 * The lander's measures and masses, its ground, and where the points of both are. Measures are the
 * reference's, in its pixels.
 */

export const FPS = 50;
export const TIME_STEP = 1 / FPS; // s
/** Pixels per metre. */
export const SCALE = 30;
export const WIDTH = 600 / SCALE;
export const HEIGHT = 400 / SCALE;
/** Height of the landing pad (m). */
export const PAD_Y = HEIGHT / 4;
/** Corners of the hull in pixels from its origin, clockwise from the top left. */
export const HULL: readonly (readonly [number, number])[] = [
  [-14, 17],
  [-17, 0],
  [-17, -10],
  [17, -10],
  [17, 0],
  [14, 17],
];
/** Where on a leg its hinge is: so far in towards the hull's origin and up from the leg's centre (m). */
export const LEG_AWAY = 20 / SCALE;
export const HINGE_Y = 18 / SCALE;
const LEG_HALF_WIDTH = 2 / SCALE;
const LEG_HALF_HEIGHT = 8 / SCALE;
export const LEG_WIDTH = 2 * LEG_HALF_WIDTH;
export const LEG_HEIGHT = 2 * LEG_HALF_HEIGHT;

/** Smallest angle between leg and hull (rad), for the right leg; mirrored for the left one. */
export const LEG_CLOSED = 0.4;

/** Points of the terrain, evenly spaced from the left to the right edge. */
export const POINTS = 11;
export const SPACING = WIDTH / (POINTS - 1);

/** Hull, leg 0 (right), leg 1 (left); centre of mass x, y, angle and their velocities of each. */
export const BODIES = 3;
export const BODY = 6;
export const LEGS = BODIES - 1;
/** Corners of a leg. */
export const CORNERS = 4;

const hull = polygon(HULL.map(([x, y]) => [x / SCALE, y / SCALE]));
const legArea = LEG_WIDTH * LEG_HEIGHT;
const legInertia = (legArea * (LEG_WIDTH ** 2 + LEG_HEIGHT ** 2)) / 12;
/** kg; the hull's density is 5 kg/m², the legs' 1. */
export const MASS: readonly number[] = [5 * hull.area, legArea, legArea];
/** kg m² about the centre of mass. */
export const INERTIA: readonly number[] = [5 * hull.inertia, legInertia, legInertia];
/** Height of the hull's centre of mass over its origin (m). */
export const HULL_CENTRE = hull.centreY;

/** Area, height of the centroid and second moment about it of a polygon that is symmetric in x. */
function polygon(points: readonly (readonly [number, number])[]): {
  area: number;
  centreY: number;
  inertia: number;
} {
  let area = 0;
  let moment = 0;
  let inertia = 0;
  points.forEach(([x1, y1], k) => {
    const [x2, y2] = points[(k + 1) % points.length];
    const cross = x1 * y2 - x2 * y1;
    area += cross / 2;
    moment += (cross * (y1 + y2)) / 6;
    inertia += (cross * (x1 * x1 + x1 * x2 + x2 * x2 + y1 * y1 + y1 * y2 + y2 * y2)) / 12;
  });
  const centreY = moment / area;
  return { area: Math.abs(area), centreY, inertia: Math.abs(inertia) - Math.abs(area) * centreY * centreY };
}

/** Height of the ground under x. */
export function terrainHeight(heights: Float64Array, first: number, x: number): number {
  const k = segment(x);
  return heights[first + k] + (x - k * SPACING) * terrainSlope(heights, first, x);
}

export function terrainSlope(heights: Float64Array, first: number, x: number): number {
  const k = segment(x);
  return (heights[first + k + 1] - heights[first + k]) / SPACING;
}

function segment(x: number): number {
  return Math.min(POINTS - 2, Math.max(0, Math.floor(x / SPACING)));
}

/** Writes where corner k of the leg that starts at `at` is. */
export function corner(bodies: Float64Array, at: number, k: number, into: Float64Array): void {
  const sin = Math.sin(bodies[at + 2]);
  const cos = Math.cos(bodies[at + 2]);
  const right = k % 2 === 0 ? LEG_HALF_WIDTH : -LEG_HALF_WIDTH;
  const up = k < 2 ? LEG_HALF_HEIGHT : -LEG_HALF_HEIGHT;
  into[0] = bodies[at] + right * cos - up * sin;
  into[1] = bodies[at + 1] + right * sin + up * cos;
}

/** Position of the hull's origin, which the reference calls the lander's position. */
export function originX(bodies: Float64Array, at: number): number {
  return bodies[at] + Math.sin(bodies[at + 2]) * HULL_CENTRE;
}

export function originY(bodies: Float64Array, at: number): number {
  return bodies[at + 1] - Math.cos(bodies[at + 2]) * HULL_CENTRE;
}

/** Whether a corner of the hull is in the ground, or a peak of the ground in the hull. */
export function hullTouches(bodies: Float64Array, at: number, heights: Float64Array, first: number): boolean {
  const sin = Math.sin(bodies[at + 2]);
  const cos = Math.cos(bodies[at + 2]);
  // As originX and originY, whose results would be allocated where V8 does not inline them.
  const x = bodies[at] + sin * HULL_CENTRE;
  const y = bodies[at + 1] - cos * HULL_CENTRE;
  for (let k = 0; k < HULL_X.length; k++) {
    const right = HULL_X[k] / SCALE;
    const up = HULL_Y[k] / SCALE;
    const px = x + right * cos - up * sin;
    if (y + right * sin + up * cos < terrainHeight(heights, first, px)) return true;
  }
  for (let k = 0; k < POINTS; k++) {
    const dx = k * SPACING - x;
    const dy = heights[first + k] - y;
    if (inHull(dx * cos + dy * sin, dy * cos - dx * sin)) return true;
  }
  return false;
}

/** The corners again, in flat arrays: taking pairs apart allocates. */
const HULL_X = Float64Array.from(HULL, (corner) => corner[0]);
const HULL_Y = Float64Array.from(HULL, (corner) => corner[1]);

function inHull(right: number, up: number): boolean {
  for (let k = 0; k < HULL_X.length; k++) {
    const next = (k + 1) % HULL_X.length;
    const edgeX = HULL_X[next] - HULL_X[k];
    const edgeY = HULL_Y[next] - HULL_Y[k];
    if (edgeX * (up * SCALE - HULL_Y[k]) - edgeY * (right * SCALE - HULL_X[k]) < 0) return false;
  }
  return true;
}

/** −1 for leg 0, whose hinge angle is positive, and 1 for leg 1. */
export function sideOf(leg: number): number {
  return leg === 0 ? -1 : 1;
}
