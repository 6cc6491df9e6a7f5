/**
 * Proportional prioritisation for a replay buffer (Schaul et al. 2016): a binary tree of sums and minima over the rows. Double
 * precision, because float32 sums of many small priorities drift, and then draw rows that are not there.
 */
import type { Rng } from './rng.ts';
import { copyColumns, restoreColumns, type Snapshot } from './snapshot.ts';

export class SumTree {
  private readonly leaves: number;
  private readonly sums: Float64Array;
  private readonly minima: Float64Array;

  /** `capacity` in rows of the replay buffer. */
  constructor(capacity: number) {
    this.leaves = 2 ** Math.ceil(Math.log2(Math.max(capacity, 2)));
    this.sums = new Float64Array(2 * this.leaves);
    this.minima = new Float64Array(2 * this.leaves).fill(Infinity);
  }

  /** Sum of all priorities. */
  get total(): number {
    return this.sums[1];
  }

  /** The smallest priority that was set. */
  get smallest(): number {
    return this.minima[1];
  }

  at(row: number): number {
    return this.sums[this.leaves + row];
  }

  set(row: number, priority: number): void {
    const { sums, minima } = this;
    let node = this.leaves + row;
    sums[node] = priority;
    minima[node] = priority;
    // Recomputed from both children; adding differences would accumulate rounding errors.
    for (node >>= 1; node >= 1; node >>= 1) {
      sums[node] = sums[2 * node] + sums[2 * node + 1];
      minima[node] = Math.min(minima[2 * node], minima[2 * node + 1]);
    }
  }

  /** The first row at which the cumulative sum of priorities exceeds `mass`; mass in [0, total). */
  find(mass: number): number {
    const { sums } = this;
    let node = 1;
    let rest = mass;
    while (node < this.leaves) {
      node *= 2;
      // A right child without mass is past the last row: rounding must not lead there.
      if (rest >= sums[node] && sums[node + 1] > 0) rest -= sums[node++];
    }
    return node - this.leaves;
  }

  /** Stratified sampling: one row from each of `rows.length` equal parts of the total (appendix B.2.1). */
  sample(rows: Int32Array, rng: Rng): void {
    const part = this.total / rows.length;
    for (let k = 0; k < rows.length; k++) rows[k] = this.find(part * (k + rng.uniform()));
  }

  /**
   * Importance-sampling weights (N·P(i))^−β over the largest of the whole memory (§3.4). `size` is N, the transitions held.
   */
  weights(rows: Int32Array, size: number, beta: number, into: Float32Array): void {
    const scale = size / this.total;
    const largest = (scale * this.smallest) ** -beta;
    for (let k = 0; k < rows.length; k++) into[k] = (scale * this.at(rows[k])) ** -beta / largest;
  }

  snapshot(): Snapshot {
    return copyColumns({ sums: this.sums, minima: this.minima });
  }

  restore(saved: Snapshot): void {
    restoreColumns({ sums: this.sums, minima: this.minima }, saved, 'priorities');
  }
}
