/** What the page asks of the thread that reads a sweep's folder, which goes on where it was when the files have grown. */
import type { Subject } from '#train/request/subject.ts';
import type { SweepOverview } from '#train/sweep/overview.ts';
import type { Outcome } from '../protocol.ts';

export type { Subject as Trained } from '#train/request/subject.ts';
export { PLAN, RESULTS } from '#train/sweep/result-line.ts';
export type { Round, SweepOverview, TrialLook, TrialState } from '#train/sweep/overview.ts';

export interface SweepFiles {
  readonly plan: Blob;
  /** None before the first result. */
  readonly results?: Blob | undefined;
}

export interface SweepReading {
  readonly overview: SweepOverview;
  /** Lines that an interruption has left incomplete. */
  readonly incomplete: number;
}

export interface SweepApi {
  /** `opening`: a number for each time that files are opened: those of another one are read from their beginning. */
  read(files: SweepFiles, opening: number): Promise<Outcome<SweepReading>>;
  /** What a trial trains as it is after a round, with its first seed; undefined if nothing is known of it. */
  subjectOf(trial: number, round: number): Subject | undefined;
}
