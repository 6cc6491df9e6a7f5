/** Saves a run while it trains: early once, then as often as asked, as far as that leaves time to train and the disk obeys. */
import { InputError } from '#core/errors.ts';
import type { TrainingRun } from '#train/runs/run.ts';
import { DiskError } from './files.ts';
import type { RunFolder } from './run-folder.ts';

/** Milliseconds until the first save, whatever was asked: it is over within ten seconds of the start. */
const FIRST = 5000;
/** Milliseconds until a save that failed is tried again, at most. */
const AGAIN = 60_000;
/** A large replay buffer takes seconds to write: at most a twentieth of the time is spent on it. */
const TIMES_AS_LONG = 20;

/** When to save. */
export class SaveSchedule {
  private readonly every: number;
  private next: number;

  /** `every`: milliseconds between two saves; `now`: the start, in milliseconds as all times here. */
  constructor(every: number, now: number) {
    this.every = every;
    this.next = now + Math.min(every, FIRST);
  }

  isDue(now: number): boolean {
    return now >= this.next;
  }

  /** Plans the next save after one that took from `started` to `now`. */
  tried(started: number, now: number, succeeded: boolean): void {
    const wait = succeeded ? this.every : Math.min(this.every, AGAIN);
    this.next = now + Math.max(wait, TIMES_AS_LONG * (now - started));
  }
}

/** A disk that fails costs no training: it is told of once, and what is not saved now may be later. */
export class Saving {
  private readonly folder: RunFolder;
  private readonly run: TrainingRun;
  private readonly steps: number | undefined;
  private readonly schedule: SaveSchedule;
  private hasFailed = false;

  /** `steps`: the training steps asked for, if any were; `every`: milliseconds between two saves. */
  constructor(folder: RunFolder, run: TrainingRun, steps: number | undefined, every: number) {
    this.folder = folder;
    this.run = run;
    this.steps = steps;
    this.schedule = new SaveSchedule(every, performance.now());
  }

  /** After a slice: writes what is new to the record, and a checkpoint if it is time for one. */
  async keepUp(): Promise<void> {
    const { folder, run, schedule } = this;
    await this.survives(() => folder.appendMetrics(run.recorder));
    const started = performance.now();
    if (!schedule.isDue(started)) return;
    const saved = await this.survives(async () => folder.save(run, this.steps));
    schedule.tried(started, performance.now(), saved);
    if (!saved || !this.hasFailed) return;
    process.stderr.write(`saved again at ${run.progress} ${run.unit}\n`);
    this.hasFailed = false;
  }

  /** Whether something could be written; any other error is thrown. */
  private async survives(write: () => void | Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      // An `InputError`: another process has the folder.
      if (!(error instanceof DiskError || error instanceof InputError)) throw error;
      if (!this.hasFailed)
        process.stderr.write(`${error.message}; training goes on, and saving is tried again\n`);
      this.hasFailed = true;
      return false;
    }
  }
}
