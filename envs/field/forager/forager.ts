/**
 * Forager: an agent with nine eyes walks among walls, eats red food and avoids green food, which is poison.
 * After the deep-Q-learning demo of ConvNetJS (Karpathy, 2014), written from its description.
 */
import { z } from 'zod';
import { integer, number } from '#core/config.ts';
import { defineEnv, type EnvKernel, type EnvSpec, type StepEvents } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import { rayToBox, rayToCircle, rayToEdge } from '../rays.ts';
import { drawForager } from './draw.ts';
import {
  BLOCKS,
  columns,
  EYES,
  HEIGHT,
  ITEM,
  RADIUS,
  REACH,
  Seen,
  SPREAD,
  WIDTH,
  type Field,
} from './field.ts';

const params = z.object({
  items: integer({
    label: 'Food',
    help: 'Largest number of pieces of food at a time.',
    default: 30,
    min: 1,
    max: 200,
  }),
  regrowth: number({
    label: 'Regrowth',
    help: 'Probability per step that one eaten piece grows back elsewhere.',
    default: 0.025,
    min: 0,
    max: 1,
    scale: 'log',
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
    help: 'Steps after which an episode is truncated; the original demo has no such limit.',
    unit: 'steps',
    default: 1000,
    off: 0,
    min: 0,
    max: 1_000_000,
  }),
});

/** How far the left and the right wheel roll, by action, as angles about each other (rad). */
const LEFT_WHEEL = [1, 0.8, 1, 0.5, 0] as const;
const RIGHT_WHEEL = [1, 1, 0.8, 0, 0.5] as const;
/** Distance between the wheels. */
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
      { id: 'food', label: 'Food', weight: 5, help: '1 for each piece of red food eaten.' },
      { id: 'poison', label: 'Poison', weight: -6, help: '1 for each piece of green food eaten.' },
      {
        id: 'space',
        label: 'Space',
        weight: 1,
        help: 'Twice the mean distance of the walls that the eyes see, over their reach; at most 1.',
      },
      {
        id: 'forward',
        label: 'Forward',
        weight: 0.1,
        help: 'The same number again for walking straight ahead, if above 0.75.',
      },
    ],
    maxSteps,
    fps: 30,
    keys: { ArrowUp: 0, KeyA: 1, KeyD: 2, ArrowRight: 3, ArrowLeft: 4 },
  };
}

/** Whether the agent's circle fits at a place; corners of blocks count as square. */
function fits(x: number, y: number): boolean {
  if (x < RADIUS || y < RADIUS || x > WIDTH - RADIUS || y > HEIGHT - RADIUS) return false;
  for (const { left, top, right, bottom } of BLOCKS)
    if (x > left - RADIUS && x < right + RADIUS && y > top - RADIUS && y < bottom + RADIUS) return false;
  return true;
}

/** Each wheel turns about the other by so many radians. The agent stays in place where a wall blocks it. */
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

/** Writes the events `space` and `forward`. */
function measureSpace(s: Field, i: number, action: number, { events }: StepEvents): void {
  let sum = 0;
  for (let k = i * EYES; k < (i + 1) * EYES; k++) sum += s.eyeKind[k] === Seen.wall ? s.eyeDistance[k] : 1;
  const free = Math.min(1, (2 * sum) / EYES);
  events[event.space] = free;
  if (action === 0 && free > 0.75) events[event.forward] = free;
}

/**
 * [EYES] unit directions of the eyes of an agent that faces along x, and of the agent that is looking now.
 */
const ASIDE_X = Float64Array.from({ length: EYES }, (_, eye) => Math.cos((eye - (EYES - 1) / 2) * SPREAD));
const ASIDE_Y = Float64Array.from({ length: EYES }, (_, eye) => Math.sin((eye - (EYES - 1) / 2) * SPREAD));
const eyeX = new Float64Array(EYES);
const eyeY = new Float64Array(EYES);

/** Stores what an eye sees at a distance: nothing beyond its reach. */
function see(s: Field, eye: number, far: number, kind: number): void {
  s.eyeDistance[eye] = Math.min(far, REACH) / REACH;
  s.eyeKind[eye] = far < REACH ? kind : Seen.nothing;
}

