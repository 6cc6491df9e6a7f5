/**
 * How sure a few runs let us be: the stratified bootstrap and the probability of improvement, as Agarwal et al. (2021),
 * _Deep reinforcement learning at the edge of the statistical precipice_, define them.
 */
import type { Rng } from './rng.ts';

/** The scores of one task's runs. */
type Scores = readonly number[];

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** What rliable takes for aggregates. */
const REPETITIONS = 50_000;

/**
 * The percentile interval of a statistic of all tasks' scores in one list, such as `interquartileMean`: runs are drawn
 * again with replacement, each task's from its own (§4.1 and appendix A.5). A task without runs is an error.
 */
export function stratifiedInterval(
  tasks: readonly Scores[],
  statistic: (scores: Float64Array) => number,
  rng: Rng,
  { confidence = 0.95, repetitions = REPETITIONS } = {},
): Interval {
  if (tasks.length === 0 || tasks.some((runs) => runs.length === 0))
    throw new Error('stratifiedInterval: expected at least one run of every task');
  const drawn = new Float64Array(tasks.reduce((sum, runs) => sum + runs.length, 0));
  const values = new Float64Array(repetitions);
  for (let k = 0; k < repetitions; k++) {
    let at = 0;
    for (const runs of tasks)
      for (let run = 0; run < runs.length; run++) drawn[at++] = runs[rng.integer(runs.length)];
    values[k] = statistic(drawn);
  }
  values.sort();
  const tail = (1 - confidence) / 2;
  return { low: quantile(values, tail), high: quantile(values, 1 - tail) };
}

/** How likely a run of ours scores more than one of theirs, ties counting half: Mann and Whitney's U over all pairs. */
export function probabilityOfImprovement(ours: Scores, theirs: Scores): number {
  let wins = 0;
  for (const mine of ours) for (const other of theirs) wins += mine > other ? 1 : mine === other ? 0.5 : 0;
  return wins / (ours.length * theirs.length);
}

/** Of sorted values, between neighbours in proportion. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
