/** Seaquest's rules that play hardly ever reaches, set up by hand. */
import { describe, expect, it } from 'vitest';
import {
  cellAt,
  insert,
  Kind,
  kindOf,
  MOVE_TICK,
  MOVE_TIMER,
  RIGHTWARDS,
  SHOT_TICK,
} from '#envs/arcade/seaquest/items.ts';
import { seaquest } from '#envs/arcade/seaquest/seaquest.ts';
import type { State as Sea } from '#envs/arcade/seaquest/state.ts';
import { FIRE, NONE, start, UP } from './arcade-start.ts';

/** Seaquest with the submarine in the middle of the water. */
function dive() {
  const game = start<Sea>(seaquest);
  const { s } = game;
  s.x[0] = 5;
  s.y[0] = 4;
  s.atSurface[0] = 0;
  return game;
}

/** An item: column, row, heading, steps until it moves, steps until it shoots. */
function item(kind: keyof typeof Kind, [x, y, heading, wait = 0, shot = 0]: readonly number[]): number {
  const direction = heading > 0 ? RIGHTWARDS : 0;
  return Kind[kind] | cellAt(x, y) | direction | (wait * MOVE_TICK) | (shot * SHOT_TICK);
}

/** Adds an item to the list of slot 0. */
function put(s: Sea, kind: keyof typeof Kind, numbers: readonly number[]): void {
  insert(s, 0, item(kind, numbers));
}

/** The items of a kind, oldest first. */
function all(s: Sea, kind: keyof typeof Kind): readonly number[] {
  return [...s.items.subarray(0, s.counts[0])].filter((one) => kindOf(one) === kindOf(Kind[kind]));
}

describe('Seaquest', () => {
  it('shoots a submarine that moves onto a bullet, and the submarine still shoots', () => {
    const { s, step } = dive();
    put(s, 'ownBullet', [2, 6, 1]);
    put(s, 'sub', [4, 6, -1, 0, 0]);
    // The bullet gets to column 3 first; then the submarine comes there.
    expect(step(NONE).events[0]).toBe(1);
    expect([...s.items.subarray(0, s.counts[0])]).toEqual([item('enemyBullet', [2, 6, -1])]);
  });

  it('drops the shot of a submarine that left the board', () => {
    const { s, step } = dive();
    put(s, 'sub', [9, 6, 1, 0, 0]);
    step(NONE);
    expect(s.counts[0]).toBe(0);
  });

  it('is hit by a bullet that is already there', () => {
    const { s, step } = dive();
    put(s, 'enemyBullet', [5, 4, 1]);
    expect(step(NONE).terminated).toBe(true);
  });

  it('is lost to a fish that swims onto it', () => {
    const { s, step } = dive();
    put(s, 'fish', [4, 4, 1, 0, 0]);
    expect(step(NONE)).toEqual({ events: [0, 0, 0, 1], terminated: true });
  });

  it('leaves a seventh diver in the water', () => {
    const { s, step } = dive();
    s.aboard[0] = 6;
    put(s, 'diver', [5, 4, 1, 3]);
    expect(step(NONE).events[2]).toBe(0);
    expect([s.aboard[0], all(s, 'diver').length]).toEqual([6, 1]);
    s.aboard[0] = 5;
    expect(step(NONE).events[2]).toBe(1);
    expect([s.aboard[0], all(s, 'diver').length]).toEqual([6, 0]);
  });

  it('may surface with −1 divers, but not with none', () => {
    for (const [aboard, left, lost] of [
      [-1, -2, false],
      [0, 0, true],
      [1, 0, false],
      [6, -1, false],
    ] as const) {
      const { s, step } = dive();
      s.y[0] = 1;
      s.oxygen[0] = 130;
      s.aboard[0] = aboard;
      const { events, terminated } = step(UP);
      expect([s.aboard[0], terminated]).toEqual([left, lost]);
      expect(s.oxygen[0]).toBe(lost ? 130 : 200);
      expect(events[1]).toBe(aboard === 6 ? 6 : 0);
    }
  });

  it('shoots the older of two fish in one cell', () => {
    const { s, step } = dive();
    put(s, 'fish', [7, 4, 1, 3, 0]);
    put(s, 'fish', [7, 4, 1, 2, 0]);
    put(s, 'ownBullet', [6, 4, 1]);
    expect(step(NONE).events[0]).toBe(1);
    expect(all(s, 'fish').map((one) => (one & MOVE_TIMER) / MOVE_TICK)).toEqual([1]);
  });

  it('ramps down to spawning every step and moving every third', () => {
    for (const [spawn, move, index, after] of [
      [13, 2, 7, [12, 2, 8]],
      [2, 3, 1, [1, 2, 2]],
      [1, 3, 2, [1, 3, 3]],
      [1, 2, 5, [1, 2, 5]],
    ] as const) {
      const { s, step } = dive();
      s.y[0] = 1;
      s.aboard[0] = 1;
      s.spawnSpeed[0] = spawn;
      s.moveSpeed[0] = move;
      s.ramp[0] = index;
      step(UP);
      expect([s.spawnSpeed[0], s.moveSpeed[0], s.ramp[0]]).toEqual(after);
    }
  });

  it('fires every fifth step at most', () => {
    const { s, step } = dive();
    const shots = Array.from({ length: 11 }, () => {
      const before = s.shotTimer[0];
      step(FIRE);
      return before === 0 ? 1 : 0;
    });
    expect(shots).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  });
});
