/**
 * One worker and the run in it: makes the run, starts and stops it, and keeps what it sends. All commands of a run pass
 * through here, so that nothing on the page waits for an answer that may never come.
 */
import { signal } from '@preact/signals';
import { messageOf, problemLine, type Problem } from '#core/errors.ts';
import type { Finding } from '#core/finding.ts';
import type { Place } from '#storage/saves.ts';
import {
  RunClient,
  WorkerDied,
  type RemoteApi,
  type RunApi,
  type StepSize,
  type WorkerLike,
} from '#worker/client.ts';
import type { BatchEvent, Outcome, SavedFrom, TrainerEvent } from '#worker/protocol.ts';
import { failure, hint, note, SILENCE, type Notice } from './notice.ts';
import { Record } from './record.ts';

/** `starting`: a run is being made. `failed`: it ended with an error or the worker is gone. */
export type Phase = 'starting' | 'running' | 'paused' | 'failed';

interface Progress {
  /** In the run's unit. */
  readonly done: number;
  /** Whether training is complete. */
  readonly finished: boolean;
  readonly episodes: number;
  /** Of that, per second. */
  readonly rate: number;
}

const NOTHING: Progress = { done: 0, finished: false, episodes: 0, rate: 0 };

/** What only some runs send. */
export type OtherEvent = Exclude<TrainerEvent, { readonly kind: 'batch' | 'failed' }>;

export interface RunWorkerDeps<Setup, Info> {
  /** Whether runs should advance: the page is not paused and there is no human play. */
  readonly mayRun: () => boolean;
  /** A run has been created and replaces the previous one, whose record is kept by whoever holds it. */
  readonly onMade: (setup: Setup, info: Info) => void;
  /** A run was refused; returns whether the refusal has been shown already. */
  readonly onRefused: (setup: Setup, problems: readonly Problem[]) => boolean;
  readonly onOther: (event: OtherEvent) => void;
  /** What was shown of the previous run is out of date. */
  readonly onTurn: () => void;
  readonly onDeath: () => void;
}

export class RunWorker<
  Api extends RunApi<Setup, Info>,
  Setup extends Pick<SavedFrom, 'kept'>,
  Info extends { readonly run: number },
