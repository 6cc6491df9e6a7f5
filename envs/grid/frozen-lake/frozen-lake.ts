/**
 * FrozenLake: cross the ice to the goal without falling into a hole; on slippery ice, moves may go to the
 * side. The same Markov decision process as Gymnasium's FrozenLake-v1, transition by transition.
 */
import { z } from 'zod';
import { choice, integer, json, number, toggle } from '#core/config.ts';
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type EnvSpec, type Transition } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import type { ColumnsOf } from '#core/snapshot.ts';
import { drawAgent, drawBoard, drawGoal, drawPit, drawTile, placeCell } from '../board.ts';
import { GOAL, HOLE, MAPS, START, mapBoard, parseMap, randomMap, type LakeMap } from './map.ts';

const RANDOM = { field: 'map', is: ['random'] } as const;

const params = z.object({
  map: choice({
    label: 'Map',
    help: "The map to cross: one of Gymnasium's two, a random one, or your own.",
    options: ['4x4', '8x8', 'random', 'own'],
    default: '4x4',
  }),
  slippery: toggle({
    label: 'Slippery',
    help: 'Makes a move go in the chosen direction only at the success rate, else to one of its two sides.',
    default: true,
  }),
  successRate: number({
    label: 'Success rate',
    help: 'Probability that a move on slippery ice goes in the chosen direction.',
    default: 1 / 3,
    min: 0,
    max: 1,
    when: { field: 'slippery', is: [true] },
  }),
  size: integer({
    label: 'Size',
    help: 'Side of the random map: larger maps are harder to explore.',
    unit: 'cells',
    default: 8,
    min: 2,
    max: 32,
    when: RANDOM,
  }),
  frozen: number({
    label: 'Frozen share',
    help: 'Share of the cells of a random map that are frozen; the rest are holes.',
    default: 0.8,
    min: 0.3,
    max: 1,
    when: RANDOM,
  }),
  mapSeed: integer({
    label: 'Map seed',
    help: 'Seed of the random map: another seed gives another map.',
    default: 0,
    min: 0,
    max: 2 ** 31 - 1,
    when: RANDOM,
  }),
  rows: json(z.array(z.string()), {
    label: 'Own map',
    help: 'Rows of your own map, of S (start), F (ice), H (hole) and G (goal).',
    default: [...MAPS['4x4']],
    expected: 'rows of the letters S, F, H and G',
    board: mapBoard,
    when: { field: 'map', is: ['own'] },
  }),
  maxSteps: integer({
    label: 'Time limit',
    help: 'Steps after which an episode is truncated; Gymnasium has 100 on 4x4 and 200 on 8x8.',
    unit: 'steps',
    default: 100,
    off: 0,
    min: 0,
    max: 1_000_000,
  }),
});

/** Actions in Gymnasium's order; up is 3. */
const LEFT = 0;
const DOWN = 1;
const RIGHT = 2;

/** Index of the agent's cell, row-major. */
function columns(n: number) {
  return { cell: new Int32Array(n) };
}
type Lake = ColumnsOf<typeof columns>;

/** The cell one move away; the edge of the map stops the agent. */
function neighbour(map: LakeMap, cell: number, action: number): number {
  const x = cell % map.width;
  if (action === LEFT) return x > 0 ? cell - 1 : cell;
  if (action === RIGHT) return x < map.width - 1 ? cell + 1 : cell;
  if (action === DOWN) return cell + map.width < map.cells.length ? cell + map.width : cell;
  return cell >= map.width ? cell - map.width : cell;
}

/** The map is drawn once per world and not per episode: the model needs it, and Gymnasium does the same. */
function chooseMap(p: z.output<typeof params>): LakeMap {
  switch (p.map) {
    case 'random':
      return randomMap(p.size, p.frozen, rngStreams(p.mapSeed)('frozen-lake/map'));
    case 'own':
      return parseMap(p.rows, 'world.rows');
    case '4x4':
    case '8x8':
      return parseMap(MAPS[p.map], 'world.map');
  }
}

