/** The tables of a suite's report, as cells of text: the same in Markdown and in HTML. */
import { formatAmount } from '../../output.ts';
import type { Estimate } from '../../compare/statistics.ts';
import { shortEstimate } from '../results/gates.ts';
import type { Standing, SuiteSummary, WorldSummary } from './summary.ts';

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function standingsTable(standings: readonly Standing[]): Table {
  return {
    header: ['Agent', 'Interquartile mean', 'Median', 'Mean', 'Optimality gap'],
    rows: standings.map(({ entrant, aggregates: { iqm, median, mean, optimalityGap } }) => [
      entrant,
      ...[iqm, median, mean, optimalityGap].map(told),
    ]),
  };
}

/** How likely the agent of a row beats that of a column. */
export function beatsTable(standings: readonly Standing[]): Table {
  return {
    header: ['P(row beats column)', ...standings.map(({ entrant }) => entrant)],
    rows: standings.map(({ entrant, beats }) => [
      entrant,
      ...beats.map((improvement) => told(improvement && { ...improvement, value: improvement.probability })),
    ]),
  };
}

export function worldTable({ cells }: WorldSummary): Table {
  return {
    header: [
      'Agent',
      'Preset',
      'Steps',
      'Seeds',
      'Failed',
      'Greedy',
      'Training',
      'Steps/s',
      'act',
      'world',
      'learn',
      'rest',
    ],
    rows: cells.map(({ entrant, experiment, trained, failed, greedy, training, rate, split }) => [
      entrant,
      experiment.preset ?? 'default',
      formatAmount(experiment.steps),
      `${trained} of ${experiment.seeds}`,
      String(failed),
      told(greedy?.iqm),
      told(training?.iqm),
      rate === undefined ? '–' : formatAmount(rate),
      ...(['act', 'world', 'learn', 'rest'] as const).map((part) =>
        split ? `${Math.round(100 * split[part])} %` : '–',
      ),
    ]),
  };
}

/** What the reader has to know before the numbers. */
export function remarksOf({
  provenance: { commit, date, machine, node },
  failures,
  untouched,
}: SuiteSummary): readonly string[] {
  return [
    'Greedy: mean return of a greedy evaluation after training. Training: mean return of the last 100 training episodes. Both of the final agent; interquartile mean over the seeds with its 95 % interval by stratified bootstrap.',
    'Over all worlds: greedy scores on a scale from 0, random play, to 1, the best known or the return at which a world counts as solved. A seed that failed counts as the worst of its world.',
    'Steps/s: env steps per second of CPU time on one thread, median over the seeds. act, world, learn, rest: where the time goes, measured after training.',
    `Commit: ${list(commit)}. Date: ${list(date)}. Machine: ${list(machine)}. Node: ${list(node)}.`,
    failures.length === 0 ? 'No seed failed.' : `Seeds that failed: ${failures.length}.`,
    ...(untouched.length > 0 ? [`Not trained yet: ${untouched.join(', ')}.`] : []),
  ];
}

function list(values: readonly string[]): string {
  return values.join('; ') || 'none yet';
}

function told(estimate: Estimate | undefined): string {
  return estimate ? shortEstimate(estimate) : '–';
}
