/**
 * A fit in its worker: makes it, drives it in slices, reports and saves. It uses neither `self` nor the DOM, so that tests run
 * the same code in Node over a MessageChannel.
 */
import { transfer } from 'comlink';
import type { Place } from '#storage/saves.ts';
import { keepFile } from '../keeping.ts';
import { checkpointOf, fileOf, given, savedFit } from '../run-file.ts';
import { messageOf, type Problem } from '#core/errors.ts';
import { buffersOf, type Snapshot } from '#core/snapshot.ts';
import type { DataSource } from '#core/data-set.ts';
import { fitCatalogue, type FitCatalogue } from '#train/catalogue/fit-catalogue.ts';
import type { Mark } from '#train/record/recorder.ts';
import { resolveFit, type FitRequest } from '#train/request/resolve-fit.ts';
import type { ModelRun } from '#train/runs/model.ts';
import { Driver, type DriverDeps } from '../driver.ts';
import { exclusively, type Exclusive } from '../exclusive.ts';
import { outcomeLater, problemsOf } from '../outcome.ts';
import type { KeptRunFile, Outcome, RunFile, Vital } from '../protocol.ts';
import { Pulse } from '../pulse.ts';
import { BATCH_GAP, Reporter, type Reported } from '../reporter.ts';
import type { CreateCompute } from '../backend-in-use.ts';
import { Analyses } from './analyses.ts';
import { finishEpoch } from './epoch.ts';
import { FitHolder } from './fit-holder.ts';
import type { FitInfo, FitSetup } from './protocol.ts';

/** What a session needs from its host. */
export interface ClassifierDeps extends Pick<DriverDeps, 'now' | 'yield' | 'sleep'> {
  readonly createCompute: CreateCompute;
  /** `onProgress` hears of bytes downloaded, and in all if that is known. */
  readonly shipped: (onProgress: (done: number, total?: number) => void) => DataSource['shipped'];
}

export class FitSession {
  protected readonly holder: FitHolder;
  private readonly driver: Driver;
  private readonly reporter: Reporter;
  private readonly now: () => number;
  private readonly giveWay: () => Promise<void>;
  /** One command at a time, and none within a slice. */
  private readonly exclusive: Exclusive;
  private readonly pulse: Pulse;
  protected readonly analyses: Analyses;
  private number = 0;
  private failed = false;
  /** Number of starts, pauses and steps: an epoch that is being finished ends with the next one. */
  private turn = 0;

  constructor({ createCompute, shipped, now, yield: giveWay, sleep }: ClassifierDeps) {
    this.now = now;
    this.giveWay = giveWay;
    const pulse = new Pulse(now, (vital) => this.reporter.post({ kind: 'pulse', vital }));
    this.pulse = pulse;
    const inTurn = exclusively();
    this.exclusive = (task) => inTurn(() => pulse.during(task, 'command'));
    this.analyses = new Analyses({
      exclusive: this.exclusive,
      giveWay,
      now,
      tell: (analysis, share) => this.reporter.post({ kind: 'analysing', run: this.number, analysis, share }),
    });
    this.reporter = new Reporter(now, () => this.reported());
    this.holder = new FitHolder(
      async (...choice) => pulse.watch(await createCompute(...choice)),
      shipped((done, total) => this.reporter.post({ kind: 'loading', run: this.number, done, total })),
    );
    this.driver = new Driver({
      run: () => this.holder.run,
      now,
      sleep,
      yield: giveWay,
      exclusive: inTurn,
      first: (slice) => pulse.during(slice),
      report: () => {
        pulse.beat();
        this.report();
      },
      fail: (error) => this.fail(error),
    });
    pulse.isWorking = () => this.driver.running;
    this.driver.speed = 'turbo';
  }

  connect(events: MessagePort): void {
    this.reporter.connect(events);
  }

  catalogue(): FitCatalogue {
    return fitCatalogue();
  }

  check(request: FitRequest): readonly Problem[] {
    return problemsOf(() => resolveFit(request));
  }

  create(setup: FitSetup): Promise<Outcome<FitInfo>> {
    this.analyses.giveUp();
    return this.exclusive(() => this.pulse.during(() => outcomeLater(() => this.make(setup))));
  }

