/**
 * The messages between the leader and a follower. Every order but `tune` has one answer. The length of a slice is not a
 * message but in shared memory, which the follower reads between steps.
 */
import type { Divergence } from '#core/divergence.ts';
import type { Snapshot } from '#core/snapshot.ts';
import type { EpisodeRows, Tuning } from '../record/recorder.ts';
import type { CompleteRequest } from '../request/resolve.ts';

/** Leader → follower. */
export type Order =
  | Join
  /** Play a slice, until the shared `slice` says that it is over. */
  | { readonly kind: 'play' }
  | { readonly kind: 'tune'; readonly change: Tuning }
  | { readonly kind: 'snapshot' };

/** Create a run with the same settings, or continue a snapshot of one. */
export interface Join {
  readonly kind: 'join';
  readonly index: number;
  readonly size: number;
  readonly request: CompleteRequest;
  readonly backend: string;
  /** [2 + size] int32: see `ROUNDS`, `LAST` and `PLAYED`. */
  readonly slice: SharedArrayBuffer;
  /** The agents' memory. */
  readonly memory: SharedArrayBuffer;
  readonly saved: Snapshot | undefined;
}

/** Follower → leader. */
export type Answer =
  | { readonly kind: 'joined' }
  /** The end of a slice, with the episodes that ended in it. */
  | { readonly kind: 'rested'; readonly episodes: EpisodeRows }
  | { readonly kind: 'saved'; readonly saved: Snapshot }
  | {
      readonly kind: 'failed';
      readonly message: string;
      /** Where the follower stopped because its numbers are not finite. */
      readonly divergence?: Divergence | undefined;
    };

/** Index of the number of rounds (steps of every slot) that the leader has played in this slice, a follower's limit. */
export const ROUNDS = 0;
/** Index of the flag that this number is final. */
export const LAST = 1;
/** Index of the first worker's number of rounds, by which the leader sees whether it gets on; those of the others follow. */
export const PLAYED = 2;
