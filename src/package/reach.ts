/** Whether a benchmark reached what was asked, and how far off it was, in words. */
import type { Aggregate, BenchmarkReport } from './benchmark.ts';

/** Returns to reach, and what has to reach them. */
export interface Target {
  /** Return of greedy episodes after training. */
  readonly greedy?: number;
  /** Return of the last 100 episodes of training. */
  readonly training?: number;
  /**
   * What has to reach them: the interquartile mean over seeds, if not given; `low`, the low end of its 95 % interval; or `every`
   * seed by itself.
   */
  readonly by?: 'iqm' | 'low' | 'every';
}

export interface Verdict {
  readonly pass: boolean;
  /** What was measured of every seed, the interval, and how far off it is. */
  readonly message: string;
}

/** The measures that a target may name. */
const MEASURES = ['greedy', 'training'] as const;
type Measure = (typeof MEASURES)[number];

/** Judges a benchmark. Throws if the target names nothing that was measured. */
export function reach(report: BenchmarkReport, target: Target): Verdict {
  const named = MEASURES.filter((measure) => target[measure] !== undefined);
  if (named.length === 0) throw new Error('target: expected greedy or training, got neither');
  const verdicts = named.map((measure) => judge(report, measure, target[measure] ?? NaN, target.by ?? 'iqm'));
  const { world, agent } = report.request;
  const head = `${agent} on ${world}, ${report.steps} steps, ${report.episodes} greedy episodes per seed`;
  return {
    pass: verdicts.every(({ pass }) => pass),
    message: [head, ...verdicts.map(({ message }) => message)].join('\n'),
  };
}

function judge(
  report: BenchmarkReport,
  measure: Measure,
  wanted: number,
  by: NonNullable<Target['by']>,
): Verdict {
  const total = report[measure];
  if (Number.isNaN(wanted)) throw new Error(`target.${measure}: expected a number, got NaN`);
  if (!total) throw new Error(`target.${measure}: expected episodes that ended, got a seed without any`);
  const scores = report.seeds.map((result) => ({ seed: result.seed, score: result[measure] ?? NaN }));
  const measured = {
    iqm: total.iqm,
    low: total.interval.low,
    every: Math.min(...scores.map(({ score }) => score)),
  }[by];
  const off = wanted - measured;
  const lines = scores.map(
    ({ seed, score }) =>
      `    seed ${seed}: ${text(score)}${score < wanted ? ` (${text(wanted - score)} short)` : ''}`,
  );
  return {
    pass: off <= 0,
    message: [
      `  ${measure}: expected ${WORDS[by]} of at least ${text(wanted)}, got ${text(measured)}, ` +
        (off <= 0 ? `${text(-off)} above` : `${text(off)} short`),
      `    ${range(total)}`,
      ...lines,
    ].join('\n'),
  };
}

const WORDS = {
  iqm: 'an interquartile mean',
  low: 'a low end of the interval',
  every: 'every seed',
} as const;

function range({ iqm, interval }: Aggregate): string {
  return `IQM ${text(iqm)}, 95 % interval ${text(interval.low)} to ${text(interval.high)}`;
}

/** Four significant digits, which is more than a few seeds can tell. */
function text(value: number): string {
  return String(Number(value.toPrecision(4)));
}
