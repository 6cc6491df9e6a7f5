/** Running mean and variance per feature, for normalising observations and rewards; saved with checkpoints. */
import { restoreColumns, type Snapshot } from './snapshot.ts';

/** Welford's algorithm (1962). */
export class RunningMoments {
  readonly mean: Float64Array;
  /** False freezes the statistics, as evaluations need. */
  learning = true;
  /** Sums of squared deviations from the mean. */
  private readonly squares: Float64Array;
  private readonly count = new Float64Array(1);

  constructor(features: number) {
    this.mean = new Float64Array(features);
    this.squares = new Float64Array(features);
  }

  /** Updates the statistics with one row of features. */
  add(row: ArrayLike<number>): void {
    if (!this.learning) return;
    const { mean, squares, count } = this;
    const n = ++count[0];
    for (let k = 0; k < mean.length; k++) {
      const delta = row[k] - mean[k];
      mean[k] += delta / n;
      squares[k] += delta * (row[k] - mean[k]);
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
