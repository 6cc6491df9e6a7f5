/**
 * The contract of a run, whatever it trains: all that page, command line, checkpoints and results know of it. A run has no
 * clock: its driver decides when a slice is long enough.
 */
import type { Inspection, Player } from '#core/agent.ts';
import type { Snapshot } from '#core/snapshot.ts';
import type { Look, Overlay } from '#core/overlay.ts';
import type { ActionBuffer, VectorEnv } from '#core/vector-env.ts';
import type { MaybePromise } from '#compile/step.ts';
import type { Mark, Recorder, Tuning } from '../record/recorder.ts';
import type { RecordedEpisode } from '../recordings/recording.ts';
import type { RunSetup } from '../request/resolve.ts';
import type { RunSubject, Subject } from '../request/subject.ts';
import type { Moments } from '../world/wrappers.ts';
import type { Evaluation } from './evaluate.ts';

/** What is trained step by step, saved and resumed: runs of reinforcement learning and fits of a data set alike. */
export interface TrainingRun {
  /** What is trained: its complete request, with the current live values. */
  readonly subject: Subject;
  /** What `progress` counts. */
  readonly unit: Unit;
  readonly progress: number;
  /** Progress after `steps` training steps: env steps, or gradient steps of a fit. */
  progressAfter(steps: number): number;
  /** Whether training is complete: advancing further changes no parameter. */
  readonly finished: boolean;
  /** Threads that learn together, this one included. With more than one, the same seed does not give the same run. */
  readonly workers: number;
  readonly recorder: Recorder;
  /**
   * Advances by the smallest possible step, then until `enough()`, which is called after every step. Synchronous unless it
   * has to wait for a device or another thread. An error names the progress at which it occurred.
   */
  advance(enough: () => boolean): MaybePromise<void>;
  /**
   * Everything that the next step depends on; `lean`: without the worlds and what was experienced in them, which may be large.
   * Waits for the end of a slice in progress.
   */
  snapshot(lean?: boolean): Promise<Snapshot>;
  /**
   * Restores a snapshot of the same run; what follows has the same bits as without the interruption. After a lean one, worlds
   * and experience stay as they are. Waits likewise.
   */
  restore(saved: Snapshot): Promise<void>;
  dispose(): void;
}

/** A run that plays a world. */
export interface Run extends TrainingRun {
  readonly subject: RunSubject;
  /** Its complete request and definitions, with the current live values. */
  readonly setup: RunSetup;
  readonly agent: Player;
  /** By which its observations are normalised, if they are. */
  readonly moments: Moments;
  /** What there is to show, if anything. */
  readonly scene: Scene | undefined;
  /** Told of every step of its worlds, if anybody is. */
  watcher: StepWatcher | undefined;
  /** The parameters that acting reads; absent for tables. */
  readonly parameters: Float32Array | undefined;
  /** Changes a live value from the next step on. Throws an `InputError` if the field is not live or the value is wrong. */
  tune(change: Tuning): Mark;
  /** Evaluates the current policy without affecting training. */
  evaluate(options: EvaluationRequest): Evaluation;
}

export interface StepWatcher {
  /** After a step that these actions made; `episodes` have ended so far. What it gets is reused: copy what is kept. */
  stepped(env: VectorEnv, actions: ActionBuffer, episodes: number): void;
}

/** Env steps are counted over all slots and workers; examples are rows of the data set, counted each time they are used. */
export type Unit = 'env steps' | 'examples';

export interface EvaluationRequest {
  readonly episodes: number;
  readonly seed: number;
  /** Steps after which an episode is cut off where the world has no time limit. */
  readonly maxSteps?: number;
  /** Called with every counted episode as it ends. */
  readonly record?: (episode: RecordedEpisode) => void;
}

/** A world to show: its first slot. */
export interface Scene {
  readonly env: VectorEnv;
  /** The shown episode so far. */
  readonly episode: { readonly return: number; readonly length: number };
  /** What the player thinks of it. */
  inspection(): Inspection;
  /** What else can be shown of it. */
  overlays(): readonly Overlay[];
  /** A look at what is asked for; what the player cannot tell is left out. */
  look(asked: ReadonlySet<Overlay>): Look;
}
