/**
 * The protocol between page and worker. Commands, which are infrequent, go through comlink; pictures and numbers go through
 * a separate port in transferred buffers. Both sides import only types and constants from here.
 */
import type { Inspection } from '#core/agent.ts';
import type { Problem } from '#core/errors.ts';
import type { EnvSpec } from '#core/env.ts';
import type { Look, Overlay } from '#core/overlay.ts';
import type { Snapshot } from '#core/snapshot.ts';
import type { Place } from '#storage/saves.ts';
import type { ComputeChoice } from '#host/compute.ts';
import type { Executor } from '#host/executor.ts';
import type { Catalogue } from '#train/catalogue/catalogue.ts';
import type { Finding } from '#core/finding.ts';
import type { EpisodeRows, Mark, MetricRows } from '#train/record/recorder.ts';
import type { RecordedEpisode } from '#train/recordings/recording.ts';
import type { NetworkEntry } from '#train/checkpoints/networks.ts';
import type { NetworkLook } from '#train/insight/network-look.ts';
import type { CompleteRequest, NamedRequest, RunRequest } from '#train/request/resolve.ts';
import type { Unit } from '#train/runs/run.ts';
import type { Tuning } from '#train/record/recorder.ts';
import type { SideApi, TimeApi } from './time/protocol.ts';
import type { FilmedEpisode, FilmRequest } from './filming.ts';

export type { FilmedEpisode } from './filming.ts';
export type { Executor } from '#host/executor.ts';
export type { Catalogue } from '#train/catalogue/catalogue.ts';
export type { AgentEntry, WorldEntry } from '#train/catalogue/entries.ts';
export type { LayerEntry, NetworkEntry } from '#train/checkpoints/networks.ts';
export type { Histogram, LayerLook, NetworkLook } from '#train/insight/network-look.ts';
export type { Mark } from '#train/record/recorder.ts';
export type { NamedRequest, RunRequest } from '#train/request/resolve.ts';

/** The backend for gradient steps, as the user chooses it; `auto` compiles them unless the GPU is measured to be faster. */
export const BACKENDS = [
  'auto',
  'simd',
  'webgpu',
  'webgl',
  'wasm',
  'cpu',
] as const satisfies readonly ComputeChoice[];
export type BackendChoice = (typeof BACKENDS)[number];

/** Multiples of real time (`spec.fps`); turbo runs at full speed and rarely draws. */
export const SPEEDS = ['1', '4', '16', '64', 'turbo'] as const;
export type Speed = (typeof SPEEDS)[number];

/** Everything that makes a run: what a link holds, and the recording that some agents learn from. */
export interface Setup {
  /** `demonstrations` as the text of a recording: strings are cloned fast, and the page need not parse them. */
  readonly request: NamedRequest;
  readonly backend: BackendChoice;
  readonly speed: Speed;
  /** Nobody will look back at it: nothing of its past is kept. */
  readonly unwatched?: true;
  /** A saved run to go on with, as its file (train/checkpoints/checkpoint.ts); its own request takes the place of this one. */
  readonly file?: Blob;
  /** The same for one in the browser's database, by its name there. */
  readonly kept?: string;
  /** Executors that have failed: where the backend is one of them, the next takes its place. */
  readonly avoid?: readonly Executor[];
}

/** What a new run goes on with, if anything. */
export type SavedFrom = Pick<Setup, 'file' | 'kept'>;

/** The answer to a command whose failure the page shows. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** How much was played. */
export interface Amount {
  readonly episodes: number;
  readonly steps: number;
}

/** Human play that has started. */
export interface HumanPlayInfo {
  /** Header line of the recording that the episodes belong to; play under the same rules has the same one. */
  readonly header: string;
  readonly world: string;
  /** Whether the world runs in real time after the first key; otherwise every key press is a step. */
  readonly realTime: boolean;
}

/** An episode of human play, ended or abandoned. */
export interface PlayedEpisode {
  readonly header: string;
  /** Its line in the recording. */
  readonly line: string;
  readonly steps: number;
  readonly return: number;
  readonly end: RecordedEpisode['end'];
}

