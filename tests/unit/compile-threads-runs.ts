/** Compiled examples on one thread or several, and what they leave behind bit by bit. */
import { eagerCompute } from '#compile/eager.ts';
import { denseNetwork, type Example, type ExampleNetwork } from '#compile/examples.ts';
import type { ThreadPool } from '#compile/simd/pool.ts';
import { simdCompute } from '#compile/simd/simd.ts';
import type { ImmediateRunner, NamedValues } from '#compile/step.ts';

/** A compiled example; `threaded` if it runs on all threads of the pool. */
export async function compileOn(
  pool: ThreadPool | undefined,
  { step, shapes, initial }: Example,
): Promise<{ readonly runner: ImmediateRunner; readonly threaded: boolean }> {
  const compute = simdCompute(eagerCompute(), { pool });
  const runner = (await compute.compile('example', step, shapes, initial)) as ImmediateRunner;
  return { runner, threaded: compute.label.includes(`${pool?.threads} threads for example`) };
}

/** State and outputs after some runs, as words: a NaN equals itself, and 0 differs from −0. */
export function wordsAfter(
  runner: ImmediateRunner,
  inputs: NamedValues,
  read: readonly string[],
  runs: number,
) {
  for (let k = 1; k < runs; k++) runner.run(inputs, []);
  const results = { ...runner.run(inputs, read) };
  const words = Object.entries({ ...results, ...runner.getState() }).map(([name, values]) => [
    name,
    values instanceof Uint8Array ? [...values] : [...new Int32Array(values.slice().buffer)],
  ]);
  runner.dispose();
  return words;
}

/** Networks of awkward sizes. */
export const networks: Readonly<Record<string, ExampleNetwork>> = {
  'odd sizes': {
    input: [9, 7, 3],
    layers: [
      { kind: 'conv', filters: 5, size: 3 },
      { kind: 'pool', size: 2 },
      { kind: 'dense', units: 11 },
      { kind: 'dense', units: 3 },
    ],
    batch: 5,
    loss: 'cross-entropy',
  },
  'arcade planes': {
    input: [10, 10, 4],
    layers: [
      { kind: 'conv', filters: 16, size: 3 },
      { kind: 'dense', units: 128 },
      { kind: 'dense', units: 3 },
    ],
    batch: 33,
    loss: 'squared',
    density: 0.06,
  },
  'two convolutions': {
    input: [13, 13, 1],
    layers: [
      { kind: 'conv', filters: 8, size: 3 },
      { kind: 'conv', filters: 12, size: 2 },
      { kind: 'pool', size: 3 },
      { kind: 'dense', units: 10 },
    ],
    batch: 7,
    loss: 'cross-entropy',
  },
  'wide products': denseNetwork([37, 300, 5], 66),
  'one image': {
    input: [6, 6, 2],
    layers: [
      { kind: 'conv', filters: 3, size: 2 },
      { kind: 'dense', units: 1 },
    ],
    batch: 1,
    loss: 'squared',
  },
};
