/**
 * LunarLander: land a craft with three engines between two flags. As Gymnasium's LunarLander-v3, wind
 * included: with engines that are on or off, or with a throttle for the main engine and one for the side
 * engines. The physics is our own (see physics.ts).
 */
import { z } from 'zod';
import { number, toggle } from '#core/config.ts';
import { defineEnv, type EnvKernel, type EnvSpec } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import { blow, fire, shove, throttle } from './engines.ts';
import { advance, touched, type Push } from './physics.ts';
import { drawLander } from './picture.ts';
import {
  BODIES,
  BODY,
  FPS,
  HEIGHT,
  HINGE_Y,
  HULL_CENTRE,
  hullTouches,
  PAD_Y,
  POINTS,
  WIDTH,
} from './shape.ts';
import { placeBodies, raiseTerrain } from './start.ts';
import { columns, IMPULSES, slotOf, type State } from './state.ts';

/** Half a second below these speeds counts as at rest, as in Box2D. */
const REST_STEPS = 25;
const REST_SPEED = 0.01; // m/s
const REST_SPIN = (2 * Math.PI) / 180; // rad/s

const params = z.object({
  wind: toggle({
    label: 'Wind',
    help: 'Lets gusts push and turn the lander as long as no leg is on the ground.',
    default: false,
  }),
  windPower: number({
    label: 'Wind power',
    help: 'Largest force with which a gust pushes the lander.',
    unit: 'N',
    min: 0,
    max: 20,
    default: 15,
    when: { field: 'wind', is: [true] },
  }),
  turbulence: number({
    label: 'Turbulence',
    help: 'Largest torque with which a gust turns the lander.',
    unit: 'N m',
    min: 0,
    max: 2,
    default: 1.5,
    when: { field: 'wind', is: [true] },
  }),
});

type Params = z.output<typeof params>;

const REWARDS: EnvSpec['rewards'] = [
  {
    id: 'distance',
    label: 'Distance',
    weight: 100,
    help: 'Decrease of the distance to the pad, in the units of the observation.',
  },
  {
    id: 'speed',
    label: 'Speed',
    weight: 100,
    help: 'Decrease of the speed, in the units of the observation.',
  },
  { id: 'tilt', label: 'Tilt', weight: 100, help: 'Decrease of the tilt, in radians.' },
  {
    id: 'legs',
    label: 'Legs',
    weight: 10,
    help: 'Legs that touched down in this step minus legs that lifted off.',
  },
  { id: 'main', label: 'Main engine', weight: -0.3, help: 'Power of the main engine, 0 to 1.' },
  { id: 'side', label: 'Side engine', weight: -0.03, help: 'Power of the side engine that fires, 0 to 1.' },
  {
    id: 'crash',
    label: 'Crash',
    weight: -100,
    help: '1 when the hull hits the ground or the lander leaves the viewport to the side.',
  },
  { id: 'landing', label: 'Landing', weight: 100, help: '1 when the lander has come to rest.' },
];

function specOf(continuous: boolean): EnvSpec {
  const names = ['no engine', 'left engine', 'main engine', 'right engine'];
  return {
    id: continuous ? 'lunar-lander-continuous' : 'lunar-lander',
    version: 2,
    title: continuous ? 'LunarLander, continuous' : 'LunarLander',
    observation: {
      kind: 'vector',
      shape: [8],
      names: ['x', 'y', 'x velocity', 'y velocity', 'angle', 'angular velocity', 'right leg', 'left leg'],
    },
    quantities: ['x', 'y', 'vx', 'vy', 'angle', 'spin', 'rightLeg', 'leftLeg'],
    action: continuous ? { kind: 'box', low: [-1, -1], high: [1, 1] } : { kind: 'discrete', names },
    rewards: REWARDS,
    maxSteps: 1000,
    fps: FPS,
    // The arrow is the direction in which the lander tilts and so drifts.
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

    allocate: columns,

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
      // As in the reference, the last step pays nothing else.
      if (landed) events[7] = 1;
      else if (crashed) events[6] = 1;
      else approach(s, i, before, after, events);
    },

    observe: look,
    draw: drawLander,
  };
}

/**
 * The events of a step that does not end the episode: the change of the reference's shaping potential, term
 * by term (Ng, Harada & Russell, 1999), and the fuel.
 */
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

/**
 * The observation: position and velocity relative to the pad, angle, spin, legs; scaled as in the reference.
 */
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

/** Not `Math.hypot`, which would allocate its result. */
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

const summary = 'Land softly, upright and on both legs, between the flags.';

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
  summary: 'LunarLander with a throttle for the main engine and one for the side engines.',
  params,
  create: (settings) => create(true, settings),
});
