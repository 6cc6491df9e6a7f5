/** Whether a benchmark reached what was asked, and how far off it was, in words. */
import { refusal, show } from '#core/errors.ts';
import { known } from '#core/near.ts';
import type { BenchmarkReport } from './benchmark.ts';

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
const NAMES: readonly string[] = [...MEASURES, 'by'];

/** Judges a benchmark. Throws an `InputError` if it is none, or if the target names nothing that was measured. */
export function reach(report: BenchmarkReport, target: Target): Verdict {
  if (!isReport(report)) {
    const got = report instanceof Promise ? 'a promise: it has to be awaited' : show(report);
    throw refusal('received', 'the report of a benchmark', got);
  }
  for (const name of Object.keys(target))
    if (!NAMES.includes(name)) throw refusal(`target.${name}`, known(name, NAMES), show(name));
  if (target.by !== undefined && !Object.hasOwn(WORDS, target.by))
    throw refusal('target.by', `one of ${Object.keys(WORDS).join(', ')}`, show(target.by));
  const named = MEASURES.filter((measure) => target[measure] !== undefined);
  if (named.length === 0) throw refusal('target', 'greedy or training', 'neither');
  const verdicts = named.map((measure) => judge(report, measure, target[measure] ?? NaN, target.by ?? 'iqm'));
  const { world, agent } = report.request;
  const head = `${agent} on ${world}, ${report.steps} steps, ${report.episodes} greedy episodes per seed`;
  return {
    pass: verdicts.every(({ pass }) => pass),
    message: [head, ...verdicts.map(({ message }) => message)].join('\n'),
  };
}

function isReport(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'request' in value && 'seeds' in value;
}

function judge(
  report: BenchmarkReport,
  measure: Measure,
  wanted: number,
  by: NonNullable<Target['by']>,
): Verdict {
  const total = report[measure];
  if (Number.isNaN(wanted)) throw refusal(`target.${measure}`, 'a number', 'NaN');
  if (!total) throw refusal(`target.${measure}`, 'episodes that ended', 'a seed without any');
  const scores = report.seeds.map((result) => ({ seed: result.seed, score: result[measure] ?? NaN }));
  const measured = {
    iqm: total.iqm,
    low: total.interval.low,
    every: Math.min(...scores.map(({ score }) => score)),
  }[by];
  const off = wanted - measured;
  const text = sameDecimals([wanted, ...scores.map(({ score }) => score)]);
  const { low, high } = total.interval;
  const away = off <= 0 ? `${text(-off)} above` : `${text(off)} short`;
  return {
    pass: off <= 0,
    message: [
      `  ${measure}: expected ${WORDS[by]} of at least ${text(wanted)}, got ${text(measured)}, ${away}`,
      `    IQM ${text(total.iqm)}, 95 % interval ${text(low)} to ${text(high)}`,
      ...scores.map(({ seed, score }) => {
        const short = score < wanted ? ` (${text(wanted - score)} short)` : '';
        return `    seed ${seed}: ${text(score)}${short}`;
      }),
    ].join('\n'),
  };
}

const WORDS = {
  iqm: 'an interquartile mean',
  low: 'a low end of the interval',
  every: 'every seed',
} as const;

/** Prints numbers with as many decimals as give the largest of these four digits, more than a few seeds can tell. */
function sameDecimals(values: readonly number[]): (value: number) => string {
  const largest = Math.max(...values.map(Math.abs), 1e-3);
  const decimals = Math.max(0, 3 - Math.floor(Math.log10(largest)));
  return (value) => String(Number(value.toFixed(decimals)));
}
