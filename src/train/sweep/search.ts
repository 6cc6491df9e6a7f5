/**
 * Which job of a sweep is next, given the results so far and the jobs that are running: a function without a memory, so that a
 * sweep that was killed goes on by reading its results, on one machine or many.
 */
import type { Job, Results } from './job.ts';
import type { Point } from './space.ts';

/** How a trial or a member of a population stands. */
export interface Standing {
  /** Number of the trial or member, from 0. */
  readonly trial: number;
  /** The round that it has come to: a rung of halving, or a generation. */
  readonly round: number;
  /** Env steps there. */
  readonly steps: number;
  /** Mean over its seeds; −Infinity where one failed. */
  readonly score: number;
  readonly point: Point;
  /** The member that it went on from, where that was another one. */
  readonly parent?: number | undefined;
}

export interface Search {
  /** Jobs that can run now, the most urgent first. */
  open(results: Results, running: ReadonlySet<string>): Iterable<Job>;
  /** Those that have a score, round by round, the best first. */
  rounds(results: Results): readonly (readonly Standing[])[];
  /** Every trial that has a score, the best first: those that came further are better. */
  standings(results: Results): readonly Standing[];
  /** The jobs of the best one on other seeds; none if no trial has a score. */
  test(results: Results, seeds: readonly number[]): readonly Job[];
  /** Jobs in all, as far as can be known before. */
  readonly size: number;
}

/** The next job of the search; undefined if there is none, now or at all. */
export function nextJob(search: Search, results: Results, running: ReadonlySet<string>): Job | undefined {
  for (const job of search.open(results, running)) return job;
  return undefined;
}

/** Best first: by how far they came, then by their scores, then by their numbers. */
export function byStanding(a: Standing, b: Standing): number {
  if (a.round !== b.round) return b.round - a.round;
  return a.score === b.score ? a.trial - b.trial : b.score - a.score;
}
