/**
 * The record of a run: finished episodes, metrics of the updates, and the user's changes of live values. It is kept in
 * growable typed-array columns, so that recording a step allocates nothing; readers ask for the rows that are new to them.
 */
import { COUNTERS, type Metrics } from '#core/agent.ts';
import { checkFinite } from '#core/divergence.ts';
import { refusal, show } from '#core/errors.ts';
import { asRecord, parseJson } from '#core/json.ts';
import {
  child,
  isTypedArray,
  savedArray,
  savedNumber,
  savedText,
  type Snapshot,
  type SnapshotValue,
} from '#core/snapshot.ts';
import type { VectorEnv } from '#core/vector-env.ts';
import { Column } from './column.ts';

/** A change of a live value. */
export interface Tuning {
  readonly kind: 'agent' | 'reward';
  readonly key: string;
  readonly value: unknown;
}

/** A change as it is marked on the curve, with the run's progress at the time. */
export interface Mark extends Tuning {
  readonly step: number;
}

/** Copies of the finished episodes in the order in which they ended, from row `from` on, as far as they are kept. */
export interface EpisodeRows {
  readonly from: number;
  /** Progress of the run when the episode ended. */
  readonly step: Float64Array;
  readonly slot: Float64Array;
  /** Undiscounted, under the reward weights of the time, not clipped or normalised. */
  readonly return: Float64Array;
  readonly length: Float64Array;
}

/** Copies of the metric rows from `from` on: a column per name, NaN where a row lacks the metric. */
export interface MetricRows {
  readonly from: number;
  readonly step: Float64Array;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

const EPISODE_COLUMNS = ['step', 'slot', 'return', 'length'] as const;

/** Default number of steps over which the metrics of frequent updates are averaged into one row. */
const METRICS_WINDOW = 100;

export class Recorder {
  private readonly keep: number;
  /** In units of the run's progress, like every `step` here. */
  private readonly window: number;
  private readonly episodeColumns: Readonly<Record<(typeof EPISODE_COLUMNS)[number], Column>>;
  private episodeCount = 0;
  private readonly metricSteps: Column;
  private readonly metricColumns = new Map<string, Column>();
  private metricCount = 0;
  private windowStart = 0;
  /** Whether the window holds metrics that are not in a row yet. */
  private isOpen = false;
  /** Sum and count of each metric in the open window. */
  private readonly sums = new Map<string, { sum: number; count: number }>();
  private readonly markList: Mark[] = [];

  /** Keeps at least the last `keep` rows of each kind, so that a page left open for days does not run out of memory. */
  constructor(keep = Infinity, window = METRICS_WINDOW) {
    this.keep = keep;
    this.window = window;
    this.episodeColumns = {
      step: new Column(keep),
      slot: new Column(keep),
      return: new Column(keep),
      length: new Column(keep),
    };
    this.metricSteps = new Column(keep);
  }

  /** Finished episodes so far. */
  get episodes(): number {
    return this.episodeCount;
  }

  /** Metric rows so far. */
  get metricRows(): number {
    return this.metricCount;
  }

  /** Whether an update has been recorded, in a row or in the open window. */
  get hasMetrics(): boolean {
    return this.metricCount > 0 || this.isOpen;
  }

  get marks(): readonly Mark[] {
    return this.markList;
  }

  /**
   * Records the episodes that ended in the last step; `step` is the run's progress, including it. Throws a `DivergenceError`
   * if a return is not finite.
   */
  recordStep(env: VectorEnv, step: number, firstSlot = 0): void {
    const { terminated, truncated, n } = env;
    // A finished agent makes no further update that would close the window.
    if (this.isOpen && step - this.windowStart >= 2 * this.window) this.closeWindow(step);
    for (let i = 0; i < n; i++) {
      if (!(terminated[i] | truncated[i])) continue;
      checkFinite('the return of an episode', env.episodeReturn[i]);
      this.episodeColumns.step.push(step);
      this.episodeColumns.slot.push(firstSlot + i);
      this.episodeColumns.return.push(env.episodeReturn[i]);
      this.episodeColumns.length.push(env.episodeLength[i]);
      this.episodeCount++;
    }
  }

  /** Merges in episodes from other threads: from row `from` on, rows are sorted by step. */
  addEpisodes(from: number, others: readonly EpisodeRows[]): void {
    if (others.every(({ step }) => step.length === 0)) return;
    const parts = [this.episodesSince(from), ...others];
    const rows = parts.flatMap((part) => Array.from(part.step, (step, row) => ({ part, row, step })));
    for (const name of EPISODE_COLUMNS) this.episodeColumns[name].cut(from);
    for (const { part, row } of rows.sort((a, b) => a.step - b.step))
      for (const name of EPISODE_COLUMNS) this.episodeColumns[name].push(part[name][row]);
    for (const { step } of others) this.episodeCount += step.length;
  }

  /** Returns the episodes and clears the record. */
  drain(): EpisodeRows {
    const rows = this.episodesSince(0);
    this.restore(new Recorder(this.keep, this.window).snapshot());
    return rows;
  }

