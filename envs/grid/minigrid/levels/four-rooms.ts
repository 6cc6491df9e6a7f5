/**
 * MiniGrid's FourRooms (after Sutton, Precup & Singh, 1999): four rooms joined by four gaps; agent and goal
 * are placed anywhere. The limit of 100 steps does not grow with the grid, so that even a good policy fails
 * now and then, as in the reference.
 */
import { EMPTY, GOAL, WALL } from '../cells.ts';
import { defineMinigrid, sizeField } from '../engine.ts';

export const fourRooms = defineMinigrid({
  id: 'four-rooms',
  title: 'MiniGrid FourRooms',
  summary: 'Find the goal in one of four connected rooms.',
  fields: { size: sizeField(19, 7, 63) },
  rules: ({ size }) => ({
    width: size,
    height: size,
    mission: 0,
    marks: 0,
    maxSteps: 100,
    seeThrough: false,
    build(slot, rng) {
      const half = Math.floor(size / 2);
      slot.room();
      slot.fill(half, 0, half, size - 1, WALL);
      slot.fill(0, half, size - 1, half, WALL);
      // One gap in each half of both walls.
      for (const start of [0, half]) {
        slot.set(half, start + 1 + rng.integer(half - 1), EMPTY);
        slot.set(start + 1 + rng.integer(half - 1), half, EMPTY);
      }
      // Agent and goal may even stand in a gap, as in the reference.
      slot.placeAgent(rng, slot.all);
      slot.place(GOAL, rng, slot.all);
    },
  }),
});
