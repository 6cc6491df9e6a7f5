/** MiniGrid's LavaCrossing and SimpleCrossing: rivers of lava, or walls, across the way to the goal, each with a gap. */
import { integer } from '#core/config.ts';
import type { EnvDefinition } from '#core/env.ts';
import { InputError } from '#core/errors.ts';
import type { Rng } from '#core/rng.ts';
import { EMPTY, GOAL, LAVA, WALL } from '../cells.ts';
import { defineMinigrid, sizeField } from '../engine.ts';
import type { Rules } from '../rules.ts';
import type { Slot } from '../slot.ts';

const crossings = integer({
  label: 'Crossings',
  help: 'How many rivers lie across the grid.',
  default: 1,
  min: 1,
  max: 58,
});

/** Both worlds; a river lies on an even row or column, so that two never touch side by side. */
function rules(size: number, count: number, obstacle: number): Rules {
  if (size % 2 === 0)
    throw new InputError([{ field: 'world.size', expected: 'an odd number', got: String(size) }]);
  const lines = (size - 3) / 2;
  if (count > 2 * lines)
    throw new InputError([
      { field: 'world.crossings', expected: `at most ${2 * lines} at size ${size}`, got: String(count) },
    ]);
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
      chosen.sort();
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
  const lines = (size - 3) / 2;
  // Where the k-th river of a kind lies; the outer walls before the first and after the last.
  const vertical = (k: number) => (k === 0 ? 0 : k > down ? size - 1 : 2 + 2 * rivers[k - 1]);
  const across = rivers.length - down;
  const horizontal = (k: number) =>
    k === 0 ? 0 : k > across ? size - 1 : 2 + 2 * (rivers[down + k - 1] - lines);
  for (let k = 0; k < path.length; k++) path[k] = k < down ? 1 : 0;
  shuffle(path, rng);
  let column = 0;
  let row = 0;
  for (const crossesDown of path)
    if (crossesDown) {
      const y = horizontal(row) + 1;
      slot.set(vertical(++column), y + rng.integer(horizontal(row + 1) - y), EMPTY);
    } else {
      const x = vertical(column) + 1;
      slot.set(x + rng.integer(vertical(column + 1) - x), horizontal(++row), EMPTY);
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
  summary: 'Cross rivers of lava by their gaps.',
  fields: { size: sizeField(9, 7, 63), crossings },
  rules: ({ size, crossings }) => rules(size, crossings, LAVA),
});

export const simpleCrossing: EnvDefinition = defineMinigrid({
  id: 'simple-crossing',
  title: 'MiniGrid SimpleCrossing',
  summary: 'Find the gaps in walls that lie across the way.',
  fields: { size: sizeField(9, 7, 63), crossings },
  rules: ({ size, crossings }) => rules(size, crossings, WALL),
});
