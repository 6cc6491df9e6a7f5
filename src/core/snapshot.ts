/**
 * What a checkpoint is made of: plain records of numbers, strings and typed arrays, which both structured clone and the
 * checkpoint file understand. Whatever has state offers `snapshot()` and `restore()` in these terms.
 */

/** The array kinds that worlds, agents and checkpoints use. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Int8Array
  | Uint8Array;

export type SnapshotValue =
  | null
  | boolean
  | number
  | string
  | TypedArray
  | Snapshot
  | readonly SnapshotValue[];

export interface Snapshot {
  readonly [key: string]: SnapshotValue;
}

/** A record of typed arrays, the state of many equal things: element i (or row i) belongs to slot i. */
export type Columns = Readonly<Record<string, TypedArray>>;

/** The state that a world declares by allocating it: `function columns(n: number) { return { x: new Float64Array(n) }; }`. */
export type ColumnsOf<A extends (n: number, ...sizes: never[]) => Columns> = Readonly<ReturnType<A>>;

/** A copy of every array. */
export function copyColumns(columns: Columns): Record<string, TypedArray> {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.slice()]));
}

/** Writes a saved copy back into the arrays it was taken from. */
export function restoreColumns(into: Columns, saved: Snapshot, where: string): void {
  for (const [name, column] of Object.entries(into)) {
    const value = saved[name];
    if (!isTypedArray(value) || value.length !== column.length)
      throw new Error(
        `${where}.${name}: expected ${column.length} numbers, got ${isTypedArray(value) ? value.length : typeof value}`,
      );
    column.set(value);
  }
}

/** An object that saves itself. */
export interface Saves {
  snapshot(): Snapshot;
  restore(saved: Snapshot): void;
}

/** A part of a checkpoint: an array, a record of arrays, or one or several objects that save themselves. */
export type Kept = TypedArray | Columns | Saves | readonly Saves[];

/** Saves all parts under their names. */
export function saveKept(kept: Readonly<Record<string, Kept>>): Snapshot {
  const saved = (one: Kept): SnapshotValue => {
    if (isTypedArray(one)) return one.slice();
    if (isList(one)) return one.map((each) => each.snapshot());
    return savesItself(one) ? one.snapshot() : copyColumns(one);
  };
  return Object.fromEntries(Object.entries(kept).map(([name, one]) => [name, saved(one)]));
}

/** Restores the result of `saveKept`. Throws an error that names what does not fit. */
export function restoreKept(kept: Readonly<Record<string, Kept>>, saved: Snapshot): void {
  for (const [name, one] of Object.entries(kept))
    if (isTypedArray(one)) restoreColumns({ [name]: one }, saved, 'snapshot');
    else if (isList(one)) {
      const all = children(saved, name, one.length);
      one.forEach((each, i) => each.restore(all[i]));
    } else if (savesItself(one)) one.restore(child(saved, name));
    else restoreColumns(one, child(saved, name), `snapshot.${name}`);
}

function isList(one: Kept): one is readonly Saves[] {
  return Array.isArray(one);
}

function savesItself(one: Columns | Saves): one is Saves {
  return typeof one['snapshot'] === 'function';
}

/** Whether a value is one of the arrays that a snapshot may hold. */
export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** The record under a key of a snapshot; an error names the key when it is missing. */
export function child(saved: Snapshot, key: string): Snapshot {
  const value = saved[key];
  if (typeof value !== 'object' || value === null || isTypedArray(value) || Array.isArray(value))
    throw new Error(`snapshot.${key}: expected a record, got ${value === null ? 'null' : typeof value}`);
  return value as Snapshot;
}

/** The `count` records under a key of a snapshot, one per slot; an error names the key when they are not that many. */
export function children(saved: Snapshot, key: string, count: number): readonly Snapshot[] {
  const value = saved[key];
  if (!Array.isArray(value) || value.length !== count)
    throw new Error(
      `snapshot.${key}: expected ${count} records, got ${Array.isArray(value) ? value.length : typeof value}`,
    );
  return Array.from({ length: count }, (_, i) => child({ [key]: value[i] as Snapshot }, key));
}

/** The number under a key of a snapshot; an error names the key when it is missing. */
export function savedNumber(saved: Snapshot, key: string): number {
  const value = saved[key];
  if (typeof value !== 'number') throw new Error(`snapshot.${key}: expected a number, got ${typeof value}`);
  return value;
}

/** The typed array under a key of a snapshot; an error names the key when it is missing. */
export function savedArray(saved: Snapshot, key: string): TypedArray {
  const value = saved[key];
  if (!isTypedArray(value)) throw new Error(`snapshot.${key}: expected a typed array, got ${typeof value}`);
  return value;
}

/** The text under a key of a snapshot; an error names the key when it is missing. */
export function savedText(saved: Snapshot, key: string): string {
  const value = saved[key];
  if (typeof value !== 'string') throw new Error(`snapshot.${key}: expected a text, got ${typeof value}`);
  return value;
}

/** The buffers of a snapshot, each once: they can be transferred instead of copied. */
export function buffersOf(saved: Snapshot): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const visit = (inner: SnapshotValue): void => {
    if (isTypedArray(inner)) found.add(inner.buffer as ArrayBuffer);
    else if (typeof inner === 'object' && inner !== null) Object.values(inner).forEach(visit);
  };
  visit(saved);
  return [...found];
}
