/**
 * MountainCar: the engine is too weak for the hill, so the car must first back up the opposite slope to gain
 * momentum. Moore (1990) as in Gymnasium's MountainCar-v0; and with a continuous throttle as in
 * MountainCarContinuous-v0, whose state is float32, as it is here.
 */
import { z } from 'zod';
import { number } from '#core/config.ts';
import { Colour, type DrawList } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type EnvSpec } from '#core/env.ts';

/**
 * Limits of position and of velocity per step, and the pull of the slope: the reference's numbers, without
 * units.
 */
const MIN_X = -1.2;
const MAX_X = 0.6;
const MAX_SPEED = 0.07;
const GRAVITY = 0.0025;

const goalVelocity = number({
  label: 'Goal velocity',
  help: 'Speed that the car must have at the flag for the episode to end.',
  min: 0,
  max: MAX_SPEED,
  default: 0,
});

/** Position along the valley, whose surface is sin 3x, and velocity per step; both without a unit. */
interface State<T extends Float64Array | Float32Array> extends Readonly<Record<string, T>> {
  readonly x: T;
  readonly velocity: T;
}

const observation: EnvSpec['observation'] = { kind: 'vector', shape: [2], names: ['position', 'velocity'] };

const QUANTITIES = ['position', 'velocity'] as const;

const PROGRESS = {
  id: 'height',
  label: 'Height',
  weight: 0,
  help: 'Height of the car after the step, −1 in the valley to 1 on the peak.',
} as const;

function discreteCar(goalVelocity: number): EnvKernel<State<Float64Array>, number> {
  const goal = 0.5;
  const force = 0.001;
  return {
    spec: {
      id: 'mountain-car',
      version: 1,
      title: 'MountainCar',
      observation,
      quantities: QUANTITIES,
      action: { kind: 'discrete', names: ['accelerate left', 'coast', 'accelerate right'] },
      rewards: [
        { id: 'step', label: 'Step', weight: -1, help: '1 for every step, including the last one.' },
        { id: 'goal', label: 'Goal', weight: 0, help: '1 when the flag is reached.' },
        PROGRESS,
      ],
      maxSteps: 200,
      fps: 30,
      keys: { ArrowLeft: 0, ArrowDown: 1, ArrowRight: 2, KeyA: 0, KeyS: 1, KeyD: 2 },
    },
    allocate: (n) => ({ x: new Float64Array(n), velocity: new Float64Array(n) }),
    reset(s, i, rng) {
      s.x[i] = rng.uniform() * 0.2 - 0.6;
      s.velocity[i] = 0;
    },
    step(s, i, action, _rng, out) {
      let velocity = s.velocity[i] + (action - 1) * force + Math.cos(3 * s.x[i]) * -GRAVITY;
      velocity = Math.min(MAX_SPEED, Math.max(-MAX_SPEED, velocity));
      const x = Math.min(MAX_X, Math.max(MIN_X, s.x[i] + velocity));
      // The wall on the left is inelastic; like the reference, the right end has no wall.
      if (x === MIN_X && velocity < 0) velocity = 0;
      s.x[i] = x;
      s.velocity[i] = velocity;
      const arrived = x >= goal && velocity >= goalVelocity;
      out.events[0] = 1;
      out.events[1] = arrived ? 1 : 0;
      out.events[2] = Math.sin(3 * x);
      out.terminated = arrived;
    },
    observe,
    draw: (s, i, list) => drawCar(list, s.x[i], goal),
  };
}

