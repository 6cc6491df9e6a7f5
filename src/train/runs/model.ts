/**
 * The run that fits a model to a data set by gradient steps over minibatches, with the held-out examples measured after every
 * epoch. Measuring is cut into batches too, so that no slice gets long.
 */
import type { Metrics } from '#core/agent.ts';
import { parseConfig, withLiveValue } from '#core/config.ts';
import { inputSize, type DataSet, type Examples } from '#core/data-set.ts';
import { DivergenceError } from '#core/divergence.ts';
import { refusal } from '#core/errors.ts';
import type { Model } from '#core/fit.ts';
import { asRecord, parseJson } from '#core/json.ts';
import { rngStreams } from '#core/rng.ts';
import { child, restoreColumns, savedNumber, savedText, type Snapshot } from '#core/snapshot.ts';
import { plannedNetwork } from '#agents/nn/network-data.ts';
import type { NetworkPlan } from '#agents/nn/spec.ts';
import { whenReady, type Compute, type MaybePromise } from '#compile/step.ts';
import type { InputScale } from '#agents/nn/files/input-scale.ts';
import { Recorder, type Mark, type Tuning } from '../record/recorder.ts';
import { checkData, dataSpec, withConfig, type FitSetup } from '../request/resolve-fit.ts';
import type { FitSubject } from '../request/subject.ts';
import { finiteSnapshot, stopped } from './divergence.ts';
import { EarlyStopping } from './early-stopping.ts';
import type { TrainingRun } from './run.ts';
import { Measurement } from './measurement.ts';
import { Samples } from './samples.ts';
import { asMetrics, scorerFor, type Scores } from './scores.ts';
import { pending, Slice } from './slice.ts';

/** Rows of the record per epoch, at most one per gradient step. */
const ROWS_PER_EPOCH = 50;

/** Examples to measure: those held out of training, or the test set. */
export type Part = 'validation' | 'test';

export class ModelRun implements TrainingRun {
  readonly unit = 'examples';
  readonly workers = 1;
  readonly recorder: Recorder;
  readonly data: DataSet;
  readonly model: Model;
  private current: FitSetup;
  private readonly samples: Samples;
  private readonly slice = new Slice();
  /** Examples learned from, those of weights that early stopping gave up included. */
  private used = 0;
  /** Measures the held-out examples, if that is what the run is doing. */
  private measuring: Measurement | undefined;
  private readonly stopping: EarlyStopping;

  private constructor(setup: FitSetup, data: DataSet, model: Model, samples: Samples, keepRows?: number) {
    this.current = setup;
    this.data = data;
    this.model = model;
    this.samples = samples;
    this.stopping = new EarlyStopping(model);
    const { batchSize, perEpoch } = samples.batches;
    this.recorder = new Recorder(keepRows, Math.ceil(perEpoch / ROWS_PER_EPOCH) * batchSize);
  }

  /** Creates the model; the same setup, data and seed give the same fit. */
  static async create(
    setup: FitSetup,
    data: DataSet,
    compute: Compute,
    keepRows?: number,
  ): Promise<ModelRun> {
    checkData(setup, data);
    const { model: definition, config, augment, seed } = setup;
    const streams = rngStreams(seed);
    const samples = new Samples(data, { batching: definition.batching(config), augment, seed, streams });
    const model = await definition.create(dataSpec(data), config, streams, compute, samples.batches);
    return new ModelRun(setup, data, model, samples, keepRows);
  }

  get subject(): FitSubject {
    return { kind: 'fit', request: this.current.request };
  }

  get setup(): FitSetup {
    return this.current;
  }

  get progress(): number {
    return this.used;
  }

  /** How the training examples are used. */
  get split(): { readonly size: number; readonly perEpoch: number; readonly heldOut: number } {
    const { batches, heldOut } = this.samples;
    return { size: batches.batchSize, perEpoch: batches.perEpoch, heldOut: heldOut.count };
  }

  /** Training examples that are measured instead. */
  get heldOut(): Examples {
    return this.samples.heldOut;
  }

  /** Passes over the training examples that are complete. */
  get epoch(): number {
    return this.model.epoch;
  }

  /** The network, which insight looks into. */
  get network(): NetworkPlan {
    const { model, config } = this.current;
    const [{ input, layers }] = model.networks(dataSpec(this.data), config);
    return plannedNetwork({ input, layers }, 'network');
  }

  /** How inputs are standardised, if they are; pictures count from 0 to 1. */
  get scale(): InputScale | undefined {
    const { model, config } = this.current;
    return model.batching(config).standardise ? this.samples.scale : undefined;
  }

  /** Inputs are standardised like this from now on, as the network of a file needs them. */
  set scale(scale: InputScale) {
    this.samples.scale = scale;
  }

  progressAfter(steps: number): number {
    return steps * this.samples.batches.batchSize;
  }

  /** Whether the held-out examples are being measured, between two epochs. */
  get isMeasuring(): boolean {
    return this.measuring !== undefined;
  }

  get finished(): boolean {
    return !this.measuring && (this.stopping.stopped || this.model.finished);
  }

  advance(enough: () => boolean): MaybePromise<void> {
    return this.slice.advance(() => this.step(), enough);
  }

  /** Changes a live setting of the model. */
  tune({ key, value }: Pick<Tuning, 'key' | 'value'>): Mark {
    const { model, config } = this.current;
    const changed = withLiveValue(model.config, config, { key, value }, 'model');
    this.model.tune(changed);
    this.current = withConfig(this.current, changed);
    const mark = { step: this.used, kind: 'agent', key, value: changed[key] } as const;
    this.recorder.recordMark(mark);
    return mark;
  }

