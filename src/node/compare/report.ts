/** A comparison as text: tables, then the verdict in a sentence. */
import { improvementSentence, LEAST_SEEDS, tooFewSeeds } from '#core/improvement.ts';
import { ADASTOP, type AdaStopResult } from '#core/adastop.ts';
import { short, shortEstimate } from '../bench/results/gates.ts';
import { formatAmount, formatTable } from '../output.ts';
import type { Comparison, TaskResult } from './comparison.ts';
import type { Aggregates, Estimate } from './statistics.ts';

export function formatComparison(comparison: Comparison, test: AdaStopResult | undefined): string {
  const { tasks, names, score, overall, improvement } = comparison;
  const what = score === 'greedy' ? 'greedy return' : 'return of the last 100 training episodes';
  // Of a single world there is no table of all.
  const gap = tasks.length === 1 ? overall?.aggregates : undefined;
  const parts = tasks.map((task) => `${task.world}, ${what}, ${stepsOf(task)}\n${taskTable(task, gap)}`);
  if (tasks.length > 1 && overall) {
    const rows = (['iqm', 'median', 'mean', 'optimalityGap'] as const).map((key) =>
      row(NAMES[key], overall.aggregates, key),
    );
    parts.push(
      `All worlds, normalised: 0 is random play, 1 the best known\n${formatTable(['', 'A', 'B'], rows)}`,
    );
  }
  return [
    names.map((name, k) => `${'AB'[k]}: ${name}`).join('\n'),
    ...parts,
    [...(test ? [testSentence(test)] : []), verdict(comparison), ...remarks(comparison)].join('\n'),
  ].join('\n\n');

  function verdict(of: Comparison): string {
    const seeds = seedsOf(of);
    const sides = { x: 'B', y: 'A', seeds: [seeds[1], seeds[0]] } as const;
    if (!improvement) {
      const few = of.tasks.filter(({ scores }) => scores.some(({ length }) => length < LEAST_SEEDS));
      return tooFewSeeds({ ...sides, ...(of.tasks.length > 1 && { on: few.map(({ world }) => world) }) });
    }
    return improvementSentence(improvement, { ...sides, after: stepsOf(of.tasks[0]) });
  }
}

const NAMES = {
  iqm: 'interquartile mean',
  median: 'median',
  mean: 'mean',
  optimalityGap: 'optimality gap',
} as const;

/** `normalised`: of the scores on their world's scale. */
function taskTable(
  { scores, failed, aggregates, improvement }: TaskResult,
  normalised: readonly Aggregates[] | undefined,
): string {
  const rows = [
    [
      'seeds',
      ...scores.map(({ length }, k) => (failed[k] > 0 ? `${length} (${failed[k]} failed)` : String(length))),
    ],
    row(NAMES.iqm, aggregates, 'iqm'),
    row(NAMES.mean, aggregates, 'mean'),
    ...(normalised ? [row(NAMES.optimalityGap, normalised, 'optimalityGap')] : []),
    ['all seeds', ...scores.map((list) => list.map(short).join(' '))],
    ...(improvement
      ? [['probability that B beats A', '', told({ ...improvement, value: improvement.probability })]]
      : []),
  ];
  return formatTable(['', 'A', 'B'], rows);
}

function row(name: string, both: readonly Aggregates[], key: keyof Aggregates): string[] {
  return [name, ...both.map((aggregates) => told(aggregates[key]))];
}

function told(estimate: Estimate | undefined): string {
  return estimate ? shortEstimate(estimate) : '–';
}

function stepsOf({ steps: [a, b] }: TaskResult): string {
  return a === b ? `${formatAmount(a)} env steps` : `${formatAmount(a)} and ${formatAmount(b)} env steps`;
}

/** The fewest seeds of any world. */
function seedsOf({ tasks }: Comparison): readonly [number, number] {
  const fewest = (k: 0 | 1): number => Math.min(...tasks.map(({ scores }) => scores[k].length));
  return [fewest(0), fewest(1)];
}

/** What AdaStop has decided, and what that saved. */
export function testSentence({ decision, seeds }: AdaStopResult): string {
  const most = ADASTOP.group * ADASTOP.groups;
  const saved = most - seeds;
  const why = `AdaStop, error at most ${ADASTOP.alpha}, ${seeds} seeds of each`;
  const savings = saved > 0 ? `${saved} of ${most} seeds of each were not needed` : 'no seed was saved';
  switch (decision) {
    case 'better':
      return `Decided: B is better than A (${why}; ${savings}).`;
    case 'worse':
      return `Decided: B is worse than A (${why}; ${savings}).`;
    case 'same':
      return `Decided: no difference between A and B was found (${why}; ${savings}).`;
    case 'open':
      return `Not decided: ${seeds} seeds of each are not enough (AdaStop takes up to ${most}).`;
  }
}

function remarks({ tasks, overall }: Comparison): readonly string[] {
  const found: string[] = [];
  for (const { world, steps } of tasks)
    if (steps[0] !== steps[1]) found.push(`${world}: A and B were not trained for as long.`);
  for (const { world, failed } of tasks)
    if (failed[0] + failed[1] > 0)
      found.push(`${world}: seeds that failed count as the worst score of any seed there.`);
  if (tasks.length > 1 && !overall)
    found.push(
      'Scores are not put together: some world has no known score of random play or of the best (--random, --best).',
    );
  return found;
}
