/**
 * A priority queue of pairs, each in it at most once: a binary heap that knows where every pair sits, so that a priority can
 * be raised in place (prioritized sweeping, Moore & Atkeson, 1993).
 */
import { copyColumns, restoreColumns, savedNumber, type Columns, type Snapshot } from '#core/snapshot.ts';

export class PairQueue {
  size = 0;
  private readonly heap: Int32Array; // the first `size` entries: pairs, parents before children of lower priority
  private readonly place: Int32Array; // [pairs] index in the heap, −1 where absent
  private readonly priority: Float64Array; // [pairs] valid where present

  constructor(pairs: number) {
    this.heap = new Int32Array(pairs);
    this.place = new Int32Array(pairs).fill(-1);
    this.priority = new Float64Array(pairs);
  }

  /** Puts a pair in, or raises its priority; a lower priority than it has changes nothing. */
  push(pair: number, priority: number): void {
    const present = this.place[pair] >= 0;
    if (present && this.priority[pair] >= priority) return;
    this.priority[pair] = priority;
    this.rise(present ? this.place[pair] : this.size++, pair);
  }

  /** Takes out the pair of highest priority; −1 when empty. */
  pop(): number {
    if (this.size === 0) return -1;
    const top = this.heap[0];
    this.place[top] = -1;
    const moved = this.heap[--this.size];
    if (this.size > 0) this.sink(moved);
    return top;
  }

  snapshot(): Snapshot {
    return { size: this.size, ...copyColumns(this.columns()) };
  }

  restore(saved: Snapshot): void {
    restoreColumns(this.columns(), saved, 'queue');
    this.size = savedNumber(saved, 'size');
  }

  private rise(from: number, pair: number): void {
    const { heap, priority } = this;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (priority[heap[parent]] >= priority[pair]) break;
      this.put(heap[parent], at);
      at = parent;
    }
    this.put(pair, at);
  }

  private sink(pair: number): void {
    const { heap, priority, size } = this;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && priority[heap[child + 1]] > priority[heap[child]]) child++;
      if (priority[heap[child]] <= priority[pair]) break;
      this.put(heap[child], at);
      at = child;
    }
    this.put(pair, at);
  }

  private put(pair: number, at: number): void {
    this.heap[at] = pair;
    this.place[pair] = at;
  }

  private columns(): Columns {
    const { heap, place, priority } = this;
    return { heap, place, priority };
  }
}
