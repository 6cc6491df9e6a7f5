/**
 * A MiniGrid level that users draw: walls, doors, keys, balls, boxes and lava between a start and a goal. Every
 * episode plays the same level.
 */
import { json, toggle } from '#core/config.ts';
import type { Rng } from '#core/rng.ts';
import { EMPTY, GOAL, LAVA, WALL } from '../cells.ts';
import { defineMinigrid } from '../engine.ts';
import { codeOf, headingOf, levelBoard, levelSchema, type Level } from '../own-level.ts';
import type { Slot } from '../slot.ts';

export const own = defineMinigrid({
  id: 'own',
  title: 'MiniGrid, own level',
  summary:
    'A MiniGrid level to draw yourself: walls, doors, keys, balls, boxes and lava on the way to the goal.',
  fields: {
    level: json(levelSchema, {
      label: 'Level',
      help: 'Rows of . (floor), # (wall), G (goal), L (lava) and a start > v < ^ that faces where it points, plus things: doors, keys, balls and boxes with a colour.',
      default: {
        rows: ['########', '#..#...#', '#.>....#', '#..#..G#', '########'],
        things: [
          { x: 3, y: 2, kind: 'door', colour: 'yellow', state: 'locked' },
          { x: 1, y: 1, kind: 'key', colour: 'yellow' },
        ],
      },
      expected: 'a level: { rows, things? }',
      board: levelBoard,
    }),
    seeThrough: toggle({
      label: 'Free sight',
      help: 'On: walls and closed doors do not block sight.',
      default: false,
    }),
  },
  rules: ({ level, seeThrough }) => rulesOf(level, seeThrough),
});

function rulesOf(level: Level, seeThrough: boolean) {
  const { rows, things } = level;
  const [width, height] = [rows[0].length, rows.length];
  const letters = rows.join('');
  const codes = Int16Array.from(letters, (letter) =>
    letter === '#' ? WALL : letter === 'G' ? GOAL : letter === 'L' ? LAVA : EMPTY,
  );
  for (const thing of things) codes[thing.y * width + thing.x] = codeOf(thing);
  const starts = Array.from(letters).flatMap((letter, cell) => (headingOf(letter) >= 0 ? [cell] : []));
  return {
    width,
    height,
    mission: 0,
    marks: 0,
    // As generous as DoorKey.
    maxSteps: 10 * width * height,
    whole: true,
    seeThrough,
    build(slot: Slot, rng: Rng) {
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) slot.set(x, y, codes[y * width + x]);
      const start = starts[starts.length > 1 ? rng.integer(starts.length) : 0];
      slot.putAgent(start % width, Math.floor(start / width), headingOf(letters[start]));
    },
  };
}