> implements Disposable {
  /** The current run, with the values in force. */
  readonly info = signal<Info | undefined>(undefined);
  readonly phase = signal<Phase>('starting');
  readonly notice = signal<Notice | undefined>(undefined);
  readonly progress = signal<Progress>(NOTHING);
  /** What is unusual about the run, problems first. */
  readonly findings = signal<readonly Finding[]>([]);
  private readonly recorded = signal(new Record());
  private readonly client: RunClient<Api, Setup, Info>;
  private readonly deps: RunWorkerDeps<Setup, Info>;
  private making: Promise<void> | undefined;
  private next: Setup | undefined;
  /** The newest run of which the worker has sent anything; its numbers start over with every worker. */
  private run = 0;
  /** Whether the next run that reports is the same one, restored in a new worker. */
  private resumes = false;

  constructor(spawn: () => WorkerLike, deps: RunWorkerDeps<Setup, Info>) {
    this.deps = deps;
    this.client = new RunClient<Api, Setup, Info>(spawn, {
      onEvent: (event) => this.onEvent(event),
      onDeath: (message) => {
        this.run = 0;
        deps.onDeath();
        this.fail('The training worker has crashed', [message]);
      },
      onSilence: (silent) => {
        if (silent) this.notice.value = SILENCE;
        else if (this.notice.value === SILENCE) this.notice.value = undefined;
      },
    });
  }

  /** Of the current run: each has its own, a restored one keeps it. */
  get record(): Record {
    return this.recorded.value;
  }

  /** Whether it takes commands. */
  get ready(): boolean {
    return this.phase.value === 'running' || this.phase.value === 'paused';
  }

  call<R>(command: (api: RemoteApi<Api>) => Promise<R>): Promise<R> {
    return this.client.call(command);
  }

  /** The same for a command that needs no run: a crashed worker is replaced. */
  ask<R>(command: (api: RemoteApi<Api>) => Promise<R>): Promise<R> {
    return this.client.ask(command);
  }

  /** Keeps the run in the browser's database; a restart goes on from there. */
  keep(place: Place): Promise<Outcome<number>> {
    return this.client.keep(place);
  }

  /**
   * Creates a run; the previous one stays if it is refused. Of several requests in a row only the last counts, and all of them
   * wait for it.
   */
  make(wanted: Setup): Promise<void> {
    this.next = wanted;
    this.making ??= this.makeNext();
    return this.making;
  }

  private async makeNext(): Promise<void> {
    const failed = this.phase.value === 'failed';
    this.phase.value = 'starting';
    await this.attempt(async () => {
      while (this.next) {
        const setup = this.next;
        this.next = undefined;
        const outcome = await this.client.create(setup);
        if (!this.next) await this.settle(setup, outcome, failed);
      }
    });
    this.making = undefined;
    // One that came too late for the loop, or whose worker died while it made the one before.
    if (this.next) await this.make(this.next);
  }

  /** Continues, unless the page is paused. */
  async resume(): Promise<void> {
    const running = this.deps.mayRun();
    this.phase.value = running ? 'running' : 'paused';
    if (running) await this.client.start();
  }

  async pause(): Promise<void> {
    if (!this.ready) return;
    this.phase.value = 'paused';
    await this.attempt(() => this.client.pause());
  }

  async step(by?: StepSize): Promise<void> {
    if (!this.ready) return;
    this.phase.value = 'paused';
    await this.attempt(() => this.client.step(by));
  }

  /** Starts a new worker, which resumes from the last checkpoint; false if there was no run yet. */
  async restart(): Promise<boolean> {
    this.notice.value = undefined;
    this.phase.value = 'starting';
    this.run = 0;
    this.resumes = true;
    const outcome = await this.client.restart();
    this.resumes &&= outcome?.ok === true;
    if (!outcome) return false;
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

  /** What the page has decided, for reading: nothing is wrong. */
  note(title: string, problems: readonly Problem[]): void {
    this.notice.value = note(title, problems);
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
    this.client[Symbol.dispose]();
  }

  private async settle(setup: Setup, outcome: Outcome<Info>, failed: boolean): Promise<void> {
    if (outcome.ok) {
      // It was about the previous run.
      this.notice.value = undefined;
      // Its first events may still be on their way.
      if (outcome.value.run > this.run) this.turnTo(outcome.value.run);
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

  private onEvent(event: TrainerEvent): void {
    if (event.run > this.run) this.turnTo(event.run);
    switch (event.kind) {
      case 'batch':
        if (event.run === this.run) this.onBatch(event);
        break;
      case 'failed':
        if (event.findings) this.findings.value = event.findings;
        this.fail('The run stopped with an error', [event.message]);
        break;
      case 'frame':
      case 'played':
      case 'loading':
      case 'analysing':
        this.deps.onOther(event);
        break;
    }
  }

  /** Begins with nothing; the record of the previous run is left as it is. */
  private turnTo(run: number): void {
    this.run = run;
    if (this.resumes) this.record.clear();
    else this.recorded.value = new Record();
    this.resumes = false;
    this.progress.value = NOTHING;
    this.findings.value = [];
    this.deps.onTurn();
  }

  private onBatch(event: BatchEvent): void {
    this.record.take(event);
    if (event.findings) this.findings.value = event.findings;
    const { progress: done, finished, rate } = event;
    this.progress.value = { done, finished, rate, episodes: this.record.returns.points };
  }

  private fail(title: string, lines: readonly string[]): void {
    this.phase.value = 'failed';
    this.notice.value = failure(title, lines);
  }
}
