/**
 * MiniGrid's RedBlueDoors: open the red door, then the blue one; opening the blue one first is a failure.
 * From the middle of the room the agent cannot see whether the red door is open: it must remember.
 */
import { Door, Hue, stateOf } from '../cells.ts';
import { defineMinigrid, sizeField } from '../engine.ts';
import { Outcome } from '../rules.ts';
import { door, type Slot } from '../slot.ts';

/** Marks with the places of the doors. */
const RED = 0;
const BLUE = 2;

/** Whether the door at mark k is open. */
function isOpen(slot: Slot, k: number): boolean {
  return stateOf(slot.get(slot.mark(k), slot.mark(k + 1))) === Door.open;
}

export const redBlueDoors = defineMinigrid({
  id: 'red-blue-doors',
  title: 'MiniGrid RedBlueDoors',
  summary: 'Open the red door, then the blue one: the agent must remember whether it opened the first.',
  fields: { size: sizeField(8, 4, 32) },
  rules: ({ size }) => {
    const left = Math.floor(size / 2);
    return {
      width: 2 * size,
      height: size,
      mission: 0,
      marks: 4,
      maxSteps: 20 * size * size,
      seeThrough: false,
      build(slot, rng) {
        slot.room();
        slot.outline(left, 0, size, size);
        slot.placeAgent(rng, slot.area(left, 0, size, size));
        for (const k of [RED, BLUE]) {
          const x = k === RED ? left : left + size - 1;
          const y = 1 + rng.integer(size - 2);
          slot.setMark(k, x);
          slot.setMark(k + 1, y);
          slot.set(x, y, door(k === RED ? Hue.red : Hue.blue, Door.closed));
        }
      },
      // No step opens both, so the red door must have been open before this one.
      before: (slot) => (isOpen(slot, RED) ? 1 : 0),
      judge(slot, _action, wasRed) {
        if (!isOpen(slot, BLUE)) return Outcome.continues;
        return wasRed ? Outcome.success : Outcome.failure;
      },
    };
  },
});