/** A run as a file, and its progress then. */
export interface RunFile {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly steps: number;
}

/** A run's file that was also to be kept in the browser's database. */
export interface KeptRunFile extends RunFile {
  /** Why it was not kept; the file itself is none the worse. */
  readonly problem?: string;
}

/** What a worker says of itself. */
export interface Vital {
  /** Grows with every piece of work. */
  readonly work: number;
  /** Whether a piece of work is due now; `command`: one without parts, `long`: one that compiles or loads. */
  readonly busy: 'rest' | 'work' | 'command' | 'long';
}

/** A run that has been created. */
export interface RunInfo {
  /** Number of the run in this worker. Frames and batches carry it, so that late ones from an older run are recognised. */
  readonly run: number;
  /** What its progress counts. */
  readonly unit: Unit;
  /** With every value written out. */
  readonly request: Omit<CompleteRequest, 'demonstrations'>;
  /** Of a run from a file: what somebody would ask for to get it, without the values that are as usual. */
  readonly asked?: NamedRequest;
  /** Size of the recording that it learns from, if any. */
  readonly demonstrations?: Amount;
  readonly spec: EnvSpec;
  /** Parallel environments; a frame shows the first. */
  readonly slots: number;
  /** Threads that learn together. Updates of more than one race, so the same seed does not give the same run. */
  readonly workers: number;
  /** What its replay buffer takes once it is full, or its rollout; 0 without either. */
  readonly memoryBytes: number;
  readonly backend: BackendInfo;
  /** What can be shown of it. */
  readonly overlays: readonly Overlay[];
}

export interface BackendInfo {
  readonly choice: BackendChoice;
  /** Backend in use, e.g. `eager · wasm`. */
  readonly label: string;
  /** True if `auto` had no hardware WebGPU to choose from. */
  readonly fallback: boolean;
  /** What did not work here when the run was made, so that the backend in use took its place. */
  readonly instead?: { readonly of: Executor; readonly why: string };
}

/** Page → worker. Commands wait for the slice in progress (about 10 ms), then take effect in order. */
export interface TrainerApi {
  /** Transfers the port for `TrainerEvent`s and `PageMessage`s. Call it first, and once. */
  connect(events: MessagePort): void;
  catalogue(): Catalogue;
  /** The problems of a request; creates nothing. */
  check(request: RunRequest): readonly Problem[];
  /** The networks that a request plans, layer by layer; creates nothing. */
  planNetworks(request: RunRequest): Outcome<readonly NetworkEntry[]>;
  /** The networks of the run as they are now; none where it has none. */
  lookAtNetworks(): Promise<Outcome<readonly NetworkLook[]>>;
  /** Nobody looks at the networks any more: what was seen of them, e.g. dead units, would grow old. */
  lookAway(): void;
  /** Creates a run, paused; the previous one ends only if this succeeds. */
  create(setup: Setup): Promise<Outcome<RunInfo>>;
  start(): void;
  pause(): Promise<void>;
  /** Pauses, then plays one step. */
  step(): Promise<void>;
  setSpeed(speed: Speed): void;
  /** Shows these overlays in this run and in those that follow. */
  watch(overlays: readonly Overlay[]): Promise<void>;
  /** Changes a live value; the current one stays if the new one is refused. */
  setLive(change: Tuning): Promise<Outcome<Mark>>;
  snapshot(): Promise<Snapshot | undefined>;
  /** The run as it is now, with its curves and marks: the file that `ludus train` writes, too. */
  save(): Promise<Outcome<RunFile>>;
  /** The same, kept in the browser's database as well. */
  keep(place: Place): Promise<Outcome<KeptRunFile>>;
  /** Films an episode beside the run, which goes on as if nobody had. */
  film(request: FilmRequest): Promise<Outcome<FilmedEpisode>>;
  /**
   * Restores a snapshot of this run, a checkpoint of its past, or where it was before it last went back; returns the run with the
   * live values of then.
   */
  restore(to: Snapshot | number | 'left'): Promise<Outcome<RunInfo>>;
  /** What is kept of the run's past. */
  readonly time: TimeApi;
  /** Plays what others have learnt; needs no run, and disturbs one that is in this worker. */
  readonly side: SideApi;
  /** Pauses the run and starts human play in a separate world with the run's parameters and reward weights. */
  startHumanPlay(): Promise<Outcome<HumanPlayInfo>>;
  /** A key of that world went down or up, given by its action; see `EnvSpec.keys`. */
  press(action: number, down: boolean): void;
  /** Releases all keys; the world waits for the next one. */
  releaseKeys(): void;
  /** Abandons the episode of human play and starts another. */
  newEpisode(): void;
  /** Ends human play and shows the run again, still paused; returns the episode in progress. */
  endHumanPlay(): Promise<PlayedEpisode | undefined>;
  /** Answers at once, unless the worker is busy or dead. */
  ping(): Vital;
  dispose(): Promise<void>;
}

