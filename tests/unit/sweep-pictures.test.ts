/** The pictures of a sweep in numbers: which mark is meant, where the arrow keys go, how good a score is, where a value is. */
import { describe, expect, it } from 'vitest';
import { parsePlan } from '#train/sweep/parse-plan.ts';
import { gridPoint } from '#train/sweep/space.ts';
import { createSearch } from '#train/sweep/create-search.ts';
import { overviewOf } from '#train/sweep/overview.ts';
import { nearest, towards, type Mark } from '#ui/sweeps/marks.ts';
import { rankOf, shareOn, spanOf } from '#ui/sweeps/scale.ts';
import { planOf, play } from './sweep-harness.ts';

/** Three rounds of three trials, 30 apart. */
const MARKS: readonly Mark[] = [0, 1, 2].flatMap((round) =>
  [0, 1, 2].map((trial) => ({ trial, round, x: 100 + 30 * round, y: 50 + 30 * trial })),
);
const at = (trial: number, round: number) =>
  MARKS.find((mark) => mark.trial === trial && mark.round === round) as Mark;

describe('marks', () => {
  it('the nearest is meant, and none from far away', () => {
    expect(nearest(MARKS, 133, 84)).toBe(at(1, 1));
    expect(nearest(MARKS, 104, 51)).toBe(at(0, 0));
    expect(nearest(MARKS, 300, 50)).toBeUndefined();
  });

  it('arrow keys go straight on, and end at the edge', () => {
    expect(towards(MARKS, at(1, 1), 'ArrowLeft')).toBe(at(1, 0));
    expect(towards(MARKS, at(1, 1), 'ArrowRight')).toBe(at(1, 2));
    expect(towards(MARKS, at(1, 1), 'ArrowUp')).toBe(at(0, 1));
    expect(towards(MARKS, at(1, 1), 'ArrowDown')).toBe(at(2, 1));
    expect(towards(MARKS, at(0, 0), 'ArrowUp')).toBeUndefined();
    expect(towards(MARKS, at(0, 0), 'a')).toBeUndefined();
  });

  it('reach every mark of a rung that is shorter than the one before', () => {
    const rungs = MARKS.filter(({ trial, round }) => trial + round < 3);
    expect(towards(rungs, at(2, 0), 'ArrowRight')).toBe(at(1, 1));
  });
});

it('ranks go from 0 to 100 %, equal scores have the same, failures none', () => {
  const plan = planOf({ search: { kind: 'random', trials: 5 } });
  const search = createSearch(plan);
  const scores = [1, 2, 2, 3, 'fails'] as const;
  const { results } = play(search, ({ key }) => scores[Number(/^tune (\d)/.exec(key)?.[1])]);
  const rank = rankOf(overviewOf(plan, search, results));
  expect([1, 2, 3, -Infinity].map(rank)).toEqual([0, 50, 100, 0]);
});

it('an axis has room on both sides, also where all scores are the same, and leaves failures out', () => {
  expect(spanOf([0, 100, -Infinity])).toEqual([-6, 106]);
  expect(spanOf([0, 100], 0)).toEqual([0, 100]);
  const [low, high] = spanOf([5, 5]);
  expect(low).toBeLessThan(5);
  expect(high).toBeGreaterThan(5);
  expect(spanOf([-Infinity])).toEqual([0, 1]);
});

it('the points of a grid are evenly spaced on their axes, on any scale', () => {
  const { axes } = parsePlan(
    JSON.stringify({
      run: { world: 'frozen-lake', agent: 'q-learning' },
      steps: 100,
      space: {
        'config.stepSize': { from: 0.01, to: 1, count: 5, scale: 'log' },
        'config.gamma': { from: 0.5, to: 0.99, count: 5, scale: 'complement' },
        'params.slippery': [true, false],
      },
      search: { kind: 'grid' },
    }),
  );
  const points = Array.from({ length: 50 }, (_, k) => gridPoint(axes, k));
  for (const [k, axis] of axes.entries()) {
    const shares = new Set(points.map((point) => Number(shareOn(axis, point[axis.field]).toFixed(6))));
    expect([...shares].toSorted((a, b) => a - b)).toEqual(k < 2 ? [0, 0.25, 0.5, 0.75, 1] : [0, 1]);
  }
});
