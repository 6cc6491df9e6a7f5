/**
 * WaterWorld: an agent with inertia and thirty eyes all around it glides among drifting food and poison.
 * After the demo of REINFORCEjs (Karpathy, 2015), written from its description.
 */
import { z } from 'zod';
import { integer, number } from '#core/config.ts';
import { Colour, type DrawList } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type EnvSpec } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import type { ColumnsOf } from '#core/snapshot.ts';
import { rayToCircle, rayToEdge } from '../rays.ts';

const params = z.object({
  items: integer({
    label: 'Items',
    help: 'Number of items that drift across the field.',
    default: 50,
    min: 1,
    max: 200,
  }),
  poison: number({
    label: 'Poison',
    help: 'Share of the items that are poison.',
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

/**
 * Lengths are in the pixels of the demo. RADIUS is that of the agent and of an item, REACH how far an eye
 * sees.
 */
const WIDTH = 700;
const HEIGHT = 500;
const RADIUS = 10;
const EYES = 30;
const REACH = 120;
/** Numbers per eye: distance to wall, food and poison, and the velocity (x, y) of the item that it sees. */
const SENSES = 5;
/**
 * The part of the velocity that is left after a step, what a push adds to it, and the fastest drift of an
 * item along an axis.
 */
const DRAG = 0.95;
const THRUST = 0.25;
const DRIFT = 2;
const FOOD = 1;
const POISON = 2;
const PUSH_X = [-1, 1, 0, 0, 0] as const;
const PUSH_Y = [0, 0, -1, 1, 0] as const;

/** Unit direction of every eye. */
const EYE_X = Float64Array.from({ length: EYES }, (_, k) => Math.cos((2 * Math.PI * k) / EYES));
const EYE_Y = Float64Array.from({ length: EYES }, (_, k) => Math.sin((2 * Math.PI * k) / EYES));

function columns(n: number, items: number) {
  return {
    /** [n] the agent's position and velocity; y points down. */
    x: new Float64Array(n),
    y: new Float64Array(n),
    vx: new Float64Array(n),
    vy: new Float64Array(n),
    /** [n × items × 4] position and velocity of every item. */
    items: new Float64Array(n * items * 4),
    /** [n × items] FOOD or POISON. */
    kinds: new Uint8Array(n * items),
  };
}
type Water = ColumnsOf<typeof columns>;

/** [EYES] what the eyes saw last: its distance, its kind (0 for a wall), and the item's index in `items`. */
const distance = new Float64Array(EYES);
const kind = new Uint8Array(EYES);
const thing = new Int32Array(EYES);

/** Whether the item at index `at` is within a distance of the agent. */
function isNear(s: Water, i: number, at: number, distance: number): boolean {
  const dx = s.items[at] - s.x[i];
  const dy = s.items[at + 1] - s.y[i];
  return dx * dx + dy * dy < distance * distance;
}

function create({ items, poison, maxSteps }: z.output<typeof params>): EnvKernel<Water, number> {
  const spec: EnvSpec = {
    id: 'water-world',
    version: 1,
    title: 'WaterWorld',
    observation: { kind: 'vector', shape: [EYES * SENSES + 2] },
    action: { kind: 'discrete', names: ['left', 'right', 'up', 'down', 'none'] },
    rewards: [
      { id: 'food', label: 'Food', weight: 1, help: '1 for each green item touched.' },
      { id: 'poison', label: 'Poison', weight: -1, help: '1 for each red item touched.' },
    ],
    maxSteps,
    fps: 60,
    keys: { ArrowLeft: 0, ArrowRight: 1, ArrowUp: 2, ArrowDown: 3 },
  };

  /** Puts item k at a random place, not next to the agent, with a random velocity. */
  function launch(s: Water, i: number, k: number, rng: Rng): void {
    const at = (i * items + k) * 4;
    do {
      s.items[at] = RADIUS + rng.uniform() * (WIDTH - 2 * RADIUS);
      s.items[at + 1] = RADIUS + rng.uniform() * (HEIGHT - 2 * RADIUS);
    } while (isNear(s, i, at, 4 * RADIUS));
    s.items[at + 2] = DRIFT * (2 * rng.uniform() - 1);
    s.items[at + 3] = DRIFT * (2 * rng.uniform() - 1);
    s.kinds[i * items + k] = rng.uniform() < poison ? POISON : FOOD;
  }

  /** Moves an item; walls reflect it. */
  function drift(s: Water, at: number): void {
    const f = s.items;
    f[at] += f[at + 2];
    f[at + 1] += f[at + 3];
    if (f[at] < RADIUS || f[at] > WIDTH - RADIUS) f[at + 2] = -f[at + 2];
    if (f[at + 1] < RADIUS || f[at + 1] > HEIGHT - RADIUS) f[at + 3] = -f[at + 3];
    f[at] = Math.min(WIDTH - RADIUS, Math.max(RADIUS, f[at]));
    f[at + 1] = Math.min(HEIGHT - RADIUS, Math.max(RADIUS, f[at + 1]));
  }

  /** Looks through all eyes: at the walls first, then at the items that are near enough to be seen. */
  function look(s: Water, i: number): void {
    const x = s.x[i];
    const y = s.y[i];
    for (let eye = 0; eye < EYES; eye++) {
      distance[eye] = rayToEdge(EYE_X[eye], EYE_Y[eye], x, y, WIDTH, HEIGHT);
      kind[eye] = 0;
    }
    for (let k = i * items; k < (i + 1) * items; k++) {
      const dx = s.items[4 * k] - x;
      const dy = s.items[4 * k + 1] - y;
      if (dx * dx + dy * dy > (REACH + RADIUS) ** 2) continue;
      for (let eye = 0; eye < EYES; eye++) {
        const to = rayToCircle(EYE_X[eye], EYE_Y[eye], dx, dy, RADIUS);
        if (to >= distance[eye]) continue;
        distance[eye] = to;
        kind[eye] = s.kinds[k];
        thing[eye] = 4 * k;
      }
    }
  }

  /** Lines of sight in the colour of what they hit, faint where they hit nothing. */
  function drawEyes(s: Water, i: number, list: DrawList): void {
    look(s, i);
    for (let eye = 0; eye < EYES; eye++) {
      const hit = distance[eye] < REACH;
      const far = hit ? distance[eye] : REACH;
      const colour = hit ? [Colour.ink, Colour.goal, Colour.danger][kind[eye]] : Colour.dim;
      const endX = s.x[i] + far * EYE_X[eye];
      const endY = s.y[i] + far * EYE_Y[eye];
      list.line(s.x[i], s.y[i], endX, endY, 1.2, colour, hit ? 0.85 : 0.25);
    }
  }

  return {
    spec,
    allocate: (n) => columns(n, items),
    reset(s, i, rng) {
      s.x[i] = RADIUS + rng.uniform() * (WIDTH - 2 * RADIUS);
      s.y[i] = RADIUS + rng.uniform() * (HEIGHT - 2 * RADIUS);
      s.vx[i] = s.vy[i] = 0;
      for (let k = 0; k < items; k++) launch(s, i, k, rng);
    },
    step(s, i, action, rng, out) {
      s.vx[i] = s.vx[i] * DRAG + THRUST * PUSH_X[action];
      s.vy[i] = s.vy[i] * DRAG + THRUST * PUSH_Y[action];
      const x = s.x[i] + s.vx[i];
      const y = s.y[i] + s.vy[i];
      s.x[i] = Math.min(WIDTH - RADIUS, Math.max(RADIUS, x));
      s.y[i] = Math.min(HEIGHT - RADIUS, Math.max(RADIUS, y));
      // Walls stop the agent, unlike items.
      if (s.x[i] !== x) s.vx[i] = 0;
      if (s.y[i] !== y) s.vy[i] = 0;
      for (let k = 0; k < items; k++) {
        const at = (i * items + k) * 4;
        drift(s, at);
        if (!isNear(s, i, at, 2 * RADIUS)) continue;
        out.events[s.kinds[i * items + k] === FOOD ? 0 : 1]++;
        launch(s, i, k, rng);
      }
    },
    // [EYES, SENSES] and the agent's velocity, scaled to its top speed of 5
    observe(s, i, into, offset) {
      look(s, i);
      for (let eye = 0; eye < EYES; eye++) {
        const at = offset + eye * SENSES;
        const hit = distance[eye] < REACH;
        for (let k = 0; k < 3; k++) into[at + k] = hit && k === kind[eye] ? distance[eye] / REACH : 1;
        const drifts = hit && kind[eye] > 0;
        into[at + 3] = drifts ? s.items[thing[eye] + 2] / DRIFT : 0;
        into[at + 4] = drifts ? s.items[thing[eye] + 3] / DRIFT : 0;
      }
      into[offset + EYES * SENSES] = s.vx[i] / 5;
      into[offset + EYES * SENSES + 1] = s.vy[i] / 5;
    },
    draw(s, i, list) {
      list.begin(WIDTH, HEIGHT);
      list.rect(0, 0, WIDTH, HEIGHT, Colour.floor);
      drawEyes(s, i, list);
      for (let k = 0; k < items; k++) {
        const at = (i * items + k) * 4;
        const colour = s.kinds[i * items + k] === FOOD ? Colour.goal : Colour.danger;
        list.circle(s.items[at], s.items[at + 1], RADIUS, colour);
        list.circle(s.items[at] - 3, s.items[at + 1] - 3, 2.5, Colour.ink, 0.45);
      }
      list.circle(s.x[i], s.y[i], RADIUS, Colour.agent);
      list.circle(s.x[i] - 3, s.y[i] - 3, 2.5, Colour.ink, 0.8);
    },
  };
}

export const waterWorld = defineEnv({
  id: 'water-world',
  title: 'WaterWorld',
  group: 'field',
  summary: 'Glide among drifting food and poison, with eyes all around.',
  params,
  create,
});