/** Worker → page. */
export type TrainerEvent = RunEvent | PulseEvent;

/** What is about a run. */
export type RunEvent = FrameEvent | BatchEvent | PlayedEvent | LoadingEvent | AnalysisEvent | FailedEvent;

/**
 * A picture of the first world and the agent's inspection of it; in human play, that world without an inspection. The page
 * returns the buffer with `returned`.
 */
export interface FrameEvent {
  readonly kind: 'frame';
  readonly run: number;
  /** `count` rows of a draw list as float32; the buffer may be longer. Transferred. */
  readonly buffer: ArrayBuffer;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly background: number;
  /** Return and length so far of the shown episode. */
  readonly episodeReturn: number;
  readonly episodeLength: number;
  readonly inspection: Inspection;
  /** Of the overlays; absent where the last look is still the newest. */
  readonly look?: Look;
}

/** News since the previous batch. The page answers `taken`; until then the worker sends no further batch. */
export interface BatchEvent {
  readonly kind: 'batch';
  readonly run: number;
  readonly running: boolean;
  /** In units of the run. */
  readonly progress: number;
  /** Whether training is complete, although the policy plays on. */
  readonly finished: boolean;
  /** Progress per second over about the last half second; 0 when paused. */
  readonly rate: number;
  /** Rows from `from` on; if `from` is 0, they replace the page's rows. */
  readonly episodes: EpisodeRows;
  readonly metrics: MetricRows;
  /** All marks, if there are new ones. */
  readonly marks?: readonly Mark[];
  /** What is unusual about the run, if that has changed. */
  readonly findings?: readonly Finding[];
}

/** An episode of human play is over. */
export interface PlayedEvent {
  readonly kind: 'played';
  readonly run: number;
  readonly episode: PlayedEpisode;
}

/** Files of a data set are being downloaded. */
interface LoadingEvent {
  readonly kind: 'loading';
  readonly run: number;
  /** Bytes, and how many there are if that is known. */
  readonly done: number;
  readonly total: number | undefined;
}

/** How far a long look into a fit is. */
interface AnalysisEvent {
  readonly kind: 'analysing';
  readonly run: number;
  readonly analysis: string;
  /** From 0 to 1. */
  readonly share: number;
}

/** A sign of life from a worker that may not be able to answer. */
interface PulseEvent {
  readonly kind: 'pulse';
  readonly vital: Vital;
}

/** An error in world, agent or backend ended the run. The worker still takes commands. */
export interface FailedEvent {
  readonly kind: 'failed';
  readonly run: number;
  readonly message: string;
  /** The executor whose fault it is. */
  readonly executor?: Executor;
  /** Of a run that diverged. */
  readonly findings?: readonly Finding[];
}

/** Page → worker on the port for events. */
export type PageMessage =
  | { readonly kind: 'returned'; readonly buffer: ArrayBuffer }
  | { readonly kind: 'taken' };
