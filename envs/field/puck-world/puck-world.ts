/**
 * PuckWorld: an agent with inertia follows a green puck, which jumps from time to time, and avoids a red one,
 * which hunts it. After the demo of REINFORCEjs (Karpathy, 2015), written from its description.
 */
import { z } from 'zod';
import { integer, number } from '#core/config.ts';
import { Colour, type DrawList } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type EnvSpec } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import type { ColumnsOf } from '#core/snapshot.ts';

const params = z.object({
  jump: integer({
    label: 'Jump interval',
    help: 'Steps between two jumps of the green puck to a random place.',
    unit: 'steps',
    default: 100,
    min: 1,
    max: 100_000,
  }),
  hunterSpeed: number({
    label: 'Hunter speed',
    help: 'Distance that the red puck moves per step, in sides of the field.',
    default: 0.001,
    min: 0,
    max: 0.1,
  }),
  reach: number({
    label: 'Reach',
    help: 'Distance within which the red puck costs reward, in sides of the field.',
    default: 0.25,
    min: 0.01,
    max: 1.5,
  }),
  maxSteps: integer({
    label: 'Time limit',
    help: 'Steps after which an episode is truncated; the original demo has no such limit.',
    unit: 'steps',
    default: 1000,
    off: 0,
    min: 0,
    max: 1_000_000,
  }),
});

/** Of the agent, in sides of the field, which are the unit of all lengths. */
const RADIUS = 0.05;
/**
 * The part of the velocity that is left after a step, what a push adds to it per step, and the part that a
 * wall throws back.
 */
const DRAG = 0.95;
const THRUST = 0.002;
const BOUNCE = -0.5;
/** Half the number of rectangles that the red puck's disc is drawn with. */
const STRIPS = 40;
const PUSH_X = [-1, 1, 0, 0, 0] as const;
const PUSH_Y = [0, 0, -1, 1, 0] as const;

function columns(n: number) {
  return {
    /** [n] the agent's position and velocity; the field is the unit square, y points down. */
    x: new Float64Array(n),
    y: new Float64Array(n),
    vx: new Float64Array(n),
    vy: new Float64Array(n),
    /** [n × 4] x and y of the green puck, then of the red one. */
    pucks: new Float64Array(n * 4),
    /** [n] steps since the green puck jumped. */
    age: new Int32Array(n),
  };
}
type Field = ColumnsOf<typeof columns>;

function specOf(maxSteps: number): EnvSpec {
  return {
    id: 'puck-world',
    version: 2,
    title: 'PuckWorld',
    observation: {
      kind: 'vector',
      shape: [8],
      names: ['x', 'y', 'x velocity', 'y velocity', 'green dx', 'green dy', 'red dx', 'red dy'],
    },
    quantities: ['x', 'y', 'vx', 'vy', 'goodX', 'goodY', 'badX', 'badY'],
    action: { kind: 'discrete', names: ['left', 'right', 'up', 'down', 'none'] },
    rewards: [
      {
        id: 'distance',
        label: 'Distance',
        weight: -1,
        help: 'Distance to the green puck, in sides of the field.',
      },
      {
        id: 'hunter',
        label: 'Hunter',
        weight: -2,
        help: 'How deep the agent is within reach of the red puck: 0 at its edge, 1 at the puck.',
      },
    ],
    maxSteps,
    fps: 60,
    keys: { ArrowLeft: 0, ArrowRight: 1, ArrowUp: 2, ArrowDown: 3 },
  };
}

/** The disc within the hunter's reach, as strips, so that it ends at the walls. */
function drawReach(list: DrawList, x: number, y: number, reach: number): void {
  const strip = reach / STRIPS;
  for (let k = -STRIPS; k < STRIPS; k++) {
    const left = Math.max(0, x + k * strip);
    const right = Math.min(1, x + (k + 1) * strip);
    const high = Math.sqrt(reach * reach - ((k + 0.5) * strip) ** 2);
    const top = Math.max(0, y - high);
    if (right > left)
      list.rect(left, top, right - left, Math.min(1, y + high) - top, Colour.danger, 0, 0, 0.16);
  }
}

/**
 * Draws coordinates within the walls. A function of its own, as V8 does not inline a rare draw, and would
 * allocate its result.
 */
