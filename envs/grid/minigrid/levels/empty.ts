/**
 * MiniGrid's Empty: a room, and a goal in its far corner. The reference has it at sizes 5, 6, 8 and 16, and
 * with a random start at 5 and 6; sight is free, as there is nothing to hide.
 */
import { toggle } from '#core/config.ts';
import { GOAL } from '../cells.ts';
import { defineMinigrid, sizeField } from '../engine.ts';

export const empty = defineMinigrid({
  id: 'empty',
  title: 'MiniGrid Empty',
  summary: 'An empty room with a goal: the simplest world with a partial view.',
  fields: {
    size: sizeField(8, 4, 64),
    randomStart: toggle({
      label: 'Random start',
      help: 'Starts the agent on a random cell, facing a random direction.',
      default: false,
    }),
  },
  rules: ({ size, randomStart }) => ({
    width: size,
    height: size,
    mission: 0,
    marks: 0,
    maxSteps: 4 * size * size,
    seeThrough: true,
    build(slot, rng) {
      slot.room();
      slot.set(size - 2, size - 2, GOAL);
      if (randomStart) slot.placeAgent(rng, slot.all);
      else slot.putAgent(1, 1, 0);
    },
  }),
});
