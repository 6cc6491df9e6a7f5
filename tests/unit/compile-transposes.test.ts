/** Transposes one after another, which the compiler puts together into one, against the elements that they move. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { createCompute } from '#host/compute.ts';

const SHAPE = [2, 3, 4];
const PERMUTATIONS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** A permuted tensor, element by element: axis i of the result is axis p[i] of x. */
function permuted(
  x: { readonly shape: readonly number[]; readonly at: (index: readonly number[]) => number },
  p: readonly number[],
) {
  return {
    shape: p.map((axis) => x.shape[axis]),
    at: (index: readonly number[]): number => x.at(x.shape.map((_, axis) => index[p.indexOf(axis)])),
  };
}

function nameOf(p: readonly number[], q: readonly number[]): string {
  return `${p.join('')} then ${q.join('')}`;
}

it('gives every element its place after any two permutations of three axes', async () => {
  using compute = await createCompute('simd', { threads: 1 });
  const pairs = PERMUTATIONS.flatMap((p) => PERMUTATIONS.map((q) => [p, q] as const));
  const runner = await compute.compile(
    'transposes',
    (_, { x }) => ({
      state: {},
      outputs: Object.fromEntries(
        pairs.map(([p, q]) => [nameOf(p, q), tf.add(tf.transpose(tf.transpose(x, [...p]), [...q]), 0.5)]),
      ),
    }),
    { state: {}, inputs: { x: { shape: SHAPE, dtype: 'float32' } } },
    {},
  );
  const x = Float32Array.from({ length: 24 }, (_, k) => k);
  const outputs = await runner.run(
    { x },
    pairs.map(([p, q]) => nameOf(p, q)),
  );
  const whole = { shape: SHAPE, at: ([i, j, k]: readonly number[]): number => 12 * i + 4 * j + k };
  for (const [p, q] of pairs) {
    const { shape, at } = permuted(permuted(whole, p), q);
    const [, rows, columns] = shape;
    const expected = Float32Array.from({ length: 24 }, (_, n) => {
      const index = [Math.floor(n / (rows * columns)), Math.floor(n / columns) % rows, n % columns];
      return at(index) + 0.5;
    });
    expect(outputs[nameOf(p, q)], nameOf(p, q)).toEqual(expected);
  }
  runner.dispose();
});
