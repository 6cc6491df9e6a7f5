/**
 * Acrobot: two links hang from a bar with a motor only at the elbow; swing the tip up above the bar. Sutton
 * (1996) as in Gymnasium's Acrobot-v1: the dynamics of Sutton & Barto's book, one fourth-order Runge–Kutta
 * step of 0.2 s.
 */
import { z } from 'zod';
import { choice, number } from '#core/config.ts';
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel } from '#core/env.ts';
import type { ColumnsOf } from '#core/snapshot.ts';

const TIME_STEP = 0.2; // s
const LENGTH = 1; // m, of the upper link; the lower one's does not enter
const MASS = 1; // kg, each
const CENTRE = 0.5; // m, from a link's joint to its centre of mass
const INERTIA = 1; // kg m², each
const GRAVITY = 9.8; // m/s²
const MAX_SPIN_1 = 4 * Math.PI; // rad/s
const MAX_SPIN_2 = 9 * Math.PI;

const params = z.object({
  dynamics: choice({
    label: 'Dynamics',
    help: "Equations of motion: those of Sutton & Barto's book, or those of Sutton's NIPS paper (1996).",
    options: ['book', 'nips'],
    default: 'book',
  }),
  torqueNoise: number({
    label: 'Torque noise',
    help: 'Largest size of the uniform noise that is added to every torque.',
    unit: 'N m',
    min: 0,
    max: 1,
    default: 0,
  }),
});

/**
 * The classical Runge–Kutta scheme: the weight of each of its four stages, and how far ahead (s) the next one
 * probes.
 */
const WEIGHT = Float64Array.of(1, 2, 2, 1);
const AHEAD = Float64Array.of(TIME_STEP / 2, TIME_STEP / 2, TIME_STEP, 0);

/**
 * The upper link's angle from hanging down, the lower one's relative to it, and their angular velocities
 * (rad, rad/s).
 */
function columns(n: number) {
  return {
    angle1: new Float64Array(n),
    angle2: new Float64Array(n),
    spin1: new Float64Array(n),
    spin2: new Float64Array(n),
  };
}
type State = ColumnsOf<typeof columns>;

function create(nips: boolean, torqueNoise: number): EnvKernel<State, number> {
  // Angles, spins and the four slopes of one Runge–Kutta step; one step at a time, so that one of each will
  // do.
  const now = new Float64Array(4);
  // The torque is in it too: as a parameter, it would be allocated where V8 does not inline the function.
  const probe = new Float64Array(5);
  const slope = new Float64Array(4);
  const sum = new Float64Array(4);
  return {
    spec: {
      id: 'acrobot',
      version: 1,
      title: 'Acrobot',
      observation: {
        kind: 'vector',
        shape: [6],
        names: ['cos θ1', 'sin θ1', 'cos θ2', 'sin θ2', 'velocity 1', 'velocity 2'],
      },
      quantities: ['cos1', 'sin1', 'cos2', 'sin2', 'spin1', 'spin2'],
      action: { kind: 'discrete', names: ['torque −1', 'no torque', 'torque +1'] },
      rewards: [
        {
          id: 'step',
          label: 'Step',
          weight: -1,
          help: '1 for every step except the one that reaches the goal.',
        },
        { id: 'goal', label: 'Goal', weight: 0, help: '1 when the tip is above the line.' },
        {
          id: 'height',
          label: 'Height',
          weight: 0,
          help: 'Height of the tip above the bar in links, −2 to 2.',
        },
      ],
      maxSteps: 500,
      fps: 15,
      keys: { ArrowLeft: 0, ArrowDown: 1, ArrowRight: 2, KeyA: 0, KeyS: 1, KeyD: 2 },
    },

    allocate: columns,

    reset(s, i, rng) {
      s.angle1[i] = rng.uniform() * 0.2 - 0.1;
      s.angle2[i] = rng.uniform() * 0.2 - 0.1;
      s.spin1[i] = rng.uniform() * 0.2 - 0.1;
      s.spin2[i] = rng.uniform() * 0.2 - 0.1;
    },

    step(s, i, action, rng, out) {
      probe[4] = action - 1;
      if (torqueNoise > 0) probe[4] += torqueNoise * (2 * rng.uniform() - 1);
      now[0] = s.angle1[i];
      now[1] = s.angle2[i];
      now[2] = s.spin1[i];
      now[3] = s.spin2[i];
      for (let k = 0; k < 4; k++) {
        probe[k] = now[k];
        sum[k] = 0;
      }
      for (let stage = 0; stage < 4; stage++) {
        derivative(probe, nips, slope);
        const weight = WEIGHT[stage];
        const ahead = AHEAD[stage];
        for (let k = 0; k < 4; k++) {
          sum[k] += weight * slope[k];
          probe[k] = now[k] + ahead * slope[k];
        }
      }
      for (let k = 0; k < 4; k++) now[k] += (TIME_STEP / 6) * sum[k];
      wrap(s.angle1, i, now, 0);
      wrap(s.angle2, i, now, 1);
      s.spin1[i] = Math.min(MAX_SPIN_1, Math.max(-MAX_SPIN_1, now[2]));
      s.spin2[i] = Math.min(MAX_SPIN_2, Math.max(-MAX_SPIN_2, now[3]));
      out.terminated = judge(s, i, out.events);
    },

    // [6] cos θ₁, sin θ₁, cos θ₂, sin θ₂, θ̇₁, θ̇₂ (rad/s)
    observe(s, i, into, offset) {
      into[offset] = Math.cos(s.angle1[i]);
      into[offset + 1] = Math.sin(s.angle1[i]);
      into[offset + 2] = Math.cos(s.angle2[i]);
      into[offset + 3] = Math.sin(s.angle2[i]);
      into[offset + 4] = s.spin1[i];
      into[offset + 5] = s.spin2[i];
    },

    draw(s, i, list) {
      const c = 2.3;
      const elbowX = c + Math.sin(s.angle1[i]);
      const elbowY = c + Math.cos(s.angle1[i]);
      const tipX = elbowX + Math.sin(s.angle1[i] + s.angle2[i]);
      const tipY = elbowY + Math.cos(s.angle1[i] + s.angle2[i]);
      list.begin(2 * c, 2 * c);
      for (let x = 0.1; x < 2 * c - 0.1; x += 0.2) list.line(x, c - 1, x + 0.08, c - 1, 0.025, Colour.goal);
      list.line(c - 0.5, c, c + 0.5, c, 0.04, Colour.wall);
      list.line(c, c, elbowX, elbowY, 0.16, Colour.agent);
      list.line(elbowX, elbowY, tipX, tipY, 0.16, Colour.purple);
      list.circle(c, c, 0.1, Colour.ink);
      list.circle(elbowX, elbowY, 0.1, Colour.gold);
      list.circle(tipX, tipY, 0.07, Colour.ink);
    },
  };
}

