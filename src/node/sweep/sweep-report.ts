/** What a sweep has found: the table of its trials, and the best settings with their score on seeds that were not tuned on. */
import { interquartileMean, mean } from '#core/stats.ts';
import { stratifiedInterval, type Interval } from '#core/bootstrap.ts';
import { rngStreams } from '#core/rng.ts';
import { scoreOf, type JobResult } from '#train/sweep/job.ts';
import type { Plan } from '#train/sweep/plan.ts';
import type { Search, Standing } from '#train/sweep/search.ts';
import { formatNumber, formatTable } from '../output.ts';
import { testSeeds } from './run-sweep.ts';

export interface Best extends Standing {
  /** On the test seeds, those that have a score. */
  readonly test?: { readonly scores: readonly number[]; readonly iqm: number; readonly interval: Interval };
  /** Test seeds whose runs failed. */
  readonly failures: number;
}

/** Undefined while no trial has a score. */
export function bestOf(
  plan: Plan,
  search: Search,
  results: ReadonlyMap<string, JobResult>,
): Best | undefined {
  const standing = search.standings(results).find(({ score }) => score > -Infinity);
  if (!standing) return undefined;
  const tested = testSeeds(plan).flatMap((seed) => results.get(`test ${seed}`) ?? []);
  const scores = tested.map((result) => scoreOf(result, plan.objective)).filter((score) => score > -Infinity);
  const failures = tested.length - scores.length;
  if (scores.length === 0) return { ...standing, failures };
  const interval = stratifiedInterval([scores], interquartileMean, rngStreams(plan.seed)('interval'), {
    repetitions: 10_000,
  });
  return { ...standing, failures, test: { scores, iqm: interquartileMean(scores), interval } };
}

/** The first `rows` standings as an aligned table. */
export function standingsTable(plan: Plan, standings: readonly Standing[], rows: number): string {
  const fields = plan.axes.map(({ field }) => field);
  return formatTable(
    ['trial', 'steps', 'score', 'from', ...fields],
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
export function bestLine({ trial, score, steps, test, failures }: Best): string {
  const tuned = `best: trial ${trial}, ${formatNumber(score)} after ${steps} env steps on the seeds that it was chosen on`;
  if (!test) return tuned;
  const { iqm, interval, scores } = test;
  const range = `${formatNumber(interval.low)} to ${formatNumber(interval.high)}`;
  const failed = failures === 0 ? '' : `; ${failures} failed`;
  return `${tuned}; on ${scores.length} others ${formatNumber(iqm)} (interquartile mean, 95 % interval ${range}; mean ${formatNumber(mean(scores))}${failed})`;
}

/** The command that trains the best settings. Of population-based training: those of the end, which changed on the way. */
export function bestCommand(plan: Plan, { point }: Standing): string {
  const { request, steps } = plan;
  const flags = { config: '--set', params: '--world', rewards: '--reward', wrappers: '--wrap' };
  const options = plan.axes.map(({ part, key, field }) => `${flags[part]} ${key}=${quoted(point[field])}`);
  const preset = request.preset === undefined ? [] : [`--preset ${request.preset}`];
  return [
    'ludus train',
    request.world,
    `--agent ${request.agent}`,
    ...preset,
    ...options,
    `--steps ${steps}`,
  ].join(' ');
}

function formatValue(value: unknown): string {
  if (typeof value !== 'number') return typeof value === 'string' ? value : JSON.stringify(value);
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[\w.+-]+$/.test(text) ? text : `'${text}'`;
}
