/** The best that a sweep has found: its settings, and its score on seeds that were not tuned on. */
import { interquartileMean } from '#core/stats.ts';
import { stratifiedInterval, type Interval } from '#core/bootstrap.ts';
import { rngStreams } from '#core/rng.ts';
import { scoreOf, type Results } from './job.ts';
import type { Plan } from './plan.ts';
import type { Search, Standing } from './search.ts';

export interface Best extends Standing {
  /** On the test seeds, those that have a score. */
  readonly test?: { readonly scores: readonly number[]; readonly iqm: number; readonly interval: Interval };
  /** Test seeds whose runs failed. */
  readonly failures: number;
}

/** Undefined while no trial has a score. */
export function bestOf(plan: Plan, search: Search, results: Results): Best | undefined {
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

/** Those of the final test. */
export function testSeeds({ testSeeds: count }: Plan): readonly number[] {
  return Array.from({ length: count }, (_, k) => k + 1);
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

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[\w.+-]+$/.test(text) ? text : `'${text}'`;
}
