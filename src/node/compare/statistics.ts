/** What rliable reports of a benchmark's scores, each with its 95 % interval by stratified bootstrap. */
import {
  meanOfTasks,
  medianOfTasks,
  normalised,
  optimalityGap,
  shareAbove,
  type Scale,
  type TaskScores,
} from '#core/aggregates.ts';
import { stratifiedInterval, type Interval } from '#core/bootstrap.ts';
import { improvementOf, LEAST_SEEDS, type Improvement } from '#core/improvement.ts';
import { rngStreams, type Rng } from '#core/rng.ts';
import { interquartileMean } from '#core/stats.ts';
import type { WorldSetup } from '#train/world/setup.ts';
import { knownScoresOf } from '#train/world/usual.ts';
import { scoreOf, type Score } from '../bench/results/gates.ts';
import type { Task } from './contestant.ts';

/** A single run says nothing of how far apart runs are: it has no interval. */
export interface Estimate extends Partial<Interval> {
  readonly value: number;
}

export interface Aggregates {
  readonly iqm: Estimate;
  readonly median: Estimate;
  readonly mean: Estimate;
  /** Of normalised scores only. */
  readonly optimalityGap?: Estimate;
}

export interface ProfilePoint extends Interval {
  readonly threshold: number;
  readonly value: number;
}

/** Bootstrap samples of aggregates, and of each place of a profile. */
const REPETITIONS = 20_000;
const PROFILE_REPETITIONS = 2000;
/** Thresholds of a profile, from 0 to 1. */
const THRESHOLDS = 21;

/**
 * A task's scores in the order of its seeds. One whose training failed, or of which no episode ended, counts as the worst that any
 * seed of `all` reached: failures make an agent worse, and do not drop out.
 */
export function scoresOf(task: Task, score: Score, all: readonly Task[]): readonly number[] {
  const reached = all
    .flatMap(({ seeds }) => seeds.map((trained) => scoreOf(trained, score)))
    .filter(Number.isFinite);
  const worst = reached.length === 0 ? NaN : Math.min(...reached);
  return [
    ...task.seeds.map((trained) => ({ seed: trained.seed, value: scoreOf(trained, score) })),
    ...task.failed.map((seed) => ({ seed, value: worst })),
  ]
    .toSorted((a, b) => a.seed - b.seed)
    .map(({ value }) => (Number.isFinite(value) ? value : worst));
}

/** That X beats Y; absent if a side has too few seeds somewhere. */
export function improvementIf(x: TaskScores, y: TaskScores, rng: Rng): Improvement | undefined {
  const fewest = Math.min(...[...x, ...y].map((runs) => runs.length));
  return fewest < LEAST_SEEDS ? undefined : improvementOf(x, y, rng);
}

/** The ends of a world's scale, as far as known: random play, and the best return or the one that counts as solved. */
export function endsOf(setup: WorldSetup): Partial<Scale> {
  const known = knownScoresOf(setup);
  const best = known?.optimum ?? known?.solved;
  return { ...(known && { random: known.random }), ...(best !== undefined && { best }) };
}

/** Scores on their worlds' scales. */
export function normalisedScores(tasks: TaskScores, scales: readonly Scale[]): TaskScores {
  return tasks.map((runs, k) => Array.from(runs, (score) => normalised(score, scales[k])));
}

/** `name` chooses the random stream, so that one row more changes no other. */
export function aggregate(tasks: TaskScores, name: string, isNormalised: boolean): Aggregates {
  const rng = (statistic: string): Rng => rngStreams(1)(`${name} ${statistic}`);
  const isSingle = tasks.every(({ length }) => length < 2);
  const estimate = (
    statistic: string,
    of: (scores: Float64Array, drawn: readonly Float64Array[]) => number,
  ): Estimate => ({
    value: of(
      Float64Array.from(tasks.flatMap((runs) => [...runs])),
      tasks.map((runs) => Float64Array.from(runs)),
    ),
    ...(!isSingle && stratifiedInterval(tasks, of, rng(statistic), { repetitions: REPETITIONS })),
  });
  return {
    iqm: estimate('iqm', interquartileMean),
    median: estimate('median', (_, drawn) => medianOfTasks(drawn)),
    mean: estimate('mean', (_, drawn) => meanOfTasks(drawn)),
    ...(isNormalised && { optimalityGap: estimate('gap', (scores) => optimalityGap(scores)) }),
  };
}

/** The performance profile of normalised scores, with pointwise intervals. */
export function profileOf(tasks: TaskScores, name: string): readonly ProfilePoint[] {
  return Array.from({ length: THRESHOLDS }, (_, k) => {
    const threshold = k / (THRESHOLDS - 1);
    const interval = stratifiedInterval(
      tasks,
      (_scores, drawn) => shareAbove(drawn, threshold),
      rngStreams(1)(`${name} profile`, k),
      { repetitions: PROFILE_REPETITIONS },
    );
    return { threshold, value: shareAbove(tasks, threshold), ...interval };
  });
}
