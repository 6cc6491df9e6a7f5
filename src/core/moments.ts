/** Running mean and variance per feature, and observations normalised by them; saved with checkpoints. */
import { restoreColumns, type Snapshot } from './snapshot.ts';

/** What has been seen, as files for other programs hold it. */
export interface Statistics {
  /** Rows. */
  readonly count: number;
  /** Per feature. */
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

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

  /** Updates the statistics with one row of features, which begins at `offset`. */
  add(row: ArrayLike<number>, offset = 0): void {
    if (!this.learning) return;
    const { mean, squares, count } = this;
    const n = ++count[0];
    for (let k = 0; k < mean.length; k++) {
      const value = row[offset + k];
      const delta = value - mean[k];
      mean[k] += delta / n;
      squares[k] += delta * (value - mean[k]);
    }
  }

  /** Variance of a feature so far; 1 before the second row. */
  variance(feature: number): number {
    const n = this.count[0];
    return n < 2 ? 1 : this.squares[feature] / n;
  }

  get statistics(): Statistics {
    const { mean, count } = this;
    return { count: count[0], mean: mean.slice(), variance: mean.map((_, k) => this.variance(k)) };
  }

  /** Makes these the statistics, with the same bits of mean and variance. */
  set statistics({ count, mean, variance }: Statistics) {
    this.count[0] = count;
    this.mean.set(mean);
    variance.forEach((value, k) => (this.squares[k] = sumFor(value, count)));
  }

  snapshot(): Snapshot {
    return { mean: this.mean.slice(), squares: this.squares.slice(), count: this.count.slice() };
  }

  restore(saved: Snapshot): void {
    const { mean, squares, count } = this;
    restoreColumns({ mean, squares, count }, saved, 'moments');
  }
}

/** A sum that divided by `count` is `mean`: the product, or a neighbour where that rounds to another. */
function sumFor(mean: number, count: number): number {
  const product = mean * count;
  const half = product * 2 ** -53;
  return [product, product + half, product - half].find((sum) => sum / count === mean) ?? product;
}

/** Keeps a feature that has never varied from being divided by 0. */
export const VARIANCE_FLOOR = 1e-8;
/** Largest magnitude of a normalised number, in standard deviations. */
export const MOST_DEVIATIONS = 10;

/**
 * Observations shifted and scaled to mean 0 and variance 1 of all that was seen so far, then clipped (as Gymnasium's and
 * CleanRL's wrappers do). Whoever keeps observations for later keeps them raw and normalises them when they are used, as
 * Stable-Baselines3's VecNormalize does: the statistics will have changed by then.
 */
export class Normaliser {
  /** One feature per number of an observation, shared by all slots. */
  readonly moments: RunningMoments;

  constructor(moments: RunningMoments) {
    this.moments = moments;
  }

  /** Normalises whole rows of `raw`, from index `from` up to `to`, to the same place of `into`, which may be `raw`. */
  normalise(raw: Float32Array, into: Float32Array, from = 0, to = raw.length): void {
    const { mean } = this.moments;
    const features = mean.length;
    for (let k = 0; k < features; k++) {
      const middle = mean[k];
      const deviation = this.deviation(k);
      for (let at = from + k; at < to; at += features) {
        const scaled = (raw[at] - middle) / deviation;
        into[at] = Math.min(MOST_DEVIATIONS, Math.max(-MOST_DEVIATIONS, scaled));
      }
    }
  }

  /** Raw rows again, but for what was clipped. */
  denormalise(rows: Float32Array): void {
    const { mean } = this.moments;
    for (let at = 0; at < rows.length; at++) {
      const k = at % mean.length;
      rows[at] = rows[at] * this.deviation(k) + mean[k];
    }
  }

  private deviation(feature: number): number {
    return Math.sqrt(this.moments.variance(feature) + VARIANCE_FLOOR);
  }
}
