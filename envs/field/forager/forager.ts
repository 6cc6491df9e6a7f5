/**
 * Forager: an agent with nine eyes walks among walls, eats red food and leaves the green, which is poison. After the
 * deep-Q demo of ConvNetJS.
 */
import { z } from 'zod';
import { integer, number } from '#core/config.ts';
import { defineEnv, type EnvKernel, type EnvSpec } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import { rayToBox, rayToCircle, rayToEdge } from '../rays.ts';
import { drawForager } from './draw.ts';
import { BLOCKS, EYES, HEIGHT, ITEM, RADIUS, REACH, Seen, WIDTH, type Field } from './field.ts';

const params = z.object({
  items: integer({
    label: 'Food',
    help: 'How many pieces of food there can be.',
    default: 30,
    min: 1,
    max: 200,
  }),
  regrowth: number({
    label: 'Regrowth',
    help: 'Probability per step that one eaten piece grows again elsewhere.',
    default: 0.025,
    min: 0,
    max: 1,
  }),
  poison: number({
    label: 'Poison',
    help: 'Share of the food that is poison.',
    default: 0.5,
    min: 0,
    max: 1,
  }),
  maxSteps: integer({
    label: 'Time limit',
    help: 'Steps after which an episode is cut off; 0 means none, as in the demo.',
    unit: 'steps',
    default: 1000,
    min: 0,
    max: 1_000_000,
  }),
});

/** How far the left and the right wheel turn, by action, in radians. */
const LEFT_WHEEL = [1, 0.8, 1, 0.5, 0] as const;
const RIGHT_WHEEL = [1, 1, 0.8, 0, 0.5] as const;
/** Half the distance between the wheels, about which they turn. */
const AXLE = RADIUS / 2;

const event = { food: 0, poison: 1, space: 2, forward: 3 } as const;

function specOf(maxSteps: number): EnvSpec {
  return {
    id: 'forager',
    version: 1,
    title: 'Forager',
    observation: { kind: 'vector', shape: [EYES * 3] },
    action: { kind: 'discrete', names: ['forward', 'bear left', 'bear right', 'turn right', 'turn left'] },
    rewards: [
      { id: 'food', label: 'Food', weight: 5, help: '1 for each piece of red food.' },
      { id: 'poison', label: 'Poison', weight: -6, help: '1 for each piece of green food.' },
      {
        id: 'space',
        label: 'Space',
        weight: 1,
        help: 'How free the eyes are of walls: 0 with the nose at one, 1 if they see half their reach.',
      },
      {
        id: 'forward',
        label: 'Forward',
        weight: 0.1,
        help: 'The same number for walking straight, if above 0.75.',
      },
    ],
    maxSteps,
    fps: 30,
    keys: { ArrowUp: 0, KeyA: 1, KeyD: 2, ArrowRight: 3, ArrowLeft: 4 },
    players: 1,
  };
}

/** Whether a circle of the agent's size fits at a place. */
function fits(x: number, y: number): boolean {
  if (x < RADIUS || y < RADIUS || x > WIDTH - RADIUS || y > HEIGHT - RADIUS) return false;
  for (const { left, top, right, bottom } of BLOCKS)
    if (x > left - RADIUS && x < right + RADIUS && y > top - RADIUS && y < bottom + RADIUS) return false;
  return true;
}

/** Each wheel turns about the other by as many radians; a wall stops the agent where it was. */
function roll(s: Field, i: number, action: number): void {
  const left = LEFT_WHEEL[action];
  const right = RIGHT_WHEEL[action];
  const turn = left - right;
  const pace = (AXLE / 2) * (Math.sin(left) + Math.sin(right));
  const heading = s.angle[i] + turn / 2;
  const x = s.x[i] + pace * Math.cos(heading);
  const y = s.y[i] + pace * Math.sin(heading);
  s.angle[i] = (s.angle[i] + turn) % (2 * Math.PI);
  if (!fits(x, y)) return;
  s.x[i] = x;
  s.y[i] = y;
}

/** How free of walls the eyes are, from 0 to 1. */
function space(s: Field, i: number): number {
  let sum = 0;
  for (let k = i * EYES; k < (i + 1) * EYES; k++) sum += s.eyeKind[k] === Seen.wall ? s.eyeDistance[k] : 1;
  return Math.min(1, (2 * sum) / EYES);
}

