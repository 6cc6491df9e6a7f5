/** Levels that users draw: what is wrong with one names the cell, and what the solver says is what a player can do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemOf } from '#core/errors.ts';
import { rngStreams } from '#core/rng.ts';
import { Type, typeOf } from '#envs/grid/minigrid/cells.ts';
import { explore, type Level } from '#envs/grid/minigrid/own-level.ts';
import { Act } from '#envs/grid/minigrid/rules.ts';
import { Slot, type Worlds } from '#envs/grid/minigrid/slot.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { worldOf } from './minigrid-levels.ts';
import { Player } from './minigrid-player.ts';

interface Given {
  readonly rows: readonly string[];
  readonly things?: readonly unknown[];
}

const wrong = (level: Given) => problemOf(() => resolveRun({ world: 'minigrid-own', params: { level } }));

const corridor = (middle: string): readonly string[] => ['#######', middle, '#######'];
const door = (x: number, colour: string, state = 'locked') => ({ x, y: 1, kind: 'door', colour, state });
const key = (x: number, colour: string) => ({ x, y: 1, kind: 'key', colour });

describe('a level of MiniGrid', () => {
  it('is refused with the cell', () => {
    expect(wrong({ rows: corridor('#>..?G#') })).toMatchObject({
      field: 'world.level.rows.1',
      expected: 'one of . # G L > v < ^ at cell (4, 1)',
    });
    expect(wrong({ rows: ['###', '#>', '###'] })?.expected).toBe('3 cells in row 1, as in row 0');
    expect(wrong({ rows: ['#'] })?.expected).toBe('from 3 to 32 rows of from 3 to 32 cells');
    expect(wrong({ rows: corridor('#....G#') })?.expected).toBe('a start > v < or ^ on at least one cell');
    expect(wrong({ rows: corridor('#>....#') })?.expected).toBe('a goal G');
    expect(wrong({ rows: corridor('#>...G#'), things: [key(1, 'red')] })).toMatchObject({
      field: 'world.level.things.0',
      expected: 'a key on plain floor instead of (1, 1)',
    });
    expect(wrong({ rows: corridor('#>...G#'), things: [key(3, 'red'), key(3, 'red')] })?.expected).toMatch(
      'one thing on cell (3, 1)',
    );
    const stated = { x: 3, y: 1, kind: 'ball', colour: 'red', state: 'open' };
    expect(wrong({ rows: corridor('#>...G#'), things: [stated] })?.expected).toMatch('a state on doors only');
  });

  it('is refused where no goal can be reached, with the key that is missing', () => {
    const rows = corridor('#.>..G#');
    expect(wrong({ rows: corridor('#>.#.G#') })?.expected).toBe('a way from the start (1, 1) to a goal G');
    expect(wrong({ rows: corridor('#>.L.G#') })?.expected).toMatch('a way from');
    expect(wrong({ rows, things: [door(4, 'blue'), key(1, 'red')] })?.expected).toBe(
      'a way from the start (2, 1) to a goal G, or a blue key that can be reached',
    );
    expect(wrong({ rows, things: [door(4, 'blue'), key(1, 'blue')] })).toBeUndefined();
    expect(wrong({ rows, things: [door(4, 'blue', 'closed')] })).toBeUndefined();
    // The key lies behind its own door.
    const chain = ['#########', '#.>.....#', '####.####', '#G......#', '#########'];
    const things = [
      { ...door(4, 'red'), y: 2 },
      { ...key(3, 'red'), y: 3 },
    ];
    expect(wrong({ rows: chain, things })?.expected).toMatch('or a red key');
    expect(wrong({ rows: chain, things: [things[0], key(1, 'red')] })).toBeUndefined();
  });

  it('opens doors one after another', () => {
    const rows = ['###########', '#.>.......#', '#########.#', '#G........#', '###########'];
    const things = [
      key(1, 'red'),
      door(4, 'red'),
      key(6, 'blue'),
      { ...door(9, 'blue'), y: 2 },
      { ...door(5, 'green', 'closed'), y: 3 },
    ];
    expect(explore({ rows, things } as Level, 13)).toEqual({ solved: true, missing: [] });
    expect(wrong({ rows, things })).toBeUndefined();
  });

  it('is solvable where a player gets to the goal, and without things only there', () => {
    const letters = fc.constantFrom<string>('.', '.', '.', '.', '#', '#', 'L');
    const inner = fc.array(fc.array(letters, { minLength: 5, maxLength: 5 }), { minLength: 4, maxLength: 4 });
    const seen = { solved: 0, unsolved: 0 };
    fc.assert(
      fc.property(inner, fc.boolean(), (cells, locked) => {
        cells[0][0] = '>';
        cells[3][4] = 'G';
        const rows = ['#######', ...cells.map((row) => `#${row.join('')}#`), '#######'];
        const free = rows.flatMap((row, y) =>
          Array.from(row).flatMap((letter, x) => (letter === '.' ? [{ x, y }] : [])),
        );
        const things: Level['things'] =
          locked && free.length > 1
            ? [
                { ...free[0], kind: 'key', colour: 'red' },
                { ...free[free.length - 1], kind: 'door', colour: 'red', state: 'locked' },
              ]
            : [];
        const { solved } = explore({ rows, things }, 8);
        seen[solved ? 'solved' : 'unsolved']++;
        const played = play({ rows, things });
        if (things.length === 0) expect(played).toBe(solved);
        else if (played) expect(solved).toBe(true);
      }),
      { numRuns: 200 },
    );
    expect(Math.min(seen.solved, seen.unsolved)).toBeGreaterThan(10);
  });
});

function isGoal(code: number): boolean {
  return typeOf(code) === Type.goal;
}

/** Whether the player of the limits' test gets to the goal; the level is not checked before. */
function play(level: Level): boolean {
  const kernel = worldOf('own').create({ level, seeThrough: false, maxSteps: 0 });
  const s = kernel.allocate(1) as Worlds;
  const [width, height] = [level.rows[0].length, level.rows.length];
  const slot = new Slot({ width, height, mission: 0, marks: 0 }).on(s, 0);
  const rng = rngStreams(1)('player');
  kernel.reset(s, 0, rng);
  const player = new Player(kernel, slot, rng);
  if (!player.stand(isGoal) && player.reach(isGoal)) player.act(Act.forward);
  return player.ended === 'success';
}