function scatter(pucks: Float64Array, from: number, to: number, rng: Rng): void {
  for (let k = from; k < to; k++) pucks[k] = RADIUS + (1 - 2 * RADIUS) * rng.uniform();
}

/** Stops at the walls along one axis, and turns back slower. */
function bounce(place: Float64Array, velocity: Float64Array, i: number): void {
  const inside = Math.max(RADIUS, Math.min(1 - RADIUS, place[i]));
  if (inside !== place[i]) velocity[i] *= BOUNCE;
  place[i] = inside;
}

/**
 * Moves the red puck towards the agent, and writes both events: the distance of the green puck and the depth
 * in the red one's reach.
 */
function hunt(s: Field, i: number, speed: Float64Array, reach: Float64Array, events: Float64Array): void {
  const at = i * 4;
  const goodX = s.pucks[at] - s.x[i];
  const goodY = s.pucks[at + 1] - s.y[i];
  const badX = s.x[i] - s.pucks[at + 2];
  const badY = s.y[i] - s.pucks[at + 3];
  const bad = Math.sqrt(badX * badX + badY * badY);
  // The hunter does not overshoot its prey.
  const pace = Math.min(1, speed[0] / Math.max(bad, Number.MIN_VALUE));
  s.pucks[at + 2] += badX * pace;
  s.pucks[at + 3] += badY * pace;
  events[0] = Math.sqrt(goodX * goodX + goodY * goodY);
  events[1] = Math.max(0, 1 - bad / reach[0]);
}

function create(p: z.output<typeof params>): EnvKernel<Field, number> {
  // In arrays of one, because a number among arguments may be allocated.
  const hunterSpeed = Float64Array.of(p.hunterSpeed);
  const reach = Float64Array.of(p.reach);
  return {
    spec: specOf(p.maxSteps),
    allocate: columns,
    reset(s, i, rng) {
      s.x[i] = 0.1 + 0.8 * rng.uniform();
      s.y[i] = 0.1 + 0.8 * rng.uniform();
      s.vx[i] = s.vy[i] = 0;
      scatter(s.pucks, i * 4, i * 4 + 4, rng);
      s.age[i] = 0;
    },
    step(s, i, action, rng, out) {
      s.vx[i] = s.vx[i] * DRAG + THRUST * PUSH_X[action];
      s.vy[i] = s.vy[i] * DRAG + THRUST * PUSH_Y[action];
      s.x[i] += s.vx[i];
      s.y[i] += s.vy[i];
      bounce(s.x, s.vx, i);
      bounce(s.y, s.vy, i);
      const at = i * 4;
      if (++s.age[i] >= p.jump) {
        s.age[i] = 0;
        scatter(s.pucks, at, at + 2, rng);
      }
      hunt(s, i, hunterSpeed, reach, out.events);
    },
    // [8] position from the centre, velocity × 10, and where both pucks are relative to the agent
    observe(s, i, into, offset) {
      const at = i * 4;
      into[offset] = s.x[i] - 0.5;
      into[offset + 1] = s.y[i] - 0.5;
      into[offset + 2] = s.vx[i] * 10;
      into[offset + 3] = s.vy[i] * 10;
      into[offset + 4] = s.pucks[at] - s.x[i];
      into[offset + 5] = s.pucks[at + 1] - s.y[i];
      into[offset + 6] = s.pucks[at + 2] - s.x[i];
      into[offset + 7] = s.pucks[at + 3] - s.y[i];
    },
    draw(s, i, list) {
      const at = i * 4;
      list.begin(1, 1);
      list.rect(0, 0, 1, 1, Colour.floor);
      drawReach(list, s.pucks[at + 2], s.pucks[at + 3], p.reach);
      list.circle(s.pucks[at + 2], s.pucks[at + 3], 0.035, Colour.danger);
      list.circle(s.pucks[at], s.pucks[at + 1], 0.035, Colour.goal);
      list.line(s.x[i], s.y[i], s.x[i] + s.vx[i] * 4, s.y[i] + s.vy[i] * 4, 0.012, Colour.ink, 0.6);
      list.circle(s.x[i], s.y[i], RADIUS, Colour.agent);
    },
  };
}

export const puckWorld = defineEnv({
  id: 'puck-world',
  title: 'PuckWorld',
  group: 'field',
  summary: 'Follow the green puck and avoid the red one, which hunts the agent.',
  params,
  create,
});
