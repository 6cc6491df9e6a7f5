/** The rules of the arcade games that play hardly ever reaches, set up by hand. Full action set, no sticky actions. */
import { describe, expect, it } from 'vitest';
import type { EnvDefinition, EnvKernel } from '#core/env.ts';
import { rngStreams, type Rng } from '#core/rng.ts';
import { asterix } from '#envs/arcade/asterix/asterix.ts';
import { breakout } from '#envs/arcade/breakout/breakout.ts';
import { flappy } from '#envs/arcade/flappy/flappy.ts';
import { freeway } from '#envs/arcade/freeway/freeway.ts';
import { pong } from '#envs/arcade/pong/pong.ts';
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
import { spaceInvaders } from '#envs/arcade/space-invaders/space-invaders.ts';
import { TapeRng, type Draw } from '#tests/golden/tape.ts';

type Bytes = Readonly<Record<string, Int8Array | Int16Array | Int32Array>>;

/** One slot of a game, just reset. `step` returns the events and whether the episode ended. */
function start<S extends Bytes = Bytes>(game: EnvDefinition, more: Record<string, unknown> = {}) {
  const params = game.params.parse({ stickyActions: 0, actions: 'full', ...more });
  const kernel = game.create(params) as unknown as EnvKernel<S>;
  const s = kernel.allocate(1);
  const rng = rngStreams(1)('world');
  kernel.reset(s, 0, rng);
  const step = (action: number, from: Rng = rng) => {
    const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
    kernel.step(s, 0, action, from, out);
    return { events: [...out.events], terminated: out.terminated };
  };
  return { s, step, kernel };
}

const [NONE, UP, FIRE] = [0, 2, 5];

describe('Breakout', () => {
  it('lets the ball pass over a brick right after a strike', () => {
    const { s, step } = start(breakout);
    Object.assign(s['x'], [4]);
    Object.assign(s['y'], [4]);
    Object.assign(s['dx'], [1]);
    Object.assign(s['dy'], [-1]);
    Object.assign(s['strike'], [1]);
    const before = s['bricks'][0];
    expect(step(NONE)).toEqual({ events: [0, 0, 0], terminated: false });
    expect([s['x'][0], s['y'][0], s['dy'][0], s['bricks'][0]]).toEqual([5, 3, -1, before]);
    expect(s['strike'][0]).toBe(1);
  });

  it('refills an empty wall when the ball is back at the bottom', () => {
    const { s, step } = start(breakout);
    s['bricks'][0] = 0;
    s['x'][0] = 4;
    s['y'][0] = 8;
    s['dy'][0] = 1;
    expect(step(NONE).terminated).toBe(false);
    expect(s['bricks'][0]).toBe(2 ** 30 - 1);
  });

  it('stays ended', () => {
    const { step } = start(breakout);
    let steps = 0;
    while (!step(1).terminated) steps++;
    expect(steps).toBeLessThan(200);
    expect(step(NONE)).toEqual({ events: [0, 0, 0], terminated: true });
  });
});

/** Space Invaders without a single alien. */
function lonely(more: Record<string, unknown> = {}) {
  const game = start(spaceInvaders, more);
  game.s['aliens'].fill(0);
  return game;
}

/** Puts marks, a bit per column, on row r of the only slot, and reads them: word j holds the rows from 3j on. */
function mark(cells: Bytes[string], r: number, marks: number): void {
  cells[Math.floor(r / 3)] |= marks << (10 * (r % 3));
}

function row(cells: Bytes[string], r: number): number {
  return (cells[Math.floor(r / 3)] >> (10 * (r % 3))) & 1023;
}

describe('Space Invaders', () => {
  it('ends when the aliens turn with one of them landed, which wraps to the top', () => {
    const { s, step } = lonely();
    mark(s['aliens'], 9, 1);
    s['moveTimer'][0] = 0;
    expect(step(NONE).terminated).toBe(true);
    expect([row(s['aliens'], 9), row(s['aliens'], 0), s['goingRight'][0]]).toEqual([0, 1, 1]);
  });

  it('lets a landed alien march past an edge-free row without an end', () => {
    const { s, step } = lonely();
    mark(s['aliens'], 9, 1 << 2);
    s['moveTimer'][0] = 0;
    expect(step(NONE).terminated).toBe(false);
    expect(row(s['aliens'], 9)).toBe(1 << 1);
  });

  it('shortens the move interval with each wave down to 6, and only when ramping', () => {
    for (const [ramping, from, to] of [
      [true, 8, 7],
      [true, 7, 6],
      [true, 6, 6],
      [false, 8, 8],
    ] as const) {
      const { s, step } = lonely({ ramping });
      s['interval'][0] = from;
      mark(s['aliens'], 5, 1 << 3);
      mark(s['own'], 6, 1 << 3);
      expect(step(NONE).events.slice(0, 2)).toEqual([1, 1]);
      expect(s['interval'][0]).toBe(to);
      expect([0, 1, 2, 3, 4].map((r) => row(s['aliens'], r))).toEqual([252, 252, 252, 252, 0]);
    }
  });

  it('has the lowest alien of the nearest column shoot, the left one of two', () => {
    const { s, step } = lonely();
    s['enemyShotTimer'][0] = 0;
    mark(s['aliens'], 1, (1 << 3) | (1 << 7));
    mark(s['aliens'], 4, 1 << 3);
    step(NONE);
    expect(row(s['enemy'], 4)).toBe(1 << 3);
    expect(s['enemy'].filter((word) => word !== 0).length).toBe(1);
  });
});

