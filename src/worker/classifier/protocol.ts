/**
 * The protocol between the classifier's room and its worker: commands through comlink, the record through the same port and in
 * the same batches as runs of agents. Both sides import only types from here.
 */
import type { Task } from '#core/data-set.ts';
import type { Problem } from '#core/errors.ts';
import type { Parameter } from '#core/fit.ts';
import type { Place } from '#storage/saves.ts';
import type { Snapshot } from '#core/snapshot.ts';
import type { Executor } from '#host/executor.ts';
import type { FitCatalogue } from '#train/catalogue/fit-catalogue.ts';
import type { TopExamples } from '#train/insight/top-examples.ts';
import type { Mark } from '#train/record/recorder.ts';
import type { CompleteFitRequest, FitRequest } from '#train/request/resolve-fit.ts';
import type { Part } from '#train/runs/model.ts';
import type { Scores } from '#train/runs/scores.ts';
import type {
  BackendChoice,
  BackendInfo,
  KeptRunFile,
  NetworkEntry,
  NetworkLook,
  Outcome,
  RunFile,
  Vital,
} from '../protocol.ts';

export type { FitCatalogue } from '#train/catalogue/fit-catalogue.ts';
export type { FitRequest } from '#train/request/resolve-fit.ts';
export type { Part } from '#train/runs/model.ts';
export type { TopExamples } from '#train/insight/top-examples.ts';
export type { Scores } from '#train/runs/scores.ts';

/** Everything that makes a fit: what a link holds, and the user's files. */
export interface FitSetup {
  readonly request: FitRequest;
  readonly backend: BackendChoice;
  /** For data that are read from the user's files. */
  readonly files: readonly File[];
  /** A saved fit of this request to go on with, as its file or by its name in the browser's database. */
  readonly file?: Blob;
  readonly kept?: string;
  /** Executors that have failed: where the backend is one of them, the next takes its place. */
  readonly avoid?: readonly Executor[];
}

/** A layer of the model's network. */
export interface LayerInfo {
  readonly kind: string;
  /** The fields of its spec other than its kind. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Of one output. */
  readonly shape: readonly number[];
  readonly parameters: number;
}

/** A fit that has been created. */
export interface FitInfo {
  /** Number of the run in this worker; batches carry it. */
  readonly run: number;
  /** With every value written out. */
  readonly request: CompleteFitRequest;
  readonly task: Task;
  readonly shape: readonly number[];
  readonly features?: readonly string[] | undefined;
  /** Examples to learn from, held out, and to test on. */
  readonly counts: Readonly<Record<'train' | Part, number>>;
  readonly batchSize: number;
  readonly perEpoch: number;
  readonly layers: readonly LayerInfo[];
  readonly parameters: number;
  readonly backend: BackendInfo;
}

/** Examples as data sets have them. */
export interface ExampleRows {
  /** [rows × shape] */
  readonly inputs: Uint8Array | Float32Array;
  readonly targets: Int32Array | Float32Array;
}

/** What takes long; `AnalysisEvent`s tell how far it is. */
export type AnalysisKind = 'saliency' | 'attack' | 'robustness' | 'stimulus' | 'topExamples' | 'landscape';

/** A picture, 0 to 1, that was moved, and the probabilities of the classes before and after. */
export interface Attacked {
  readonly picture: Float32Array;
  readonly before: Float32Array;
  readonly after: Float32Array;
}

/** The picture, 0 to 1, that a feature likes best, and how strong it is there; of a filter the cell in the middle. */
export interface Stimulus {
  readonly picture: Float32Array;
  readonly value: number;
}

/** Accuracy under attack, per ε. */
export interface AttackCurve {
  readonly epsilons: readonly number[];
  readonly accuracies: readonly number[];
}

/**
 * Page → worker. Commands wait for the slice in progress (about 10 ms), then take effect in order. What takes long is
 * done in slices of 10 to 50 ms, in turn with training and other commands, and is about the weights of its beginning. A newer
 * request of the kind, a step or a change by hand ends it with a problem of the field `superseded`.
 */
