/**
 * MiniGrid's Unlock, UnlockPickup, BlockedUnlockPickup and ObstructedMaze-1Dl: two rooms, a locked door, a
 * key. All four share the rooms; they differ in where the objects are, and in the mission.
 */
import { choice } from '#core/config.ts';
import type { EnvDefinition } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import { cell, Door, Hue, HUES, stateOf, Type, typeOf } from '../cells.ts';
import { defineMinigrid } from '../engine.ts';
import { Act, Outcome, type Rules } from '../rules.ts';
import { carriesTarget, setTarget } from '../missions.ts';
import { Rooms } from '../rooms.ts';
import { ball, columnOf, key, rowOf, type Slot } from '../slot.ts';

/** Side of a room, walls included. */
const SIZE = 6;

/** Two rooms of 6 × 6 cells; `build` places doors and objects in them. */
function twoRooms(
  mission: number,
  stepsPerCell: number,
  build: (slot: Slot, rng: Rng, rooms: Rooms) => void,
): Omit<Rules, 'judge'> {
  const rooms = new Rooms(2, 1, SIZE);
  return {
    width: rooms.width,
    height: rooms.height,
    mission,
    marks: 0,
    maxSteps: stepsPerCell * SIZE * SIZE,
    seeThrough: false,
    build(slot, rng) {
      rooms.begin(slot, rng);
      build(slot, rng, rooms);
      rooms.placeAgent(slot, rng, 0, 0);
    },
  };
}

/** A box of any colour in the right room, which is the mission. */
function placeBox(slot: Slot, rng: Rng, rooms: Rooms): void {
  const hue = rng.integer(HUES);
  rooms.place(slot, rng, 1, 0, cell(Type.box, hue));
  setTarget(slot, 0, Type.box, hue);
}

/** Success once the door ahead is open: there is only one. */
function opensDoor(slot: Slot, action: number): number {
  const ahead = slot.s.grid[slot.front()];
  const open = typeOf(ahead) === Type.door && stateOf(ahead) === Door.open;
  return action === Act.toggle && open ? Outcome.success : Outcome.continues;
}

export const unlock: EnvDefinition = defineMinigrid({
  id: 'unlock',
  title: 'MiniGrid Unlock',
  summary: 'Fetch the key and unlock the door.',
  fields: {},
  rules: () => ({
    ...twoRooms(0, 8, (slot, rng, rooms) => {
      const hue = rng.integer(HUES);
      rooms.addDoor(slot, 0, 0, 0, hue, true);
      rooms.place(slot, rng, 0, 0, key(hue));
    }),
    judge: opensDoor,
  }),
});

export const unlockPickup: EnvDefinition = defineMinigrid({
  id: 'unlock-pickup',
  title: 'MiniGrid UnlockPickup',
  summary: 'Fetch the key, unlock the door and pick up the box behind it.',
  fields: {},
  rules: () => ({
    ...twoRooms(2, 8, (slot, rng, rooms) => {
      placeBox(slot, rng, rooms);
      const hue = rng.integer(HUES);
      rooms.addDoor(slot, 0, 0, 0, hue, true);
      rooms.place(slot, rng, 0, 0, key(hue));
    }),
    judge: carriesTarget,
  }),
});

export const blockedUnlockPickup: EnvDefinition = defineMinigrid({
  id: 'blocked-unlock-pickup',
  title: 'MiniGrid BlockedUnlockPickup',
  summary: 'Move the ball away from the door, unlock it and pick up the box behind it.',
  fields: {},
  rules: () => ({
    ...twoRooms(2, 16, (slot, rng, rooms) => {
      placeBox(slot, rng, rooms);
      const hue = rng.integer(HUES);
      const at = rooms.addDoor(slot, 0, 0, 0, hue, true);
      slot.set(columnOf(at) - 1, rowOf(at), ball(rng.integer(HUES)));
      rooms.place(slot, rng, 0, 0, key(hue));
    }),
    judge: carriesTarget,
  }),
});

export const obstructedMaze: EnvDefinition = defineMinigrid({
  id: 'obstructed-maze',
  title: 'MiniGrid ObstructedMaze-1Dl',
  summary:
    'Unlock the door to the room with the blue ball; the key may be hidden in a box, and a ball may block the door.',
  fields: {
    variant: choice({
      label: 'Variant',
      help: 'Whether the key is in plain sight (1Dl), hidden in a box (1Dlh), or hidden and the door blocked by a ball (1Dlhb).',
      options: ['1Dl', '1Dlh', '1Dlhb'],
      default: '1Dl',
    }),
  },
  rules: ({ variant }) => ({
    ...twoRooms(2, 8, (slot, rng, rooms) => {
      const hue = rng.integer(HUES);
      const at = rooms.addDoor(slot, 0, 0, 0, hue, true);
      if (variant === '1Dlhb') slot.set(columnOf(at) - 1, rowOf(at), ball(Hue.green));
      rooms.place(slot, rng, 0, 0, variant === '1Dl' ? key(hue) : cell(Type.box, Hue.grey, 0, key(hue)));
      rooms.place(slot, rng, 1, 0, ball(Hue.blue));
      setTarget(slot, 0, Type.ball, Hue.blue);
    }),
    judge: carriesTarget,
  }),
});
