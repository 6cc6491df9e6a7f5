/**
 * MiniGrid's Fetch: pick up the object that the mission names, and no other.
 * The first pick-up ends the episode, in success or in failure.
 */
import { integer } from '#core/config.ts';
import { EMPTY, hueOf, Type, typeOf } from '../cells.ts';
import { defineMinigrid, sizeField } from '../engine.ts';
import { Outcome } from '../rules.ts';
import { isTarget, setTarget, things } from '../missions.ts';
import { columnOf, rowOf, type Slot } from '../slot.ts';

const STEPS = [1, 256, -1, -256] as const;

/**
 * Whether the agent can walk next to a position without removing anything. In about one of some thousand
 * levels of size 8, other objects would lock the target in a corner.
 */
function canReach(slot: Slot, place: number, queue: Int32Array): boolean {
  const { s, i } = slot;
  const goal = s.y[i] * 256 + s.x[i];
  queue[0] = place;
  for (let k = 0, end = 1; k < end; k++)
    for (const step of STEPS) {
      const to = queue[k] + step;
      if (to === goal) return true;
      if (slot.get(columnOf(to), rowOf(to)) === EMPTY && queue.indexOf(to) < 0) queue[end++] = to;
    }
  return false;
}

export const fetch = defineMinigrid({
  id: 'fetch',
  title: 'MiniGrid Fetch',
  summary: 'Pick up the named object and no other.',
  fields: {
    size: sizeField(8, 5, 32),
    objects: integer({
      label: 'Objects',
      help: 'Number of objects in the room: more are easier to confuse.',
      default: 3,
      min: 1,
      max: 8,
    }),
  },
  rules: ({ size, objects }) => {
    const queue = new Int32Array(size * size);
    return {
      width: size,
      height: size,
      mission: 2,
      marks: 0,
      maxSteps: 5 * size * size,
      seeThrough: true,
      build(slot, rng) {
        slot.room();
        const target = rng.integer(objects);
        let place = -1;
        for (let k = 0; k < objects; k++) {
          const code = things.any(rng, 2);
          const at = slot.place(code, rng, slot.all);
          if (k !== target) continue;
          place = at;
          setTarget(slot, 0, typeOf(code), hueOf(code));
        }
        slot.placeAgent(rng, slot.all);
        queue.fill(0);
        if (!slot.failed && !canReach(slot, place, queue)) slot.failed = true;
      },
      judge(slot) {
        const held = slot.s.carrying[slot.i];
        if (typeOf(held) === Type.unseen) return Outcome.continues;
        return isTarget(slot, 0, held) ? Outcome.success : Outcome.failure;
      },
    };
  },
});
