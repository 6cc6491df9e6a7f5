/**
 * LunarLander: bring a lander with three engines down between two flags. As in Gymnasium's LunarLander-v3, wind included;
 * discrete engines, or a throttle for the main and one for the side engines.
 */
import { z } from 'zod';
import { number, toggle } from '#core/config.ts';
import { defineEnv, type Action, type EnvKernel, type EnvSpec } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import { drawLander } from './picture.ts';
import {
  advance,
  IMPULSES,
  LEG_CLOSED,
  PUSH_TURN,
  PUSH_X,
  PUSH_Y,
  touched,
  type Push,
  type Slot,
} from './physics.ts';
import {
  BODIES,
  BODY,
  FPS,
  HEIGHT,
  HINGE_Y,
  HULL_CENTRE,
  hullTouches,
  LEG_AWAY,
  POINTS,
  SCALE,
  WIDTH,
} from './shape.ts';
import type { State } from './state.ts';

const MAIN_POWER = 13;
const SIDE_POWER = 0.6;
const MAIN_BELOW = 4 / SCALE; // m from the origin of the hull
const SIDE_AWAY = 12 / SCALE;
const SIDE_HEIGHT = 14 / SCALE;
/** Where on the hull the side engines push sideways from; the reference uses the hull's height across, too. */
const SIDE_BELOW = 17 / SCALE;
const FIRST_PUSH = 1000; // N
const PAD_Y = HEIGHT / 4;
/** Half a second below these speeds counts as at rest, as in Box2D. */
const REST_STEPS = 25;
const REST_SPEED = 0.01; // m/s
const REST_SPIN = (2 * Math.PI) / 180; // rad/s

const params = z.object({
  wind: toggle({
    label: 'Wind',
    help: 'On: gusts push and turn the lander while no leg is on the ground.',
    default: false,
  }),
  windPower: number({
    label: 'Wind power',
    help: 'Largest force of a gust.',
    unit: 'N',
    min: 0,
    max: 20,
    default: 15,
  }),
  turbulence: number({
    label: 'Turbulence',
    help: 'Largest torque of a gust.',
    unit: 'N m',
    min: 0,
    max: 2,
    default: 1.5,
  }),
});

type Params = z.output<typeof params>;

const REWARDS: EnvSpec['rewards'] = [
  { id: 'distance', label: 'Distance', weight: 100, help: 'How much nearer to the pad, in half pictures.' },
  { id: 'speed', label: 'Speed', weight: 100, help: 'How much slower, in the units of the observation.' },
  { id: 'tilt', label: 'Tilt', weight: 100, help: 'How much more upright, in radians.' },
  { id: 'legs', label: 'Legs', weight: 10, help: 'Legs that came to the ground, less those that left it.' },
  { id: 'main', label: 'Main engine', weight: -0.3, help: 'Power of the main engine, 0 to 1.' },
  { id: 'side', label: 'Side engine', weight: -0.03, help: 'Power of the side engine in use, 0 to 1.' },
  {
    id: 'crash',
    label: 'Crash',
    weight: -100,
    help: '1 when the hull hits the ground or leaves the picture.',
  },
  { id: 'landing', label: 'Landing', weight: 100, help: '1 when the lander has come to rest.' },
];

function specOf(continuous: boolean): EnvSpec {
  const names = ['no engine', 'left engine', 'main engine', 'right engine'];
  return {
    id: continuous ? 'lunar-lander-continuous' : 'lunar-lander',
    version: 2,
    title: continuous ? 'LunarLander, continuous' : 'LunarLander',
    observation: { kind: 'vector', shape: [8] },
    action: continuous ? { kind: 'box', low: [-1, -1], high: [1, 1] } : { kind: 'discrete', names },
    rewards: REWARDS,
    maxSteps: 1000,
    fps: FPS,
    // Left and right are where the lander tilts and so goes.
    keys: continuous
      ? { ArrowUp: 1, ArrowLeft: 2, ArrowRight: 3 }
      : { ArrowDown: 0, ArrowLeft: 1, ArrowUp: 2, ArrowRight: 3 },
  };
}

