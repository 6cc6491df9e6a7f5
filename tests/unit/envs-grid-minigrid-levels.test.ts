/**
 * MiniGrid's level generators over many seeds: every level can be solved by a search, positions are as even as the rules
 * allow, and parameters that make no sense are refused.
 */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '#core/config.ts';
import { InputError } from '#core/errors.ts';
import { Door, hueOf, stateOf, Type, typeOf } from '#envs/grid/minigrid/cells.ts';
import type { Slot } from '#envs/grid/minigrid/slot.ts';
import { Explorer, Levels, picture, worldOf, type Search } from './minigrid-levels.ts';

const SEEDS = 10_000;

/** Whether what the mission asks for is touched: the goal, the named thing, or the marked places. */
function solved(
  slot: Slot,
  touched: Uint8Array,
  wanted: 'goal' | 'thing' | 'marks' | 'locked door',
): boolean {
  const { s, width, height } = slot;
  const at = (x: number, y: number) => touched[y * width + x] === 1;
  if (wanted === 'marks') {
    for (let k = 0; k < s.marks.length; k += 2) if (!at(s.marks[k], s.marks[k + 1])) return false;
    return true;
  }
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const code = slot.get(x, y);
      const hit =
        wanted === 'goal'
          ? typeOf(code) === Type.goal
          : wanted === 'locked door'
            ? typeOf(code) === Type.door && stateOf(code) === Door.locked
            : typeOf(code) === s.mission[0] && hueOf(code) === s.mission[1];
      if (hit && at(x, y)) return true;
    }
  return false;
}

const movable = { movable: true };
const fixed = { movable: false };

const worlds: readonly (readonly [
  string,
  Record<string, unknown>,
  readonly [number, number],
  Parameters<typeof solved>[2],
  Search,
])[] = [
  ['empty', { randomStart: true, size: 6 }, [6, 6], 'goal', fixed],
  ['four-rooms', {}, [19, 19], 'goal', fixed],
  ['door-key', { size: 5 }, [5, 5], 'goal', movable],
  ['door-key', {}, [8, 8], 'goal', movable],
  ['lava-gap', {}, [7, 7], 'goal', fixed],
  ['lava-crossing', { crossings: 3 }, [9, 9], 'goal', fixed],
  ['simple-crossing', { size: 11, crossings: 5 }, [11, 11], 'goal', fixed],
  ['dist-shift', {}, [9, 7], 'goal', fixed],
  ['dist-shift', { strip: 5 }, [9, 7], 'goal', fixed],
  ['dynamic-obstacles', { size: 6, obstacles: 3, randomStart: true }, [6, 6], 'goal', movable],
  ['go-to-door', { size: 8 }, [8, 8], 'marks', fixed],
  ['go-to-object', {}, [6, 6], 'marks', fixed],
  ['fetch', {}, [8, 8], 'thing', fixed],
  ['put-near', {}, [6, 6], 'thing', fixed],
  ['unlock', {}, [11, 6], 'locked door', movable],
  ['unlock-pickup', {}, [11, 6], 'thing', movable],
  ['blocked-unlock-pickup', {}, [11, 6], 'thing', movable],
  ['obstructed-maze', {}, [11, 6], 'thing', movable],
  ['obstructed-maze', { variant: '1Dlhb' }, [11, 6], 'thing', movable],
  ['red-blue-doors', {}, [16, 8], 'marks', fixed],
  ['memory', { size: 13, randomLength: true }, [13, 13], 'marks', fixed],
  ['multi-room', { minRooms: 2, maxRooms: 6, maxRoomSize: 10 }, [25, 25], 'goal', fixed],
  ['locked-room', {}, [19, 19], 'goal', movable],
  ['key-corridor', {}, [7, 7], 'thing', movable],
  ['key-corridor', { roomSize: 6 }, [16, 16], 'thing', movable],
];

describe('levels can be solved', () => {
  it.each(worlds)('%s %j', (id, params, [width, height], wanted, search) => {
    const levels = new Levels(id, params, width, height);
    const explorer = new Explorer(width * height);
    // Chains of rooms and big grids take longer to build than all the others together.
    const seeds = width * height > 200 ? SEEDS / 10 : SEEDS;
    for (let k = 0; k < seeds; k++) {
      const slot = levels.next();
      if (!solved(slot, explorer.touched(slot, search), wanted))
        expect.fail(`level ${k} cannot be solved:\n${picture(slot)}`);
    }
  });
});

/** How often `find` gave each number, over many levels. */
function tally(levels: Levels, find: (slot: Slot) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let k = 0; k < SEEDS; k++) {
    const found = find(levels.next());
    counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  return counts;
}