const ray = { dx: 0, dy: 0 };

function create(p: z.output<typeof params>): EnvKernel<Field, number> {
  const { items } = p;

  /** Puts piece k on a free place. */
  function grow(s: Field, i: number, k: number, rng: Rng): void {
    let x = 0;
    let y = 0;
    do {
      x = 20 + rng.uniform() * (WIDTH - 40);
      y = 20 + rng.uniform() * (HEIGHT - 40);
    } while (!fits(x, y));
    const at = i * items + k;
    s.itemX[at] = x;
    s.itemY[at] = y;
    s.itemKind[at] = rng.uniform() < p.poison ? Seen.poison : Seen.food;
  }

  /** Looks through every eye: the nearest wall or piece of food within reach. */
  function look(s: Field, i: number): void {
    const x = s.x[i];
    const y = s.y[i];
    for (let eye = 0; eye < EYES; eye++) {
      const angle = s.angle[i] + (eye - (EYES - 1) / 2) * 0.25;
      ray.dx = Math.cos(angle);
      ray.dy = Math.sin(angle);
      let far = rayToEdge(ray, -x, -y, WIDTH - x, HEIGHT - y);
      for (const { left, top, right, bottom } of BLOCKS)
        far = Math.min(far, rayToBox(ray, left - x, top - y, right - x, bottom - y));
      let kind: number = Seen.wall;
      for (let at = i * items; at < (i + 1) * items; at++) {
        if (s.itemKind[at] === Seen.nothing) continue;
        const ix = s.itemX[at] - x;
        const iy = s.itemY[at] - y;
        if (ix * ix + iy * iy > (REACH + ITEM) ** 2) continue;
        const to = rayToCircle(ray.dx, ray.dy, ix, iy, ITEM);
        if (to >= far) continue;
        far = to;
        kind = s.itemKind[at];
      }
      s.eyeDistance[i * EYES + eye] = Math.min(far, REACH) / REACH;
      s.eyeKind[i * EYES + eye] = far < REACH ? kind : Seen.nothing;
    }
  }

  return {
    spec: specOf(p.maxSteps),
    allocate: (n) => ({
      x: new Float64Array(n),
      y: new Float64Array(n),
      angle: new Float64Array(n),
      itemX: new Float64Array(n * items),
      itemY: new Float64Array(n * items),
      itemKind: new Uint8Array(n * items),
      eyeDistance: new Float32Array(n * EYES),
      eyeKind: new Uint8Array(n * EYES),
    }),
    reset(s, i, rng) {
      do {
        s.x[i] = rng.uniform() * WIDTH;
        s.y[i] = rng.uniform() * HEIGHT;
      } while (!fits(s.x[i], s.y[i]));
      s.angle[i] = rng.uniform() * 2 * Math.PI;
      for (let k = 0; k < items; k++) grow(s, i, k, rng);
      look(s, i);
    },
    step(s, i, action, rng, out) {
      roll(s, i, action);
      let eaten = -1;
      for (let k = 0; k < items; k++) {
        const at = i * items + k;
        if (
          s.itemKind[at] !== Seen.nothing &&
          Math.hypot(s.itemX[at] - s.x[i], s.itemY[at] - s.y[i]) < RADIUS + ITEM
        ) {
          out.events[s.itemKind[at] === Seen.food ? event.food : event.poison]++;
          s.itemKind[at] = Seen.nothing;
        }
        if (s.itemKind[at] === Seen.nothing) eaten = k;
      }
      if (eaten >= 0 && rng.uniform() < p.regrowth) grow(s, i, eaten, rng);
      look(s, i);
      const free = space(s, i);
      out.events[event.space] = free;
      if (action === 0 && free > 0.75) out.events[event.forward] = free;
    },
    observe(s, i, into, offset) {
      for (let eye = 0; eye < EYES; eye++) {
        const at = i * EYES + eye;
        for (let kind = 0; kind < 3; kind++)
          into[offset + eye * 3 + kind] = s.eyeKind[at] === kind ? s.eyeDistance[at] : 1;
      }
    },
    draw(s, i, list) {
      drawForager(list, s, i, items);
    },
  };
}

export const forager = defineEnv({
  id: 'forager',
  title: 'Forager',
  group: 'field',
  summary: 'Nine eyes among walls: eat the red food, leave the green.',
  params,
  create,
});