function create(continuous: boolean, settings: Params): EnvKernel<State> {
  const push: Push = new Float64Array(3);
  const before = new Float32Array(8);
  const after = new Float32Array(8);

  /** One step of slot i with the engines as its flames say. */
  function move(s: State, i: number, rng: Rng): void {
    if (settings.wind) blow(s, i, settings, push);
    fire(s, i, rng, push);
    advance(slotOf(s, i), push);
    s.contact[2 * i] = touched(0) ? 1 : 0;
    s.contact[2 * i + 1] = touched(1) ? 1 : 0;
    s.rest[i] = isSlow(s.bodies, i) ? s.rest[i] + 1 : 0;
    push.fill(0);
  }

  return {
    spec: specOf(continuous),

    allocate: (n) => ({
      bodies: new Float64Array(n * BODIES * BODY),
      impulses: new Float64Array(n * IMPULSES),
      heights: new Float64Array(n * POINTS),
      contact: new Uint8Array(2 * n),
      rest: new Int32Array(n),
      gust: new Int32Array(2 * n),
      flame: new Float64Array(2 * n),
    }),

    reset(s, i, rng) {
      raiseTerrain(s.heights, i * POINTS, rng);
      placeBodies(s.bodies, i * BODIES * BODY);
      s.impulses.fill(0, i * IMPULSES, (i + 1) * IMPULSES);
      s.contact[2 * i] = s.contact[2 * i + 1] = 0;
      s.rest[i] = 0;
      shove(push, rng);
      s.gust[2 * i] = rng.integer(19_998) - 9999;
      s.gust[2 * i + 1] = rng.integer(19_998) - 9999;
      // The first observation is the one after a step of doing nothing.
      s.flame[2 * i] = s.flame[2 * i + 1] = 0;
      move(s, i, rng);
    },

    step(s, i, action, rng, out) {
      throttle(s, i, action);
      look(s, i, before, 0);
      move(s, i, rng);
      look(s, i, after, 0);

      const { events } = out;
      const hitGround = hullTouches(s.bodies, i * BODIES * BODY, s.heights, i * POINTS);
      const crashed = hitGround || Math.abs(after[0]) >= 1;
      const landed = s.rest[i] >= REST_STEPS;
      out.terminated = crashed || landed;
      // An end replaces what else the step was worth.
      if (landed) events[7] = 1;
      else if (crashed) events[6] = 1;
      else approach(s, i, before, after, events);
    },

    observe: look,
    draw: drawLander,
  };
}

