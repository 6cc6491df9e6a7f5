/**
 * Corridor: a row of cells with a reward at the far end. The smallest world with delayed reward: every action
 * but the last earns nothing at once.
 */
import { z } from 'zod';
import { integer, number } from '#core/config.ts';
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type Transition } from '#core/env.ts';
import type { ColumnsOf } from '#core/snapshot.ts';

const params = z.object({
  length: integer({
    label: 'Length',
    help: 'Number of cells, the goal included: longer is harder to explore.',
    min: 2,
    max: 50,
    default: 8,
  }),
  slip: number({
    label: 'Slip',
    help: 'Probability that a step goes in the opposite direction.',
    min: 0,
    max: 1,
    default: 0,
  }),
});

/** The agent's cell, counted from the left. */
function columns(n: number) {
  return { cell: new Int8Array(n) };
}
type State = ColumnsOf<typeof columns>;

function move(cell: number, right: boolean): number {
  return Math.max(0, cell + (right ? 1 : -1));
}

function create(length: number, slip: number): EnvKernel<State, number> {
  const goal = length - 1;
  const outcome = (probability: number, cell: number, right: boolean): Transition => {
    const next = move(cell, right);
    return { probability, next, reward: next === goal ? 1 : 0, terminated: next === goal };
  };
  return {
    spec: {
      id: 'corridor',
      version: 1,
      title: 'Corridor',
      observation: { kind: 'discrete', shape: [1], states: length },
      quantities: ['x'],
      action: { kind: 'discrete', names: ['left', 'right'] },
      rewards: [
        { id: 'goal', label: 'Goal', weight: 1, help: '1 when the far end is reached.' },
        { id: 'step', label: 'Step', weight: 0, help: '1 for every step.' },
      ],
      maxSteps: 10 * length,
      fps: 8,
      keys: { ArrowLeft: 0, ArrowRight: 1 },
    },
    allocate: columns,
    reset(s, i) {
      s.cell[i] = 0;
    },
    step(s, i, action, rng, out) {
      const slips = slip > 0 && rng.uniform() < slip;
      s.cell[i] = move(s.cell[i], (action === 1) !== slips);
      out.terminated = s.cell[i] === goal;
      out.events[0] = out.terminated ? 1 : 0;
      out.events[1] = 1;
    },
    observe(s, i, into, offset) {
      into[offset] = s.cell[i];
    },
    measure(s, i, into) {
      into[0] = s.cell[i];
    },
    draw(s, i, list) {
      list.begin(length, 1.6);
      for (let k = 0; k < length; k++)
        list.rect(k + 0.06, 0.36, 0.88, 0.88, k === goal ? Colour.goal : Colour.floor, 0.12);
      list.circle(s.cell[i] + 0.5, 0.8, 0.28, Colour.agent);
    },
    place(cell, _current, out) {
      out.x = cell;
      out.y = 0.3;
      out.width = out.height = 1;
      return cell !== goal;
    },
    model: () => ({
      states: length,
      actions: 2,
      initial: Array.from({ length }, (_, k) => (k === 0 ? 1 : 0)),
      transitions(state, action) {
        // The goal is absorbing.
        if (state === goal) return [{ probability: 1, next: goal, reward: 0, terminated: true }];
        const right = action === 1;
        return slip === 0
          ? [outcome(1, state, right)]
          : [outcome(1 - slip, state, right), outcome(slip, state, !right)];
      },
    }),
  };
}

export const corridor = defineEnv({
  id: 'corridor',
  title: 'Corridor',
  group: 'sanity',
  summary: 'Walk to the far end of a corridor, where the only reward is.',
  params,
  create: ({ length, slip }) => create(length, slip),
});
