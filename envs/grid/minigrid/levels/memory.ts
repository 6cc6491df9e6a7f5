/**
 * MiniGrid's Memory: see an object at the start, walk down a hallway, and turn to the side with the same
 * object. The two ends of the hallway differ only in the objects beyond them, which are out of reach.
 */
import { toggle } from '#core/config.ts';
import { refusal } from '#core/errors.ts';
import { Hue, WALL } from '../cells.ts';
import { defineMinigrid, sizeField } from '../engine.ts';
import { Act, Outcome } from '../rules.ts';
import { ball, key } from '../slot.ts';

/** Marks with the cells at the two ends of the hallway: success on the first, failure on the second. */
const RIGHT_ONE = 0;
const WRONG_ONE = 2;

export const memory = defineMinigrid({
  id: 'memory',
  title: 'MiniGrid Memory',
  summary: 'Remember the object in the first room and turn towards the same one at the end of the hallway.',
  fields: {
    size: sizeField(7, 7, 63),
    randomLength: toggle({
      label: 'Random hallway length',
      help: 'Gives the hallway a random length in every episode.',
      default: false,
    }),
  },
  rules: ({ size, randomLength }) => {
    if (size % 2 === 0) throw refusal('world.size', 'an odd number', String(size));
    const middle = (size - 1) / 2;
    return {
      width: size,
      height: size,
      mission: 0,
      marks: 4,
      maxSteps: 5 * size * size,
      seeThrough: false,
      build(slot, rng) {
        slot.room();
        // Column of the wall in which the hallway ends.
        const end = randomLength ? 4 + rng.integer(size - 6) : size - 3;
        for (const side of [-1, 1]) {
          slot.fill(1, middle + 2 * side, 4, middle + 2 * side, WALL);
          slot.set(4, middle + side, WALL);
          slot.fill(5, middle + side, end - 1, middle + side, WALL);
        }
        slot.fill(end, 0, end, middle - 1, WALL);
        slot.fill(end, middle + 1, end, size - 1, WALL);
        slot.fill(end + 2, 0, end + 2, size - 1, WALL);
        slot.putAgent(1 + rng.integer(end), middle, 0);
        // Three objects: the one to remember, and one of each kind beyond the ends of the hallway.
        const first = rng.integer(2);
        const above = rng.integer(2);
        slot.set(1, middle - 1, first ? ball(Hue.green) : key(Hue.green));
        slot.set(end + 1, middle - 2, above ? ball(Hue.green) : key(Hue.green));
        slot.set(end + 1, middle + 2, above ? key(Hue.green) : ball(Hue.green));
        const side = first === above ? -1 : 1;
        slot.setMark(RIGHT_ONE, end + 1);
        slot.setMark(RIGHT_ONE + 1, middle + side);
        slot.setMark(WRONG_ONE, end + 1);
        slot.setMark(WRONG_ONE + 1, middle - side);
      },
      // Nothing can be picked up here, as in the reference.
      replaceAction: (action) => (action === Act.pickUp ? Act.toggle : action),
      judge(slot) {
        if (slot.standsOn(RIGHT_ONE)) return Outcome.success;
        return slot.standsOn(WRONG_ONE) ? Outcome.failure : Outcome.continues;
      },
    };
  },
});