/** Sets the flames of slot i: the power of the main engine (0 … 1) and of the side ones (−1 left … 1 right). */
function throttle(s: State, i: number, action: Action): void {
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

/** What a step was worth that ended nothing: how much nearer, slower and straighter it made the lander, and its fuel. */
function approach(
  s: State,
  i: number,
  before: Float32Array,
  after: Float32Array,
  events: Float64Array,
): void {
  events[0] = length(before[0], before[1]) - length(after[0], after[1]);
  events[1] = length(before[2], before[3]) - length(after[2], after[3]);
  events[2] = Math.abs(before[4]) - Math.abs(after[4]);
  events[3] = after[6] + after[7] - before[6] - before[7];
  events[4] = s.flame[2 * i];
  events[5] = Math.abs(s.flame[2 * i + 1]);
}

/** Where slot i's numbers are. One object, pointed at the slot in turn. */
function slotOf(s: State, i: number): Slot {
  SLOT.bodies = s.bodies;
  SLOT.body = i * BODIES * BODY;
  SLOT.impulses = s.impulses;
  SLOT.impulse = i * IMPULSES;
  SLOT.heights = s.heights;
  SLOT.height = i * POINTS;
  return SLOT;
}

/** The observation: position and velocity relative to the pad, angle, spin, legs; scaled as in the reference. */
function look(s: State, i: number, into: Float32Array, offset: number): void {
  const at = i * BODIES * BODY;
  const hull = s.bodies;
  // As originX and originY, whose results would be allocated where V8 does not inline them.
  const x = hull[at] + Math.sin(hull[at + 2]) * HULL_CENTRE;
  const y = hull[at + 1] - Math.cos(hull[at + 2]) * HULL_CENTRE;
  into[offset] = (x - WIDTH / 2) / (WIDTH / 2);
  into[offset + 1] = (y - (PAD_Y + HINGE_Y)) / (HEIGHT / 2);
  into[offset + 2] = (hull[at + 3] * (WIDTH / 2)) / FPS;
  into[offset + 3] = (hull[at + 4] * (HEIGHT / 2)) / FPS;
  into[offset + 4] = hull[at + 2];
  into[offset + 5] = (20 * hull[at + 5]) / FPS;
  into[offset + 6] = s.contact[2 * i];
  into[offset + 7] = s.contact[2 * i + 1];
}

/** Random heights, smoothed over three points, flat around the pad in the middle. */
function raiseTerrain(heights: Float64Array, first: number, rng: Rng): void {
  // Drawn left to right with one point to spare, which stands in for the left neighbour of the first.
  const raw = SCRATCH;
  for (let k = 0; k <= POINTS; k++) raw[k] = rng.uniform() * (HEIGHT / 2);
  for (let k = 3; k <= 7; k++) raw[k] = PAD_Y;
  for (let k = 0; k < POINTS; k++)
    heights[first + k] = 0.33 * (raw[k === 0 ? POINTS : k - 1] + raw[k] + raw[k + 1]);
}

const SLOT: { -readonly [K in keyof Slot]: Slot[K] } = {
  bodies: new Float64Array(0),
  body: 0,
  impulses: new Float64Array(0),
  impulse: 0,
  heights: new Float64Array(0),
  height: 0,
};

const SCRATCH = new Float64Array(POINTS + 1);

const SIN_CLOSED = Math.sin(LEG_CLOSED);
const COS_CLOSED = Math.cos(LEG_CLOSED);

/** Hull with its origin at the top of the picture, legs closed, all at rest. */
function placeBodies(bodies: Float64Array, at: number): void {
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

/** Strength of a gust at a time, −1 to 1: two sines with no common period, so that it never quite repeats. */
function gust(t: number): number {
  return Math.tanh(Math.sin(0.02 * t) + Math.sin(Math.PI * 0.01 * t));
}

/** The push in a random direction that an episode begins with. */
function shove(push: Push, rng: Rng): void {
  for (let k = PUSH_X; k <= PUSH_Y; k++) push[k] = (FIRST_PUSH / FPS) * (2 * rng.uniform() - 1);
}

/** Adds the gusts of this step, unless a leg is on the ground. */
function blow(s: State, i: number, settings: Params, push: Push): void {
  if (s.contact[2 * i] === 1 || s.contact[2 * i + 1] === 1) return;
  push[PUSH_X] += (gust(s.gust[2 * i]++) * settings.windPower) / FPS;
  push[PUSH_TURN] += (gust(s.gust[2 * i + 1]++) * settings.turbulence) / FPS;
}

/** Adds the engines' impulses; each engine's direction and place shake a little. Two draws whatever fires. */
function fire(s: State, i: number, rng: Rng, push: Push): void {
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

/** `Math.hypot` would allocate its result. */
function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

/** Whether hull and legs all move slower than what counts as rest. */
function isSlow(bodies: Float64Array, i: number): boolean {
  for (let b = 0; b < BODIES; b++) {
    const k = (i * BODIES + b) * BODY;
    if (length(bodies[k + 3], bodies[k + 4]) > REST_SPEED || Math.abs(bodies[k + 5]) > REST_SPIN)
      return false;
  }
  return true;
}

const summary = 'Bring the lander down between the flags, softly and on its legs.';

export const lunarLander = defineEnv({
  id: 'lunar-lander',
  title: 'LunarLander',
  group: 'control',
  summary,
  params,
  create: (settings) => create(false, settings),
});

export const lunarLanderContinuous = defineEnv({
  id: 'lunar-lander-continuous',
  title: 'LunarLander, continuous',
  group: 'control',
  summary: 'The same lander with throttles for the main and the side engines.',
  params,
  create: (settings) => create(true, settings),
});
