/** A benchmark's row and how rows are timed: medians of several runs, never a single one. */
import { median } from '#core/stats.ts';

export interface Row {
  readonly suite: string;
  readonly row: string;
  readonly value: number;
  /** `steps/s`, `ms`. */
  readonly unit: string;
  /** How many times better than a peer in the same run; above 1 is ahead. */
  readonly vs: Readonly<Record<string, number>>;
}

/** A suite gives its rows as they are measured. `filter` is a part of a row's name, '' for all. */
export type Suite = (filter: string) => AsyncIterable<Row> | Iterable<Row>;

/** How long one measurement runs, in milliseconds, and how many there are after a warm-up. */
const DURATION = 300;
const REPEATS = 5;

/** Median calls per second of `work`, which does `batch` calls' worth each time. */
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
