/**
 * One worker and the run in it: makes the run, starts and stops it, and keeps what it sends. All commands of a run pass
 * through here, so that nothing on the page waits for an answer that may never come.
 */
import { signal } from '@preact/signals';
import { messageOf, problemLine, type Problem } from '#core/errors.ts';
import type { Place } from '#storage/saves.ts';
import {
  RunClient,
  WorkerDied,
  type AnySetup,
  type RemoteApi,
  type RunApi,
  type StepSize,
  type WorkerLike,
} from '#worker/client.ts';
import type { BackendInfo, FailedEvent, KeptRunFile, Outcome, RunEvent, RunFile } from '#worker/protocol.ts';
import { failure, hint, SILENCE, type Notice } from './notice.ts';
import { faultOf, givenUp, goneOn, Recovery, replaced, STOPPED, type Fault } from './recovery.ts';
import type { Record } from './record.ts';
import { RunReports } from './run-reports.ts';
import type { RunWorkerDeps } from './run-worker-deps.ts';

/** `starting`: a run is being made. `failed`: it ended with an error or the worker is gone. */
export type Phase = 'starting' | 'running' | 'paused' | 'failed';

export class RunWorker<
  Api extends RunApi<Setup, Info>,
  Setup extends AnySetup,
  Info extends { readonly run: number; readonly backend: BackendInfo },
