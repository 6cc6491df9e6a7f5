/**
 * Proportional priorities for a replay memory: a binary tree of sums and minima in double precision, because sums of many
 * small float32 numbers drift and then draw rows that are not there.
 */
import type { Rng } from './rng.ts';
import { copyColumns, restoreColumns, type Snapshot } from './snapshot.ts';

export class SumTree {
  private readonly leaves: number;
  private readonly sums: Float64Array;
  private readonly minima: Float64Array;

  /** `capacity`: rows of the memory. */
  constructor(capacity: number) {
    this.leaves = 2 ** Math.ceil(Math.log2(Math.max(capacity, 2)));
    this.sums = new Float64Array(2 * this.leaves);
    this.minima = new Float64Array(2 * this.leaves).fill(Infinity);
  }

  /** Sum of all priorities. */
  get total(): number {
    return this.sums[1];
  }

  /** Smallest priority that was set. */
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
    // Sums are made from both children, never by adding differences, so that errors cannot pile up.
    for (node >>= 1; node >= 1; node >>= 1) {
      sums[node] = sums[2 * node] + sums[2 * node + 1];
      minima[node] = Math.min(minima[2 * node], minima[2 * node + 1]);
    }
  }

  /** The first row at which the running sum of priorities exceeds `mass`; mass in [0, total). */
  find(mass: number): number {
    const { sums } = this;
    let node = 1;
    let rest = mass;
    while (node < this.leaves) {
      node *= 2;
      // A right side without mass is past the last row: rounding must not lead there.
      if (rest >= sums[node] && sums[node + 1] > 0) rest -= sums[node++];
    }
    return node - this.leaves;
  }

  /** Stratified sampling: one row from each of `rows.length` equal parts of the total (Schaul et al. 2016, §B.2.1). */
  sample(rows: Int32Array, rng: Rng): void {
    const part = this.total / rows.length;
    for (let k = 0; k < rows.length; k++) rows[k] = this.find(part * (k + rng.uniform()));
  }

  /**
   * Importance weights (N·P(i))^−β, divided by their largest over the whole memory (ibid. §3.4).
   * `size`: N, the transitions held.
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