  /** Measures a part of the data at once, without affecting training. */
  async evaluate(part: Part): Promise<Scores> {
    await this.synced();
    const measuring = this.measured(part);
    for (;;) {
      const { done, value } = measuring.next();
      if (done) return value;
    }
  }

  /** The same, with a pause after each batch, in which the fit must not go on. Call `synced` first. */
  *measured(part: Part): Generator<undefined, Scores> {
    const measurement = this.measurementOf(part);
    while (!measurement.advance()) yield;
    return measurement.scores();
  }

  /** Waits until the model predicts with the weights of the last gradient step. */
  async synced(): Promise<void> {
    await this.slice.ended();
    await this.model.sync();
  }

  /** Inputs [n × shape], given as data sets have them, as the model takes them; valid until the next call. */
  scaled(inputs: Examples['inputs']): Float32Array {
    const { shape } = this.data.train;
    const count = inputs.length / inputSize({ shape });
    return this.samples.rows({ count, shape, inputs, targets: new Int32Array(count) }, 0, count);
  }

  async snapshot(): Promise<Snapshot> {
    await this.slice.ended();
    const { scale } = this;
    return {
      model: await this.savedModel(),
      batches: this.samples.batches.snapshot(),
      recorder: this.recorder.snapshot(),
      live: JSON.stringify({ config: this.current.config }),
      data: this.samples.fingerprint,
      // For whoever reads the network without the data.
      spec: JSON.stringify(dataSpec(this.data)),
      ...(scale && { scale: { ...scale } }),
      used: this.used,
      ...this.stopping.snapshot(),
      // What was measured of an epoch is measured again, with the same result.
      measuring: this.measuring ? 1 : 0,
    };
  }

  async restore(saved: Snapshot): Promise<void> {
    await this.slice.ended();
    this.checkData(saved);
    const live = asRecord(parseJson(savedText(saved, 'live'), 'checkpoint.live'), 'checkpoint.live');
    const { model } = this.current;
    const given = asRecord(live['config'], 'checkpoint.live.config');
    const config = parseConfig(model.config, { ...given }, 'model');
    this.current = withConfig(this.current, config);
    const { scale } = this;
    if (scale) {
      restoreColumns({ ...scale }, child(saved, 'scale'), 'checkpoint.scale');
      this.samples.scale = scale;
    }
    await this.model.restore(child(saved, 'model'));
    this.model.tune(config);
    this.samples.batches.restore(child(saved, 'batches'));
    this.recorder.restore(child(saved, 'recorder'));
    this.used = savedNumber(saved, 'used');
    this.stopping.restore(saved);
    this.measuring = savedNumber(saved, 'measuring') === 1 ? this.measurementOf('validation') : undefined;
  }

  dispose(): void {
    this.model.dispose();
  }

  /** A gradient step, or a batch of held-out examples if an epoch has just ended. */
  private step(): Promise<void> | undefined {
    try {
      const { measuring, model } = this;
      if (measuring) return pending(this.measure(measuring), this.fail);
      if (this.finished) return undefined;
      const before = model.epoch;
      return pending(
        whenReady(model.fit(), (metrics) => this.learned(metrics, model.epoch > before)),
        this.fail,
      );
    } catch (error) {
      return this.fail(error);
    }
  }

  private async savedModel(): Promise<Snapshot> {
    try {
      return finiteSnapshot(await this.model.snapshot(), 'model');
    } catch (error) {
      throw error instanceof DivergenceError ? this.stoppedBy(error) : error;
    }
  }

  private learned(metrics: Metrics | undefined, isEpochOver: boolean): MaybePromise<void> {
    this.used += this.samples.batches.batchSize;
    if (metrics) this.recorder.recordMetrics(metrics, this.used);
    if (!isEpochOver) return undefined;
    this.recorder.flush(this.used);
    if (this.samples.heldOut.count === 0) return undefined;
    return whenReady(this.model.sync(), () => {
      this.measuring = this.measurementOf('validation');
    });
  }

  private measure(measuring: Measurement): MaybePromise<void> {
    if (!measuring.advance()) return undefined;
    this.measuring = undefined;
    const scores = measuring.scores();
    this.recorder.recordMetrics(asMetrics(scores), this.used);
    this.recorder.flush(this.used);
    const { model, config } = this.current;
    return this.stopping.consider(scores.loss, model.batching(config).patience ?? 0);
  }

  private measurementOf(part: Part): Measurement {
    const { samples, data, model } = this;
    const examples = part === 'test' ? data.test : samples.heldOut;
    const reconstructs = this.current.model.reconstructs ?? false;
    return new Measurement(examples, scorerFor(data.task, examples, reconstructs), samples, model);
  }

  /** Whether a snapshot is of a fit to the same examples. */
  learnsFrom(saved: Snapshot): boolean {
    return savedNumber(saved, 'data') === this.samples.fingerprint;
  }

  private checkData(saved: Snapshot): void {
    if (this.learnsFrom(saved)) return;
    const expected = 'the data that the checkpoint was trained on';
    throw refusal('data', expected, 'others');
  }

  private readonly fail = (cause: unknown): never => {
    throw this.stoppedBy(cause);
  };

  private stoppedBy(cause: unknown): Error {
    const { model, data, config } = this.current;
    const subject = { name: `${model.id} on ${data.id}`, config, hasRewards: false };
    return stopped(cause, subject, { unit: 'example', step: this.used });
  }
}
