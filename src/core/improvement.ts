/** Whether one agent is better than another, from a few runs of each: the probability of improvement of rliable, and what it tells. */
import type { TaskScores } from './aggregates.ts';
import { stratifiedInterval, type Interval, type Scores } from './bootstrap.ts';
import type { Rng } from './rng.ts';

/**
 * Seeds that each side needs. Where all of one side are above all of the other, Mann and Whitney's test gives p = 0.1 for three
 * against three, and 0.03 for four against four.
 */
export const LEAST_SEEDS = 4;

/** Bootstrap samples of its interval; the default of rliable. */
const REPETITIONS = 2000;

export interface Improvement extends Interval {
  /** The mean over tasks of P(X > Y). */
  readonly probability: number;
  /** What its 95 % interval says: all of it above one half, all of it below, or neither. */
  readonly opinion: 'better' | 'worse' | 'unclear';
}

/** P(X > Y): how likely a run of X is to beat a run of Y on one task, ties counting half (Mann and Whitney's U per pair). */
export function probabilityOfImprovement(x: Scores, y: Scores): number {
  let wins = 0;
  for (const a of x) for (const b of y) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return wins / (x.length * y.length);
}

/** How X compares with Y on the same tasks, in the same order. */
export function improvementOf(x: TaskScores, y: TaskScores, rng: Rng): Improvement {
  const meanOver = (tasks: TaskScores): number => {
    let sum = 0;
    for (let k = 0; k < x.length; k++) sum += probabilityOfImprovement(tasks[k], tasks[x.length + k]);
    return sum / x.length;
  };
  const tasks = [...x, ...y];
  const { low, high } = stratifiedInterval(tasks, (_, drawn) => meanOver(drawn), rng, {
    repetitions: REPETITIONS,
  });
  const opinion = low > 0.5 ? 'better' : high < 0.5 ? 'worse' : 'unclear';
  return { probability: meanOver(tasks), low, high, opinion };
}

/** The names of two sides, their seeds, and after what they were compared, e.g. `50 000 env steps`. */
interface Compared {
  readonly x: string;
  readonly y: string;
  readonly seeds: readonly [x: number, y: number];
  readonly after: string;
}

/** Whether X is better, in a sentence. */
export function improvementSentence(
  { probability, low, high, opinion }: Improvement,
  { x, y, seeds, after }: Compared,
): string {
  const head = opinion === 'unclear' ? 'No clear difference' : `${x} is ${opinion}`;
  return (
    `${head}: a run of ${x} beats one of ${y} with probability ${percent(probability)} % ` +
    `(95 % interval ${percent(low)} to ${percent(high)} %; ${seeds.join(' and ')} seeds, after ${after}).`
  );
}

/** What to say where a side has fewer than `LEAST_SEEDS`; `on`: the worlds where that is, of several. */
export function tooFewSeeds({
  x,
  y,
  seeds,
  on = [],
}: Pick<Compared, 'x' | 'y' | 'seeds'> & { readonly on?: readonly string[] }): string {
  const where = on.length > 0 ? ` on ${on.join(', ')}` : '';
  return `Too few seeds${where} to tell: ${x} has ${seeds[0]}, ${y} has ${seeds[1]}, and each needs at least ${LEAST_SEEDS}.`;
}

function percent(part: number): string {
  return String(Math.round(part * 100));
}