function continuousCar(goalVelocity: number): EnvKernel<State<Float32Array>, Float32Array> {
  const goal = 0.45;
  const power = 0.0015;
  return {
    spec: {
      id: 'mountain-car-continuous',
      version: 1,
      title: 'MountainCar, continuous',
      observation,
      quantities: QUANTITIES,
      action: { kind: 'box', low: [-1], high: [1] },
      rewards: [
        { id: 'goal', label: 'Goal', weight: 100, help: '1 when the flag is reached.' },
        { id: 'effort', label: 'Effort', weight: -0.1, help: 'The square of the throttle.' },
        PROGRESS,
      ],
      maxSteps: 999,
      fps: 30,
      keys: { ArrowLeft: 0, ArrowRight: 1, KeyA: 0, KeyD: 1 },
    },
    allocate: (n) => ({ x: new Float32Array(n), velocity: new Float32Array(n) }),
    reset(s, i, rng) {
      s.x[i] = rng.uniform() * 0.2 - 0.6;
      s.velocity[i] = 0;
    },
    step(s, i, action, _rng, out) {
      // The effort counts before the clamp, as in the reference.
      const throttle = action[0];
      const force = Math.min(1, Math.max(-1, throttle));
      let velocity = s.velocity[i] + (force * power - GRAVITY * Math.cos(3 * s.x[i]));
      velocity = Math.min(MAX_SPEED, Math.max(-MAX_SPEED, velocity));
      const x = Math.min(MAX_X, Math.max(MIN_X, s.x[i] + velocity));
      if (x === MIN_X && velocity < 0) velocity = 0;
      s.x[i] = x;
      s.velocity[i] = velocity;
      const arrived = x >= goal && velocity >= goalVelocity;
      out.events[0] = arrived ? 1 : 0;
      out.events[1] = throttle * throttle;
      out.events[2] = Math.sin(3 * x);
      out.terminated = arrived;
    },
    observe,
    draw: (s, i, list) => drawCar(list, s.x[i], goal),
  };
}

/** [2] position and velocity. */
function observe(s: State<Float64Array | Float32Array>, i: number, into: Float32Array, offset: number): void {
  into[offset] = s.x[i];
  into[offset + 1] = s.velocity[i];
}

/** How far down the hill's surface is at x, in the picture. */
function surface(x: number): number {
  return 0.95 - 0.4 * Math.sin(3 * x);
}

/** The car stands on the slope of the hill, sin 3x. */
function drawCar(list: DrawList, x: number, goal: number): void {
  list.begin(MAX_X - MIN_X, 1.45);
  const steps = 48;
  const width = (MAX_X - MIN_X) / steps;
  for (let k = 0; k < steps; k++) {
    const [from, to] = [k * width, (k + 1) * width];
    list.line(from, surface(MIN_X + from), to, surface(MIN_X + to), 0.014, Colour.wall);
  }
  const [flagX, flagY] = [goal - MIN_X, surface(goal)];
  list.line(flagX, flagY, flagX, flagY - 0.22, 0.01, Colour.ink);
  list.triangle(flagX, flagY - 0.22, flagX, flagY - 0.13, flagX + 0.1, flagY - 0.175, Colour.goal);
  const slope = Math.atan(-0.4 * 3 * Math.cos(3 * x));
  const [cos, sin] = [Math.cos(slope), Math.sin(slope)];
  const [cx, cy] = [x - MIN_X, surface(x)];
  // Measured along the slope and away from it.
  const at = (along: number, up: number): readonly [number, number] => [
    Math.min(MAX_X - MIN_X, Math.max(0, cx + along * cos + up * sin)),
    cy + along * sin - up * cos,
  ];
  const [bodyX, bodyY] = at(0, 0.07);
  list.rect(bodyX - 0.065, bodyY - 0.022, 0.13, 0.044, Colour.agent, 0.015, slope);
  const [cabinX, cabinY] = at(0, 0.105);
  list.rect(cabinX - 0.032, cabinY - 0.018, 0.064, 0.036, Colour.agent, 0.012, slope);
  for (const along of [-0.04, 0.04]) {
    const [wheelX, wheelY] = at(along, 0.03);
    list.circle(wheelX, wheelY, 0.024, Colour.dim);
  }
}

export const mountainCar = defineEnv({
  id: 'mountain-car',
  title: 'MountainCar',
  group: 'control',
  summary: 'Get an underpowered car up the hill by building up momentum.',
  params: z.object({ goalVelocity }),
  create: (params) => discreteCar(params.goalVelocity),
});

export const mountainCarContinuous = defineEnv({
  id: 'mountain-car-continuous',
  title: 'MountainCar, continuous',
  group: 'control',
  summary: 'Get the car up the hill with a throttle, and use as little of it as possible.',
  params: z.object({ goalVelocity }),
  create: (params) => continuousCar(params.goalVelocity),
});
