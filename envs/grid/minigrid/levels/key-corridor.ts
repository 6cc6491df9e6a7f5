/**
 * MiniGrid's KeyCorridor: rooms on both sides of a corridor; one of them holds the key to the locked room
 * with the ball. The rooms of the middle column form the corridor; doors are added at random until every room
 * can be reached.
 */
import { integer } from '#core/config.ts';
import { HUES, Type } from '../cells.ts';
import { defineMinigrid } from '../engine.ts';
import { carriesTarget, setTarget } from '../missions.ts';
import { Rooms } from '../rooms.ts';
import { ball, key } from '../slot.ts';

export const keyCorridor = defineMinigrid({
  id: 'key-corridor',
  title: 'MiniGrid KeyCorridor',
  summary: 'Search the rooms for the key, unlock the last room and pick up the ball.',
  fields: {
    roomSize: integer({
      label: 'Room size',
      help: "Side of a room, walls included: the number after S in Minigrid's ids.",
      unit: 'cells',
      default: 3,
      min: 3,
      max: 16,
    }),
    rows: integer({
      label: 'Rows',
      help: "Rooms in each column: the number after R in Minigrid's ids.",
      default: 3,
      min: 1,
      max: 8,
    }),
  },
  rules: ({ roomSize, rows }) => {
    // Three columns: rooms, the corridor, rooms.
    const rooms = new Rooms(3, rows, roomSize);
    return {
      width: rooms.width,
      height: rooms.height,
      mission: 2,
      marks: 0,
      maxSteps: 30 * roomSize * roomSize,
      seeThrough: false,
      build(slot, rng) {
        rooms.begin(slot, rng);
        for (let row = 1; row < rows; row++) rooms.removeWall(slot, 1, row, 3);
        // The locked room is on the right, its key somewhere on the left, the agent in the corridor.
        const row = rng.integer(rows);
        const lock = rng.integer(HUES);
        rooms.addDoor(slot, 2, row, 2, lock, true);
        const hue = rng.integer(HUES);
        rooms.place(slot, rng, 2, row, ball(hue));
        rooms.place(slot, rng, 0, rng.integer(rows), key(lock));
        rooms.placeAgent(slot, rng, 1, Math.floor(rows / 2));
        rooms.connectAll(slot, rng);
        setTarget(slot, 0, Type.ball, hue);
      },
      judge: carriesTarget,
    };
  },
});