/**
 * Writes the events of a step. True if the tip is above the line, which is one link's length above the pivot.
 */
function judge(s: State, i: number, events: Float64Array): boolean {
  const height = -Math.cos(s.angle1[i]) - Math.cos(s.angle2[i] + s.angle1[i]);
  const hasArrived = height > 1;
  events[0] = hasArrived ? 0 : 1;
  events[1] = hasArrived ? 1 : 0;
  events[2] = height;
  return hasArrived;
}

/**
 * Time derivative of (θ₁, θ₂, θ̇₁, θ̇₂), the first four numbers, under the torque at the elbow, the fifth; θ₁
 * is 0 hanging down, θ₂ is relative to θ₁.
 */
function derivative(at: Float64Array, nips: boolean, into: Float64Array): void {
  const angle1 = at[0];
  const angle2 = at[1];
  const spin1 = at[2];
  const spin2 = at[3];
  const torque = at[4];
  const cos2 = Math.cos(angle2);
  const sin2 = Math.sin(angle2);
  const d1 =
    MASS * CENTRE * CENTRE +
    MASS * (LENGTH * LENGTH + CENTRE * CENTRE + 2 * LENGTH * CENTRE * cos2) +
    2 * INERTIA;
  const d2 = MASS * (CENTRE * CENTRE + LENGTH * CENTRE * cos2) + INERTIA;
  const phi2 = MASS * CENTRE * GRAVITY * Math.sin(angle1 + angle2);
  const phi1 =
    -MASS * LENGTH * CENTRE * spin2 * spin2 * sin2 -
    2 * MASS * LENGTH * CENTRE * spin2 * spin1 * sin2 +
    (MASS * CENTRE + MASS * LENGTH) * GRAVITY * Math.sin(angle1) +
    phi2;
  const coriolis = nips ? 0 : MASS * LENGTH * CENTRE * spin1 * spin1 * sin2;
  const turn2 =
    (torque + (d2 / d1) * phi1 - coriolis - phi2) / (MASS * CENTRE * CENTRE + INERTIA - (d2 * d2) / d1);
  into[0] = spin1;
  into[1] = spin2;
  into[2] = -(d2 * turn2 + phi1) / d1;
  into[3] = turn2;
}

/** The angle in [−π, π]. */
function wrap(into: Float64Array, i: number, angles: Float64Array, k: number): void {
  // From array to array: a number given or returned is allocated where V8 does not inline the function.
  let wrapped = angles[k];
  while (wrapped > Math.PI) wrapped -= 2 * Math.PI;
  while (wrapped < -Math.PI) wrapped += 2 * Math.PI;
  into[i] = wrapped;
}

export const acrobot = defineEnv({
  id: 'acrobot',
  title: 'Acrobot',
  group: 'control',
  summary: 'Swing the tip of a two-link arm above the line with a motor at the elbow.',
  params,
  create: ({ dynamics, torqueNoise }) => create(dynamics === 'nips', torqueNoise),
});
