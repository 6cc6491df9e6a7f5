/** A row of a benchmark and how it is timed: the median of several measurements. */
import { median } from '#core/stats.ts';

export interface Row {
  readonly suite: string;
  readonly row: string;
  readonly value: number;
  /** E.g. `steps/s`. */
  readonly unit: string;
  /** How many times better than each peer; above 1 is faster. */
  readonly vs: Readonly<Record<string, number>>;
}

/** Yields rows as they are measured. `filter` is a part of their names, '' for all. */
export type Suite = (filter: string) => AsyncIterable<Row> | Iterable<Row>;

/** Milliseconds of one measurement, and measurements after the warm-up. */
const DURATION = 300;
const REPEATS = 5;

/** Median steps per second of `work`, which does `batch` steps per call. */
export function measureRate(work: () => void, batch: number): number {
  const rates: number[] = [];
  for (let repeat = -1; repeat < REPEATS; repeat++) {
    const start = performance.now();
    let done = 0;
    let elapsed = 0;
    while (elapsed < DURATION) {
      work();
      done += batch;
      elapsed = performance.now() - start;
    }
    if (repeat >= 0) rates.push((done / elapsed) * 1000);
  }
  return median(rates);
}
