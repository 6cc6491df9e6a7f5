/**
 * Snake: eat food, which makes the snake longer, and avoid walls and the own body. After the arcade game
 * Blockade (1976). The body is a ring buffer of cells, so a step costs the same however long the snake is.
 */
import { z } from 'zod';
import { integer } from '#core/config.ts';
import { Colour, type DrawList } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type EnvSpec } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import type { ColumnsOf } from '#core/snapshot.ts';
import { drawBoard } from '../board.ts';

const params = z.object({
  size: integer({
    label: 'Size',
    help: 'Side of the board: a larger one leaves the snake more room.',
    unit: 'cells',
    default: 10,
    min: 4,
    max: 32,
  }),
  maxSteps: integer({
    label: 'Time limit',
    help: 'Steps after which an episode is truncated; off, a snake may circle for ever.',
    unit: 'steps',
    default: 1000,
    off: 0,
    min: 0,
    max: 1_000_000,
  }),
});

const event = { food: 0, death: 1, step: 2, full: 3 } as const;
const START_LENGTH = 3;
/** By direction: up, right, down, left. */
const DX = [0, 1, 0, -1] as const;
const DY = [-1, 0, 1, 0] as const;

function columns(n: number, cells: number) {
  return {
    /** [n × cells] the body's cells as a ring: `length` entries that end at index `head`. */
    ring: new Int16Array(n * cells),
    head: new Int16Array(n),
    length: new Int16Array(n),
    /** [n × cells] 1 where the body is. */
    taken: new Uint8Array(n * cells),
    /** [n] the food's cell, and the direction of the last step. */
    food: new Int16Array(n),
    direction: new Uint8Array(n),
  };
}
type Snake = ColumnsOf<typeof columns>;

function create({ size, maxSteps }: z.output<typeof params>): EnvKernel<Snake, number> {
  const cells = size * size;
  const spec: EnvSpec = {
    id: 'snake',
    version: 1,
    title: 'Snake',
    observation: {
      kind: 'planes',
      shape: [size, size, 3],
      names: ['head', 'body', 'food'],
      overPicture: true,
    },
    quantities: ['x', 'y', 'size'],
    grid: { width: size, height: size },
    action: { kind: 'discrete', names: ['up', 'right', 'down', 'left'] },
    rewards: [
      { id: 'food', label: 'Food', weight: 1, help: '1 for every piece of food eaten.' },
      { id: 'death', label: 'Death', weight: -1, help: '1 when the snake hits the wall or itself.' },
      { id: 'step', label: 'Step', weight: 0, help: '1 for every step.' },
      { id: 'full', label: 'Full board', weight: 0, help: '1 when the snake fills the board.' },
    ],
    maxSteps,
    fps: 8,
    keys: { ArrowUp: 0, ArrowRight: 1, ArrowDown: 2, ArrowLeft: 3 },
  };

  /** The cell of the k-th segment of slot i, the head's is the 0th. */
  function segment(s: Snake, i: number, k: number): number {
    return s.ring[i * cells + ((s.head[i] - k + cells) % cells)];
  }

  /** Puts the food on a free cell, each equally likely. There must be one. */
  function placeFood(s: Snake, i: number, rng: Rng): void {
    let free = rng.integer(cells - s.length[i]);
    let cell = 0;
    while (s.taken[i * cells + cell] || free-- > 0) cell++;
    s.food[i] = cell;
  }

  function drawSnake(s: Snake, i: number, list: DrawList): void {
    const length = s.length[i];
    for (let k = length - 1; k >= 0; k--) {
      const cell = segment(s, i, k);
      const x = (cell % size) + 0.5;
      const y = Math.floor(cell / size) + 0.5;
      if (k > 0) {
        const ahead = segment(s, i, k - 1);
        list.line(x, y, (ahead % size) + 0.5, Math.floor(ahead / size) + 0.5, 0.62, Colour.goal);
        continue;
      }
      const direction = s.direction[i];
      list.circle(x, y, 0.4, Colour.goal);
      for (const side of [-0.16, 0.16]) {
        const eyeX = x + 0.12 * DX[direction] - side * DY[direction];
        const eyeY = y + 0.12 * DY[direction] + side * DX[direction];
        list.circle(eyeX, eyeY, 0.09, Colour.ground);
      }
    }
  }

  return {
    spec,
    allocate: (n) => columns(n, cells),
    reset(s, i, rng) {
      s.taken.fill(0, i * cells, (i + 1) * cells);
      const middle = Math.floor(size / 2) * size + Math.floor(size / 2) - 1;
      for (let k = 0; k < START_LENGTH; k++) {
        s.ring[i * cells + k] = middle - 1 + k;
        s.taken[i * cells + middle - 1 + k] = 1;
      }
      s.head[i] = START_LENGTH - 1;
      s.length[i] = START_LENGTH;
      s.direction[i] = 1;
      placeFood(s, i, rng);
    },
    step(s, i, action, rng, out) {
      const base = i * cells;
      // Turning straight back is ignored, as it would bite the neck.
      const direction = ((action + 2) & 3) === s.direction[i] ? s.direction[i] : action;
      s.direction[i] = direction;
      out.events[event.step] = 1;
      const from = s.ring[base + s.head[i]];
      const x = (from % size) + DX[direction];
      const y = Math.floor(from / size) + DY[direction];
      const to = y * size + x;
      const eats = to === s.food[i];
      // The tail leaves its cell before the head arrives, unless the snake grows.
      const tail = segment(s, i, s.length[i] - 1);
      if (!eats) s.taken[base + tail] = 0;
      if (x < 0 || y < 0 || x >= size || y >= size || s.taken[base + to]) {
        s.taken[base + tail] = 1;
        out.events[event.death] = 1;
        out.terminated = true;
        return;
      }
      s.head[i] = (s.head[i] + 1) % cells;
      s.ring[base + s.head[i]] = to;
      s.taken[base + to] = 1;
      if (!eats) return;
      out.events[event.food] = 1;
      if (++s.length[i] < cells) placeFood(s, i, rng);
      else {
        out.events[event.full] = 1;
        out.terminated = true;
      }
    },
    // [size, size, 3] head, body (falling from 1 behind the head to 1 / (length − 1) at the tail), food
    observe(s, i, into, offset) {
      into.fill(0, offset, offset + cells * 3);
      const length = s.length[i];
      into[offset + segment(s, i, 0) * 3] = 1;
      for (let k = 1; k < length; k++) into[offset + segment(s, i, k) * 3 + 1] = (length - k) / (length - 1);
      if (length < cells) into[offset + s.food[i] * 3 + 2] = 1;
    },
    measure(s, i, into) {
      const head = segment(s, i, 0);
      into[0] = head % size;
      into[1] = Math.floor(head / size);
      into[2] = s.length[i];
    },
    draw(s, i, list) {
      drawBoard(list, size, size);
      drawSnake(s, i, list);
      if (s.length[i] === cells) return;
      const x = (s.food[i] % size) + 0.5;
      const y = Math.floor(s.food[i] / size) + 0.5;
      list.circle(x, y, 0.28, Colour.danger);
      list.line(x, y - 0.26, x + 0.1, y - 0.38, 0.07, Colour.goal);
    },
  };
}

export const snake = defineEnv({
  id: 'snake',
  title: 'Snake',
  group: 'grid',
  summary: 'Eat, grow, and avoid the walls and your own tail.',
  params,
  create,
});
