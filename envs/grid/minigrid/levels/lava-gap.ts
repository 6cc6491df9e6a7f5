/**
 * MiniGrid's LavaGap: a river of lava with one gap separates the agent from the goal.
 * The river is never next to the goal or the start, and its gap may be in any row.
 */
import { EMPTY, GOAL, LAVA } from '../cells.ts';
import { defineMinigrid, sizeField } from '../engine.ts';

export const lavaGap = defineMinigrid({
  id: 'lava-gap',
  title: 'MiniGrid LavaGap',
  summary: 'Find the gap in the lava and get to the goal.',
  fields: { size: sizeField(7, 5, 64) },
  rules: ({ size }) => ({
    width: size,
    height: size,
    mission: 0,
    marks: 0,
    maxSteps: 4 * size * size,
    seeThrough: false,
    build(slot, rng) {
      slot.room();
      slot.putAgent(1, 1, 0);
      slot.set(size - 2, size - 2, GOAL);
      const x = 2 + rng.integer(size - 4);
      slot.fill(x, 1, x, size - 2, LAVA);
      slot.set(x, 1 + rng.integer(size - 2), EMPTY);
    },
  }),
});
