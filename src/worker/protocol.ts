/**
 * What page and worker say to each other, and nothing else: commands go over comlink at the pace of a hand, pictures and
 * numbers over a port of their own in transferred buffers. Both sides import only types and constants from here.
 */
import type { Inspection } from '#core/agent.ts';
import type { Problem } from '#core/errors.ts';
import type { EnvSpec } from '#core/env.ts';
import type { Snapshot } from '#core/snapshot.ts';
import type { ComputeChoice } from '#host/compute.ts';
import type { Catalogue } from '#train/catalogue/catalogue.ts';
import type { EpisodeRows, Mark, MetricRows } from '#train/record/recorder.ts';
import type { RecordedEpisode } from '#train/recordings/recording.ts';
import type { RunRequest, CompleteRequest } from '#train/request/resolve.ts';
import type { Unit } from '#train/runs/run.ts';
import type { Tuning } from '#train/record/recorder.ts';

export type { Catalogue } from '#train/catalogue/catalogue.ts';
export type { AgentEntry, WorldEntry } from '#train/catalogue/entries.ts';
export type { Mark } from '#train/record/recorder.ts';
export type { RunRequest } from '#train/request/resolve.ts';

/** Where updates are computed, as the user chooses it; `auto` compiles them, unless the GPU turns out to be faster. */
export const BACKENDS = [
  'auto',
  'simd',
  'webgpu',
  'webgl',
  'wasm',
  'cpu',
] as const satisfies readonly ComputeChoice[];
export type BackendChoice = (typeof BACKENDS)[number];

/** Multiples of the speed at which a person would play (`spec.fps`); turbo is as fast as it goes and draws next to nothing. */
export const SPEEDS = ['1', '4', '16', '64', 'turbo'] as const;
export type Speed = (typeof SPEEDS)[number];

/** Everything that makes a run and how it is watched: what a link holds, and the recording that some agents learn from. */
export interface Setup {
  /** `demonstrations` as the text of a recording: strings cross fast, and the page need not understand them. */
  readonly request: RunRequest;
  readonly backend: BackendChoice;
  readonly speed: Speed;
}

/** The answer to a command that can fail for a reason that belongs on the page. comlink would lose an error's class. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** How much was played. */
export interface Amount {
  readonly episodes: number;
  readonly steps: number;
}

/** Play by hand that has begun. */
export interface HumanPlayInfo {
  /** First line of the recording that the episodes belong to: play under the same rules has the same. */
  readonly header: string;
  readonly world: string;
  /** Whether it goes on without a key once it has begun; else every key is a step. */
  readonly realTime: boolean;
}

/** An episode played by hand, to its end or until it was left. */
export interface PlayedEpisode {
  readonly header: string;
  /** Its line of the recording. */
  readonly line: string;
  readonly steps: number;
  readonly return: number;
  readonly end: RecordedEpisode['end'];
}

/** A run that has been made. */
export interface RunInfo {
  /** Numbers the runs of this worker; frames and batches carry it, so that late ones of an older run are known. */
  readonly run: number;
  /** What its progress counts. */
  readonly unit: Unit;
  /** With every value written out. */
  readonly request: Omit<CompleteRequest, 'demonstrations'>;
  /** How much it learns from, if from a recording. */
  readonly demonstrations?: Amount;
  readonly spec: EnvSpec;
  /** Worlds played at once; a frame shows the first. */
  readonly slots: number;
  /** Threads that learn together. More than one race, so that the same seed does not give the same run. */
  readonly workers: number;
  readonly backend: BackendInfo;
}

export interface BackendInfo {
  readonly choice: BackendChoice;
  /** What runs, e.g. `eager · wasm`. */
  readonly label: string;
  /** Chosen automatically without WebGPU among the candidates: this browser has none in hardware. */
  readonly fallback: boolean;
}

/** Page → worker. Commands wait for the slice under way (about 10 ms), then take effect in the order they came. */
export interface TrainerApi {
  /** Hands over the port on which `TrainerEvent`s come and `PageMessage`s go. First, and once. */
  connect(events: MessagePort): void;
  catalogue(): Catalogue;
  /** What is wrong with a request, without making anything. */
  check(request: RunRequest): readonly Problem[];
  /** Makes a run, paused; the one before it ends only if this succeeds. */
  create(setup: Setup): Promise<Outcome<RunInfo>>;
  start(): void;
  pause(): Promise<void>;
  /** Pauses, then plays one step. */
  step(): Promise<void>;
  setSpeed(speed: Speed): void;
  /** Changes a live value; what was in force stays so if the value is refused. */
  setLive(change: Tuning): Promise<Outcome<Mark>>;
  snapshot(): Promise<Snapshot | undefined>;
  /** Continues a snapshot of this run; gives the run with the live values of then. */
  restore(saved: Snapshot): Promise<Outcome<RunInfo>>;
  /** Pauses the run and gives the page a world of its own to play in, with the run's parameters and reward weights. */
  startHumanPlay(): Promise<Outcome<HumanPlayInfo>>;
  /** A key of that world went down or up, named by its action; see `EnvSpec.keys`. */
  press(action: number, down: boolean): void;
  /** All keys up, and the world waits for the next one. */
  releaseKeys(): void;
  /** Leaves the episode played by hand and begins another. */
  newEpisode(): void;
  /** Ends the play by hand and shows the run again, still paused; gives the episode that was under way. */
  endHumanPlay(): Promise<PlayedEpisode | undefined>;
  /** Answers at once: a worker that does not is busy or dead. */
  ping(): void;
  dispose(): Promise<void>;
}

/** Worker → page. */
export type TrainerEvent = FrameEvent | BatchEvent | PlayedEvent | FailedEvent;

/**
 * What the first world looks like and what the agent thinks of it; of play by hand, that world and no inspection. The page
 * gives the buffer back with `returned`.
 */
export interface FrameEvent {
  readonly kind: 'frame';
  readonly run: number;
  /** `count` rows of a draw list as 32-bit floats; the buffer may be longer. Transferred. */
  readonly buffer: ArrayBuffer;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly background: number;
  /** Return and length so far of the episode shown. */
  readonly episodeReturn: number;
  readonly episodeLength: number;
  readonly inspection: Inspection;
}

/** What happened since the batch before. The page answers `taken`; until then nothing is sent, only gathered. */
export interface BatchEvent {
  readonly kind: 'batch';
  readonly run: number;
  readonly running: boolean;
  /** In the run's unit. */
  readonly progress: number;
  /** Progress per second over the last half second or so; 0 when paused. */
  readonly rate: number;
  /** Rows from `from` on; `from` 0 means that what the page has is void. */
  readonly episodes: EpisodeRows;
  readonly metrics: MetricRows;
  /** All of them, if there are new ones. */
  readonly marks?: readonly Mark[];
}

/** An episode played by hand is over. */
export interface PlayedEvent {
  readonly kind: 'played';
  readonly run: number;
  readonly episode: PlayedEpisode;
}

/** The run ended by an error in world, agent or backend. The worker lives and takes commands. */
interface FailedEvent {
  readonly kind: 'failed';
  readonly run: number;
  readonly message: string;
}

/** Page → worker on the port of events. */
export type PageMessage =
  | { readonly kind: 'returned'; readonly buffer: ArrayBuffer }
  | { readonly kind: 'taken' };
