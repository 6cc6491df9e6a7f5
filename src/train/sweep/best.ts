/** The best that a sweep has found: its settings, and its score on seeds that were not tuned on. */
import { interquartileMean } from '#core/stats.ts';
import { stratifiedInterval, type Interval } from '#core/bootstrap.ts';
import { rngStreams } from '#core/rng.ts';
import { scoreOf, type Results } from './job.ts';
import type { FitPlan, Plan, RunPlan, SearchPlan } from './plan.ts';
import type { Standing } from './search.ts';

export interface Best extends Standing {
  /** On the test seeds, those that have a score. */
  readonly test?: {
    readonly scores: readonly number[];
    readonly iqm: number;
    /** Absent of a single score. */
    readonly interval?: Interval;
  };
  /** Test seeds whose runs failed. */
  readonly failures: number;
  /** Other trials with the same score after as many steps: of equals the first counts as the best. */
  readonly equals: number;
}

/** Of all standings, the best first; undefined while no trial has a score. */
export function bestOf(plan: Plan, standings: readonly Standing[], results: Results): Best | undefined {
  const standing = standings.find(({ score }) => score > -Infinity);
  if (!standing) return undefined;
  const { score: highest, steps } = standing;
  const equals = standings.filter((other) => other.score === highest && other.steps === steps).length - 1;
  const tested = testSeeds(plan).flatMap((seed) => results.get(`test ${seed}`) ?? []);
  const scores = tested.map((result) => scoreOf(result, plan.objective)).filter((score) => score > -Infinity);
  const failures = tested.length - scores.length;
  const best = { ...standing, failures, equals };
  if (scores.length === 0) return best;
  const iqm = interquartileMean(scores);
  if (scores.length === 1) return { ...best, test: { scores, iqm } };
  const interval = stratifiedInterval([scores], interquartileMean, rngStreams(plan.seed)('interval'), {
    repetitions: 10_000,
  });
  return { ...best, test: { scores, iqm, interval } };
}

/** The field of a plan that says after how many steps runs are compared first. */
const FIRST = {
  grid: 'steps',
  random: 'steps',
  halving: 'minSteps',
  asha: 'minSteps',
  pbt: 'interval',
} as const satisfies Record<SearchPlan['kind'], string>;

/** What is said of scores that tell nothing about learning; undefined if there are none. */
export function untrainedRemark({ search, steps }: Plan, results: Results): string | undefined {
  const untrained = [...results.values()].flatMap((result) =>
    result.kind === 'done' && result.updated === false ? [result.steps] : [],
  );
  const { length: count } = untrained;
  if (count === 0) return undefined;
  const scores = count === 1 ? '1 score is of an agent that' : `${count} scores are of agents that`;
  const short = untrained.some((at) => at >= steps) ? 'steps' : FIRST[search.kind];
  return `${scores} had not made an update yet; a larger ${short} compares what was learned`;
}

/** What the score of a trial is, in words: how much it can be trusted. */
export function scoreMeaning(plan: Plan): string {
  const on = plan.tuningSeeds === 1 ? 'of one seed' : `over ${plan.tuningSeeds} seeds`;
  switch (plan.kind) {
    case 'run':
      return plan.objective === 'greedy'
        ? `the mean return of ${plan.episodes} greedy episodes ${on}`
        : `the mean return of the last 100 training episodes ${on}`;
    case 'fit': {
      const examples = plan.objective === 'test' ? 'the test examples' : 'held-out examples';
      return `the accuracy on ${examples} (of numbers, minus the mean squared error) ${on}`;
    }
  }
}

/** Those of the final test. */
export function testSeeds({ testSeeds: count }: Plan): readonly number[] {
  return Array.from({ length: count }, (_, k) => k + 1);
}

/**
 * The command that trains the best settings, with all else that the plan has set. Of population-based training: the settings of
 * the end, which changed on the way. `program`: how the command line is started.
 */
export function bestCommand(plan: Plan, { point }: Standing, program = 'ludus'): string {
  const command = plan.kind === 'run' ? trainCommand(plan) : fitCommand(plan);
  const flags = plan.kind === 'run' ? RUN_FLAGS : FIT_FLAGS;
  const requested: Readonly<Record<string, unknown>> = plan.request;
  const values = new Map<string, unknown>();
  for (const field of plan.given) {
    const [part, key] = splitField(field);
    values.set(field, (requested[part] as Readonly<Record<string, unknown>> | undefined)?.[key]);
  }
  for (const { field } of plan.axes) values.set(field, point[field]);
  // Said by an option of its own.
  if (plan.kind === 'fit') values.delete('config.epochs');
  const options = [...values].map(([field, value]) => {
    const [part, key] = splitField(field);
    return `${flags[part]} ${key}=${quoted(value)}`;
  });
  const preset = plan.request.preset === undefined ? [] : [`--preset ${plan.request.preset}`];
  return [program, command.start, ...preset, ...options, command.end].join(' ');
}

const RUN_FLAGS: Readonly<Record<string, string>> = {
  config: '--set',
  params: '--world',
  rewards: '--reward',
  wrappers: '--wrap',
};
const FIT_FLAGS: Readonly<Record<string, string>> = {
  config: '--set',
  dataConfig: '--data',
  augment: '--augment',
};

function trainCommand({ request, steps }: RunPlan) {
  return { start: `train ${request.world} --agent ${request.agent}`, end: `--steps ${steps}` };
}

function fitCommand({ request, steps }: FitPlan) {
  return { start: `fit ${request.data} --model ${request.model}`, end: `--epochs ${steps}` };
}

/** `config.batchSize` in two. */
function splitField(field: string): readonly [part: string, key: string] {
  const dot = field.indexOf('.');
  return [field.slice(0, dot), field.slice(dot + 1)];
}

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[\w.+-]+$/.test(text) ? text : `'${text}'`;
}
