/**
 * MiniGrid's MultiRoom: a chain of rooms of random size, joined by doors; the goal is in the last one.
 * The reference's N4-S5 has six rooms in spite of its name: minRooms 6, maxRooms 6, maxRoomSize 5.
 */
import { integer } from '#core/config.ts';
import { refusal } from '#core/errors.ts';
import type { Rng } from '#core/rng.ts';
import { Door, EMPTY, GOAL, HUES, VOID } from '../cells.ts';
import { defineMinigrid } from '../engine.ts';
import { door, type Slot } from '../slot.ts';

/**
 * Side of the grid, smallest side of a room, and attempts to lay the next room behind one: Minigrid's
 * numbers.
 */
const SIDE = 25;
const SMALLEST = 4;
const EXITS = 8;

/**
 * Rooms are laid one after another into `placed`; a chain that gets stuck keeps what it has, and the longest
 * is used.
 */
class Chain {
  /** [rooms × 6] x, y, width, height, and the door by which it is entered, x and y. */
  readonly placed: Int16Array;
  count = 0;
  private readonly largest: number;

  constructor(rooms: number, largest: number) {
    this.placed = new Int16Array(rooms * 6);
    this.largest = largest;
  }

  copy(other: Chain): void {
    this.placed.set(other.placed);
    this.count = other.count;
  }

  /**
   * Lays a room with its door in the given wall at (doorX, doorY), then the others behind it. False: no place
   * here.
   */
  extend(left: number, wall: number, doorX: number, doorY: number, rng: Rng): boolean {
    const width = SMALLEST + rng.integer(this.largest - SMALLEST + 1);
    const height = SMALLEST + rng.integer(this.largest - SMALLEST + 1);
    let x = doorX;
    let y = doorY;
    if (this.count > 0) {
      if (wall === 0) x = doorX - width + 1;
      else if (wall === 1) y = doorY - height + 1;
      if (wall === 0 || wall === 2) y = doorY - height + 2 + rng.integer(height - 2);
      else x = doorX - width + 2 + rng.integer(width - 2);
    }
    if (x < 0 || y < 0 || x + width > SIDE || y + height >= SIDE) return false;
    if (this.overlaps(x, y, width, height)) return false;
    const at = this.count++ * 6;
    this.placed[at] = x;
    this.placed[at + 1] = y;
    this.placed[at + 2] = width;
    this.placed[at + 3] = height;
    this.placed[at + 4] = doorX;
    this.placed[at + 5] = doorY;
    if (left === 1) return true;
    for (let k = 0; k < EXITS; k++) {
      const exit = (wall + 1 + rng.integer(3)) & 3;
      const along = exit === 0 || exit === 2 ? 1 + rng.integer(height - 2) : 1 + rng.integer(width - 2);
      const exitX = exit === 0 ? x + width - 1 : exit === 2 ? x : x + along;
      const exitY = exit === 1 ? y + height - 1 : exit === 3 ? y : y + along;
      if (this.extend(left - 1, (exit + 2) & 3, exitX, exitY, rng)) break;
    }
    return true;
  }

  /** Whether a room would touch one of the others; the last one it may, that is where its door is. */
  private overlaps(x: number, y: number, width: number, height: number): boolean {
    const p = this.placed;
    for (let at = 0; at < (this.count - 1) * 6; at += 6) {
      const apart =
        x + width < p[at] || p[at] + p[at + 2] <= x || y + height < p[at + 1] || p[at + 1] + p[at + 3] <= y;
      if (!apart) return true;
    }
    return false;
  }
}

function furnish(slot: Slot, { placed, count }: Chain, rng: Rng): void {
  slot.fill(0, 0, SIDE - 1, SIDE - 1, VOID);
  let last = -1;
  for (let k = 0; k < count; k++) {
    const at = k * 6;
    const right = placed[at] + placed[at + 2] - 1;
    const bottom = placed[at + 1] + placed[at + 3] - 1;
    slot.fill(placed[at] + 1, placed[at + 1] + 1, right - 1, bottom - 1, EMPTY);
    slot.outline(placed[at], placed[at + 1], placed[at + 2], placed[at + 3]);
    if (k === 0) continue;
    // Any colour but the last door's.
    const draw = rng.integer(last < 0 ? HUES : HUES - 1);
    last = last >= 0 && draw >= last ? draw + 1 : draw;
    slot.set(placed[at + 4], placed[at + 5], door(last, Door.closed));
  }
  slot.placeAgent(rng, slot.area(placed[0], placed[1], placed[2], placed[3]));
  const end = (count - 1) * 6;
  slot.place(GOAL, rng, slot.area(placed[end], placed[end + 1], placed[end + 2], placed[end + 3]));
}

export const multiRoom = defineMinigrid({
  id: 'multi-room',
  title: 'MiniGrid MultiRoom',
  summary: 'Pass through a chain of rooms, door by door, to the goal in the last one.',
  fields: {
    minRooms: integer({
      label: 'Minimum rooms',
      help: 'Smallest number of rooms of an episode.',
      default: 2,
      min: 1,
      max: 6,
    }),
    maxRooms: integer({
      label: 'Maximum rooms',
      help: 'Largest number of rooms of an episode; more are harder to cross.',
      default: 2,
      min: 1,
      max: 6,
    }),
    maxRoomSize: integer({
      label: 'Maximum room size',
      help: 'Largest side of a room, walls included; the smallest is 4.',
      unit: 'cells',
      default: 4,
      min: SMALLEST,
      max: 10,
    }),
  },
  rules: ({ minRooms, maxRooms, maxRoomSize }) => {
    if (minRooms > maxRooms)
      throw refusal('world.minRooms', `at most maxRooms, ${maxRooms}`, String(minRooms));
    const best = new Chain(maxRooms, maxRoomSize);
    const trial = new Chain(maxRooms, maxRoomSize);
    return {
      width: SIDE,
      height: SIDE,
      mission: 0,
      marks: 0,
      maxSteps: 20 * maxRooms,
      seeThrough: false,
      build(slot, rng) {
        const rooms = minRooms + rng.integer(maxRooms - minRooms + 1);
        // As in the reference: chains are grown until one is long enough, the longest so far being kept.
        best.count = 0;
        while (best.count < rooms) {
          trial.count = 0;
          trial.extend(rooms, 2, rng.integer(SIDE - 2), rng.integer(SIDE - 2), rng);
          if (trial.count > best.count) best.copy(trial);
        }
        furnish(slot, best, rng);
      },
    };
  },
});
