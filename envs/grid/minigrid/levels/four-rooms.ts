/**
 * MiniGrid's FourRooms (after Sutton, Precup & Singh, 1999): four rooms joined by four gaps; agent and goal
 * are placed anywhere. The limit is the 100 steps that the reference has at size 19, with which even a good policy
 * fails now and then.
 */
import { EMPTY, GOAL, WALL } from '../cells.ts';
import { defineMinigrid, sizeField } from '../engine.ts';

export const fourRooms = defineMinigrid({
  id: 'four-rooms',
  version: 2,
  title: 'MiniGrid FourRooms',
  summary: 'Find the goal in one of four connected rooms.',
  fields: { size: sizeField(19, 7, 63) },
  rules: ({ size }) => ({
    width: size,
    height: size,
    mission: 0,
    marks: 0,
    // A path leads through three rooms at most: less than 3 size steps, and a few turns. Above 20, where 100 steps would
    // not do, the limit grows.
    maxSteps: Math.max(100, 5 * size),
    seeThrough: false,
    build(slot, rng) {
      const half = Math.floor(size / 2);
      slot.room();
      slot.fill(half, 0, half, size - 1, WALL);
      slot.fill(0, half, size - 1, half, WALL);
      // One gap in each half of both walls; at even sizes the second half is a cell shorter.
      for (let start = 0, length = half - 1; start <= half; start += half, length = size - half - 2) {
        slot.set(half, start + 1 + rng.integer(length), EMPTY);
        slot.set(start + 1 + rng.integer(length), half, EMPTY);
      }
      // Agent and goal may even stand in a gap, as in the reference.
      slot.placeAgent(rng, slot.all);
      slot.place(GOAL, rng, slot.all);
    },
  }),
});
