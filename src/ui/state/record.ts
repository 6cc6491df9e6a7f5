/** The page's record of a run: its curves, filled from the worker's batches, and the marks on them. */
import { signal } from '@preact/signals';
import type { BatchEvent, Mark } from '#worker/protocol.ts';
import { Curve } from './curve.ts';

/** Rows of a metric over which its line is smoothed; a row is itself a mean over many updates. */
const METRIC_WINDOW = 10;
/** Episodes over which returns and lengths are averaged, as in the field's papers. */
export const MEAN_OVER = 100;

export class Record {
  readonly returns = new Curve(MEAN_OVER);
  readonly marks = signal<readonly Mark[]>([]);
  /** Names of the curves beside the returns, in the order of their appearance. */
  readonly names = signal<readonly string[]>([]);
  /** Number of changes: the charts listen to it. */
  readonly version = signal(0);
  /** Progress of the run at the last batch, in its unit. */
  progress = 0;
  private readonly others = new Map<string, Curve>();

  curve(name: string): Curve | undefined {
    return this.others.get(name);
  }

  /** Takes a batch; one that starts from the beginning replaces what is here. */
  take({ progress, episodes, metrics, marks }: BatchEvent): void {
    if (episodes.from === 0) {
      this.returns.clear();
      this.others.get('episode/length')?.clear();
    }
    if (metrics.from === 0)
      for (const [name, curve] of this.others) if (name !== 'episode/length') curve.clear();
    this.progress = progress;
    this.returns.add(episodes.step, episodes.return);
    for (const [name, column] of Object.entries(metrics.columns))
      this.named(name, windowOf(name)).add(metrics.step, column);
    this.named('episode/length', MEAN_OVER).add(episodes.step, episodes.length);
    if (marks) this.marks.value = marks;
    this.version.value++;
  }

  clear(): void {
    this.progress = 0;
    this.returns.clear();
    this.others.clear();
    this.names.value = [];
    this.marks.value = [];
    this.version.value++;
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
  if (metric.startsWith('validation/')) return 1;
  return metric.startsWith('train/') ? 3 : METRIC_WINDOW;
}
