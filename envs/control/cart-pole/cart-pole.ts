/**
 * CartPole: push a cart left or right so that the pole on it stays up. The equations of Barto, Sutton &
 * Anderson (1983) as in Gymnasium's CartPole-v1: double-precision state, explicit Euler steps, float32
 * observation.
 */
import { z } from 'zod';
import { toggle } from '#core/config.ts';
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type EnvSpec } from '#core/env.ts';
import type { ColumnsOf } from '#core/snapshot.ts';
import { smallCos, smallSin } from '../small-angle.ts';

const GRAVITY = 9.8; // m/s²
const POLE_MASS = 0.1; // kg
/** Of pole and cart together. Its inverse, because a division costs as much as ten multiplications. */
const PER_MASS = 1 / (1 + POLE_MASS); // 1/kg
const HALF_LENGTH = 0.5; // m
const POLE_MOMENT = POLE_MASS * HALF_LENGTH;
const FORCE = 10; // N
const TIME_STEP = 0.02; // s
const X_LIMIT = 2.4; // m
const ANGLE_LIMIT = (12 * 2 * Math.PI) / 360; // rad

const params = z.object({
  suttonBartoReward: toggle({
    label: 'Sutton–Barto reward',
    help: 'Gives 0 per step and −1 when the pole falls (Barto, Sutton & Anderson 1983) instead of 1 per step, as in Gymnasium.',
    default: false,
  }),
});

/**
 * The cart's place and velocity (m, m/s), the pole's angle from upright and its angular velocity (rad,
 * rad/s).
 */
function columns(n: number) {
  return {
    x: new Float64Array(n),
    velocity: new Float64Array(n),
    angle: new Float64Array(n),
    spin: new Float64Array(n),
  };
}
type State = ColumnsOf<typeof columns>;

function spec(suttonBarto: boolean): EnvSpec {
  return {
    id: 'cart-pole',
    version: 2,
    title: 'CartPole',
    observation: { kind: 'vector', shape: [4], names: ['position', 'velocity', 'angle', 'angular velocity'] },
    quantities: ['x', 'velocity', 'angle', 'spin'],
    action: { kind: 'discrete', names: ['push left', 'push right'] },
    rewards: [
      {
        id: 'step',
        label: 'Step',
        weight: suttonBarto ? 0 : 1,
        help: '1 for every step, including the last one.',
      },
      {
        id: 'fall',
        label: 'Fall',
        weight: suttonBarto ? -1 : 0,
        help: '1 when the pole tips over or the cart leaves the track.',
      },
      {
        id: 'centre',
        label: 'Off centre',
        weight: 0,
        help: 'Distance of the cart from the middle of the track, 0 to 1.',
      },
    ],
    maxSteps: 500,
    fps: 50,
    keys: { ArrowLeft: 0, ArrowRight: 1, KeyA: 0, KeyD: 1 },
  };
}

function create(suttonBarto: boolean): EnvKernel<State, number> {
  return {
    spec: spec(suttonBarto),

    allocate: columns,

    reset(s, i, rng) {
      s.x[i] = rng.uniform() * 0.1 - 0.05;
      s.velocity[i] = rng.uniform() * 0.1 - 0.05;
      s.angle[i] = rng.uniform() * 0.1 - 0.05;
      s.spin[i] = rng.uniform() * 0.1 - 0.05;
    },

    step(s, i, action, _rng, out) {
      const angle = s.angle[i];
      const spin = s.spin[i];
      const sin = smallSin(angle);
      const cos = smallCos(angle);
      // Arithmetic, because no processor can predict the actions of a learner.
      const force = FORCE * (2 * action - 1);
      const push = (force + POLE_MOMENT * (spin * spin) * sin) * PER_MASS;
      const turn =
        (GRAVITY * sin - cos * push) / (HALF_LENGTH * (4 / 3 - POLE_MASS * PER_MASS * (cos * cos)));
      const acceleration = push - POLE_MOMENT * PER_MASS * turn * cos;

      // Explicit Euler: positions move with the old velocities.
      const x = s.x[i] + TIME_STEP * s.velocity[i];
      const tilt = angle + TIME_STEP * spin;
      s.x[i] = x;
      s.velocity[i] += TIME_STEP * acceleration;
      s.angle[i] = tilt;
      s.spin[i] = spin + TIME_STEP * turn;

      // The limits themselves still count as upright.
      const fallen = x < -X_LIMIT || x > X_LIMIT || tilt < -ANGLE_LIMIT || tilt > ANGLE_LIMIT;
      out.events[0] = 1;
      out.events[1] = fallen ? 1 : 0;
      out.events[2] = Math.abs(x) / X_LIMIT;
      out.terminated = fallen;
    },

    // [4] x, ẋ, θ, θ̇: rounded to float32 here, as in the reference, whose state is double too.
    observe(s, i, into, offset) {
      into[offset] = s.x[i];
      into[offset + 1] = s.velocity[i];
      into[offset + 2] = s.angle[i];
      into[offset + 3] = s.spin[i];
    },

    draw(s, i, list) {
      const middle = 3;
      const axle = 1.75;
      const x = middle + s.x[i];
      const angle = s.angle[i];
      list.begin(2 * middle, 2.4);
      list.line(0.1, axle + 0.26, 2 * middle - 0.1, axle + 0.26, 0.025, Colour.wall);
      for (const edge of [-X_LIMIT, X_LIMIT])
        list.line(middle + edge, axle + 0.18, middle + edge, axle + 0.34, 0.025, Colour.danger);
      list.circle(x - 0.17, axle + 0.18, 0.07, Colour.dim);
      list.circle(x + 0.17, axle + 0.18, 0.07, Colour.dim);
      list.rect(x - 0.32, axle - 0.13, 0.64, 0.28, Colour.agent, 0.06);
      const tipX = x + 2 * HALF_LENGTH * Math.sin(angle);
      const tipY = axle - 2 * HALF_LENGTH * Math.cos(angle);
      list.line(x, axle, tipX, tipY, 0.09, Colour.gold);
      list.circle(x, axle, 0.06, Colour.ink);
    },
  };
}

export const cartPole = defineEnv({
  id: 'cart-pole',
  title: 'CartPole',
  group: 'control',
  summary: 'Balance a pole on a cart by pushing it left or right.',
  params,
  create: ({ suttonBartoReward }) => create(suttonBartoReward),
});
