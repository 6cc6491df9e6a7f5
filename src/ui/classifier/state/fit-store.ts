/**
 * The state of one fit as the room shows it: what its forms hold, what is wrong with it, how far it is. The fit itself is in its
 * worker. Components read signals and call methods.
 */
import { computed, signal } from '@preact/signals';
import type { Problem } from '#core/errors.ts';
import type { RemoteApi, StepSize, WorkerLike } from '#worker/client.ts';
import type {
  AnalysisKind,
  ClassifierApi,
  FitCatalogue,
  FitInfo,
  FitRequest,
  FitSetup,
  Part,
  Scores,
} from '#worker/classifier/protocol.ts';
import type { BackendChoice, Outcome } from '#worker/protocol.ts';
import { EarlyChanges } from '../../state/early-changes.ts';
import { Latest } from '../../state/latest.ts';
import { MISTAKES, omit } from '../../state/permalink.ts';
import { RunWorker } from '../../state/run-worker.ts';
import type { OtherEvent } from '../../state/run-worker-deps.ts';
import { problemAt, same } from '../../state/values.ts';
import { FitForm } from './fit-form.ts';
import { FIRST_FIT, FIT_PART, withoutFields, type FitChange, type FitSection } from './fit-link.ts';

interface FitOpening {
  readonly backend?: BackendChoice;
  readonly problems?: readonly Problem[];
  /** Name in the browser's database under which the fit goes on. */
  readonly kept?: string | undefined;
}

type FitWorker = RunWorker<ClassifierApi, FitSetup, FitInfo>;

export class FitStore implements Disposable {
  readonly catalogue = signal<FitCatalogue | undefined>(undefined);
  /** What the forms show: ids and given values, raw. Anything not given is at its preset's value or default. */
  readonly draft = signal<FitRequest>(FIRST_FIT);
  readonly backend = signal<BackendChoice>('auto');
  /** Files that the user gave for the drafted data. */
  readonly files = signal<readonly File[]>([]);
  readonly problems = signal<readonly Problem[]>([]);
  /** A download in progress, in bytes. */
  readonly loading = signal<{ readonly done: number; readonly total?: number | undefined } | undefined>(
    undefined,
  );
  /** How far a long look into the fit is, from 0 to 1. */
  readonly analysing = signal<{ readonly analysis: string; readonly share: number } | undefined>(undefined);
  /** Whether a fit learns as soon as it is made. */
  readonly playing = signal(true);
  /** Whether the current fit goes on from one that was kept. */
  isBack = false;
  readonly worker: FitWorker;
  /** The current fit, with the values in force. */
  readonly info: FitWorker['info'];
  readonly phase: FitWorker['phase'];
  readonly notice: FitWorker['notice'];
  readonly progress: FitWorker['progress'];
  readonly form: FitForm;
  /** Passes over the training examples so far, with their fraction. */
  readonly epoch = computed(() => {
    const { value: info } = this.info;
    return info ? this.progress.value.done / (info.perEpoch * info.batchSize) : 0;
  });
  /** Whether the drafted data are to come from files that the user has not given yet. */
  readonly waitsForFiles = computed(
    () => this.form.data.value?.needsFiles === true && this.files.value.length === 0,
  );
  /** An epoch is being finished by hand. */
  readonly finishing = signal(false);
  /** Whether it learns at this moment. */
  readonly running = computed(
    () => !this.progress.value.finished && (this.phase.value === 'running' || this.finishing.value),
  );
  readonly ready = computed(() => this.phase.value === 'running' || this.phase.value === 'paused');
  private readonly early = new EarlyChanges<FitChange, FitRequest>();
  private readonly changes = new Latest<Pick<FitChange, 'key' | 'value'>>(
    (command) => this.worker.attempt(command),
    (change) => this.tellOne(change),
  );
  /** Number of steps by hand. */
  private steps = 0;

