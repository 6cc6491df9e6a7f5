/**
 * The contract of a run: what page, command line, checkpoints and results know of it, whatever it trains. It knows neither
 * clock nor page: its driver says when a slice is long enough.
 */
import type { Inspection } from '#core/agent.ts';
import type { Snapshot } from '#core/snapshot.ts';
import type { VectorEnv } from '#core/vector-env.ts';
import type { MaybePromise } from '#compile/step.ts';
import type { Mark, Recorder, Tuning } from '../record/recorder.ts';
import type { RecordedEpisode } from '../recordings/recording.ts';
import type { RunSetup } from '../request/resolve.ts';
import type { Evaluation } from './evaluate.ts';

export interface Run {
  /** Its whole request and what it means, with the values in force now. */
  readonly setup: RunSetup;
  /** What `progress` counts. */
  readonly unit: Unit;
  readonly progress: number;
  /** The progress that so many training steps make: env steps as they are, or the gradient steps of a fit. */
  progressAfter(steps: number): number;
  /** Whether there is nothing left to learn; advancing further changes no parameter. */
  readonly finished: boolean;
  /** Threads that learn together, this one included. With more than one, the same seed does not give the same run. */
  readonly workers: number;
  readonly recorder: Recorder;
  /** What it shows, if anything. */
  readonly scene: Scene | undefined;
  /**
   * Advances by the smallest amount there is, then until `enough()`, which is asked after every such step. Synchronous unless
   * a device or another thread has to be waited for. An error names the progress at which it happened.
   */
  advance(enough: () => boolean): MaybePromise<void>;
  /** Changes a live value from the next step on. Throws an `InputError` on a field that is not live or a wrong value. */
  tune(change: Tuning): Mark;
  /** How good it is now, measured apart from training, which it does not disturb. */
  evaluate(options: EvaluationRequest): Evaluation;
  /** Everything that the next step depends on. Waits for the end of a slice in progress. */
  snapshot(): Promise<Snapshot>;
  /** Continues a snapshot of the same run as if it had never stopped. Waits for the end of a slice in progress. */
  restore(saved: Snapshot): Promise<void>;
  dispose(): void;
}

/** Env steps are counted over all slots and workers; examples are rows of the data set, each time it is used. */
export type Unit = 'env steps' | 'examples';

export interface EvaluationRequest {
  readonly episodes: number;
  readonly seed: number;
  /** Where a world has no time limit, an episode is cut off here. */
  readonly maxSteps?: number;
  /** Gets every episode that counts, as it ends. */
  readonly record?: (episode: RecordedEpisode) => void;
}

/** A world to be shown: its first slot. */
export interface Scene {
  readonly env: VectorEnv;
  /** Of the episode that is shown, so far. */
  readonly episode: { readonly return: number; readonly length: number };
  /** How the player sees it. */
  inspection(): Inspection;
}
