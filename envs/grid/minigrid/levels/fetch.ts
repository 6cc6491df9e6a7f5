/** MiniGrid's Fetch: pick up the thing that the mission names, and no other. */
import { integer } from '#core/config.ts';
import { hueOf, Type, typeOf } from '../cells.ts';
import { defineMinigrid, sizeField } from '../engine.ts';
import { Verdict } from '../rules.ts';
import { isTarget, setTarget, things } from '../missions.ts';

export const fetch = defineMinigrid({
  id: 'fetch',
  title: 'MiniGrid Fetch',
  summary: 'Pick up the named thing and no other.',
  fields: {
    size: sizeField(8, 5, 32),
    objects: integer({ label: 'Things', help: 'How many things lie about.', default: 3, min: 1, max: 8 }),
  },
  rules: ({ size, objects }) => ({
    width: size,
    height: size,
    mission: 2,
    marks: 0,
    maxSteps: 5 * size * size,
    seeThrough: true,
    build(slot, rng) {
      slot.room();
      const target = rng.integer(objects);
      for (let k = 0; k < objects; k++) {
        const code = things.any(rng, 2);
        slot.place(code, rng, slot.all);
        if (k === target) setTarget(slot, 0, typeOf(code), hueOf(code));
      }
      slot.placeAgent(rng, slot.all);
    },
    judge(slot) {
      const held = slot.s.carrying[slot.i];
      if (typeOf(held) === Type.unseen) return Verdict.goesOn;
      return isTarget(slot, 0, held) ? Verdict.success : Verdict.failure;
    },
  }),
});