/** Lets every eye see the nearest wall. */
function lookAtWalls(s: Field, i: number): void {
  const x = s.x[i];
  const y = s.y[i];
  const cos = Math.cos(s.angle[i]);
  const sin = Math.sin(s.angle[i]);
  for (let eye = 0; eye < EYES; eye++) {
    eyeX[eye] = cos * ASIDE_X[eye] - sin * ASIDE_Y[eye];
    eyeY[eye] = sin * ASIDE_X[eye] + cos * ASIDE_Y[eye];
    let far = rayToEdge(eyeX[eye], eyeY[eye], x, y, WIDTH, HEIGHT);
    for (let k = 0; k < BLOCKS.length; k++) {
      const { left, top, right, bottom } = BLOCKS[k];
      // Most of the time no block is within reach.
      if (x < left - REACH || x > right + REACH || y < top - REACH || y > bottom + REACH) continue;
      const to = rayToBox(eyeX[eye], eyeY[eye], left - x, top - y, right - x, bottom - y);
      if (to < far) far = to;
    }
    see(s, i * EYES + eye, far, Seen.wall);
  }
}

/**
 * The kernel. The eyes look once per step, into the state, as both the reward and the observation need what
 * they see.
 */
function create(p: z.output<typeof params>): EnvKernel<Field, number> {
  const { items } = p;

  /** Puts piece k on a free place, as food or poison. */
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

  /** Eats what the agent touches, and lets an eaten piece grow back now and then. */
  function graze(s: Field, i: number, rng: Rng, out: StepEvents): void {
    let eaten = -1;
    for (let k = 0; k < items; k++) {
      const at = i * items + k;
      const dx = s.itemX[at] - s.x[i];
      const dy = s.itemY[at] - s.y[i];
      if (s.itemKind[at] !== Seen.nothing && dx * dx + dy * dy < (RADIUS + ITEM) ** 2) {
        out.events[s.itemKind[at] === Seen.food ? event.food : event.poison]++;
        s.itemKind[at] = Seen.nothing;
      }
      if (s.itemKind[at] === Seen.nothing) eaten = k;
    }
    // Draws only while something is eaten; of several pieces the last one grows back.
    if (eaten >= 0 && rng.uniform() < p.regrowth) grow(s, i, eaten, rng);
  }

  /** Lets every eye see food that is nearer than what it sees so far. */
  function lookAtFood(s: Field, i: number): void {
    const x = s.x[i];
    const y = s.y[i];
    for (let at = i * items; at < (i + 1) * items; at++) {
      const dx = s.itemX[at] - x;
      const dy = s.itemY[at] - y;
      if (s.itemKind[at] === Seen.nothing || dx * dx + dy * dy > (REACH + ITEM) ** 2) continue;
      for (let eye = 0; eye < EYES; eye++) {
        const far = rayToCircle(eyeX[eye], eyeY[eye], dx, dy, ITEM);
        if (far < s.eyeDistance[i * EYES + eye] * REACH) see(s, i * EYES + eye, far, s.itemKind[at]);
      }
    }
  }

  return {
    spec: specOf(p.maxSteps),
    allocate: (n) => columns(n, items),
    reset(s, i, rng) {
      do {
        s.x[i] = rng.uniform() * WIDTH;
        s.y[i] = rng.uniform() * HEIGHT;
      } while (!fits(s.x[i], s.y[i]));
      s.angle[i] = rng.uniform() * 2 * Math.PI;
      for (let k = 0; k < items; k++) grow(s, i, k, rng);
      lookAtWalls(s, i);
      lookAtFood(s, i);
    },
    step(s, i, action, rng, out) {
      roll(s, i, action);
      graze(s, i, rng, out);
      lookAtWalls(s, i);
      lookAtFood(s, i);
      measureSpace(s, i, action, out);
    },
    // [EYES, 3] per eye the distance to wall, food and poison over REACH, 1 where it sees none
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
  summary: 'Find the red food among walls and avoid the green, with nine eyes.',
  params,
  create,
});
