/**
 * Grid world: walls, goals, pits, rewards on cells, wind and teleporters, from a level that users draw.
 * Textbook grid worlds are levels of it (see README.md), and its model is known, so every tabular method can
 * play it.
 */
import { z } from 'zod';
import { integer, json, number } from '#core/config.ts';
import { Colour, type DrawList } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type EnvSpec, type Transition } from '#core/env.ts';
import type { ColumnsOf } from '#core/snapshot.ts';
import { drawAgent, drawBoard, drawGoal, drawPit, drawWall, placeCell } from '../board.ts';
import {
  GOAL,
  PIT,
  WALL,
  compileLevel,
  levelBoard,
  levelSchema,
  moveIndex,
  type Level,
  type LevelTable,
} from './level.ts';

const params = z.object({
  level: json(levelSchema, {
    label: 'Level',
    help: 'Rows of . (floor), # (wall), S (start), G (goal) and P (pit), with rewards, wind and teleporters beside them.',
    default: {
      rows: ['S....#..', '.##..#..', '.#.....P', '.#.###..', '...#....', '.P...##G'],
      rewards: [],
      wind: [],
      teleporters: [],
    },
    expected: 'a level: { rows, rewards?, wind?, teleporters? }',
    board: levelBoard,
  }),
  slip: number({
    label: 'Slip',
    help: 'Probability that a move goes to one of its two sides instead; 0.2 gives the 80/10/10 of Russell & Norvig.',
    default: 0,
    min: 0,
    max: 1,
  }),
  maxSteps: integer({
    label: 'Time limit',
    help: 'Steps after which an episode is truncated; off lets it run until it ends by itself.',
    unit: 'steps',
    default: 100,
    off: 0,
    min: 0,
    max: 1_000_000,
  }),
});

const event = { goal: 0, pit: 1, step: 2, cell: 3, bump: 4 } as const;

/** Index of the agent's cell, row-major. */
function columns(n: number) {
  return { cell: new Int32Array(n) };
}
type Walker = ColumnsOf<typeof columns>;

function create(p: z.output<typeof params>): EnvKernel<Walker, number> {
  const table = compileLevel(p.level);
  const { kinds, starts, next, gain, chance, width, height } = table;
  const spec: EnvSpec = {
    id: 'grid-world',
    version: 1,
    title: 'Grid world',
    observation: { kind: 'discrete', shape: [1], states: kinds.length },
    quantities: ['x', 'y'],
    grid: { width, height },
    action: { kind: 'discrete', names: ['up', 'right', 'down', 'left'] },
    rewards: [
      { id: 'goal', label: 'Goal', weight: 1, help: '1 when a goal is reached.' },
      { id: 'pit', label: 'Pit', weight: -1, help: '1 when the agent falls into a pit.' },
      { id: 'step', label: 'Step', weight: -0.01, help: '1 for every step.' },
      {
        id: 'cell',
        label: 'Cell',
        weight: 1,
        help: "The level's reward on the cell that the agent enters.",
      },
      { id: 'bump', label: 'Bump', weight: 0, help: '1 when a step ends in the cell where it began.' },
    ],
    maxSteps: p.maxSteps,
    fps: 6,
    keys: { ArrowUp: 0, ArrowRight: 1, ArrowDown: 2, ArrowLeft: 3 },
  };

  /** Every combination of slip and wind with a probability above 0. */
  function transitions(cell: number, action: number): readonly Transition[] {
    if (kinds[cell] !== 0) return [{ probability: 1, next: cell, reward: 0, terminated: true }];
    const found: Transition[] = [];
    for (const turn of [0, 1, 3])
      for (const blown of [false, true]) {
        const turned = turn === 0 ? 1 - p.slip : p.slip / 2;
        const probability = turned * (blown ? chance[cell] : 1 - chance[cell]);
        if (probability === 0) continue;
        const move = moveIndex(cell, (action + turn) & 3, blown);
        const end = kinds[next[move]];
        // Under the default weights of the terms above.
        const reward = (end === GOAL ? 1 : end === PIT ? -1 : 0) - 0.01 + gain[move];
        found.push({ probability, next: next[move], reward, terminated: end === GOAL || end === PIT });
      }
    return found;
  }

  return {
    spec,
    allocate: columns,
    reset(s, i, rng) {
      s.cell[i] = starts[starts.length > 1 ? rng.integer(starts.length) : 0];
    },
    step(s, i, action, rng, out) {
      const cell = s.cell[i];
      let direction = action;
      if (p.slip > 0) {
        const u = rng.uniform();
        if (u < p.slip) direction = (direction + (u < p.slip / 2 ? 1 : 3)) & 3;
      }
      // No draw where the wind is certain, so that such levels stay deterministic.
      const blown = chance[cell] > 0 && (chance[cell] === 1 || rng.uniform() < chance[cell]);
      const move = moveIndex(cell, direction, blown);
      const to = next[move];
      s.cell[i] = to;
      const { events } = out;
      events[event.step] = 1;
      events[event.cell] = gain[move];
      if (to === cell) events[event.bump] = 1;
      else if (kinds[to] !== 0) {
        events[kinds[to] === GOAL ? event.goal : event.pit] = 1;
        out.terminated = true;
      }
    },
    observe(s, i, into, offset) {
      into[offset] = s.cell[i];
    },
    measure(s, i, into) {
      into[0] = s.cell[i] % width;
      into[1] = Math.floor(s.cell[i] / width);
    },
    draw(s, i, list) {
      drawLevel(list, p.level, table);
      drawAgent(list, s.cell[i] % width, Math.floor(s.cell[i] / width));
    },
    place: (cell, _current, out) => kinds[cell] === 0 && placeCell(cell, width, out),
    model: () => ({
      states: kinds.length,
      actions: 4,
      initial: Array.from(kinds, (_, cell) => (starts.includes(cell) ? 1 / starts.length : 0)),
      transitions,
    }),
  };
}

