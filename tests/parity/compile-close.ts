/** What the comparisons of executors share: numbers to compute with, both runners at once, and how close is close. */
import { eagerCompute } from '#compile/eager.ts';
import { simdCompute } from '#compile/simd/simd.ts';
import type { ImmediateRunner, NamedValues, Runner, Step, StepShapes, Values } from '#compile/step.ts';
import { expect } from 'vitest';

const TOLERANCE = 1e-5;

/** Numbers from a seed, uniform in (−2, 2): a test's data, not randomness of the project (xorshift, Marsaglia 2003). */
export function numbers(seed: number, count: number): Float32Array {
  let state = Math.imul(seed + 1, 2654435761) >>> 0 || 1;
  return Float32Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) / 2 ** 32) * 4 - 2;
  });
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Within 1e-5 of the expected tensor's scale, element by element; NaN only where NaN is expected. */
export function expectClose(name: string, got: Values, expected: Values): void {
  expect(got.length, name).toBe(expected.length);
  const magnitudes = Array.from(expected, Math.abs).filter(Number.isFinite);
  const scale = Math.max(1, ...magnitudes);
  for (let i = 0; i < got.length; i++) {
    const same = Object.is(got[i], expected[i]) || Math.abs(got[i] - expected[i]) <= TOLERANCE * scale;
    if (!same) expect.fail(`${name}[${i}]: expected ${expected[i]}, got ${got[i]}`);
  }
}

/** The same step on both executors; `compiled` must not have fallen back. */
export function bothRunners(
  name: string,
  step: Step,
  shapes: StepShapes,
  initial: NamedValues,
): { readonly compiled: ImmediateRunner; readonly eager: Runner } & Disposable {
  const reference = eagerCompute();
  const compute = simdCompute(reference);
  const compiled = compute.compile(name, step, shapes, initial) as ImmediateRunner;
  expect(compute.label).toBe('simd');
  const eager = reference.compile(name, step, shapes, initial) as Runner;
  return {
    compiled,
    eager,
    [Symbol.dispose]: () => {
      compiled.dispose();
      eager.dispose();
    },
  };
}

/** Runs a step without state on both executors and compares all outputs. */
export function compareOutputs(
  step: Step,
  inputs: StepShapes['inputs'],
  values: NamedValues,
  outputs: readonly string[],
): void {
  using both = bothRunners('comparison', step, { state: {}, inputs }, {});
  const expected = both.eager.run(values, outputs) as NamedValues;
  const got = both.compiled.run(values, outputs);
  for (const name of outputs) {
    // tfjs's cpu backend keeps the array of a bool or int32 tensor that is cast to a wider type.
    expect(width(got[name]), `type of ${name}`).toBeGreaterThanOrEqual(width(expected[name]));
    expectClose(name, got[name], expected[name]);
  }
}

function width(values: Values): number {
  return [Uint8Array, Int32Array, Float32Array].findIndex((type) => values instanceof type);
}