function create(p: z.output<typeof params>): EnvKernel<Lake, number> {
  const map = chooseMap(p);
  const { cells, width, height } = map;
  const starts = [...cells.keys()].filter((k) => cells[k] === START);
  const toSide = (1 - p.successRate) / 2;
  const spec: EnvSpec = {
    id: 'frozen-lake',
    version: 1,
    title: 'FrozenLake',
    observation: { kind: 'discrete', shape: [1], states: cells.length },
    quantities: ['x', 'y'],
    grid: { width, height },
    action: { kind: 'discrete', names: ['left', 'down', 'right', 'up'] },
    rewards: [
      { id: 'goal', label: 'Goal', weight: 1, help: '1 when the goal is reached.' },
      { id: 'hole', label: 'Hole', weight: 0, help: '1 when the agent falls into a hole.' },
      { id: 'ice', label: 'Ice', weight: 0, help: '1 for every other step.' },
    ],
    maxSteps: p.maxSteps,
    fps: 6,
    keys: { ArrowLeft: 0, ArrowDown: 1, ArrowRight: 2, ArrowUp: 3 },
  };

  /** Outcomes in the reference's order: slipped to one side, as meant, slipped to the other. */
  function transitions(cell: number, action: number): readonly Transition[] {
    if (cells[cell] === GOAL || cells[cell] === HOLE)
      return [{ probability: 1, next: cell, reward: 0, terminated: true }];
    const towards = (direction: number, probability: number): Transition => {
      const next = neighbour(map, cell, direction & 3);
      const reward = cells[next] === GOAL ? 1 : 0;
      return { probability, next, reward, terminated: cells[next] === GOAL || cells[next] === HOLE };
    };
    if (!p.slippery) return [towards(action, 1)];
    return [towards(action - 1, toSide), towards(action, p.successRate), towards(action + 1, toSide)];
  }

  return {
    spec,
    allocate: columns,
    reset(s, i, rng) {
      s.cell[i] = starts[starts.length > 1 ? rng.integer(starts.length) : 0];
    },
    step(s, i, action, rng, out) {
      let direction = action;
      if (p.slippery) {
        // One draw decides between three directions; modulo 4, +3 is −1.
        const u = rng.uniform();
        if (u >= p.successRate) direction += u < p.successRate + toSide ? 1 : 3;
      }
      const next = neighbour(map, s.cell[i], direction & 3);
      s.cell[i] = next;
      const kind = cells[next];
      out.events[kind === GOAL ? 0 : kind === HOLE ? 1 : 2] = 1;
      out.terminated = kind === GOAL || kind === HOLE;
    },
    observe(s, i, into, offset) {
      into[offset] = s.cell[i];
    },
    measure(s, i, into) {
      into[0] = s.cell[i] % width;
      into[1] = Math.floor(s.cell[i] / width);
    },
    draw(s, i, list) {
      drawBoard(list, width, height, Colour.floor);
      for (let k = 0; k < cells.length; k++) {
        const x = k % width;
        const y = Math.floor(k / width);
        if (cells[k] === GOAL) drawGoal(list, x, y);
        else drawTile(list, x, y, Colour.ice, cells[k] === START ? 0.62 : 0.42);
        if (cells[k] === HOLE) drawPit(list, x, y, Colour.blue);
      }
      drawAgent(list, s.cell[i] % width, Math.floor(s.cell[i] / width));
    },
    place: (cell, _current, out) =>
      cells[cell] !== GOAL && cells[cell] !== HOLE && placeCell(cell, width, out),
    model: () => ({
      states: cells.length,
      actions: 4,
      initial: Array.from(cells, (cell) => (cell === START ? 1 / starts.length : 0)),
      transitions,
    }),
  };
}

export const frozenLake = defineEnv({
  id: 'frozen-lake',
  title: 'FrozenLake',
  group: 'grid',
  summary: 'Cross slippery ice to the goal without falling into a hole.',
  params,
  create,
});
