/**
 * A snapshot as JSON and named arrays. In the JSON, `{ "$array": true }` refers to the array named by its path, such as
 * `state/agent/learner/params`, and `{ "$number": "NaN" }` is a number that JSON cannot express.
 */
import type { NamedArray } from '#core/array-file.ts';
import { refusal, show, type InputError } from '#core/errors.ts';
import { isTypedArray, type Snapshot, type SnapshotValue, type TypedArray } from '#core/snapshot.ts';

export interface SnapshotTree {
  readonly json: unknown;
  readonly arrays: readonly NamedArray[];
}

const ARRAY = '$array';
const NUMBER = '$number';
/** Keys that begin with `$` get another one, so that no key is mistaken for a marker. */
const MARK = '$';

const numbers: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity, '-0': -0 };

/** A number that JSON can express, or its marker. */
function packNumber(value: number): unknown {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  return { [NUMBER]: Object.is(value, -0) ? '-0' : String(value) };
}

/** The number of a marker; undefined if the value is none. */
export function unpackNumber(mark: Readonly<Record<string, unknown>>): number | undefined {
  const text = mark[NUMBER];
  return typeof text === 'string' && Object.hasOwn(numbers, text) ? numbers[text] : undefined;
}

export function packTree(state: Snapshot, root: string): SnapshotTree {
  const arrays: NamedArray[] = [];
  const pack = (value: SnapshotValue, path: string): unknown => {
    if (typeof value === 'number') return packNumber(value);
    if (typeof value !== 'object' || value === null) return value;
    if (isTypedArray(value)) {
      arrays.push({ name: path, shape: [value.length], values: value });
      return { [ARRAY]: true };
    }
    if (isList(value)) return value.map((entry, index) => pack(entry, below(path, String(index))));
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [
        key.startsWith(MARK) ? MARK + key : key,
        pack(entry, below(path, key)),
      ]),
    );
  };
  return { json: pack(state, root), arrays };
}

/** The inverse of `packTree`. Throws an `InputError` below `field` on anything it never writes, and on unused arrays. */
export function unpackTree({ json, arrays }: SnapshotTree, root: string, field: string): SnapshotValue {
  const byName = new Map(arrays.map(({ name, values }) => [name, values]));
  const wrongAt = (path: string, expected: string, got: string): InputError =>
    refusal(`${field}.${path}`, expected, got);
  const take = (path: string): TypedArray => {
    const values = byName.get(path);
    if (!values) throw wrongAt(path, 'an array', 'nothing');
    byName.delete(path);
    return values;
  };
  const unpack = (value: unknown, path: string): SnapshotValue => {
    if (typeof value !== 'object' || value === null) return value as null | boolean | number | string;
    if (Array.isArray(value)) return value.map((entry, index) => unpack(entry, below(path, String(index))));
    const entries = Object.entries(value);
    const mark = entries.length === 1 ? entries[0][0] : undefined;
    if (mark === ARRAY) return take(path);
    if (mark === NUMBER) {
      const number = unpackNumber(value as Readonly<Record<string, unknown>>);
      if (number === undefined) throw wrongAt(path, `one of ${Object.keys(numbers).join(', ')}`, show(value));
      return number;
    }
    return Object.fromEntries(
      entries.map(([written, entry]) => {
        const isMarked = written.startsWith(MARK);
        const key = isMarked ? written.slice(MARK.length) : written;
        if (key === '__proto__' || (isMarked && !key.startsWith(MARK)))
          throw wrongAt(path, 'keys of a snapshot', show(written));
        return [key, unpack(entry, below(path, key))];
      }),
    );
  };
  const state = unpack(json, root);
  const [left] = byName.keys();
  if (left !== undefined) throw wrongAt(left, 'no further array', 'one that has no place in the snapshot');
  return state;
}

/** The path of an entry, with `/` and `~` in keys written as in JSON Pointer (RFC 6901). */
function below(path: string, key: string): string {
  return `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function isList(value: Snapshot | readonly SnapshotValue[]): value is readonly SnapshotValue[] {
  return Array.isArray(value);
}
