/**
 * What page and worker exchange about a run's past. The worker of the run keeps it; another worker plays what is taken from it, so
 * that the run is not disturbed.
 */
import type { Snapshot } from '#core/snapshot.ts';
import type { Tape } from '#train/history/tape.ts';
import type { PointKind, TurningPoint } from '#train/history/turning-points.ts';
import type { CompleteRequest } from '#train/request/resolve.ts';
import type { Outcome } from '../protocol.ts';

/** The most telling first. */
export const POINT_KINDS = [
  'solved',
  'reward',
  'jump',
  'choice',
  'surprise',
] as const satisfies readonly PointKind[];

export type { PointKind, TurningPoint } from '#train/history/turning-points.ts';

export interface CheckpointInfo {
  readonly id: number;
  /** Progress of the run. */
  readonly step: number;
  /** Finished episodes, and the mean return of the last 100; absent before the first. */
  readonly episodes: number;
  readonly mean?: number | undefined;
}

/** What is kept of a run. */
export interface Timeline {
  /** In the order of their steps, the untrained agent first. */
  readonly checkpoints: readonly CheckpointInfo[];
  readonly points: readonly TurningPoint[];
  readonly tapes: readonly Pick<Tape, 'number' | 'return' | 'length'>[];
  /** Whether going back restores everything. Otherwise the replay buffer, too large to be kept, stays as it is. */
  readonly exact: boolean;
  /** Memory, and the share of the run's time that keeping all this has taken. */
  readonly bytes: number;
  readonly cost: number;
  /** Progress of the run when it last went back: it can return there. */
  readonly left?: number | undefined;
}

/** A policy and the run that it is from. */
export interface SavedPolicy {
  readonly request: CompleteRequest;
  readonly policy: Snapshot;
  readonly step: number;
}

export interface FilmedEpisode {
  readonly request: CompleteRequest;
  readonly tape: Tape;
}

/** Of the worker of a run. */
export interface TimeApi {
  timeline(): Timeline | undefined;
  /** Of a checkpoint, or of the run as it is now. */
  policy(of: number | 'now'): Promise<Outcome<SavedPolicy>>;
  /** A filmed episode, by its number. */
  tape(number: number): Outcome<FilmedEpisode>;
}

/** An evaluation in numbers. */
export interface TestResult {
  /** Progress of the run from which the policy is. */
  readonly step: number;
  readonly episodes: number;
  readonly seed: number;
  readonly mean: number;
  /** Sample standard deviation. */
  readonly std: number;
}

/** The return of one episode. */
export interface Score {
  readonly return: number;
  readonly length: number;
}

/** A picture as a draw list, and the episode that it is of. */
export interface SidePicture {
  /** [count × STRIDE] transferred. */
  readonly numbers: Float32Array<ArrayBuffer>;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly background: number;
  readonly episode: Score;
  /** The last one that ended. */
  readonly last?: Score | undefined;
}

/** Of a worker that only plays. */
export interface SideApi {
  /** Has a policy play greedily in a world of its own. */
  watch(saved: SavedPolicy, seed: number): Promise<Outcome<void>>;
  /** The same for a run that was saved as a file. */
  watchFile(file: Blob, seed: number): Promise<Outcome<void>>;
  /** Plays a filmed episode over and over. */
  replay(film: FilmedEpisode): Outcome<void>;
  /** What is played, as it is now: it moves on in real time with every call. */
  picture(): SidePicture | undefined;
  /** Plays whole episodes greedily, as `ludus evaluate` does. */
  test(saved: SavedPolicy, episodes: number, seed: number): Promise<Outcome<TestResult>>;
  /** Plays an episode from the start of a recorded one, given as the two lines of its recording. */
  playFrom(saved: SavedPolicy, recording: string): Promise<Outcome<Score>>;
}
