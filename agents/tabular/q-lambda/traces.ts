/**
 * Eligibility traces of one slot, kept as a list of the pairs that have one, so that a step costs what is alive and not the
 * whole table: Sutton & Barto (2018), §12.2 and §12.10.
 */
import { restoreColumns, savedNumber, type Snapshot } from '#core/snapshot.ts';

/** A trace below this is dropped: it would move its pair by less than a millionth of the error. */
const NEGLIGIBLE = 1e-6;

export class Traces {
  /** [pairs] e(s, a), 0 where there is none. */
  readonly strength: Float64Array;
  /** The first `count` entries are the pairs with a trace, in no order. */
  readonly active: Int32Array;
  count = 0;

  constructor(pairs: number) {
    this.strength = new Float64Array(pairs);
    this.active = new Int32Array(pairs);
  }

  /** A visit: e ← 1 (replacing) or e ← e + 1 (accumulating). */
  visit(pair: number, kind: 'replacing' | 'accumulating'): void {
    if (this.strength[pair] === 0) this.active[this.count++] = pair;
    this.strength[pair] = kind === 'replacing' ? 1 : this.strength[pair] + 1;
  }

  /** e ← factor · e for all pairs. */
  decay(factor: number): void {
    const { strength, active } = this;
    for (let k = this.count - 1; k >= 0; k--) {
      const pair = active[k];
      strength[pair] *= factor;
      if (strength[pair] >= NEGLIGIBLE) continue;
      strength[pair] = 0;
      active[k] = active[--this.count];
    }
  }

  clear(): void {
    for (let k = 0; k < this.count; k++) this.strength[this.active[k]] = 0;
    this.count = 0;
  }

  snapshot(): Snapshot {
    return { strength: this.strength.slice(), active: this.active.slice(), count: this.count };
  }

  restore(saved: Snapshot): void {
    restoreColumns({ strength: this.strength, active: this.active }, saved, 'traces');
    this.count = savedNumber(saved, 'count');
  }
}
