/**
 * CliffWalking: the shortest path to the goal runs along a cliff, and a step over the edge costs 100 and
 * leads back to the start. The same Markov decision process as Gymnasium's CliffWalking-v1, slippery or not
 * (Sutton & Barto, 2018, example 6.6).
 */
import { z } from 'zod';
import { integer, toggle } from '#core/config.ts';
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type EnvSpec, type Transition } from '#core/env.ts';
import type { ColumnsOf } from '#core/snapshot.ts';
import { drawAgent, drawBoard, drawGoal, drawTile, placeCell } from '../board.ts';

const params = z.object({
  slippery: toggle({
    label: 'Slippery',
    help: 'Makes a move go in the chosen direction with probability 1/3, else to one of its two sides.',
    default: false,
  }),
  maxSteps: integer({
    label: 'Time limit',
    help: 'Steps after which an episode is truncated; off as in Gymnasium, where a random policy takes thousands.',
    unit: 'steps',
    default: 200,
    off: 0,
    min: 0,
    max: 1_000_000,
  }),
});

/** In cells; the cliff is the bottom row between start and goal. */
const WIDTH = 12;
const HEIGHT = 4;
const CELLS = WIDTH * HEIGHT;
const START = CELLS - WIDTH;
const GOAL = CELLS - 1;
/** By action: up, right, down, left. */
const DX = [0, 1, 0, -1] as const;
const DY = [-1, 0, 1, 0] as const;

/** Index of the agent's cell, row-major. */
function columns(n: number) {
  return { cell: new Int32Array(n) };
}
type Walker = ColumnsOf<typeof columns>;

/** The cell that a step leads to, which may be the cliff. */
function neighbour(cell: number, direction: number): number {
  const x = Math.min(WIDTH - 1, Math.max(0, (cell % WIDTH) + DX[direction]));
  const y = Math.min(HEIGHT - 1, Math.max(0, Math.floor(cell / WIDTH) + DY[direction]));
  return y * WIDTH + x;
}

function isCliff(cell: number): boolean {
  return cell > START && cell < GOAL;
}

/**
 * One step of the model. Cells of the cliff have transitions too, as in the reference, although no episode
 * gets there.
 */
function transitions(cell: number, action: number, slippery: boolean): readonly Transition[] {
  const towards = (direction: number, probability: number): Transition => {
    const onto = neighbour(cell, direction & 3);
    if (isCliff(onto)) return { probability, next: START, reward: -100, terminated: false };
    return { probability, next: onto, reward: -1, terminated: onto === GOAL };
  };
  if (!slippery) return [towards(action, 1)];
  return [towards(action + 3, 1 / 3), towards(action, 1 / 3), towards(action + 1, 1 / 3)];
}

function create({ slippery, maxSteps }: z.output<typeof params>): EnvKernel<Walker, number> {
  const spec: EnvSpec = {
    id: 'cliff-walking',
    version: 1,
    title: 'CliffWalking',
    observation: { kind: 'discrete', shape: [1], states: CELLS },
    quantities: ['x', 'y'],
    grid: { width: WIDTH, height: HEIGHT },
    action: { kind: 'discrete', names: ['up', 'right', 'down', 'left'] },
    rewards: [
      { id: 'step', label: 'Step', weight: -1, help: '1 for every step that stays off the cliff.' },
      { id: 'cliff', label: 'Cliff', weight: -100, help: '1 for a step over the cliff, back to the start.' },
      { id: 'goal', label: 'Goal', weight: 0, help: '1 when the goal is reached.' },
    ],
    maxSteps,
    fps: 6,
    keys: { ArrowUp: 0, ArrowRight: 1, ArrowDown: 2, ArrowLeft: 3 },
  };
  return {
    spec,
    allocate: columns,
    reset(s, i) {
      s.cell[i] = START;
    },
    step(s, i, action, rng, out) {
      // One draw decides between the chosen direction and its two sides; modulo 4, +3 is −1.
      const direction = slippery ? (action + 3 + rng.integer(3)) & 3 : action;
      const onto = neighbour(s.cell[i], direction);
      if (isCliff(onto)) {
        s.cell[i] = START;
        out.events[1] = 1;
        return;
      }
      s.cell[i] = onto;
      out.events[0] = 1;
      if (onto === GOAL) {
        out.events[2] = 1;
        out.terminated = true;
      }
    },
    observe(s, i, into, offset) {
      into[offset] = s.cell[i];
    },
    measure(s, i, into) {
      into[0] = s.cell[i] % WIDTH;
      into[1] = Math.floor(s.cell[i] / WIDTH);
    },
    draw(s, i, list) {
      drawBoard(list, WIDTH, HEIGHT);
      drawTile(list, 0, HEIGHT - 1, Colour.agent, 0.15);
      // The cliff: dark ground with a jagged edge.
      for (let x = 1; x < WIDTH - 1; x++) {
        list.rect(x, HEIGHT - 1, 1, 1, Colour.ground);
        for (let k = 0; k < 3; k++) {
          const left = x + k / 3;
          const depth = HEIGHT - 1 + 0.28 + 0.14 * ((x * 3 + k) % 2);
          list.triangle(left, HEIGHT - 1, left + 1 / 3, HEIGHT - 1, left + 1 / 6, depth, Colour.danger, 0.75);
        }
      }
      drawGoal(list, WIDTH - 1, HEIGHT - 1);
      drawAgent(list, s.cell[i] % WIDTH, Math.floor(s.cell[i] / WIDTH));
    },
    place: (cell, _current, out) => !isCliff(cell) && cell !== GOAL && placeCell(cell, WIDTH, out),
    model: () => ({
      states: CELLS,
      actions: 4,
      initial: Array.from({ length: CELLS }, (_, cell) => (cell === START ? 1 : 0)),
      transitions: (cell, action) => transitions(cell, action, slippery),
    }),
  };
}

export const cliffWalking = defineEnv({
  id: 'cliff-walking',
  title: 'CliffWalking',
  group: 'grid',
  summary: 'Walk along a cliff to the goal: Sarsa learns the safe path, Q-learning the shortest one.',
  params,
  create,
});
