/** Snake: growth, ways to die, the full board, and food that lies on every free cell equally often. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '#core/config.ts';
import { rngStreams, type Rng } from '#core/rng.ts';
import { snake } from '#envs/grid/snake/snake.ts';

const UP = 0;
const RIGHT = 1;
const DOWN = 2;
const LEFT = 3;

/** A board of one slot, with its draws either random or all 0. */
class Board {
  readonly kernel;
  readonly s: ReturnType<ReturnType<typeof snake.create>['allocate']>;
  readonly rng: Rng;
  readonly size: number;

  constructor(size: number, rng: Rng) {
    this.kernel = snake.create(parseConfig(snake.params, { size }, 'world'));
    this.s = this.kernel.allocate(1);
    this.rng = rng;
    this.size = size;
    this.kernel.reset(this.s, 0, rng);
  }

  step(action: number): { events: Float64Array; terminated: boolean } {
    const out = { events: new Float64Array(4), terminated: false };
    this.kernel.step(this.s, 0, action, this.rng, out);
    return out;
  }

  /** The board as text: H head, b body, f food. */
  look(): string {
    const planes = new Float32Array(this.size * this.size * 3);
    this.kernel.observe(this.s, 0, planes, 0);
    let text = '';
    for (let k = 0; k < this.size * this.size; k++) {
      const [head, body, food] = planes.subarray(k * 3, k * 3 + 3);
      text += head ? 'H' : body ? 'b' : food ? 'f' : '.';
      if (k % this.size === this.size - 1) text += '\n';
    }
    return text;
  }
}

/** Always draws the first of what there is. */
const first: Rng = { uniform: () => 0, integer: () => 0, normal: () => 0 };

describe('snake', () => {
  it('starts in the middle with three cells and the food on a free cell', () => {
    expect(new Board(4, first).look()).toBe('f...\n....\nbbH.\n....\n');
  });

  it('grows by one cell at the food, and the food moves on', () => {
    const board = new Board(4, first);
    for (const action of [UP, UP, LEFT]) expect([...board.step(action).events]).toEqual([0, 0, 1, 0]);
    expect([...board.step(LEFT).events]).toEqual([1, 0, 1, 0]);
    expect(board.look()).toBe('Hbbf\n..b.\n....\n....\n');
  });

  it('dies at the wall and in its body, not in the cell that its tail leaves, and cannot turn straight back', () => {
    const board = new Board(5, first);
    const wall = [UP, UP, UP].map((action) => board.step(action).terminated);
    expect(wall).toEqual([false, false, true]);
    const back = new Board(5, first);
    expect(back.step(LEFT).terminated).toBe(false);
    expect(back.look()).toContain('..bbH'.slice(1));
    // Four cells turn in a square: the head follows the tail for ever.
    const square = new Board(4, first);
    for (const action of [UP, UP, LEFT, LEFT]) square.step(action);
    for (let turn = 0; turn < 3; turn++)
      for (const action of [DOWN, RIGHT, UP, LEFT]) expect(square.step(action).terminated).toBe(false);
  });

  it('ends when the board is full', () => {
    const board = new Board(4, rngStreams(3)('food'));
    // The way on from every cell, along a cycle through all of them.
    const cycle = Array.from('>>>v^v<<^>>v^<<<', (arrow) => '^>v<'.indexOf(arrow));
    let head = 10;
    let bites = 0;
    for (let t = 0; t < 400; t++) {
      const action = cycle[head];
      head += action === UP ? -4 : action === DOWN ? 4 : action === RIGHT ? 1 : -1;
      const out = board.step(action);
      bites += out.events[0];
      if (!out.terminated) continue;
      expect([...out.events]).toEqual([1, 0, 1, 1]);
      break;
    }
    expect(bites).toBe(13);
  });

  it('lays food on every free cell equally often', () => {
    const counts = new Float64Array(36);
    const board = new Board(6, rngStreams(11)('food'));
    const draws = 10_000;
    for (let k = 0; k < draws; k++) {
      board.kernel.reset(board.s, 0, board.rng);
      counts[board.look().replaceAll('\n', '').indexOf('f')]++;
    }
    const free = [...counts].filter((count) => count > 0);
    expect(free).toHaveLength(33);
    for (const count of free) expect(Math.abs(count - draws / 33)).toBeLessThan(5 * Math.sqrt(draws / 33));
  });
});