describe('Asterix', () => {
  it('draws no slot when none is free', () => {
    const { s, step } = start(asterix);
    // Gold that moves to the right in each of the eight lanes.
    const full = 0xbbbbbbbb | 0;
    s['kind'].fill(full);
    s['at'].fill(0x11111111);
    s['spawnTimer'][0] = 0;
    const draws: Draw[] = [
      ['u', 0.5],
      ['u', 0.1],
      ['u', 0.1],
    ];
    const tape = new TapeRng(draws);
    step(NONE, tape);
    tape.expectPlayed(3, 'a full board');
    expect(s['kind'][0]).toBe(full);
    expect(s['spawnTimer'][0]).toBe(9);
  });

  it('keeps both speeds at 1 at least', () => {
    const { s, step } = start(asterix);
    const ramp = (spawn: number, move: number, index: number): readonly number[] => {
      s['spawnSpeed'][0] = spawn;
      s['moveSpeed'][0] = move;
      s['ramp'][0] = index;
      s['rampTimer'][0] = -1;
      step(NONE);
      return [s['spawnSpeed'][0], s['moveSpeed'][0], s['ramp'][0], s['rampTimer'][0]];
    };
    expect(ramp(3, 2, 1)).toEqual([2, 1, 2, 100]);
    expect(ramp(3, 2, 2)).toEqual([2, 2, 3, 100]);
    expect(ramp(2, 1, 1)).toEqual([1, 1, 2, 100]);
    expect(ramp(1, 2, 1)).toEqual([1, 1, 2, 100]);
    expect(ramp(1, 1, 5)).toEqual([1, 1, 5, -1]);
  });
});

describe('Freeway', () => {
  it('lasts 2501 steps', () => {
    const { step } = start(freeway);
    for (let t = 0; t < 2500; t++) expect(step(NONE).terminated).toBe(false);
    expect(step(NONE).terminated).toBe(true);
  });
});

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

/** Points won less points lost in an episode of Pong. */
function playPong(skill: number, policy: (s: Bytes) => number): number {
  const { s, step } = start(pong, { skill, ramping: false });
  let score = 0;
  for (let t = 0; t < 5000; t++) {
    const { events, terminated } = step(policy(s));
    score += events[0] - events[1];
    if (terminated) break;
  }
  return score;
}

function followBall(s: Bytes): number {
  return s['y'][0] < s['own'][0] ? 2 : s['y'][0] > s['own'][0] + 1 ? 4 : 0;
}

describe('Pong', () => {
  it('is won against an opponent that stands still, and lost by standing still against one that does not', () => {
    expect(playPong(0, followBall)).toBeGreaterThan(3);
    expect(playPong(1, () => NONE)).toBeLessThan(-3);
  });
});

describe('Flappy', () => {
  it('can always be flown on: a search through the next pipes finds a way for a thousand steps', () => {
    const { s, step, kernel } = start(flappy);
    const ahead = kernel.allocate(1);
    const rng = rngStreams(9)('search');
    const out = { events: new Float64Array(3), terminated: false };
    // Depth-first over flap or not, on a copy; pipes that come in during the search are too far away to matter.
    const survives = (depth: number): boolean => {
      if (depth === 0) return true;
      const here = Object.fromEntries(Object.entries(ahead).map(([name, column]) => [name, column.slice()]));
      for (const action of [NONE, FIRE]) {
        for (const [name, column] of Object.entries(ahead)) column.set(here[name]);
        out.terminated = false;
        kernel.step(ahead, 0, action, rng, out);
        if (!out.terminated && survives(depth - 1)) return true;
      }
      return false;
    };
    for (let t = 0; t < 1000; t++) {
      const action = [NONE, FIRE].find((candidate) => {
        for (const [name, column] of Object.entries(ahead)) column.set(s[name]);
        out.terminated = false;
        kernel.step(ahead, 0, candidate, rng, out);
        return !out.terminated && survives(7);
      });
      expect(action, `no way on at step ${t}`).toBeDefined();
      expect(step(action!).terminated).toBe(false);
    }
    expect(s['passed'][0]).toBe(199);
  });
});
