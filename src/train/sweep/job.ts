/**
 * A job of a sweep: a run up to some step, and its score there. It says all that decides its result, the way to it included, so
 * that it can be run anywhere, and twice with the same outcome.
 */
import type { CompleteRequest } from '../request/resolve.ts';
import type { Point } from './space.ts';

/** A stretch of training, with live values that change where it begins. */
export interface Leg {
  /** Env steps at its end, counted from the run's first. */
  readonly until: number;
  /** By field, as in a plan. */
  readonly tune?: Point | undefined;
}

export interface Job {
  /** Its place in the sweep, unique there: `tune 3/0/101` is round 0 of trial 3 on seed 101, `test 1` the final test on seed 1. */
  readonly key: string;
  readonly request: Omit<CompleteRequest, 'seed'>;
  readonly seed: number;
  /** Of one with several, the first ones are those of the job that it goes on from. */
  readonly legs: readonly Leg[];
  /** Greedy episodes of the evaluation at its end. */
  readonly episodes: number;
  /** Whether others may go on from its end. */
  readonly keep: boolean;
}

export type JobResult =
  | {
      readonly kind: 'done';
      /** Mean return of the greedy episodes. */
      readonly greedy: number;
      /** Mean return of the last training episodes, at most 100; null if none ended. */
      readonly training: number | null;
      /** Env steps at its end. */
      readonly steps: number;
      /** Wall time of what was trained for it. */
      readonly seconds: number;
    }
  /** The run diverged or could not be; the same job would fail again. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Results by the key of their job. */
export type Results = ReadonlyMap<string, JobResult>;

/** The mean return of greedy episodes at the end of training, or of the last training episodes, exploration included. */
export const OBJECTIVES = ['greedy', 'training'] as const;
export type Objective = (typeof OBJECTIVES)[number];

/** The score of a result; −Infinity of one that failed. */
export function scoreOf(result: JobResult, objective: Objective): number {
  return result.kind === 'done' ? (result[objective] ?? -Infinity) : -Infinity;
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
function contentOf({ request, seed, legs, episodes }: Omit<Job, 'key' | 'keep'>): string {
  return canonical({ request, seed, legs, episodes });
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