export interface ClassifierApi {
  /** Transfers the port for `TrainerEvent`s and `PageMessage`s. Call it first, and once. */
  connect(events: MessagePort): void;
  catalogue(): FitCatalogue;
  /** The problems of a request, apart from those of the data; creates nothing. */
  check(request: FitRequest): readonly Problem[];
  /** The networks that a request plans for the data at hand, layer by layer; creates nothing. */
  planNetworks(request: FitRequest): Outcome<readonly NetworkEntry[]>;
  /** The networks of the fit as they are now; none where it has no layers. */
  lookAtNetworks(): Promise<Outcome<readonly NetworkLook[]>>;
  /** Nobody looks at the networks any more. */
  lookAway(): void;
  /** Loads the data and creates a fit, paused; the previous one ends only if this succeeds. */
  create(setup: FitSetup): Promise<Outcome<FitInfo>>;
  start(): void;
  /** Reports while it learns, so many milliseconds apart; without a number as often as usual. */
  reportEvery(milliseconds?: number): void;
  pause(): Promise<void>;
  /** Pauses, then makes one gradient step, or goes on to the end of the epoch. */
  step(by?: 'step' | 'epoch'): Promise<void>;
  setLive(change: { readonly key: string; readonly value: unknown }): Promise<Outcome<Mark>>;
  evaluate(part: Part): Promise<Outcome<Scores>>;
  /** Inputs [n × shape] as data sets have them → probabilities of classes, or numbers [n × outputs]. */
  predict(inputs: Uint8Array | Float32Array): Promise<Outcome<Float32Array>>;
  /** Outputs [n × numbers] of every layer for inputs [n × shape]. */
  activations(inputs: Uint8Array | Float32Array): Promise<Outcome<readonly Float32Array[]>>;
  /** All parameters, as they are now. */
  tensors(): Promise<Outcome<readonly Parameter[]>>;
  /** Sets one number of a parameter tensor. */
  setParameter(name: string, index: number, value: number): Promise<Outcome<undefined>>;
  /** Examples of a part by their rows. */
  examples(part: 'train' | Part, rows: Int32Array): Promise<Outcome<ExampleRows>>;
  /** [shape] how much each input matters for one output: by the gradient, or by covering squares of a picture. */
  saliency(
    input: Uint8Array | Float32Array,
    output: number,
    by: 'gradient' | 'occlusion',
  ): Promise<Outcome<Float32Array>>;
  /** The picture moved by at most ε so that the model errs. */
  attack(input: Uint8Array, label: number, epsilon: number, by: 'fgsm' | 'pgd'): Promise<Outcome<Attacked>>;
  /** Accuracy on the first `count` test examples under attack. */
  robustness(epsilons: readonly number[], count: number): Promise<Outcome<AttackCurve>>;
  stimulus(layer: number, feature: number): Promise<Outcome<Stimulus>>;
  /** Of the first `count` test examples, those that make a layer's features fire most. */
  topExamples(layer: number, kept: number, count: number): Promise<Outcome<TopExamples>>;
  /** [side × side] loss on the first `count` test examples around the solution, −1 … 1 in two directions. */
  landscape(side: number, count: number, seed: number): Promise<Outcome<Float32Array>>;
  /** Ends an analysis that is being made, as a newer one would. */
  stopAnalysis(kind: AnalysisKind): void;
  /** The fit as it is now, with its curves and marks, as a file. */
  save(): Promise<Outcome<RunFile>>;
  /** The same, kept in the browser's database as well. */
  keep(place: Place): Promise<Outcome<KeptRunFile>>;
  snapshot(): Promise<Snapshot | undefined>;
  restore(saved: Snapshot): Promise<Outcome<FitInfo>>;
  ping(): Vital;
  dispose(): Promise<void>;
}