> implements Disposable {
  /** The current run, with the values in force. */
  readonly info = signal<Info | undefined>(undefined);
  readonly phase = signal<Phase>('starting');
  /** Pauses that have no answer yet: the worker hears of one after its step, which may be long. */
  readonly pausing = signal(0);
  readonly notice = signal<Notice | undefined>(undefined);
  private readonly reports = new RunReports();
  readonly progress = this.reports.progress;
  readonly findings = this.reports.findings;
  private readonly client: RunClient<Api, Setup, Info>;
  private readonly deps: RunWorkerDeps<Setup, Info>;
  private making: Promise<void> | undefined;
  private next: Setup | undefined;
  private readonly recovery = new Recovery();
  private recovering: Promise<void> | undefined;
  /** The run that was asked for last. */
  private wanted: Setup | undefined;
  /** Questions that have no answer yet and need no run. */
  private asked = 0;
  private closed = false;

  constructor(spawn: () => WorkerLike, deps: RunWorkerDeps<Setup, Info>) {
    this.deps = deps;
    this.client = new RunClient<Api, Setup, Info>(spawn, {
      onEvent: (event) => this.onEvent(event),
      onDeath: (why) => {
        this.reports.startOver();
        this.onFault({ what: 'The training worker has crashed', why });
      },
      onCheckpoint: () => this.reports.keepTime(),
      onSilence: (silent) => {
        if (silent) this.notice.value = SILENCE;
        else if (this.notice.value === SILENCE) this.notice.value = undefined;
      },
    });
  }

  /** Of the current run: each has its own, a restored one keeps it. */
  get record(): Record {
    return this.reports.record;
  }

  /** Whether it takes commands. */
  get ready(): boolean {
    return this.phase.value === 'running' || this.phase.value === 'paused';
  }

  call<R>(command: (api: RemoteApi<Api>) => Promise<R>): Promise<R> {
    return this.client.call(command);
  }

  /** The same without a run: a worker that crashes is replaced. */
  async ask<R>(command: (api: RemoteApi<Api>) => Promise<R>): Promise<R> {
    for (;;) {
      this.asked++;
      try {
        return await this.client.ask(command);
      } catch (error) {
        if (!(error instanceof WorkerDied) || this.closed || this.phase.value === 'failed') throw error;
        await (this.recovering ?? this.recovery.rest());
      } finally {
        this.asked--;
      }
    }
  }

  /** The last checkpoint of the run, as a file; undefined before the first. */
  get checkpoint(): RunFile | undefined {
    return this.client.checkpoint;
  }

  keep(place: Place): Promise<Outcome<KeptRunFile>> {
    return this.client.keep(place);
  }

  /**
   * Creates a run; the previous one stays if it is refused. Of several requests in a row only the last counts, and all of them
   * wait for it.
   */
  make(wanted: Setup): Promise<void> {
    if (!this.recovering) this.recovery.forget();
    if (wanted.backend !== this.wanted?.backend) this.recovery.avoid = [];
    this.next = wanted;
    this.making ??= this.makeNext();
    return this.making;
  }

  private async makeNext(): Promise<void> {
    let failed = this.phase.value === 'failed';
    this.phase.value = 'starting';
    await this.attempt(async () => {
      while (this.next) {
        const setup = this.next;
        this.next = undefined;
        this.wanted = setup;
        const outcome = await this.create(setup);
        if (!outcome) {
          // The run before went with the worker.
          failed = true;
          this.next ??= setup;
          await this.recovery.rest();
          if (this.closed) return;
        } else if (!this.next) await this.settle(setup, outcome, failed);
      }
    });
    this.making = undefined;
    // One that came too late for the loop.
    if (this.next) await this.make(this.next);
    else if (this.recovery.fault) this.recover();
  }

  /** Undefined if the worker died meanwhile and may be replaced. */
  private async create(setup: Setup): Promise<Outcome<Info> | undefined> {
    try {
      const { avoid } = this.recovery;
      return await this.client.create(avoid.length > 0 ? { ...setup, avoid } : setup);
    } catch (error) {
      if (error instanceof WorkerDied && this.recovery.fault && !this.closed) return undefined;
      throw error;
    }
  }

  /** Continues, unless the page is paused. */
  async resume(): Promise<void> {
    const running = this.deps.mayRun();
    this.phase.value = running ? 'running' : 'paused';
    if (running) await this.client.start();
  }

  pause(): Promise<void> {
    return this.rest(() => this.client.pause());
  }

  step(by?: StepSize): Promise<void> {
    return this.rest(() => this.client.step(by));
  }

  /** Starts a new worker, which resumes from the last checkpoint; false if no run has been asked for yet. */
  async restart(): Promise<boolean> {
    if (!this.recovering) this.recovery.forget();
    this.notice.value = undefined;
    this.phase.value = 'starting';
    this.reports.startOver();
    this.reports.resume();
    const outcome = await this.client.restart(this.recovery.avoid);
    if (!outcome?.ok) this.reports.resume(false);
    if (!outcome) {
      if (this.wanted) await this.make(this.wanted);
      return this.wanted !== undefined;
    }
    if (!outcome.ok) this.fail('The run could not be restarted', outcome.problems.map(problemLine));
    else {
      this.info.value = outcome.value;
      await this.resume();
    }
    return true;
  }

  /** Returns a frame's buffer, so that the worker can send another frame. */
  giveBack(buffer: ArrayBuffer): void {
    this.client.giveBack(buffer);
  }

  hint(title: string, problems: readonly Problem[]): void {
    this.notice.value = hint(title, problems);
  }

  /** Runs a command of the page; never rejects. A crashed worker has been reported already, anything else is now. */
  async attempt(command: () => Promise<unknown>): Promise<void> {
    try {
      await command();
    } catch (error) {
      if (error instanceof WorkerDied) return;
      this.fail('Something went wrong on this page', [messageOf(error)]);
    }
  }

  [Symbol.dispose](): void {
    this.closed = true;
    this.client[Symbol.dispose]();
  }

  private async settle(setup: Setup, outcome: Outcome<Info>, failed: boolean): Promise<void> {
    if (outcome.ok) {
      const { backend } = outcome.value;
      // What stood there was about the previous run.
      const fault = this.recovery.take();
      this.notice.value = fault ? goneOn(fault, 'start', backend.label) : replaced(backend);
      // Its first events may still be on their way.
      if (this.reports.turnsTo(outcome.value.run)) this.deps.onTurn();
      this.deps.onMade(setup, outcome.value);
      this.info.value = outcome.value;
      return this.resume();
    }
    const said = this.deps.onRefused(setup, outcome.problems);
    // After a crash no run continues either, and the message has to keep its way back to the last checkpoint.
    if (!this.info.value || (failed && !said))
      return this.fail('The run could not start', outcome.problems.map(problemLine));
    this.phase.value = failed ? 'failed' : this.deps.mayRun() ? 'running' : 'paused';
    if (!said) this.hint('Not changed; the previous run continues', outcome.problems);
  }

  private onEvent(event: RunEvent): void {
    if (this.reports.turnsTo(event.run)) this.deps.onTurn();
    switch (event.kind) {
      case 'batch':
        if (!this.reports.isPast(event.run)) this.reports.take(event);
        break;
      case 'failed':
        if (!this.reports.isPast(event.run)) this.onFailed(event);
        break;
      case 'frame':
      case 'played':
      case 'loading':
      case 'analysing':
        this.deps.onOther(event);
        break;
    }
  }

  private onFailed(event: FailedEvent): void {
    const fault = faultOf(event);
    if (event.findings) this.findings.value = event.findings;
    if (fault) this.onFault(fault);
    else this.fail(STOPPED, [event.message]);
  }

  /** Goes on from a fault, unless it has come too often; whoever makes a run or asks without one does that, too. */
  private onFault(fault: Fault): void {
    this.deps.onDeath();
    const goesOn = this.recovery.allows(fault, this.progress.value.done);
    this.phase.value = goesOn ? 'starting' : 'failed';
    if (!goesOn) this.notice.value = givenUp(fault);
    else if (!this.making && (this.asked === 0 || this.info.value)) this.recover();
  }

  private recover(): void {
    this.recovering ??= this.goOn().finally(() => (this.recovering = undefined));
  }

  private async goOn(): Promise<void> {
    while (this.recovery.fault) {
      await this.recovery.rest();
      if (this.closed) return;
      // Somebody has asked for another run meanwhile.
      if (this.making) return this.making;
      const fault = this.recovery.take();
      if (!fault || this.phase.value !== 'starting') return;
      const from = this.checkpoint ? 'checkpoint' : 'start';
      await this.deps.restart();
      const { value: info } = this.info;
      if (this.ready && info) this.notice.value = goneOn(fault, from, info.backend.label);
    }
  }

  private async rest(command: () => Promise<void>): Promise<void> {
    if (!this.ready) return;
    const ofRunning = Number(this.phase.value === 'running');
    this.phase.value = 'paused';
    this.pausing.value += ofRunning;
    await this.attempt(command);
    this.pausing.value -= ofRunning;
  }

  private fail(title: string, lines: readonly string[]): void {
    this.phase.value = 'failed';
    this.notice.value = failure(title, lines);
  }
}
