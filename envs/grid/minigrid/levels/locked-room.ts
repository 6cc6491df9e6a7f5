/**
 * MiniGrid's LockedRoom: six rooms along a hallway; one is locked and holds the goal, another holds its key.
 * The mission names the key by its colour and the room of the key by the colour of its door.
 */
import { Door, GOAL, HUES, Type, WALL } from '../cells.ts';
import { defineMinigrid } from '../engine.ts';
import { setTarget } from '../missions.ts';
import { door, key, type Area, type Slot } from '../slot.ts';

/**
 * Side of the grid, columns of the hallway's two walls, and height of a room with one wall: Minigrid's
 * numbers.
 */
const SIDE = 19;
const LEFT = 7;
const RIGHT = 11;
const ROOM_HEIGHT = 6;
const ROOMS = 6;

/** [rooms] the colours of the doors; shared, as no two levels are built at the same time. */
const hues = new Uint8Array(HUES);

/** The inside of room k: even ones left of the hallway, odd ones right, from top to bottom. */
function inside(slot: Slot, k: number): Area {
  return slot.area(k % 2 === 0 ? 1 : RIGHT + 1, (k >> 1) * ROOM_HEIGHT + 1, LEFT - 1, ROOM_HEIGHT - 1);
}

export const lockedRoom = defineMinigrid({
  id: 'locked-room',
  title: 'MiniGrid LockedRoom',
  summary: 'Find the key in one of six rooms, unlock another and get to the goal.',
  fields: {},
  rules: () => ({
    width: SIDE,
    height: SIDE,
    mission: 4,
    marks: 0,
    maxSteps: 10 * SIDE,
    seeThrough: false,
    build(slot, rng) {
      slot.room();
      slot.fill(LEFT, 0, LEFT, SIDE - 1, WALL);
      slot.fill(RIGHT, 0, RIGHT, SIDE - 1, WALL);
      for (let y = 0; y < SIDE - 1; y += ROOM_HEIGHT) {
        slot.fill(0, y, LEFT, y, WALL);
        slot.fill(RIGHT, y, SIDE - 1, y, WALL);
      }
      const locked = rng.integer(ROOMS);
      slot.place(GOAL, rng, inside(slot, locked));
      // Every door has a different colour, by a Fisher–Yates shuffle.
      for (let k = 0; k < HUES; k++) hues[k] = k;
      for (let k = 0; k < ROOMS; k++) {
        const pick = k + rng.integer(HUES - k);
        const hue = hues[pick];
        hues[pick] = hues[k];
        hues[k] = hue;
        const x = k % 2 === 0 ? LEFT : RIGHT;
        slot.set(x, (k >> 1) * ROOM_HEIGHT + 3, door(hue, k === locked ? Door.locked : Door.closed));
      }
      // Any room but the locked one.
      const keyRoom = (locked + 1 + rng.integer(ROOMS - 1)) % ROOMS;
      slot.place(key(hues[locked]), rng, inside(slot, keyRoom));
      slot.placeAgent(rng, slot.area(LEFT, 0, RIGHT - LEFT, SIDE));
      setTarget(slot, 0, Type.key, hues[locked]);
      setTarget(slot, 1, Type.door, hues[keyRoom]);
    },
  }),
});
