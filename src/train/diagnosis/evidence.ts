/**
 * What the rules know of a run's record, gathered row by row from the same rows that the page gets, so that it costs the same
 * after any number of steps.
 */
import { mean, median } from '#core/stats.ts';
import type { EpisodeRows, MetricRows } from '../record/recorder.ts';

/** Episodes of the mean returns that are compared, as on the page. */
const EPISODES = 100;
/** Rows of a metric at the start of training, and the newest: enough for a median to pass over single spikes. */
const FIRST_ROWS = 20;
const LAST_ROWS = 5;

interface MetricEvidence {
  readonly first: number[];
  readonly last: number[];
}

export class Evidence {
  /** Finished episodes. */
  episodes = 0;
  /** Lowest and highest return so far. */
  low = Infinity;
  high = -Infinity;
  /** The largest |return| per step of an episode. */
  steepest = 0;
  /** Units that were 0 at all recent observations, where somebody has looked. */
  dead: { readonly units: number; readonly of: number } | undefined;
  private readonly firstReturns: number[] = [];
  private lastReturns: readonly number[] = [];
  private readonly metrics = new Map<string, MetricEvidence>();

  /** Takes new rows; those from 0 on replace all. */
  take(episodes: EpisodeRows, metrics: MetricRows): void {
    if (episodes.from === 0) this.forgetEpisodes();
    if (metrics.from === 0) this.metrics.clear();
    episodes.return.forEach((value, row) => this.takeEpisode(value, episodes.length[row]));
    this.lastReturns = [...this.lastReturns, ...episodes.return.subarray(-EPISODES)].slice(-EPISODES);
    for (const [name, column] of Object.entries(metrics.columns)) this.takeMetric(name, column);
  }

  /** Whether any two episodes had different returns. */
  get variesInReturn(): boolean {
    return this.high > this.low;
  }

  /** Mean return of the first episodes; NaN before the first. */
  get firstReturn(): number {
    return meanOf(this.firstReturns);
  }

  /** Mean return of the last episodes; NaN before the first. */
  get lastReturn(): number {
    return meanOf(this.lastReturns);
  }

  /** The median of a metric's first rows, once they are complete. */
  early(name: string): number | undefined {
    const { first = [] } = this.metrics.get(name) ?? {};
    return first.length < FIRST_ROWS ? undefined : median(first);
  }

  /** The median of a metric's newest rows, once there are that many. */
  lately(name: string): number | undefined {
    const { last = [] } = this.metrics.get(name) ?? {};
    return last.length < LAST_ROWS ? undefined : median(last);
  }

  /** A metric's newest value. */
  latest(name: string): number | undefined {
    return this.metrics.get(name)?.last.at(-1);
  }

  private forgetEpisodes(): void {
    this.episodes = this.steepest = 0;
    this.low = Infinity;
    this.high = -Infinity;
    this.firstReturns.length = 0;
    this.lastReturns = [];
  }

  private takeEpisode(value: number, length: number): void {
    this.episodes++;
    this.low = Math.min(this.low, value);
    this.high = Math.max(this.high, value);
    this.steepest = Math.max(this.steepest, Math.abs(value) / Math.max(1, length));
    if (this.firstReturns.length < EPISODES) this.firstReturns.push(value);
  }

  private takeMetric(name: string, column: Float64Array): void {
    let kept = this.metrics.get(name);
    if (!kept) this.metrics.set(name, (kept = { first: [], last: [] }));
    for (const value of column) {
      if (!Number.isFinite(value)) continue;
      if (kept.first.length < FIRST_ROWS) kept.first.push(value);
      kept.last.push(value);
      if (kept.last.length > LAST_ROWS) kept.last.shift();
    }
  }
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? NaN : mean(values);
}
