/**
 * MiniGrid's GoToDoor and GoToObject: stand next to the object that the mission names and choose "done".
 * Doors must not be opened nor objects touched: "toggle" always ends the episode in failure.
 */
import { integer } from '#core/config.ts';
import type { EnvDefinition } from '#core/env.ts';
import { Door, hueOf, HUES, Type, typeOf } from '../cells.ts';
import { defineMinigrid, sizeField } from '../engine.ts';
import { Act, Outcome } from '../rules.ts';
import { setTarget, things } from '../missions.ts';
import { door, type Slot } from '../slot.ts';

/** The mark with the target's place. */
const TARGET = 0;

/** Steps from the agent to the target, along x and along y. */
function across(slot: Slot): number {
  return Math.abs(slot.s.x[slot.i] - slot.mark(TARGET));
}

function down(slot: Slot): number {
  return Math.abs(slot.s.y[slot.i] - slot.mark(TARGET + 1));
}

/** "Done" ends the episode, with success if the agent is there; "toggle" ends it in failure. */
function arrived(near: (slot: Slot) => boolean): (slot: Slot, action: number) => number {
  return (slot, action) => {
    if (action === Act.done) return near(slot) ? Outcome.success : Outcome.failure;
    return action === Act.toggle ? Outcome.failure : Outcome.continues;
  };
}

/** [hues] the colours in random order; shared, as no two levels are built at the same time. */
const hues = new Uint8Array(HUES);

export const goToDoor: EnvDefinition = defineMinigrid({
  id: 'go-to-door',
  title: 'MiniGrid GoToDoor',
  summary: 'Go to the door of the named colour and choose "done".',
  fields: { size: sizeField(5, 5, 32) },
  rules: ({ size }) => ({
    width: size,
    height: size,
    mission: 2,
    marks: 2,
    maxSteps: 4 * size * size,
    seeThrough: true,
    build(slot, rng) {
      // The room is smaller than the grid at random; the rest is wall, which looks the same from inside.
      const width = 5 + rng.integer(size - 4);
      const height = 5 + rng.integer(size - 4);
      slot.room(width, height);
      for (let k = 0; k < HUES; k++) hues[k] = k;
      const target = rng.integer(4);
      for (let k = 0; k < 4; k++) {
        const upright = k >= 2;
        const x = upright ? (k === 2 ? 0 : width - 1) : 2 + rng.integer(width - 4);
        const y = upright ? 2 + rng.integer(height - 4) : k === 0 ? 0 : height - 1;
        const pick = k + rng.integer(HUES - k);
        const hue = hues[pick];
        hues[pick] = hues[k];
        slot.set(x, y, door(hue, Door.closed));
        if (k !== target) continue;
        setTarget(slot, 0, Type.door, hue);
        slot.setMark(TARGET, x);
        slot.setMark(TARGET + 1, y);
      }
      slot.placeAgent(rng, slot.area(0, 0, width, height));
    },
    judge: arrived((slot) => across(slot) + down(slot) === 1),
  }),
});

export const goToObject: EnvDefinition = defineMinigrid({
  id: 'go-to-object',
  title: 'MiniGrid GoToObject',
  summary: 'Go next to the named object and choose "done".',
  fields: {
    size: sizeField(6, 5, 32),
    objects: integer({
      label: 'Objects',
      help: 'Number of objects in the room: more are easier to confuse.',
      default: 2,
      min: 1,
      max: 8,
    }),
  },
  rules: ({ size, objects }) => ({
    width: size,
    height: size,
    mission: 2,
    marks: 2,
    maxSteps: 5 * size * size,
    seeThrough: true,
    build(slot, rng) {
      slot.room();
      const target = rng.integer(objects);
      things.clear();
      for (let k = 0; k < objects; k++) {
        const code = things.fresh(rng, 3);
        const at = slot.place(code, rng, slot.all);
        if (k !== target) continue;
        setTarget(slot, 0, typeOf(code), hueOf(code));
        slot.markPlace(TARGET, at);
      }
      slot.placeAgent(rng, slot.all);
    },
    judge: arrived((slot) => across(slot) <= 1 && down(slot) <= 1),
  }),
});
