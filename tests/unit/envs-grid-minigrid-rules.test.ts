/** MiniGrid's rules that recordings show seldom: boxes, keys of the wrong colour, time limits, and sight behind doors. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '#core/config.ts';
import { rngStreams } from '#core/rng.ts';
import { cell, Door, EMPTY, GOAL, Hue, Type, WALL } from '#envs/grid/minigrid/cells.ts';
import { Act } from '#envs/grid/minigrid/rules.ts';
import { ball, door, key, Slot, type Worlds } from '#envs/grid/minigrid/slot.ts';
import { minigrid } from '#envs/grid/minigrid/worlds.ts';

/** A world of which one slot is played by hand. */
class HumanPlayer {
  readonly kernel;
  readonly s: Worlds;
  readonly slot: Slot;
  private readonly rng = rngStreams(1)('play');

  constructor(id: string, params: Record<string, unknown>, size: number) {
    const world = minigrid.find((one) => one.id === `minigrid-${id}`)!;
    this.kernel = world.create(parseConfig(world.params, params, 'world'));
    this.s = this.kernel.allocate(1) as Worlds;
    this.kernel.reset(this.s, 0, this.rng);
    this.slot = new Slot({ width: size, height: size, mission: 0, marks: 0 }).on(this.s, 0);
  }

  /** Builds another level. */
  again(): void {
    this.kernel.reset(this.s, 0, this.rng);
  }

  /** Plays actions and gives the last one's events by their ids, those that are 0 left out. */
  play(...actions: readonly number[]): Record<string, number> {
    const terms = this.kernel.spec.rewards;
    const out = { events: new Float64Array(terms.length), terminated: false };
    for (const action of actions) {
      out.events.fill(0);
      out.terminated = false;
      this.kernel.step(this.s, 0, action, this.rng, out);
    }
    const events = terms.map((term, k) => [term.id, out.events[k]] as const).filter(([, size]) => size !== 0);
    return { ...Object.fromEntries(events), terminated: Number(out.terminated) };
  }

  /** What the agent sees at column k of the view, `far` cells ahead. */
  sees(k: number, far: number): readonly number[] {
    const channels = this.kernel.spec.observation.shape[2]!;
    const view = new Float32Array(49 * channels);
    this.kernel.observe(this.s, 0, view, 0);
    const at = (k * 7 + 6 - far) * channels;
    return [...view.subarray(at, at + 3)];
  }
}

describe('minigrid', () => {
  it('opens a box and leaves what it held, or nothing', () => {
    const hand = new HumanPlayer('empty', {}, 8);
    hand.slot.set(2, 1, cell(Type.box, Hue.grey, 0, key(Hue.yellow)));
    hand.play(Act.toggle);
    expect(hand.slot.get(2, 1)).toBe(key(Hue.yellow));
    hand.play(Act.pickUp);
    expect([hand.s.carrying[0], hand.slot.get(2, 1)]).toEqual([key(Hue.yellow), EMPTY]);
    hand.slot.set(2, 1, cell(Type.box, Hue.red));
    hand.play(Act.toggle);
    expect(hand.slot.get(2, 1)).toBe(EMPTY);
  });

  it('carries a box with what it holds, and shows it in the own cell', () => {
    const hand = new HumanPlayer('empty', {}, 8);
    const box = cell(Type.box, Hue.grey, 0, key(Hue.grey));
    hand.slot.set(2, 1, box);
    hand.play(Act.pickUp);
    expect(hand.sees(3, 0)).toEqual([Type.box, Hue.grey, 0]);
    hand.play(Act.right, Act.drop, Act.toggle);
    expect(hand.slot.get(1, 2)).toBe(key(Hue.grey));
  });

  it('unlocks a door with a key of its colour only', () => {
    const hand = new HumanPlayer('door-key', { size: 8 }, 8);
    hand.slot.room();
    hand.slot.putAgent(1, 1, 0);
    hand.slot.set(2, 1, door(Hue.red, Door.locked));
    hand.s.carrying[0] = key(Hue.blue);
    hand.play(Act.toggle);
    expect(hand.slot.get(2, 1)).toBe(door(Hue.red, Door.locked));
    hand.s.carrying[0] = ball(Hue.red);
    hand.play(Act.toggle);
    expect(hand.slot.get(2, 1)).toBe(door(Hue.red, Door.locked));
    hand.s.carrying[0] = key(Hue.red);
    hand.play(Act.toggle);
    expect(hand.slot.get(2, 1)).toBe(door(Hue.red, Door.open));
    hand.play(Act.toggle);
    expect(hand.slot.get(2, 1)).toBe(door(Hue.red, Door.closed));
  });

  it('hides what is behind a closed door, and shows it when it opens', () => {
    const hand = new HumanPlayer('door-key', { size: 8 }, 8);
    hand.slot.room();
    hand.slot.fill(2, 0, 2, 7, WALL);
    hand.slot.putAgent(1, 2, 0);
    hand.slot.set(2, 2, door(Hue.red, Door.closed));
    hand.slot.set(4, 2, ball(Hue.green));
    expect(hand.sees(3, 1)).toEqual([Type.door, Hue.red, Door.closed]);
    expect(hand.sees(3, 3)).toEqual([0, 0, 0]);
    hand.play(Act.toggle);
    expect(hand.sees(3, 3)).toEqual([Type.ball, Hue.green, 0]);
  });

  it('pays 1 − 0.9 · steps / maxSteps, over the time limit that is given', () => {
    const hand = new HumanPlayer('empty', { maxSteps: 10 }, 8);
    expect(hand.kernel.spec.maxSteps).toBe(10);
    hand.slot.set(3, 1, GOAL);
    expect(hand.play(Act.forward)).toEqual({ step: 1, terminated: 0 });
    expect(hand.play(Act.forward)).toEqual({ success: 1, haste: 0.2, step: 1, terminated: 1 });
  });

  it('drops on free cells only, not on goals, and picks up one thing at a time', () => {
    const hand = new HumanPlayer('empty', {}, 8);
    hand.slot.set(2, 1, ball());
    hand.play(Act.pickUp);
    hand.slot.set(2, 1, GOAL);
    hand.play(Act.drop);
    expect(hand.s.carrying[0]).toBe(ball());
    hand.slot.set(2, 1, key(Hue.red));
    hand.play(Act.pickUp);
    expect([hand.s.carrying[0], hand.slot.get(2, 1)]).toEqual([ball(), key(Hue.red)]);
  });

  it('Memory succeeds on the side of the object that was shown at the start, and fails on the other', () => {
    const hand = new HumanPlayer('memory', {}, 7);
    const ends = new Set<string>();
    for (let k = 0; k < 20; k++) {
      hand.again();
      const shown = hand.slot.get(1, 2);
      const up = k % 2 === 0;
      // Just before the end of the hallway, facing one of its two sides.
      hand.slot.putAgent(5, 3, up ? 3 : 1);
      const matches = hand.slot.get(5, up ? 1 : 5) === shown;
      expect(hand.play(Act.forward)).toMatchObject(
        matches ? { success: 1, terminated: 1 } : { failure: 1, terminated: 1 },
      );
      ends.add(`${up} ${matches}`);
    }
    expect(ends.size).toBe(4);
  });
});
