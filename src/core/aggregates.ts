/**
 * One number for the runs of several tasks, and their distribution, as rliable reckons them (Agarwal et al. 2021, §4). Scores of more
 * than one task have to be normalised first: see `normalised`. The interquartile mean is in stats.ts.
 */
import type { Scores } from './bootstrap.ts';
import { mean, median } from './stats.ts';

/** [tasks][runs] Tasks may differ in their number of runs. */
export type TaskScores = readonly Scores[];

/** Return by which scores are scaled: `random` becomes 0, `best` 1. */
export interface Scale {
  readonly random: number;
  readonly best: number;
}

/** A score on a scale: 0 as good as random play, 1 as good as the best known. */
export function normalised(score: number, { random, best }: Scale): number {
  return (score - random) / (best - random);
}

/** The mean over tasks of the mean over runs. */
export function meanOfTasks(tasks: TaskScores): number {
  return mean(tasks.map(mean));
}

/** The median over tasks of the mean over runs. */
export function medianOfTasks(tasks: TaskScores): number {
  return median(tasks.map(mean));
}

/** By how much runs miss `goal` on average, those above it counting 0; less is better. */
export function optimalityGap(scores: Scores, goal = 1): number {
  let missed = 0;
  for (const score of scores) missed += Math.max(0, goal - score);
  return missed / scores.length;
}

/** The performance profile at `threshold`: the share of runs with a score above it, of every task alike. */
export function shareAbove(tasks: TaskScores, threshold: number): number {
  return mean(
    tasks.map((runs) => {
      let above = 0;
      for (const score of runs) if (score > threshold) above++;
      return above / runs.length;
    }),
  );
}
