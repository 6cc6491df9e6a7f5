/** What is painted and drawn on the page: levels that are read as they are written, strokes, undo, and proposals that worlds take. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoardFormat } from '#core/board.ts';
import { describe as describeFields } from '#core/config.ts';
import { problemOf } from '#core/errors.ts';
import { rngStreams } from '#core/rng.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { findWorld } from '#train/world/setup.ts';
import { cellsBetween } from '#ui/editors/cells-between.ts';
import { change, redo, startHistory, undo } from '#ui/editors/history.ts';
import {
  entriesAt,
  lead,
  letterAt,
  levelValue,
  paint,
  readLevel,
  resize,
  toolsOf,
  type Level,
  type Tool,
} from '#ui/editors/level.ts';
import { cellsOf, withCell } from '#ui/editors/painting.ts';
import { propose, PROPOSALS } from '#ui/editors/random-level.ts';
import {
  fromStroke,
  randomRoad,
  readRoad,
  smoother,
  type Point,
  moved,
  roundRoad,
  withoutPoint,
  withPoint,
} from '#ui/editors/road.ts';

const painted = [
  ['grid-world', 'level', {}],
  ['frozen-lake', 'rows', { map: 'own' }],
  ['minigrid-own', 'level', {}],
] as const;

function boardOf(world: string, key: string): BoardFormat {
  const field = describeFields(findWorld(world).params).find((each) => each.key === key);
  if (field?.kind !== 'json' || !field.board) throw new Error(`${world}.${key}: expected a board`);
  return field.board;
}

function read(board: BoardFormat, value: unknown): Level {
  const level = readLevel(board, value);
  if (typeof level === 'string') throw new Error(level);
  return level;
}

function toolCalled(board: BoardFormat, label: string): Tool {
  const found = toolsOf(board).find(
    (tool) => (tool.kind === 'letter' ? tool.letter.label : tool.thing.label) === label,
  );
  if (!found) throw new Error(`${label}: expected a tool`);
  return found;
}

describe.each(painted)('levels of %s', (world, key, beside) => {
  const board = boardOf(world, key);
  const tools = toolsOf(board);
  const wrong = (level: unknown) =>
    problemOf(() => resolveRun({ world, params: { ...beside, [key]: level } }));
  const strokes = fc.array(
    fc.tuple(fc.nat(tools.length - 1), fc.integer({ min: -1, max: 8 }), fc.integer({ min: -1, max: 6 })),
    { maxLength: 60 },
  );
  const empty = (width: number, height: number): Level => ({
    rows: Array.from({ length: height }, () => board.letters[0].letter.repeat(width)),
    entries: [],
  });

  it('are read as they are written, whatever is painted', () => {
    fc.assert(
      fc.property(strokes, (all) => {
        const level = all.reduce((so, [k, x, y]) => paint(board, so, tools[k], x, y), empty(8, 6));
        const value = levelValue(board, level);
        expect(levelValue(board, read(board, value))).toEqual(value);
        expect(levelValue(board, read(board, JSON.stringify(value)))).toEqual(value);
        // What can be painted is well formed: the world may miss a way to the goal, and nothing else but an exit.
        const problem = wrong(value);
        if (problem)
          expect(problem.expected).toMatch(
            /^(a start|a goal|a way|an exit|plain floor under the teleporter|a cell of the level that is no wall)/,
          );
      }),
    );
  });

  it('keep their size and letters when they grow and shrink again', () => {
    fc.assert(
      fc.property(strokes, (all) => {
        const level = all.reduce((so, [k, x, y]) => paint(board, so, tools[k], x, y), empty(8, 6));
        const back = resize(board, resize(board, level, 12, 9), 8, 6);
        expect(back.rows).toEqual(level.rows);
        expect(back.entries).toEqual(level.entries);
      }),
    );
    const { rows } = resize(board, empty(8, 6), 1e9, NaN);
    expect([rows[0].length, rows.length]).toEqual([board.max, board.min]);
  });

  it('are proposed at random until the world takes one', () => {
    const rng = rngStreams(1)('levels');
    let taken = 0;
    for (let tries = 0; tries < 20; tries++) {
      const proposals = Array.from({ length: PROPOSALS }, (_, k) => propose(board, [9, 7], rng, k));
      const found = proposals.findIndex((level) => wrong(levelValue(board, level)) === undefined);
      if (found >= 0) taken++;
      for (const { rows } of proposals) expect([rows[0].length, rows.length]).toEqual([9, 7]);
    }
    expect(taken).toBe(20);
  });

  it('say what is wrong with what is no level', () => {
    expect(readLevel(board, '{')).toBe('Expected JSON.');
    expect(readLevel(board, { rows: [1] })).toBe('Expected rows of letters.');
    expect(readLevel(board, [])).toBe('Expected rows of letters.');
    const large = Array.from({ length: board.max + 1 }, () => board.letters[0].letter);
    expect(readLevel(board, board.form === 'rows' ? large : { rows: large })).toMatch(/^Expected at most/);
  });
});

describe('painting', () => {
  const own = boardOf('minigrid-own', 'level');
  const grid = boardOf('grid-world', 'level');
  const blank = read(own, { rows: ['....', '....', '....'] });

  it('has one start, and things on plain floor only', () => {
    const right = paint(own, blank, toolCalled(own, 'Start facing right'), 0, 0);
    const left = paint(own, right, toolCalled(own, 'Start facing left'), 2, 1);
    expect(left.rows).toEqual(['....', '..<.', '....']);
    const key = paint(own, left, toolCalled(own, 'Key'), 2, 1);
    expect(letterAt(key, 2, 1)).toBe('.');
    expect(entriesAt(key, 2, 1)).toMatchObject([{ value: { x: 2, y: 1, kind: 'key', colour: 'yellow' } }]);
    expect(paint(own, key, toolCalled(own, 'Door'), 2, 1).entries).toHaveLength(1);
    expect(paint(own, key, toolCalled(own, 'Wall'), 2, 1).entries).toHaveLength(0);
    expect(paint(own, key, toolCalled(own, 'Floor'), 2, 1).entries).toHaveLength(0);
  });

  it('gives the same level where nothing changes', () => {
    for (const tool of toolsOf(own)) {
      const once = paint(own, blank, tool, 1, 1);
      expect(paint(own, once, tool, 1, 1)).toBe(once);
      expect(paint(own, once, tool, 4, 1)).toBe(once);
    }
  });

  it('leads teleporters to a second cell', () => {
    const level = paint(grid, read(grid, { rows: ['S..G'] }), toolCalled(grid, 'Teleporter'), 1, 0);
    expect(entriesAt(lead(level, 1, 0, [2, 0]), 1, 0)[0].value).toEqual({ x: 1, y: 0, toX: 2, toY: 0 });
  });

  it('crosses every cell between two places', () => {
    expect(cellsBetween([0, 0], [3, 1])).toEqual([
      [1, 0],
      [2, 1],
      [3, 1],
    ]);
    expect(cellsBetween([2, 2], [2, 2])).toEqual([]);
  });

  it('is undone and redone step by step', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 50 }), (values) => {
        const all = values.reduce(change, startHistory(-1));
        let back = all;
        for (const expected of [-1, ...values].slice(0, -1).toReversed()) {
          back = undo(back);
          expect(back.present).toBe(expected);
        }
        expect(undo(back)).toBe(back);
        for (const expected of values) {
          back = redo(back);
          expect(back.present).toBe(expected);
        }
        expect(redo(back)).toBe(back);
      }),
    );
  });

  it('keeps one number per cell of a reward, and none of 0', () => {
    const cells = withCell(withCell([], [1, 2, 0.5]), [0, 0, -1]);
    expect(withCell(cells, [1, 2, 3])).toEqual([
      [0, 0, -1],
      [1, 2, 3],
    ]);
    expect(withCell(cells, [1, 2, 0.5])).toBe(cells);
    expect(withCell(cells, [1, 2, 0])).toEqual([[0, 0, -1]]);
    expect(cellsOf('[[1,2,3],[4],"x"]')).toEqual([[1, 2, 3]]);
    expect(cellsOf('x + y')).toEqual([]);
  });
});

const wrongRoad = (road: readonly Point[]) =>
  problemOf(() => resolveRun({ world: 'highway', params: { road } }));

describe('roads', () => {
  it('are made of a trembling line that is not closed', () => {
    const rng = rngStreams(1)('tremor');
    const stroke = Array.from({ length: 90 }, (_, k): Point => {
      const angle = (2 * Math.PI * k) / 95;
      return [350 + 220 * Math.cos(angle) + 4 * rng.normal(), 230 + 150 * Math.sin(angle) + 4 * rng.normal()];
    });
    expect(wrongRoad(fromStroke(stroke))).toBeUndefined();
    expect(fromStroke([[3, 3]])).toEqual([]);
  });

  it('are shaped point by point, begin with a ring that can be driven, and stay on the board', () => {
    const ring = roundRoad();
    expect(wrongRoad(ring)).toBeUndefined();
    const more = withPoint(ring, 7);
    expect(more).toHaveLength(9);
    expect(more[8]).toEqual([(ring[7][0] + ring[0][0]) / 2, (ring[7][1] + ring[0][1]) / 2]);
    expect(withoutPoint(more, 8)).toEqual(ring);
    expect(moved(ring, 2, [10, -1])[2]).toEqual([ring[2][0] + 10, ring[2][1] - 1]);
    expect(moved(ring, 2, [10, -1]).toSpliced(2, 1)).toEqual(ring.toSpliced(2, 1));
    expect(moved(ring, 0, [5000, -5000])[0]).toEqual([690, 10]);
  });

  it('at random can be driven, most of them at once', () => {
    const rng = rngStreams(1)('roads');
    const roads = Array.from({ length: 50 }, () => randomRoad(rng));
    expect(roads.filter((road) => wrongRoad(road) === undefined).length).toBeGreaterThan(20);
    expect(wrongRoad(smoother(smoother(roads[0])))).toBeUndefined();
    expect(readRoad(JSON.stringify(roads[0]))).toEqual(roads[0]);
    expect(readRoad('nonsense')).toEqual([]);
  });
});