function drawLevel(list: DrawList, level: Level, { width, height, kinds }: LevelTable): void {
  drawBoard(list, width, height);
  for (let cell = 0; cell < kinds.length; cell++) {
    const x = cell % width;
    const y = Math.floor(cell / width);
    if (kinds[cell] === WALL) drawWall(list, x, y);
    else if (kinds[cell] === GOAL) drawGoal(list, x, y);
    else if (kinds[cell] === PIT) drawPit(list, x, y);
  }
  for (const { x, y, dx, dy, chance } of level.wind) drawWind(list, x, y, Math.atan2(dy, dx), chance);
  // Rewards are coins, larger for larger ones; red where they cost.
  for (const { x, y, reward } of level.rewards) {
    const size = Math.min(0.22, 0.08 + 0.06 * Math.log1p(Math.abs(reward)));
    list.circle(x + 0.5, y + 0.5, size, reward < 0 ? Colour.danger : Colour.gold);
  }
  for (const { x, y, toX, toY } of level.teleporters) {
    list.line(x + 0.5, y + 0.5, toX + 0.5, toY + 0.5, 0.04, Colour.purple, 0.35);
    list.circle(x + 0.5, y + 0.5, 0.4, Colour.purple, 0.85);
    list.circle(x + 0.5, y + 0.5, 0.3, Colour.floor);
    list.circle(x + 0.5, y + 0.5, 0.2, Colour.purple, 0.85);
    list.circle(toX + 0.5, toY + 0.5, 0.12, Colour.purple, 0.85);
  }
}

/** Two chevrons that point where the wind blows, the fainter the rarer. */
function drawWind(list: DrawList, x: number, y: number, angle: number, chance: number): void {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const alpha = 0.2 + 0.5 * chance;
  for (const along of [-0.22, 0.06]) {
    const tipX = x + 0.5 + (along + 0.16) * c;
    const tipY = y + 0.5 + (along + 0.16) * s;
    for (const side of [-0.18, 0.18]) {
      const tailX = x + 0.5 + along * c - side * s;
      const tailY = y + 0.5 + along * s + side * c;
      list.line(tailX, tailY, tipX, tipY, 0.06, Colour.ice, alpha);
    }
  }
}

export const gridWorld = defineEnv({
  id: 'grid-world',
  title: 'Grid world',
  group: 'grid',
  summary: 'A grid world to draw yourself: walls, goals, pits, rewards, wind and teleporters.',
  params,
  create,
});