  constructor(spawn: () => WorkerLike) {
    this.worker = new RunWorker(spawn, {
      mayRun: () => this.playing.value,
      onMade: (setup) => this.onMade(setup),
      onRefused: (_, problems) => {
        this.early.clear();
        this.loading.value = undefined;
        this.problems.value = problems;
        return false;
      },
      onOther: (event) => this.onOther(event),
      onTurn: () => undefined,
      onDeath: () => (this.loading.value = undefined),
      restart: () => this.restart(),
    });
    this.info = this.worker.info;
    this.phase = this.worker.phase;
    this.notice = this.worker.notice;
    this.progress = this.worker.progress;
    this.form = new FitForm(this.catalogue, this.draft, this.info);
  }

  get record(): FitWorker['record'] {
    return this.worker.record;
  }

  /** Opens the room with a fit: wrong fields are reported and take their defaults. */
  async open(request: FitRequest, { backend = 'auto', problems = [], kept }: FitOpening = {}): Promise<void> {
    await this.worker.attempt(async () => {
      this.catalogue.value ??= await this.worker.ask((api) => api.catalogue());
      const found = await this.worker.call((api) => api.check(request));
      // A wrong id may hide wrong values below it.
      const repaired = withoutFields(request, found);
      const left = found.length > 0 ? await this.worker.call((api) => api.check(repaired)) : [];
      const opened = withoutFields(repaired, left);
      this.early.clear();
      this.draft.value = opened;
      this.backend.value = backend;
      if (!this.waitsForFiles.value) await this.make(opened, backend, kept);
      const all = [...problems, ...found, ...left];
      if (all.length > 0) this.worker.hint(MISTAKES, all);
    });
  }

  /** Makes a fit; if it is refused, the forms show why and the previous one continues. */
  make(request: FitRequest = this.draft.value, backend = this.backend.value, kept?: string): Promise<void> {
    // Files belong to the data that they were given for.
    const files = request.data === this.draft.value.data ? this.files.value : [];
    this.draft.value = request;
    this.files.value = files;
    return this.worker.make({ request, backend, files, ...(kept !== undefined && { kept }) });
  }

  /** Starts over with all pending changes. */
  reset(): Promise<void> {
    return this.make();
  }

  async start(): Promise<void> {
    this.playing.value = true;
    if (!this.ready.value || this.progress.value.finished) return;
    await this.worker.attempt(() => this.worker.resume());
  }

  async pause(): Promise<void> {
    this.playing.value = false;
    await this.worker.pause();
  }

  toggle(): Promise<void> {
    return this.running.value ? this.pause() : this.start();
  }

  /** One gradient step, or to the end of the epoch; pauses first. */
  async step(by: StepSize = 'step'): Promise<void> {
    this.playing.value = false;
    this.finishing.value = by === 'epoch' && this.ready.value;
    const mine = ++this.steps;
    await this.worker.step(by);
    // The next step ends this one.
    if (mine === this.steps) this.finishing.value = false;
  }

  /** Other data with their own defaults; the model stays, and a preset that they share. Data from the user's files wait for them. */
  async pickData(data: string): Promise<void> {
    const request = { ...omit(omit(this.draft.value, 'dataConfig'), 'augment'), data };
    const preset = this.form.model.value?.presets.find(({ id }) => id === request.preset);
    this.files.value = [];
    this.draft.value = preset?.data && !preset.data.includes(data) ? omit(request, 'preset') : request;
    if (!this.waitsForFiles.value) await this.make();
  }

  /** Another model with its own defaults; what is held out stays held out. */
  pickModel(model: string): Promise<void> {
    return this.make({ ...omit(this.withoutSettings(), 'preset'), model });
  }

  /** A preset replaces the settings; no name means the defaults. */
  pickPreset(preset: string | undefined): Promise<void> {
    const rest = omit(this.withoutSettings(), 'preset');
    this.early.clear();
    return this.make({ ...rest, ...(preset !== undefined && { preset }) });
  }

  private withoutSettings(): FitRequest {
    const { config, ...rest } = this.draft.value;
    const held = config?.['validation'];
    return held === undefined ? rest : { ...rest, config: { validation: held } };
  }