/** Each of `kinds` values came equally often, within five standard errors. */
function expectEven(counts: Map<number, number>, kinds: number): void {
  expect(counts.size).toBe(kinds);
  const mean = SEEDS / kinds;
  for (const [value, count] of counts)
    expect(Math.abs(count - mean), `${value} came ${count} times`).toBeLessThan(5 * Math.sqrt(mean));
}

/** Index of the first cell of a type. */
function find(slot: Slot, type: number): number {
  for (let k = 0; k < slot.width * slot.height; k++)
    if (typeOf(slot.get(k % slot.width, Math.floor(k / slot.width))) === type) return k;
  return -1;
}

/** Index of the gap in the river of LavaGap-S7. */
function gap(slot: Slot): number {
  const x = find(slot, Type.lava) % 7;
  for (let y = 1; ; y++) if (typeOf(slot.get(x, y)) === Type.empty) return y * 7 + x;
}

/** Which of the rooms of LockedRoom is locked. */
function locked(slot: Slot): number {
  for (let k = 0; k < 6; k++)
    if (stateOf(slot.get(k % 2 === 0 ? 7 : 11, (k >> 1) * 6 + 3)) === Door.locked) return k;
  return -1;
}

describe('positions are even', () => {
  it('of the agent and its direction in Empty-Random', () => {
    const levels = new Levels('empty', { size: 6, randomStart: true }, 6, 6);
    expectEven(
      tally(levels, ({ s }) => s.y[0] * 6 + s.x[0]),
      15,
    );
    expectEven(
      tally(levels, ({ s }) => s.direction[0]),
      4,
    );
  });

  it('of wall, door and agent in DoorKey', () => {
    const levels = new Levels('door-key', {}, 8, 8);
    expectEven(
      tally(levels, (slot) => find(slot, Type.door) % 8),
      4,
    );
    expectEven(
      tally(levels, (slot) => Math.floor(find(slot, Type.door) / 8)),
      5,
    );
    expectEven(
      tally(levels, ({ s }) => s.y[0]),
      6,
    );
  });

  it('of the gap in LavaGap', () => {
    const levels = new Levels('lava-gap', {}, 7, 7);
    expectEven(tally(levels, gap), 15);
  });

  it('of the goal over the four rooms, and of the gaps', () => {
    const levels = new Levels('four-rooms', {}, 19, 19);
    const goals = tally(levels, (slot) => {
      const at = find(slot, Type.goal);
      return (at % 19 < 9 ? 0 : 1) + (at < 9 * 19 ? 0 : 2);
    });
    // Gaps hold the goal now and then, and count to the right and below.
    for (const count of goals.values()) expect(Math.abs(count - SEEDS / 4)).toBeLessThan(400);
    expectEven(
      tally(levels, (slot) => [1, 2, 3, 4, 5, 6, 7, 8].findIndex((y) => slot.get(9, y) !== 82)),
      8,
    );
  });

  it('of the missions of GoToDoor and Fetch', () => {
    expectEven(
      tally(new Levels('go-to-door', { size: 6 }, 6, 6), ({ s }) => s.mission[1]),
      6,
    );
    expectEven(
      tally(new Levels('fetch', {}, 8, 8), ({ s }) => s.mission[0] * 8 + s.mission[1]),
      12,
    );
  });

  it('of the locked room, and of colours and sides in Memory', () => {
    expectEven(tally(new Levels('locked-room', {}, 19, 19), locked), 6);
    const memory = new Levels('memory', {}, 7, 7);
    expectEven(
      tally(memory, ({ s }) => s.marks[1]),
      2,
    );
    expectEven(
      tally(memory, (slot) => typeOf(slot.get(1, 2))),
      2,
    );
  });
});

describe('parameters that make no sense are refused', () => {
  it.each([
    ['lava-crossing', { size: 8 }, 'world.size: expected an odd number, got 8'],
    ['lava-crossing', { size: 9, crossings: 7 }, 'world.crossings: expected at most 6 at size 9, got 7'],
    ['memory', { size: 8 }, 'world.size: expected an odd number'],
    ['multi-room', { minRooms: 4, maxRooms: 3 }, 'world.minRooms: expected at most maxRooms, 3, got 4'],
    [
      'dynamic-obstacles',
      { size: 4, obstacles: 3 },
      'world.size: expected a whole number from 5 to 64, got 4',
    ],
    ['door-key', { size: 4 }, 'world.size: expected a whole number from 5 to 64, got 4'],
    ['door-key', { size: Number.NaN }, 'world.size'],
  ])('%s %j', (id, params, message) => {
    const world = worldOf(id);
    const make = () => world.create(parseConfig(world.params, params, 'world'));
    expect(make).toThrow(InputError);
    expect(make).toThrow(message);
  });
});
