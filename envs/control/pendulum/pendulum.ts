/**
 * Pendulum: swing a rod up and hold it upright with a weak motor. As in Gymnasium's Pendulum-v1:
 * semi-implicit Euler steps, a quadratic cost of angle, speed and torque, and no end except the time limit.
 */
import { z } from 'zod';
import { number } from '#core/config.ts';
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel } from '#core/env.ts';
import type { ColumnsOf } from '#core/snapshot.ts';

const MASS = 1; // kg
const LENGTH = 1; // m
const TIME_STEP = 0.05; // s
const MAX_SPIN = 8; // rad/s
const MAX_TORQUE = 2; // N m

const params = z.object({
  gravity: number({
    label: 'Gravity',
    help: 'Gravity that pulls the pendulum down: the stronger, the more swings it takes to get up.',
    unit: 'm/s²',
    min: 0,
    max: 30,
    default: 10,
  }),
});

function columns(n: number) {
  return {
    /** Angle from upright (rad), not wrapped, and angular velocity (rad/s). */
    angle: new Float64Array(n),
    spin: new Float64Array(n),
    /** The last torque (N m), for the picture only. */
    torque: new Float64Array(n),
  };
}
type State = ColumnsOf<typeof columns>;

function create(gravity: number): EnvKernel<State, Float32Array> {
  return {
    spec: {
      id: 'pendulum',
      version: 1,
      title: 'Pendulum',
      observation: { kind: 'vector', shape: [3], names: ['cos θ', 'sin θ', 'velocity'] },
      quantities: ['cosAngle', 'sinAngle', 'spin'],
      action: { kind: 'box', low: [-MAX_TORQUE], high: [MAX_TORQUE] },
      rewards: [
        {
          id: 'angle',
          label: 'Angle',
          weight: -1,
          help: 'The square of the angle from upright, in (−π, π], before the step.',
        },
        {
          id: 'spin',
          label: 'Angular velocity',
          weight: -0.1,
          help: 'The square of the angular velocity before the step.',
        },
        { id: 'torque', label: 'Torque', weight: -0.001, help: 'The square of the torque.' },
      ],
      maxSteps: 200,
      fps: 30,
      keys: { ArrowLeft: 1, ArrowRight: 0, KeyA: 1, KeyD: 0 },
    },

    allocate: columns,

    reset(s, i, rng) {
      s.angle[i] = Math.PI * (2 * rng.uniform() - 1);
      s.spin[i] = 2 * rng.uniform() - 1;
      s.torque[i] = 0;
    },

    step(s, i, action, _rng, out) {
      const torque = Math.min(MAX_TORQUE, Math.max(-MAX_TORQUE, action[0]));
      const angle = s.angle[i];
      const spin = s.spin[i];
      // The cost is that of the state before the step.
      const off = wrap(angle);
      out.events[0] = off * off;
      out.events[1] = spin * spin;
      out.events[2] = torque * torque;
      const pull = ((3 * gravity) / (2 * LENGTH)) * Math.sin(angle) + (3 / (MASS * LENGTH * LENGTH)) * torque;
      // Semi-implicit: the angle moves with the new velocity.
      const next = Math.min(MAX_SPIN, Math.max(-MAX_SPIN, spin + pull * TIME_STEP));
      s.spin[i] = next;
      s.angle[i] = angle + next * TIME_STEP;
      s.torque[i] = torque;
    },

    // [3] cos θ, sin θ, θ̇ (rad/s)
    observe(s, i, into, offset) {
      into[offset] = Math.cos(s.angle[i]);
      into[offset + 1] = Math.sin(s.angle[i]);
      into[offset + 2] = s.spin[i];
    },

    draw(s, i, list) {
      const c = 1.3;
      list.begin(2 * c, 2 * c);
      list.circle(c, c, 1.12, Colour.floor);
      // Positive angles and torques turn counter-clockwise, as in the reference's picture.
      const [x, y] = [c - Math.sin(s.angle[i]), c - Math.cos(s.angle[i])];
      const effort = s.torque[i] / MAX_TORQUE;
      const steps = Math.ceil(Math.abs(effort) * 12);
      for (let k = 0; k < steps; k++) {
        const from = (k / 12) * Math.sign(effort);
        const to = Math.sign(effort) * Math.min(Math.abs(effort), (k + 1) / 12);
        list.line(
          c - 0.4 * Math.sin(from),
          c - 0.4 * Math.cos(from),
          c - 0.4 * Math.sin(to),
          c - 0.4 * Math.cos(to),
          0.05,
          Colour.gold,
        );
      }
      list.line(c, c, x, y, 0.16, Colour.danger);
      list.circle(c, c, 0.05, Colour.ink);
    },
  };
}

/** The angle in [−π, π). */
function wrap(angle: number): number {
  const turn = 2 * Math.PI;
  const positive = (angle + Math.PI) % turn;
  return (positive < 0 ? positive + turn : positive) - Math.PI;
}

export const pendulum = defineEnv({
  id: 'pendulum',
  title: 'Pendulum',
  group: 'control',
  summary: 'Swing a rod up and hold it upright with a motor that is too weak to lift it.',
  params,
  create: ({ gravity }) => create(gravity),
});
