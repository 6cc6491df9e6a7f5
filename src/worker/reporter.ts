/** Decides when to send frames and batches to the page, and measures the speed. */
import type { Overlay } from '#core/overlay.ts';
import type { Evidence } from '#train/diagnosis/evidence.ts';
import type { Scene, TrainingRun } from '#train/runs/run.ts';
import { Outbox } from './frames.ts';
import { Looker } from './looker.ts';
import type { TrainerEvent } from './protocol.ts';

/** Milliseconds between frames at a paced speed (60 Hz) and in turbo. */
const FRAME_GAP = 15;
const TURBO_FRAME_GAP = 250;
/** Milliseconds between batches, unless the page asks for fewer. */
export const BATCH_GAP = 100;
/** Milliseconds over which steps per second are counted. */
const RATE_WINDOW = 500;

/** What there is to report. */
export interface Reported {
  /** Number of the run in this worker. */
  readonly number: number;
  readonly run: TrainingRun;
  /** The run's scene, or that of human play. */
  readonly scene: Scene | undefined;
  readonly running: boolean;
  readonly turbo: boolean;
}

export class Reporter {
  private readonly now: () => number;
  private readonly looker: Looker;
  private readonly current: () => Reported | undefined;
  /** Milliseconds between batches. */
  batchGap = BATCH_GAP;
  private outbox: Outbox | undefined;
  private lastFrame = 0;
  private lastBatch = 0;
  private frameDue = false;
  private batchDue = false;
  private rate = 0;
  private rateSince = { time: 0, progress: 0 };

  /** `current` returns undefined if there is no run or it has failed. */
  constructor(now: () => number, current: () => Reported | undefined) {
    this.now = now;
    this.looker = new Looker(now);
    this.current = current;
  }

  connect(events: MessagePort): void {
    this.outbox = new Outbox(events, () => {
      if (this.frameDue) this.sendFrame();
      if (this.batchDue) this.sendBatch();
    });
  }

  post(event: TrainerEvent): void {
    this.outbox?.post(event);
  }

  /** Dead units of the run's networks, as far as they were looked at. */
  set dead(dead: Evidence['dead']) {
    if (this.outbox) this.outbox.diagnostician.dead = dead;
  }

  /** Shows these overlays, at once where the run is at rest. */
  watch(overlays: readonly Overlay[]): void {
    this.looker.ask(overlays);
    if (!this.current()?.running) this.sendFrame();
  }

  /** For a new or restored run: the page gets its record from the beginning. */
  rewind(): void {
    this.rate = 0;
    this.outbox?.rewind();
  }

  /** For a run that starts to advance: its speed is measured from here. */
  startCounting(): void {
    this.rateSince = { time: this.now(), progress: this.current()?.run.progress ?? 0 };
  }

  /** Shows the state of a run at rest. */
  rest(): void {
    this.rate = 0;
    this.report(true);
  }

  /** Sends a frame and a batch if they are due; `atOnce`: sends this very state. */
  report(atOnce: boolean): void {
    const reported = this.current();
    if (!reported || !this.outbox) return;
    const { run, running, turbo } = reported;
    const time = this.now();
    if (running) this.countRate(time, run);
    const gap = turbo && running ? TURBO_FRAME_GAP : FRAME_GAP;
    if (atOnce || time - this.lastFrame >= gap) this.sendFrame();
    if (!atOnce && time - this.lastBatch < this.batchGap) return;
    this.sendBatch();
  }

  /** Sends a batch; later if the page has not taken the one before. */
  private sendBatch(): void {
    const reported = this.current();
    if (!reported || !this.outbox) return;
    const { number, run, running } = reported;
    this.batchDue = !this.outbox.sendBatch(number, run, { running, rate: this.rate });
    if (!this.batchDue) this.lastBatch = this.now();
  }

  /** Sends a frame; later if the page still has both buffers. */
  sendFrame(): void {
    const reported = this.current();
    if (!reported?.scene || !this.outbox) return;
    const { number, run, scene, running } = reported;
    this.frameDue = !this.outbox.sendFrame({ number, run, scene }, this.looker, !running);
    if (!this.frameDue) this.lastFrame = this.now();
  }

  close(): void {
    this.outbox?.close();
  }

  private countRate(time: number, { progress }: TrainingRun): void {
    const passed = time - this.rateSince.time;
    if (passed < RATE_WINDOW) return;
    this.rate = ((progress - this.rateSince.progress) / passed) * 1000;
    this.rateSince = { time, progress };
  }
}