  start(): void {
    this.turn++;
    if (this.driver.running || this.failed || !this.holder.run || this.holder.run.finished) return;
    this.reporter.startCounting();
    this.driver.start();
  }

  reportEvery(milliseconds: number = BATCH_GAP): void {
    this.reporter.batchGap = milliseconds;
  }

  async pause(): Promise<void> {
    this.turn++;
    this.driver.stop();
    await this.exclusive(() => this.reporter.rest());
  }

  async step(by: 'step' | 'epoch' = 'step'): Promise<void> {
    this.driver.stop();
    this.analyses.giveUp();
    const turn = ++this.turn;
    const { run } = this.holder;
    if (by === 'epoch' && run && !this.failed)
      await finishEpoch(run, {
        isEnded: () => turn !== this.turn || run !== this.holder.run || this.failed,
        now: this.now,
        step: () => this.driver.step(),
        report: () => this.reporter.report(false),
        exclusive: this.exclusive,
        giveWay: this.giveWay,
      });
    else await this.exclusive(() => this.driver.step());
    await this.exclusive(() => this.reporter.rest());
  }

  setLive(change: { readonly key: string; readonly value: unknown }): Promise<Outcome<Mark>> {
    return this.withRun((run) => {
      const mark = run.tune(change);
      this.reporter.report(true);
      return mark;
    });
  }

  async snapshot(): Promise<Snapshot | undefined> {
    return this.exclusive(async () => {
      if (!this.holder.run || this.failed) return undefined;
      const saved = await this.holder.run.snapshot();
      return transfer(saved, buffersOf(saved));
    });
  }

  async save(): Promise<Outcome<RunFile>> {
    const saved = await this.withRun(async (run) => {
      if (this.failed) throw new Error('save: expected a fit, got one that has ended with an error');
      return checkpointOf(run, await run.snapshot());
    });
    return fileOf(saved);
  }

  async keep(place: Place): Promise<Outcome<KeptRunFile>> {
    const saved = await this.save();
    return saved.ok ? given(await keepFile(place, saved.value)) : saved;
  }

  restore(saved: Snapshot): Promise<Outcome<FitInfo>> {
    this.analyses.giveUp();
    return this.withRun(async (run) => {
      await run.restore(saved);
      this.reporter.rewind();
      return this.settled(run);
    });
  }

  ping(): Vital {
    return this.pulse.vital();
  }

  async dispose(): Promise<void> {
    this.driver.stop();
    this.analyses.giveUp();
    await this.exclusive(() => {
      this.holder.dispose();
      this.reporter.close();
    });
  }

  /** Ends the fit with a message, including for unhandled errors. */
  fail(error: unknown): void {
    this.driver.stop();
    this.failed = true;
    const executor = this.holder.backend.atFault(error);
    this.reporter.post({
      kind: 'failed',
      run: this.number,
      message: messageOf(error),
      ...(executor && { executor }),
    });
  }

  private async make(setup: FitSetup): Promise<FitInfo> {
    const saved = await savedFit(setup);
    const run = await this.holder.replace(setup, saved?.state);
    this.driver.stop();
    this.failed = false;
    this.number++;
    this.reporter.rewind();
    return this.settled(run);
  }

  /** Runs a command on the current fit; errors become its answer. */
  protected withRun<T>(task: (run: ModelRun) => T | Promise<T>): Promise<Outcome<T>> {
    return this.exclusive(() => outcomeLater(() => task(this.fit())));
  }

  protected fit(): ModelRun {
    const { run } = this.holder;
    if (!run) throw new Error('expected a fit, got none');
    return run;
  }

  /** Reports after a slice; a fit that is complete stops. */
  private report(): void {
    if (this.holder.run?.finished && this.driver.running) {
      this.driver.stop();
      this.reporter.rest();
    } else this.reporter.report(false);
  }

  private settled(run: ModelRun): FitInfo {
    this.reporter.rest();
    return this.holder.describe(this.number, run);
  }

  private reported(): Reported | undefined {
    const { run } = this.holder;
    if (!run || this.failed) return undefined;
    return { number: this.number, run, scene: undefined, running: this.driver.running, turbo: true };
  }
}
