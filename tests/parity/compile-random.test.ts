/**
 * Compiled steps against eager tfjs on its cpu backend: random programs over random shapes (size 1, odd sizes, broadcasting),
 * values and gradients, to 1e-5 of each tensor's scale.
 */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import type { NamedValues, Runner } from '#compile/step.ts';
import { bothRunners, expectClose, numbers, sizeOf } from './compile-close.ts';
import { operationCount, programStep, type RandomProgram } from './compile-random-program.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const shape = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 });
const instruction = fc.tuple(fc.nat(operationCount - 1), fc.nat(3), fc.nat(255));
const programs: fc.Arbitrary<RandomProgram> = fc.record({
  shapes: fc.array(shape, { minLength: 1, maxLength: 3 }),
  instructions: fc.array(instruction, { maxLength: 8 }),
});

function compare(program: RandomProgram, seed: number): void {
  const { step, shapes, outputs } = programStep(program);
  const initial: NamedValues = Object.fromEntries(
    program.shapes.map((of, i) => [`x${i}`, numbers(seed + i, sizeOf(of))]),
  );
  using both = bothRunners('random', step, shapes, initial);
  const { compiled, eager: reference } = both;
  const inputs = { weight: Float32Array.of(0.75) };
  const values = program.instructions.map((_, i) => `value${i}`);
  for (let round = 0; round < 2; round++) {
    const names = [...outputs, ...values.slice(0, valueCount(reference, inputs, values))];
    const before = reference.getState() as NamedValues;
    const expected = copies(reference.run(inputs, names) as NamedValues);
    compiled.setState(before);
    const got = compiled.run(inputs, names);
    for (const name of names) expectClose(name, got[name], expected[name]);
    const after = reference.getState() as NamedValues;
    const state = compiled.getState();
    for (const name of Object.keys(after)) expectClose(`state ${name}`, state[name], after[name]);
  }
}

const counts = new WeakMap<Runner, number>();

/** How many instructions had a result: too large ones are left out. Runs on a copy of the state. */
function valueCount(runner: Runner, inputs: NamedValues, names: readonly string[]): number {
  const known = counts.get(runner);
  if (known !== undefined) return known;
  const state = runner.getState() as NamedValues;
  let count = names.length;
  for (; count > 0; count--) {
    try {
      void runner.run(inputs, [names[count - 1]]);
      break;
    } catch {
      // There is no such output.
    }
  }
  void runner.setState(state);
  counts.set(runner, count);
  return count;
}

function copies(values: NamedValues): NamedValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.slice()]));
}

describe('random programs: compiled equals eager on cpu', () => {
  const shapes = [[[]], [[1]], [[7]], [[3, 5]], [[4, 1, 3]], [[2, 3, 1, 4], [4]]];
  it.each(Array.from({ length: operationCount }, (_, i) => i))('operation %i alone', (operation) => {
    for (const given of shapes)
      for (const detail of [0, 5])
        compare({ shapes: given, instructions: [[operation, 0, detail]] }, operation + detail);
  });

  it('many operations', () => {
    fc.assert(
      fc.property(programs, fc.nat(1000), (program, seed) => compare(program, seed)),
      { numRuns: Number(process.env['LUDUS_RUNS'] ?? 100), seed: 7 },
    );
  });
});
