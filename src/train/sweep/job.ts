/**
 * A job of a sweep: a run or a fit up to some step, and its score there. It says all that decides its result, the way to it
 * included, so that it can be run anywhere, and twice with the same outcome.
 */
import type { Part } from '../runs/model.ts';
import type { Point } from './space.ts';
import type { VariedFit, VariedRun } from './varied.ts';

/** A stretch of training, with live values that change where it begins. */
export interface Leg {
  /** Env steps at its end, or epochs of a fit, counted from the first. */
  readonly until: number;
  /** By field, as in a plan. */
  readonly tune?: Point | undefined;
}

/** What is trained, and how it is evaluated at its end. */
export type Trained =
  /** `episodes`: greedy ones of the evaluation. */
  | { readonly kind: 'run'; readonly request: VariedRun; readonly episodes: number }
  /** `part`: the examples that are measured. */
  | { readonly kind: 'fit'; readonly request: VariedFit; readonly part: Part };

interface Errand {
  /** Its place in the sweep, unique there: `tune 3/0/101` is round 0 of trial 3 on seed 101, `test 1` the final test on seed 1. */
  readonly key: string;
  readonly seed: number;
  /** Of one with several, the first ones are those of the job that it goes on from. */
  readonly legs: readonly Leg[];
  /** Whether others may go on from its end. */
  readonly keep: boolean;
}
export type Job = Trained & Errand;
export type RunJob = Extract<Job, { readonly kind: 'run' }>;
export type FitJob = Extract<Job, { readonly kind: 'fit' }>;

export type JobResult =
  | {
      readonly kind: 'done';
      /** Mean return of the greedy episodes. */
      readonly greedy: number;
      /** Mean return of the last training episodes, at most 100; null if none ended. */
      readonly training: number | null;
      /** False of an agent that had made no update yet: its score is that of chance. */
      readonly updated?: boolean | undefined;
      /** Env steps at its end. */
      readonly steps: number;
      /** Wall time of what was trained for it. */
      readonly seconds: number;
    }
  | {
      /** A fit that has been measured. */
      readonly kind: 'fitted';
      /** Share of the examples that are classified correctly; absent where numbers are predicted. */
      readonly accuracy?: number | undefined;
      /** Mean negative log-likelihood, or mean squared error. */
      readonly loss: number;
      /** Epochs. */
      readonly steps: number;
      readonly seconds: number;
    }
  /** The run diverged or could not be; the same job would fail again. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Results by the key of their job. */
export type Results = ReadonlyMap<string, JobResult>;

/** The mean return of greedy episodes at the end of training, or of the last training episodes, exploration included. */
export const OBJECTIVES = ['greedy', 'training'] as const;
/** Of fits: how well they do on examples that are held out of training, or on the test examples. */
export const FIT_OBJECTIVES = ['validation', 'test'] as const satisfies readonly Part[];
export type Objective = (typeof OBJECTIVES)[number] | (typeof FIT_OBJECTIVES)[number];

/**
 * The score of a result, greater is better; −Infinity of one that failed. Of a fit the accuracy, or minus the mean squared error of
 * the examples that it was measured on.
 */
export function scoreOf(result: JobResult, objective: Objective): number {
  switch (result.kind) {
    case 'done':
      return (objective === 'training' ? result.training : result.greedy) ?? -Infinity;
    case 'fitted':
      return result.accuracy ?? -result.loss;
    case 'failed':
      return -Infinity;
  }
}

/** Where in a sweep a job is. */
export type JobPlace =
  /** Without a seed, of population-based training. */
  | { readonly kind: 'tune'; readonly trial: number; readonly round: number; readonly seed?: number }
  | { readonly kind: 'test'; readonly seed: number };

/** From its key; undefined if that is none. */
export function placeOf(key: string): JobPlace | undefined {
  const test = /^test (\d+)$/.exec(key);
  if (test) return { kind: 'test', seed: Number(test[1]) };
  const tune = /^tune (\d+)\/(\d+)(?:\/(\d+))?$/.exec(key);
  if (!tune) return undefined;
  const [trial, round, seed] = tune.slice(1).map((digits?: string) => digits && Number(digits));
  return { kind: 'tune', trial, round, ...(seed !== undefined && { seed }) } as JobPlace;
}

/** The same for jobs with the same result, whatever sweep they are of: 128 bits of SHA-256 in hexadecimal. */
export async function idOf(job: Job): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(contentOf(job)));
  return Array.from(new Uint8Array(hash, 0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What a result depends on, without its place in the sweep, as a text that is the same for the same. */
function contentOf(job: Job): string {
  const { request, seed, legs } = job;
  switch (job.kind) {
    case 'run':
      return canonical({ request, seed, legs, episodes: job.episodes });
    case 'fit':
      return canonical({ request, seed, legs, part: job.part });
  }
}

/** What the state at the end of these legs depends on, likewise. */
export function stateOf({ request, seed, legs }: Pick<Job, 'request' | 'seed' | 'legs'>): string {
  return canonical({ request, seed, legs });
}

/** JSON with keys in the order of the alphabet. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
