/** Minibatches: the shuffled order in which epochs go over rows. */
import type { Rng } from './rng.ts';

/** Fisher and Yates' shuffle of an order from where the last one left it. */
export function shuffle(order: Uint32Array, rng: Rng): void {
  for (let k = order.length - 1; k > 0; k--) {
    const other = rng.integer(k + 1);
    [order[k], order[other]] = [order[other], order[k]];
  }
}

/** The order in which epochs go over what there is to learn from: shuffled for every epoch and cut into minibatches. */
export class Minibatches {
  /** All rows, in the order of this epoch; a checkpoint holds it, because the next shuffle starts from it. */
  readonly order: Uint32Array;
  /** Minibatches of an epoch. */
  readonly count: number;
  /** Rows of a minibatch; what does not divide evenly is left out of an epoch. */
  readonly size: number;
  private readonly rng: Rng;

  constructor(rows: number, minibatches: number, rng: Rng, size = minibatchSize(rows, minibatches)) {
    this.order = Uint32Array.from({ length: rows }, (_, k) => k);
    this.count = Math.min(minibatches, rows);
    this.size = size;
    this.rng = rng;
  }

  /** The rows of the k-th gradient step of an update, a view: at the start of an epoch all rows are shuffled, unless told not to. */
  rows(k: number, shuffled = true): Uint32Array {
    const at = k % this.count;
    if (at === 0 && shuffled) shuffle(this.order, this.rng);
    return this.order.subarray(at * this.size, (at + 1) * this.size);
  }
}

/** Rows of a minibatch when `rows` are cut into `minibatches`. */
export function minibatchSize(rows: number, minibatches: number): number {
  return Math.max(1, Math.floor(rows / minibatches));
}
