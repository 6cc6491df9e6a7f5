/** The rules of the arcade games that play hardly ever reaches, set up by hand. Full action set, no sticky actions. */
import { describe, expect, it } from 'vitest';
import { rngStreams } from '#core/rng.ts';
import { asterix } from '#envs/arcade/asterix/asterix.ts';
import { breakout } from '#envs/arcade/breakout/breakout.ts';
import { flappy } from '#envs/arcade/flappy/flappy.ts';
import { freeway } from '#envs/arcade/freeway/freeway.ts';
import { pong } from '#envs/arcade/pong/pong.ts';
import { spaceInvaders } from '#envs/arcade/space-invaders/space-invaders.ts';
import { TapeRng, type Draw } from '#tests/golden/tape.ts';
import { FIRE, NONE, start, type Bytes } from './arcade-start.ts';

/** Puts numbers into the columns of a slot. */
function set(s: Bytes, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) s[name][0] = value;
}

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

  it('returns the ball upwards from the upper cell of a paddle, downwards from the lower one', () => {
    for (const [row, dy] of [
      [4, -1],
      [5, 1],
    ]) {
      const { s, step } = start(pong, { skill: 0, ramping: false });
      set(s, { own: 4, x: 8, y: row - 1, dx: 1, dy: 1 });
      expect(step(NONE).events).toEqual([0, 0, 1]);
      expect([s['dx'][0], s['dy'][0]]).toEqual([-1, dy]);
    }
  });

  it('keeps the score of both sides apart, and ends when either has its points', () => {
    for (const [x, dx, won] of [
      [8, 1, false],
      [1, -1, true],
    ] as const) {
      const { s, step } = start(pong, { skill: 0, ramping: false, points: 2 });
      for (const terminated of [false, true]) {
        set(s, { own: 0, opponent: 0, x, y: 7, dx, dy: 1 });
        expect(step(NONE)).toEqual({ events: won ? [1, 0, 0] : [0, 1, 0], terminated });
      }
      expect([s['won'][0], s['lost'][0]]).toEqual(won ? [2, 0] : [0, 2]);
    }
  });
});

describe('Flappy', () => {
  it('crashes into both pipes, and passes between them', () => {
    // A gap of rows 3 to 6 that is about to reach the bird's column.
    for (const [from, crashed] of [
      [1, true],
      [2, false],
      [5, false],
      [6, true],
    ] as const) {
      const { s, step } = start(flappy);
      s['pipes'][3] = 1 + 3;
      s['gaps'][3] = 4;
      set(s, { y: from, speed: 0 });
      expect(step(NONE)).toEqual({ events: crashed ? [0, 0, 1] : [1, 1, 0], terminated: crashed });
    }
  });

  it('narrows its gaps after ten pipes, if it ramps', () => {
    for (const [passed, ramping, gap] of [
      [0, true, 4],
      [9, true, 4],
      [10, true, 3],
      [10, false, 4],
    ] as const) {
      const { s, step } = start(flappy, { ramping });
      set(s, { passed, next: 0 });
      step(NONE);
      expect(s['gaps'][9]).toBe(gap);
    }
  });

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
