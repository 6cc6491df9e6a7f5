/** The page's record of a run: its curves, filled from the worker's batches, and the marks on them. */
import { signal } from '@preact/signals';
import type { BatchEvent, Mark } from '#worker/protocol.ts';
import { Curve, type KeptCurve } from './curve.ts';

/** Rows of a metric over which its line is smoothed; a row is itself a mean over many updates. */
const METRIC_WINDOW = 10;
/** Episodes over which returns and lengths are averaged, as in the field's papers. */
export const MEAN_OVER = 100;

/** Progress per second, measured by the worker. */
export const SPEED = 'speed/steps-per-second';
export const LENGTH = 'episode/length';

/** Seconds of learning so far, and their curve. */
export interface KeptTime {
  readonly seconds: number;
  readonly clock: KeptCurve;
}

/** All of a record. */
export interface KeptRecord extends KeptTime {
  readonly progress: number;
  readonly returns: KeptCurve;
  readonly others: readonly (readonly [name: string, curve: KeptCurve])[];
  readonly marks: readonly Mark[];
}

export class Record {
  readonly returns = new Curve(MEAN_OVER);
  /** Seconds of learning, without pauses, over progress. */
  readonly clock = new Curve(1);
  readonly marks = signal<readonly Mark[]>([]);
  /** Names of the curves beside the returns, in the order of their appearance. */
  readonly names = signal<readonly string[]>([]);
  /** Number of changes: the charts listen to it. */
  readonly version = signal(0);
  /** Progress of the run at the last batch, in its unit. */
  progress = 0;
  private readonly others = new Map<string, Curve>();
  private readonly now: () => number;
  /** Seconds of learning so far, and when the last batch of a running run came. */
  private seconds = 0;
  private since: number | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  curve(name: string): Curve | undefined {
    return this.others.get(name);
  }

  /** Takes a batch; one that starts from the beginning replaces what is here. */
  take({ progress, running, rate, episodes, metrics, marks }: BatchEvent): void {
    if (episodes.from === 0) {
      this.returns.clear();
      this.others.get(LENGTH)?.clear();
    }
    if (metrics.from === 0)
      for (const [name, curve] of this.others) if (name !== LENGTH && name !== SPEED) curve.clear();
    this.keepTime(progress, running);
    this.progress = progress;
    this.returns.add(episodes.step, episodes.return);
    for (const [name, column] of Object.entries(metrics.columns))
      this.named(name, windowOf(name)).add(metrics.step, column);
    this.named(LENGTH, windowOf(LENGTH)).add(episodes.step, episodes.length);
    if (running && rate > 0) this.named(SPEED, windowOf(SPEED)).push(progress, rate);
    if (marks) this.marks.value = marks;
    this.version.value++;
  }

  clear(): void {
    this.progress = this.seconds = 0;
    this.since = undefined;
    this.returns.clear();
    this.clock.clear();
    this.others.clear();
    this.names.value = [];
    this.marks.value = [];
    this.version.value++;
  }

  /** The time that it took; the run itself knows everything else. */
  keptTime(): KeptTime {
    return { seconds: this.seconds, clock: this.clock.kept() };
  }

  kept(): KeptRecord {
    const others = [...this.others].map(([name, curve]) => [name, curve.kept()] as const);
    const { progress, returns, marks } = this;
    return { ...this.keptTime(), progress, returns: returns.kept(), others, marks: marks.peek() };
  }

  /** Takes back what `kept` gave, in a record that has nothing yet. */
  takeBack({ progress, returns, others, marks, ...time }: KeptRecord): void {
    this.takeTimeBack(time);
    this.progress = progress;
    this.returns.takeBack(returns);
    for (const [name, curve] of others) this.named(name, windowOf(name)).takeBack(curve);
    this.marks.value = marks;
    this.version.value++;
  }

  takeTimeBack({ seconds, clock }: KeptTime): void {
    this.seconds = seconds;
    this.clock.takeBack(clock);
  }

  private keepTime(progress: number, running: boolean): void {
    const now = this.now();
    // One that went back to an earlier state takes its time along, but not the way there.
    if (progress < this.progress) {
      this.clock.clear();
      this.others.get(SPEED)?.clear();
    }
    if (this.since !== undefined) this.seconds += (now - this.since) / 1000;
    this.since = running ? now : undefined;
    if (progress > 0) this.clock.push(progress, this.seconds);
  }

  private named(name: string, window: number): Curve {
    const known = this.others.get(name);
    if (known) return known;
    const curve = new Curve(window);
    this.others.set(name, curve);
    this.names.value = [...this.others.keys()];
    return curve;
  }
}

/** Held-out examples are all measured at once and need no smoothing; training batches are many per row. */
function windowOf(metric: string): number {
  if (metric === LENGTH) return MEAN_OVER;
  if (metric.startsWith('validation/')) return 1;
  return metric.startsWith('train/') ? 3 : METRIC_WINDOW;
}
