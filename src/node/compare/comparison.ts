/** Two contestants compared: aggregates, profiles, curves, and how likely B is to beat A. */
import type { Scale } from '#core/aggregates.ts';
import { refusal, type InputError } from '#core/errors.ts';
import type { Improvement } from '#core/improvement.ts';
import { rngStreams, type Rng } from '#core/rng.ts';
import { mean } from '#core/stats.ts';
import { resolveWorld } from '#train/world/setup.ts';
import type { Score } from '../bench/results/gates.ts';
import { checkComparable, type Contestant } from './contestant.ts';
import { bandOf, type BandPoint } from './curves.ts';
import {
  aggregate,
  endsOf,
  improvementIf,
  normalisedScores,
  profileOf,
  scoresOf,
  type Aggregates,
  type ProfilePoint,
} from './statistics.ts';

export interface ComparisonOptions {
  readonly score: Score;
  /** Scores of random play, and the best ones, where the known ones do not hold. */
  readonly random: Readonly<Record<string, number>>;
  readonly best: Readonly<Record<string, number>>;
}

export interface TaskResult {
  readonly world: string;
  /** Env steps of A's and B's seeds. */
  readonly steps: readonly [a: number, b: number];
  readonly failed: readonly [a: number, b: number];
  readonly scores: readonly [a: readonly number[], b: readonly number[]];
  readonly aggregates: readonly [a: Aggregates, b: Aggregates];
  readonly improvement: Improvement | undefined;
  readonly scale: Scale | undefined;
  readonly curves: readonly {
    readonly steps: readonly BandPoint[];
    readonly seconds: readonly BandPoint[];
  }[];
}

export interface Comparison {
  readonly names: readonly [a: string, b: string];
  readonly score: Score;
  readonly tasks: readonly TaskResult[];
  /** Over all worlds: of normalised scores, absent where one of them has no scale. */
  readonly overall:
    | {
        readonly aggregates: readonly [a: Aggregates, b: Aggregates];
        readonly profiles: readonly [a: readonly ProfilePoint[], b: readonly ProfilePoint[]];
      }
    | undefined;
  /** That B beats A, the mean over worlds; absent with too few seeds. */
  readonly improvement: Improvement | undefined;
}

export function compare(a: Contestant, b: Contestant, options: ComparisonOptions): Comparison {
  checkComparable(a, b);
  const { score } = options;
  const scales = a.tasks.map((_, k) => scaleOf(a, k, options));
  const [x, y] = [a, b].map((side) => scoresOfAll(side, [a, b], score));
  const tasks = a.tasks.map(({ world, seeds, failed }, k): TaskResult => {
    const other = b.tasks[k];
    const [own, theirs] = [x[k], y[k]];
    return {
      world,
      steps: [seeds.at(0)?.steps ?? 0, other.seeds.at(0)?.steps ?? 0],
      failed: [failed.length, other.failed.length],
      scores: [own, theirs],
      aggregates: [aggregate([own], `A ${world}`, false), aggregate([theirs], `B ${world}`, false)],
      improvement: improvementIf([theirs], [own], verdictStream()),
      scale: scales[k],
      curves: [seeds, other.seeds].map((each) => ({
        steps: bandOf(each, 'steps'),
        seconds: bandOf(each, 'seconds'),
      })),
    };
  });
  const known = scales.flatMap((scale) => scale ?? []);
  const isNormalised = known.length === scales.length;
  const [u, v] = isNormalised ? [normalisedScores(x, known), normalisedScores(y, known)] : [x, y];
  return {
    names: [a.name, b.name],
    score,
    tasks,
    overall: isNormalised
      ? {
          aggregates: [aggregate(u, 'A', true), aggregate(v, 'B', true)],
          profiles: [profileOf(u, 'A'), profileOf(v, 'B')],
        }
      : undefined,
    improvement: improvementIf(y, x, verdictStream()),
  };
}

/**
 * One score per seed for a test of all worlds together: the mean over worlds of its normalised scores, so that what a seed shares
 * between worlds stays together. In the order of the seeds.
 */
export function scoresPerSeed(a: Contestant, b: Contestant, options: ComparisonOptions): readonly number[][] {
  checkComparable(a, b);
  const several = a.tasks.length > 1;
  const scales = a.tasks.map((_, k) => {
    const scale = scaleOf(a, k, options);
    if (several && !scale) throw withoutScale(a, k, options);
    return scale;
  });
  return [a, b].map((side) => {
    const scores = scoresOfAll(side, [a, b], options.score);
    const own = several
      ? normalisedScores(
          scores,
          scales.flatMap((scale) => scale ?? []),
        )
      : scores;
    const seeds = Math.min(...own.map((runs) => runs.length));
    return Array.from({ length: seeds }, (_, seed) => mean(own.map((runs) => runs[seed])));
  });
}

function scoresOfAll(
  side: Contestant,
  both: readonly Contestant[],
  score: Score,
): readonly (readonly number[])[] {
  return side.tasks.map((task, k) =>
    scoresOf(
      task,
      score,
      both.map(({ tasks }) => tasks[k]),
    ),
  );
}

/** The stream of the page's verdicts, so that both say the same of the same seeds. */
function verdictStream(): Rng {
  return rngStreams(0)('verdict');
}

/** The user's ends, or the known ones. */
function scaleOf(side: Contestant, k: number, options: ComparisonOptions): Scale | undefined {
  const { random, best } = givenEndsOf(side, k, options);
  return random === undefined || best === undefined ? undefined : { random, best };
}

function givenEndsOf({ tasks }: Contestant, k: number, { random, best }: ComparisonOptions) {
  const { world, seeds } = tasks[k];
  const known = seeds.length > 0 ? endsOf(resolveWorld(seeds[0].request)) : {};
  return { random: random[world] ?? known.random, best: best[world] ?? known.best };
}

function withoutScale(side: Contestant, k: number, options: ComparisonOptions): InputError {
  const { world } = side.tasks[k];
  const field = givenEndsOf(side, k, options).random === undefined ? '--random' : '--best';
  const expected = `${world}=<score>, since several worlds are put together by the scores of random play and the best ones`;
  return refusal(field, expected, 'nothing');
}