  /** Files for the drafted data. */
  giveFiles(files: readonly File[]): Promise<void> {
    this.files.value = files;
    return this.make();
  }

  setSeed(seed: string): void {
    this.draft.value = seed.trim() === '' ? omit(this.draft.value, 'seed') : { ...this.draft.value, seed };
    void this.check();
  }

  /** Changes a field: a live one in the running fit at once, others at the next reset. */
  edit(section: FitSection, key: string, value: unknown, live = false): void {
    const part = FIT_PART[section];
    const { [part]: values = {} } = this.draft.value;
    const kept = same(value, this.form.unchanged(section, key))
      ? omit(values, key)
      : { ...values, [key]: value };
    this.draft.value = { ...this.draft.value, [part]: kept };
    if (this.phase.value === 'starting') this.early.add({ section, key, value, live }, this.draft.value);
    if (live && section === 'model') void this.tune(key, value);
    else void this.check();
  }

  /** Changes a live setting of the running fit; of several changes in quick succession the last counts. */
  tune(key: string, value: unknown): Promise<void> {
    return this.changes.tell(key, { key, value });
  }

  /** Scores on a part of the data; undefined if there is no fit. */
  evaluate(part: Part): Promise<Scores | undefined> {
    return this.ask((api) => api.evaluate(part));
  }

  /**
   * Asks the worker about the fit. Refusals become a notice; the answer is then undefined, as it is without one if a newer request
   * or a change of the fit came in between.
   */
  async ask<T>(
    question: (api: RemoteApi<ClassifierApi>) => Promise<Outcome<T>>,
    title = 'Not possible here',
  ): Promise<T | undefined> {
    let answer: T | undefined;
    await this.worker.attempt(async () => {
      const outcome = await this.worker.call(question);
      if (outcome.ok) answer = outcome.value;
      else if (!problemAt(outcome.problems, 'superseded')) this.worker.hint(title, outcome.problems);
    });
    return answer;
  }

  /** Ends a long look into the fit; whoever asked for it gets no answer. */
  stopAnalysis(kind: AnalysisKind): Promise<void> {
    return this.worker.attempt(() => this.worker.call((api) => api.stopAnalysis(kind)));
  }

  /** Starts a new worker, which resumes from the last checkpoint. */
  restart(): Promise<void> {
    return this.worker.attempt(async () => {
      if (!(await this.worker.restart())) await this.make();
    });
  }

  [Symbol.dispose](): void {
    this.worker[Symbol.dispose]();
  }

  private async check(): Promise<void> {
    await this.worker.attempt(async () => {
      this.problems.value = await this.worker.call((api) => api.check(this.draft.value));
    });
  }

  private async tellOne({ key, value }: Pick<FitChange, 'key' | 'value'>): Promise<void> {
    await this.check();
    const { value: before } = this.info;
    if (problemAt(this.problems.value, `model.${key}`) || !before) return;
    if (before.request.model !== this.draft.value.model || same(before.request.config[key], value)) return;
    const outcome = await this.worker.call((api) => api.setLive({ key, value }));
    if (!outcome.ok) this.problems.value = outcome.problems;
    else {
      const config = { ...before.request.config, [key]: outcome.value.value };
      this.info.value = { ...before, request: { ...before.request, config } };
    }
  }

  private onMade({ request, backend, kept }: FitSetup): void {
    this.isBack = kept !== undefined;
    this.draft.value = request;
    this.backend.value = backend;
    this.problems.value = [];
    this.loading.value = undefined;
    this.early.repeat(({ section, key, value, live }, draft) => {
      const of = section === 'model' ? 'model' : 'data';
      if (draft[of] === request[of]) this.edit(section, key, value, live);
    });
  }

  private onOther(event: OtherEvent): void {
    if (event.kind === 'analysing') this.analysing.value = event;
    if (event.kind !== 'loading') return;
    const { done, total } = event;
    this.loading.value = done === total ? undefined : { done, total };
  }
}
