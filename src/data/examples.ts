/** Rows of examples: chosen, and split into those to learn from and those held out. */
import { inputSize, type Examples } from '#core/data-set.ts';
import type { Rng } from '#core/rng.ts';
import { shuffle } from '#core/minibatches.ts';

/** Copies of some rows, in their order. */
export function takeRows(examples: Examples, rows: Uint32Array): Examples {
  const { shape, inputs, targets, count } = examples;
  return {
    count: rows.length,
    shape,
    inputs: take(inputs, rows, inputSize(examples)),
    targets: take(targets, rows, targets.length / count),
  };
}

/** The first rows, without a copy. */
export function firstRows(examples: Examples, count: number): Examples {
  const { shape, inputs, targets } = examples;
  return {
    count,
    shape,
    inputs: inputs.subarray(0, count * inputSize(examples)),
    targets: targets.subarray(0, (count * targets.length) / examples.count),
  };
}

/** 0 … count − 1. */
export function allRows(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, k) => k);
}

/** Shuffles all rows and cuts them in two; `share` of them, in 0 … 1, come first. Both sides have one at least, if there are two. */
export function splitRows(count: number, share: number, rng: Rng): readonly [Uint32Array, Uint32Array] {
  const rows = allRows(count);
  shuffle(rows, rng);
  const at = cut(count, Math.floor(count * share));
  return [rows.subarray(0, at), rows.subarray(at)];
}

/**
 * The same within every class, so that both sides have their share of each; rows come class by class. The only example of a
 * class is on the first side.
 */
export function splitRowsByClass(
  labels: Int32Array | Float32Array,
  share: number,
  rng: Rng,
): readonly [Uint32Array, Uint32Array] {
  const sides: [number[], number[]] = [[], []];
  for (const rows of rowsByClass(labels)) {
    const order = Uint32Array.from(rows);
    shuffle(order, rng);
    const at = cut(order.length, Math.round(order.length * share));
    for (let k = 0; k < order.length; k++) sides[k < at ? 0 : 1].push(order[k]);
  }
  return [Uint32Array.from(sides[0]), Uint32Array.from(sides[1])];
}

/** Where to cut `count` rows so that neither side is empty, if there are two. */
function cut(count: number, wanted: number): number {
  return Math.max(1, Math.min(wanted, count - 1));
}

function rowsByClass(labels: Int32Array | Float32Array): readonly (readonly number[])[] {
  const byClass = new Map<number, number[]>();
  for (let k = 0; k < labels.length; k++) {
    const rows = byClass.get(labels[k]);
    if (rows) rows.push(k);
    else byClass.set(labels[k], [k]);
  }
  return [...byClass.keys()].toSorted((a, b) => a - b).map((label) => byClass.get(label) ?? []);
}

function take<A extends Examples['inputs'] | Examples['targets']>(
  values: A,
  rows: Uint32Array,
  width: number,
): A {
  const taken = new (values.constructor as new (length: number) => A)(rows.length * width);
  for (let k = 0; k < rows.length; k++)
    taken.set(values.subarray(rows[k] * width, (rows[k] + 1) * width), k * width);
  return taken;
}
