/** Decides when the page hears of a run: pictures at 60 Hz or at a glance, numbers in batches, and how fast it goes. */
import type { Run, Scene } from '#train/runs/run.ts';
import { Outbox } from './frames.ts';
import type { TrainerEvent } from './protocol.ts';

/** Milliseconds between frames at a paced speed (60 Hz) and in turbo, where a glance now and then is enough. */
const FRAME_GAP = 15;
const TURBO_FRAME_GAP = 250;
/** Milliseconds between batches of numbers, and over which steps per second are counted. */
const BATCH_GAP = 100;
const RATE_WINDOW = 500;

/** What there is to report. */
export interface Reported {
  /** Of the run among those of this worker. */
  readonly number: number;
  readonly run: Run;
  /** The run's own scene, or the world that a person plays. */
  readonly scene: Scene | undefined;
  readonly running: boolean;
  readonly turbo: boolean;
}

export class Reporter {
  private readonly now: () => number;
  private readonly current: () => Reported | undefined;
  private outbox: Outbox | undefined;
  private lastFrame = 0;
  private lastBatch = 0;
  private frameDue = false;
  private batchDue = false;
  private rate = 0;
  private rateSince = { time: 0, progress: 0 };

  /** `current` gives nothing where there is no run, or where it has failed. */
  constructor(now: () => number, current: () => Reported | undefined) {
    this.now = now;
    this.current = current;
  }

  connect(events: MessagePort): void {
    this.outbox = new Outbox(events, () => {
      if (this.frameDue) this.sendFrame();
      if (this.batchDue) this.report(true);
    });
  }

  post(event: TrainerEvent): void {
    this.outbox?.post(event);
  }

  /** Another run, or the same at another point: the page gets the record from its beginning. */
  rewind(): void {
    this.rate = 0;
    this.outbox?.rewind();
  }

  /** The run begins to move: its speed is counted from here. */
  startCounting(): void {
    this.rateSince = { time: this.now(), progress: this.current()?.run.progress ?? 0 };
  }

  /** Shows the state at which the run rests. */
  rest(): void {
    this.rate = 0;
    this.report(true);
  }

  /** Sends a frame and a batch if it is time for them; `atOnce`: the page shall see this very state. */
  report(atOnce: boolean): void {
    const reported = this.current();
    if (!reported || !this.outbox) return;
    const { number, run, running, turbo } = reported;
    const time = this.now();
    if (running) this.countRate(time, run);
    const gap = turbo && running ? TURBO_FRAME_GAP : FRAME_GAP;
    if (atOnce || time - this.lastFrame >= gap) this.sendFrame();
    if (!atOnce && time - this.lastBatch < BATCH_GAP) return;
    this.batchDue = !this.outbox.sendBatch(number, run, { running, rate: this.rate });
    if (!this.batchDue) this.lastBatch = time;
  }

  /** Sends what there is to see; later if the page has no room for it now. */
  sendFrame(): void {
    const reported = this.current();
    if (!reported?.scene || !this.outbox) return;
    this.frameDue = !this.outbox.sendFrame(reported.number, reported.scene);
    if (!this.frameDue) this.lastFrame = this.now();
  }

  close(): void {
    this.outbox?.close();
  }

  private countRate(time: number, { progress }: Run): void {
    const passed = time - this.rateSince.time;
    if (passed < RATE_WINDOW) return;
    this.rate = ((progress - this.rateSince.progress) / passed) * 1000;
    this.rateSince = { time, progress };
  }
}
