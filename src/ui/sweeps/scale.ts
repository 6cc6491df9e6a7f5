/** Scales of the pictures: how good a score is among all, and places on axes. */
import type { SweepOverview } from '#worker/sweep/protocol.ts';

/** The share of the shown scores that a score is above, in per cent; what failed has none. */
export function rankOf({ trials }: SweepOverview): (score: number) => number {
  const scores = trials
    .flatMap(({ rounds }) => rounds.map(({ score }) => score))
    .filter(Number.isFinite)
    .toSorted((a, b) => a - b);
  const ranks = new Map<number, number>();
  const most = Math.max(1, scores.length - 1);
  // Equal ones have the middle of their ranks.
  scores.forEach((score, k) => {
    const first = scores[k - 1] === score ? undefined : k;
    if (first !== undefined) ranks.set(score, (50 * (first + scores.lastIndexOf(score))) / most);
  });
  return (score) => ranks.get(score) ?? 0;
}

/** Lowest and highest of some scores, with a share of room on both sides. */
export function spanOf(scores: readonly number[], share = 0.06): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const score of scores) {
    if (!Number.isFinite(score)) continue;
    [low, high] = [Math.min(low, score), Math.max(high, score)];
  }
  if (low > high) return [0, 1];
  const room = (high - low || Math.abs(high) || 1) * share;
  return [low - room, high + room];
}

type Axis = SweepOverview['axes'][number];

/** Where a value is on its axis, from 0 to 1. */
export function shareOn({ values }: Axis, value: unknown): number {
  if (values.kind === 'list') {
    const at = values.list.findIndex((each) => JSON.stringify(each) === JSON.stringify(value));
    return values.list.length > 1 ? Math.max(0, at) / (values.list.length - 1) : 0.5;
  }
  const { from, to, scale } = values;
  const on = (number: number): number => {
    if (scale === 'linear') return number;
    return scale === 'log' ? Math.log(number) : -Math.log(1 - number);
  };
  const share = (on(Number(value)) - on(from)) / (on(to) - on(from));
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0.5;
}

/** Numbers of a path, to a tenth of a pixel. */
export function point(x: number, y: number): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}