  /**
   * Records an update's metrics. Updates less than a window apart become one row, with the mean of each metric and the
   * last value of each counter. Throws a `DivergenceError` if one is not finite.
   */
  recordMetrics(metrics: Metrics, step: number): void {
    for (const name in metrics) {
      const value = metrics[name];
      checkFinite(name, value);
      const sum = this.sums.get(name);
      if (!sum) this.sums.set(name, { sum: value, count: 1 });
      else if (COUNTERS.has(name)) {
        sum.sum = value;
        sum.count = 1;
      } else {
        sum.sum += value;
        sum.count++;
      }
    }
    this.isOpen = true;
    if (step - this.windowStart >= this.window) this.closeWindow(step);
  }

  /** Closes the open window and writes its row. */
  flush(step: number): void {
    if (this.isOpen) this.closeWindow(step);
  }

  recordMark(mark: Mark): void {
    this.markList.push(mark);
  }

  episodesSince(from: number): EpisodeRows {
    const { step, slot, return: returns, length } = this.episodeColumns;
    return {
      from,
      step: step.since(from),
      slot: slot.since(from),
      return: returns.since(from),
      length: length.since(from),
    };
  }

  metricsSince(from: number): MetricRows {
    const columns: Record<string, Float64Array> = {};
    for (const [name, column] of this.metricColumns) columns[name] = column.since(from);
    return { from, step: this.metricSteps.since(from), columns };
  }

  /** Mean return of the last `count` finished episodes; undefined before the first. */
  recentReturn(count: number): number | undefined {
    const rows = this.episodeColumns.return.since(Math.max(0, this.episodeCount - count));
    return rows.length === 0 ? undefined : rows.reduce((sum, value) => sum + value, 0) / rows.length;
  }

  snapshot(): Snapshot {
    const columns = [...this.metricColumns].map(([name, column]) => [name, column.since(0)] as const);
    const sums = [...this.sums].map(([name, { sum, count }]) => [name, Float64Array.of(sum, count)] as const);
    const { from: _, ...episodes } = this.episodesSince(0);
    return {
      episodes,
      episodeCount: this.episodeCount,
      metricCount: this.metricCount,
      metricSteps: this.metricSteps.since(0),
      metrics: Object.fromEntries(columns),
      windowStart: this.windowStart,
      sums: Object.fromEntries(sums),
      marks: JSON.stringify(this.markList),
    };
  }

  restore(saved: Snapshot): void {
    const episodes = child(saved, 'episodes');
    this.episodeCount = savedNumber(saved, 'episodeCount');
    this.metricCount = savedNumber(saved, 'metricCount');
    for (const name of EPISODE_COLUMNS)
      this.episodeColumns[name].load(savedArray(episodes, name), this.episodeCount);
    this.metricSteps.load(savedArray(saved, 'metricSteps'), this.metricCount);
    this.metricColumns.clear();
    for (const [name, values] of arrays(child(saved, 'metrics')))
      this.column(name).load(values, this.metricCount);
    this.windowStart = savedNumber(saved, 'windowStart');
    this.sums.clear();
    for (const [name, values] of arrays(child(saved, 'sums')))
      this.sums.set(name, { sum: values[0], count: values[1] });
    this.isOpen = [...this.sums.values()].some(({ count }) => count > 0);
    this.markList.splice(0, Infinity, ...marksOf(savedText(saved, 'marks')));
  }

  /** Writes the open window as a row. */
  private closeWindow(step: number): void {
    for (const name of this.sums.keys()) this.column(name);
    this.metricSteps.push(step);
    for (const [name, column] of this.metricColumns) {
      const sum = this.sums.get(name);
      column.push(sum && sum.count > 0 ? sum.sum / sum.count : NaN);
      if (sum) sum.sum = sum.count = 0;
    }
    this.metricCount++;
    this.windowStart = step;
    this.isOpen = false;
  }

  /** The column of a metric; a new one has NaN in the rows before it. */
  private column(name: string): Column {
    const existing = this.metricColumns.get(name);
    if (existing) return existing;
    const column = new Column(this.keep);
    const unknown = this.metricSteps.since(0).fill(NaN);
    column.load(unknown, this.metricCount);
    this.metricColumns.set(name, column);
    return column;
  }
}

/** Saved marks. Throws an `InputError` that names the one that is none. */
function marksOf(saved: string): readonly Mark[] {
  const where = 'checkpoint.recorder.marks';
  const marks = parseJson(saved, where);
  if (!Array.isArray(marks)) throw refusal(where, 'a list', show(marks));
  return marks.map((given: unknown, k) => {
    const { step, kind, key } = asRecord(given, `${where}.${k}`);
    if (typeof step === 'number' && typeof key === 'string' && (kind === 'agent' || kind === 'reward'))
      return given as Mark;
    throw refusal(`${where}.${k}`, 'a step, a kind and a key', show(given));
  });
}

function arrays(record: Snapshot): readonly (readonly [string, ArrayLike<number>])[] {
  return Object.entries(record).filter((entry): entry is [string, SnapshotValue & ArrayLike<number>] =>
    isTypedArray(entry[1]),
  );
}
