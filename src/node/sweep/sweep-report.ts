/** What a sweep has found, in words: the table of its trials, and the best. */
import { mean } from '#core/stats.ts';
import { scoreMeaning, type Best } from '#train/sweep/best.ts';
import type { Plan } from '#train/sweep/plan.ts';
import type { Standing } from '#train/sweep/search.ts';
import { formatNumber, formatTable } from '../output.ts';

/** The first `rows` standings as an aligned table. */
export function standingsTable(plan: Plan, standings: readonly Standing[], rows: number): string {
  const fields = plan.axes.map(({ field }) => field);
  return formatTable(
    ['trial', plan.kind === 'fit' ? 'epochs' : 'steps', 'score', 'from', ...fields],
    standings
      .slice(0, rows)
      .map(({ trial, steps, score, parent, point }) => [
        String(trial),
        String(steps),
        score === -Infinity ? 'failed' : formatNumber(score),
        parent === undefined ? '' : String(parent),
        ...fields.map((field) => formatValue(point[field])),
      ]),
    [0, 1, 2, 3],
  );
}

/** One sentence about the best trial. */
export function bestLine(plan: Plan, { trial, score, steps, test, failures, equals }: Best): string {
  const { kind } = plan;
  const unit = kind === 'fit' ? 'epochs' : 'env steps';
  const chosen = `by which it was chosen: ${scoreMeaning(plan)}`;
  const tied = equals === 0 ? '' : `; the first of ${equals + 1} trials that tie`;
  const tuned = `best: trial ${trial}, with a score of ${formatNumber(score)} after ${steps} ${unit} (${chosen}${tied})`;
  if (!test) return tuned;
  const { iqm, interval, scores } = test;
  const otherSeeds = `${scores.length} other seed${scores.length === 1 ? '' : 's'}`;
  const others = kind === 'fit' ? `the test examples with ${otherSeeds}` : otherSeeds;
  const spread = interval && [
    `interquartile mean over the seeds, 95 % interval [${formatNumber(interval.low)}, ${formatNumber(interval.high)}]`,
    `mean ${formatNumber(mean(scores))}`,
  ];
  const remarks = [...(spread ?? []), ...(failures === 0 ? [] : [`${failures} failed`])];
  return `${tuned}; on ${others}: ${formatNumber(iqm)}${remarks.length === 0 ? '' : ` (${remarks.join('; ')})`}`;
}

function formatValue(value: unknown): string {
  if (typeof value !== 'number') return typeof value === 'string' ? value : JSON.stringify(value);
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}
