/**
 * MiniGrid's PutNear: pick up the first object that the mission names and drop it next to the second.
 * Picking up any other object ends the episode, and so does the first drop of the right one.
 */
import { integer } from '#core/config.ts';
import type { Rng } from '#core/rng.ts';
import { hueOf, Type, typeOf } from '../cells.ts';
import { defineMinigrid, sizeField } from '../engine.ts';
import { Act, Outcome } from '../rules.ts';
import { isTarget, setTarget, things } from '../missions.ts';
import { columnOf, DX, DY, rowOf, type Slot } from '../slot.ts';

/** The mark with the target's place, and attempts to find a cell. */
const TARGET = 0;
const TRIES = 1000;

/** A free cell with no object on any of the eight around it; −1 if none was found. */
function lonelyCell(slot: Slot, rng: Rng): number {
  for (let k = 0; k < TRIES; k++) {
    const at = slot.freeCell(rng, slot.all);
    let alone = at >= 0;
    for (let y = rowOf(at) - 1; alone && y <= rowOf(at) + 1; y++)
      for (let x = columnOf(at) - 1; x <= columnOf(at) + 1; x++)
        alone &&= typeOf(slot.get(x, y)) < Type.key || typeOf(slot.get(x, y)) > Type.box;
    if (alone) return at;
  }
  slot.failed = true;
  return -1;
}

/** The outcome of a drop: success if the object lies next to the target. */
function dropped(slot: Slot, held: number): number {
  const { s, i } = slot;
  if (s.grid[slot.front()] !== held || s.carrying[i] !== 0) return Outcome.failure;
  const x = s.x[i] + DX[s.direction[i]];
  const y = s.y[i] + DY[s.direction[i]];
  const near = Math.abs(x - slot.mark(TARGET)) <= 1 && Math.abs(y - slot.mark(TARGET + 1)) <= 1;
  return near ? Outcome.success : Outcome.failure;
}

export const putNear = defineMinigrid({
  id: 'put-near',
  title: 'MiniGrid PutNear',
  summary: 'Pick up one named object and drop it next to another.',
  fields: {
    size: sizeField(6, 5, 32),
    objects: integer({
      label: 'Objects',
      help: 'Number of objects in the room: more are easier to confuse.',
      default: 2,
      min: 2,
      max: 4,
    }),
  },
  rules: ({ size, objects }) => ({
    width: size,
    height: size,
    mission: 4,
    marks: 2,
    maxSteps: 5 * size,
    seeThrough: true,
    build(slot, rng) {
      slot.room();
      const moved = rng.integer(objects);
      // Any other object, each equally likely.
      const target = (moved + 1 + rng.integer(objects - 1)) % objects;
      things.clear();
      for (let k = 0; k < objects; k++) {
        const code = things.fresh(rng, 3);
        const at = lonelyCell(slot, rng);
        if (at < 0) return;
        slot.set(columnOf(at), rowOf(at), code);
        if (k === moved) setTarget(slot, 0, typeOf(code), hueOf(code));
        if (k !== target) continue;
        setTarget(slot, 1, typeOf(code), hueOf(code));
        slot.markPlace(TARGET, at);
      }
      slot.placeAgent(rng, slot.all);
    },
    before: (slot) => slot.s.carrying[slot.i],
    judge(slot, action, held) {
      const now = slot.s.carrying[slot.i];
      if (action === Act.pickUp && now !== 0 && !isTarget(slot, 0, now)) return Outcome.failure;
      return action === Act.drop && held !== 0 ? dropped(slot, held) : Outcome.continues;
    },
  }),
});
