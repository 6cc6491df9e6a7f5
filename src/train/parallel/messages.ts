/**
 * What the leader and a follower tell each other. Every order but `tune` has one answer. How far a slice goes is no message:
 * it is in shared memory, where the follower reads it between two steps.
 */
import type { Snapshot } from '#core/snapshot.ts';
import type { EpisodeRows, Tuning } from '../record/recorder.ts';
import type { CompleteRequest } from '../request/resolve.ts';

/** Leader → follower. */
export type Order =
  | Join
  /** Play a slice, until `slice` says that it is over. */
  | { readonly kind: 'play' }
  | { readonly kind: 'tune'; readonly change: Tuning }
  | { readonly kind: 'snapshot' };

/** Make a run of the same settings, or continue a snapshot of it. */
export interface Join {
  readonly kind: 'join';
  readonly index: number;
  readonly size: number;
  readonly request: CompleteRequest;
  readonly backend: string;
  /** [2] int32: see `ROUNDS` and `LAST`. */
  readonly slice: SharedArrayBuffer;
  /** The agents' memory. */
  readonly memory: SharedArrayBuffer;
  readonly saved: Snapshot | undefined;
}

/** Follower → leader. */
export type Answer =
  | { readonly kind: 'joined' }
  /** At the end of a slice, with the episodes that ended in it. */
  | { readonly kind: 'rested'; readonly episodes: EpisodeRows }
  | { readonly kind: 'saved'; readonly saved: Snapshot }
  | { readonly kind: 'failed'; readonly message: string };

/** Index of the rounds (steps of every slot) of this slice that the leader has played: as many as a follower may play. */
export const ROUNDS = 0;
/** Index of the flag that the leader will play no more in this slice. */
export const LAST = 1;
