/**
 * MiniGrid's DoorKey: find the key, unlock the door, get to the goal behind it.
 * The time limit is long and the key itself earns no reward, which makes it a standard test of exploration.
 */
import { Door, GOAL, Hue, WALL } from '../cells.ts';
import { defineMinigrid, sizeField } from '../engine.ts';
import { door, key } from '../slot.ts';

export const doorKey = defineMinigrid({
  id: 'door-key',
  title: 'MiniGrid DoorKey',
  summary: 'Find the key, unlock the door and get to the goal: a sparse, distant reward.',
  fields: { size: sizeField(8, 5, 64) },
  rules: ({ size }) => ({
    width: size,
    height: size,
    mission: 0,
    marks: 0,
    maxSteps: 10 * size * size,
    seeThrough: false,
    build(slot, rng) {
      slot.room();
      slot.set(size - 2, size - 2, GOAL);
      const split = 2 + rng.integer(size - 4);
      slot.fill(split, 0, split, size - 1, WALL);
      // Agent and key are left of the wall, the goal is right of it.
      slot.area(0, 0, split, size);
      slot.placeAgent(rng, slot.part);
      // The reference never puts the door into the last row.
      slot.set(split, 1 + rng.integer(size - 3), door(Hue.yellow, Door.locked));
      slot.place(key(Hue.yellow), rng, slot.part);
    },
  }),
});
