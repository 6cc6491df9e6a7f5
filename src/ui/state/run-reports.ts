/** What has been heard of one run after another from its worker: how far it is, its record, what is unusual about it. */
import { signal } from '@preact/signals';
import type { Finding } from '#core/finding.ts';
import type { BatchEvent } from '#worker/protocol.ts';
import { Record, type KeptTime } from './record.ts';

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

export class RunReports {
  readonly progress = signal<Progress>(NOTHING);
  /** What is unusual about the run, problems first. */
  readonly findings = signal<readonly Finding[]>([]);
  private readonly recorded = signal(new Record());
  /** The newest run of which the worker has sent anything; its numbers start over with every worker. */
  private run = 0;
  /** Whether the next run that reports is the same one, restored in a new worker. */
  private resumes = false;
  /** What the page alone knows of the run at its last checkpoint. */
  private keptTime: KeptTime | undefined;

  /** Of the current run: each has its own, a restored one keeps it. */
  get record(): Record {
    return this.recorded.value;
  }

  /** A new worker counts its runs anew. */
  startOver(): void {
    this.run = 0;
  }

  /** The next run that reports is the current one; false: it is another after all. */
  resume(resumes = true): void {
    this.resumes = resumes;
  }

  /** A checkpoint is being taken. */
  keepTime(): void {
    this.keptTime = structuredClone(this.record.keptTime());
  }

  /** Whether a run is older than the newest. */
  isPast(run: number): boolean {
    return run < this.run;
  }

  /** Whether a run is newer: it then begins with nothing, and the record of the previous one is left as it is. */
  turnsTo(run: number): boolean {
    if (run <= this.run) return false;
    this.run = run;
    if (!this.resumes) this.recorded.value = new Record();
    else {
      this.record.clear();
      if (this.keptTime) this.record.takeTimeBack(this.keptTime);
    }
    this.resumes = false;
    this.keptTime = undefined;
    this.progress.value = NOTHING;
    this.findings.value = [];
    return true;
  }

  take(event: BatchEvent): void {
    this.record.take(event);
    if (event.findings) this.findings.value = event.findings;
    const { progress: done, finished, rate } = event;
    this.progress.value = { done, finished, rate, episodes: this.record.returns.points };
  }
}
