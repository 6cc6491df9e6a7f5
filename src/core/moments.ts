/** Running mean and variance of streams of numbers, as normalisation needs them; can be frozen, saved and resumed. */
import { restoreColumns, type Snapshot } from './snapshot.ts';

/** Welford's algorithm (1962), one stream per feature. */
export class RunningMoments {
  readonly mean: Float64Array;
  /** False: what is seen is normalised but no longer learned from, as in an evaluation. */
  learning = true;
  private readonly squares: Float64Array;
  private readonly count = new Float64Array(1);

  constructor(features: number) {
    this.mean = new Float64Array(features);
    this.squares = new Float64Array(features);
  }

  /** Takes in one row of features. */
  add(row: ArrayLike<number>): void {
    if (!this.learning) return;
    const { mean, squares, count } = this;
    const n = ++count[0];
    for (let k = 0; k < mean.length; k++) {
      const off = row[k] - mean[k];
      mean[k] += off / n;
      squares[k] += off * (row[k] - mean[k]);
    }
  }

  /** Variance of a feature so far; 1 before the second row. */
  variance(feature: number): number {
    const n = this.count[0];
    return n < 2 ? 1 : this.squares[feature] / n;
  }

  snapshot(): Snapshot {
    return { mean: this.mean.slice(), squares: this.squares.slice(), count: this.count.slice() };
  }

  restore(saved: Snapshot): void {
    const { mean, squares, count } = this;
    restoreColumns({ mean, squares, count }, saved, 'moments');
  }
}
