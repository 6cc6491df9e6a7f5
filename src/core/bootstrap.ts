/**
 * The uncertainty of results from a few runs: stratified bootstrap confidence intervals (Agarwal et al. 2021, _Deep reinforcement
 * learning at the edge of the statistical precipice_).
 */
import type { Rng } from './rng.ts';

/** One score per run of a task. */
export type Scores = readonly number[] | Float64Array;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Bootstrap samples; the default of rliable, the paper's own library. */
const REPETITIONS = 50_000;

/**
 * A number from the scores of all tasks as one list, or of each task. What it gets is the same memory every time.
 */
type Statistic = (scores: Float64Array, tasks: readonly Float64Array[]) => number;

/**
 * The percentile interval of a statistic such as `interquartileMean`. Runs are resampled with replacement within each task (§4.1
 * and appendix A.5). Throws if a task has no runs.
 */
export function stratifiedInterval(
  tasks: readonly Scores[],
  statistic: Statistic,
  rng: Rng,
  { confidence = 0.95, repetitions = REPETITIONS } = {},
): Interval {
  if (tasks.length === 0 || tasks.some((runs) => runs.length === 0))
    throw new Error('stratifiedInterval: expected at least one run of every task');
  const drawn = new Float64Array(tasks.reduce((sum, runs) => sum + runs.length, 0));
  let from = 0;
  const drawnTasks = tasks.map((runs) => drawn.subarray(from, (from += runs.length)));
  const values = new Float64Array(repetitions);
  for (let k = 0; k < repetitions; k++) {
    let at = 0;
    for (const runs of tasks)
      for (let run = 0; run < runs.length; run++) drawn[at++] = runs[rng.integer(runs.length)];
    values[k] = statistic(drawn, drawnTasks);
  }
  values.sort();
  const tail = (1 - confidence) / 2;
  return { low: quantile(values, tail), high: quantile(values, 1 - tail) };
}

/** Interpolated linearly between neighbours; `p` from 0 to 1. */
function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
