/**
 * Short ordered lists in flat typed arrays, one list per slot: what swims and flies in Seaquest. An item is `stride` numbers;
 * items keep the order in which they came.
 */

/** A kind of list: how many numbers an item has and how many items fit. */
export interface ListKind {
  readonly stride: number;
  readonly capacity: number;
}

/** Room for an item at the end of list i; returns where it starts, or −1 where the list is full. */
export function append(counts: Int8Array, i: number, kind: ListKind): number {
  const count = counts[i];
  if (count === kind.capacity) return -1;
  counts[i] = count + 1;
  return (i * kind.capacity + count) * kind.stride;
}

/** Takes the item that starts at `at` out of list i; those after it move up. */
export function remove(items: Int8Array, counts: Int8Array, i: number, kind: ListKind, at: number): void {
  const { stride, capacity } = kind;
  const end = (i * capacity + --counts[i]) * stride;
  for (let k = at; k < end; k++) items[k] = items[k + stride];
}

/** Where the oldest item of list i on cell (x, y) starts, or −1. Column and row are an item's first two numbers. */
export function findAt(
  items: Int8Array,
  counts: Int8Array,
  i: number,
  kind: ListKind,
  x: number,
  y: number,
): number {
  const { stride, capacity } = kind;
  const first = i * capacity * stride;
  for (let at = first, end = first + counts[i] * stride; at < end; at += stride)
    if (items[at] === x && items[at + 1] === y) return at;
  return -1;
}
