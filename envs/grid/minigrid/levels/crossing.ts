/**
 * MiniGrid's LavaCrossing and SimpleCrossing: rivers of lava, or walls, between the agent and the goal, each
 * with one gap.
 */
import { integer } from '#core/config.ts';
import type { EnvDefinition } from '#core/env.ts';
import { refusal } from '#core/errors.ts';
import type { Rng } from '#core/rng.ts';
import { EMPTY, GOAL, LAVA, WALL } from '../cells.ts';
import { defineMinigrid, sizeField } from '../engine.ts';
import type { Rules } from '../rules.ts';
import type { Slot } from '../slot.ts';

const crossings = integer({
  label: 'Crossings',
  help: 'Number of rivers, or walls, across the grid, each with a gap to pass.',
  default: 1,
  min: 1,
  max: 58,
  scale: 'log',
});

/** The rules of both worlds. Rivers lie on even rows and columns, so that two of them are never adjacent. */
function rules(size: number, count: number, obstacle: number): Rules {
  if (size % 2 === 0) throw refusal('world.size', 'an odd number', String(size));
  const lines = (size - 3) / 2;
  if (count > 2 * lines)
    throw refusal('world.crossings', `at most ${2 * lines} at size ${size}`, String(count));
  // Rivers to be drawn from: 2, 4, … down and then the same across.
  const deck = new Uint8Array(2 * lines);
  const chosen = deck.subarray(0, count);
  const path = new Uint8Array(count);
  return {
    width: size,
    height: size,
    mission: 0,
    marks: 0,
    maxSteps: 4 * size * size,
    seeThrough: false,
    build(slot, rng) {
      slot.room();
      slot.putAgent(1, 1, 0);
      slot.set(size - 2, size - 2, GOAL);
      for (let k = 0; k < deck.length; k++) deck[k] = k;
      shuffle(deck, rng);
      sortBytes(chosen);
      // Sorted, the rivers that run down come first; `down` counts them.
      let down = 0;
      for (const k of chosen) {
        const at = 2 + 2 * (k % lines);
        if (k < lines) slot.fill(at, 1, at, size - 2, obstacle);
        else slot.fill(1, at, size - 2, at, obstacle);
        if (k < lines) down++;
      }
      openPath(slot, chosen, down, path, rng);
    },
  };
}

/** Opens a gap in each river, in the order in which a path to the goal, drawn at random, crosses them. */
function openPath(slot: Slot, rivers: Uint8Array, down: number, path: Uint8Array, rng: Rng): void {
  const size = slot.width;
  for (let k = 0; k < path.length; k++) path[k] = k < down ? 1 : 0;
  shuffle(path, rng);
  let column = 0;
  let row = 0;
  for (const crossesDown of path)
    if (crossesDown) {
      const y = placeOf(rivers, down, rivers.length, row, size) + 1;
      const next = placeOf(rivers, down, rivers.length, row + 1, size);
      slot.set(placeOf(rivers, 0, down, ++column, size), y + rng.integer(next - y), EMPTY);
    } else {
      const x = placeOf(rivers, 0, down, column, size) + 1;
      const next = placeOf(rivers, 0, down, column + 1, size);
      slot.set(x + rng.integer(next - x), placeOf(rivers, down, rivers.length, ++row, size), EMPTY);
    }
}

/**
 * Where the k-th of the rivers from `from` to `to` lies, which run one way; the outer walls before the first
 * and after the last.
 */
function placeOf(rivers: Uint8Array, from: number, to: number, k: number, size: number): number {
  if (k === 0) return 0;
  if (k > to - from) return size - 1;
  return 2 + 2 * (rivers[from + k - 1] % ((size - 3) / 2));
}

/** In place and without garbage, unlike `sort`; there are a handful of them. */
function sortBytes(items: Uint8Array): void {
  for (let k = 1; k < items.length; k++) {
    const item = items[k];
    let at = k;
    for (; at > 0 && items[at - 1] > item; at--) items[at] = items[at - 1];
    items[at] = item;
  }
}

/** Fisher and Yates. */
function shuffle(items: Uint8Array, rng: Rng): void {
  for (let k = items.length - 1; k > 0; k--) {
    const other = rng.integer(k + 1);
    const kept = items[k];
    items[k] = items[other];
    items[other] = kept;
  }
}

export const lavaCrossing: EnvDefinition = defineMinigrid({
  id: 'lava-crossing',
  title: 'MiniGrid LavaCrossing',
  summary: 'Cross rivers of lava through their gaps.',
  fields: { size: sizeField(9, 7, 63), crossings },
  rules: ({ size, crossings }) => rules(size, crossings, LAVA),
});

export const simpleCrossing: EnvDefinition = defineMinigrid({
  id: 'simple-crossing',
  title: 'MiniGrid SimpleCrossing',
  summary: 'Find the gaps in the walls that block the way.',
  fields: { size: sizeField(9, 7, 63), crossings },
  rules: ({ size, crossings }) => rules(size, crossings, WALL),
});
