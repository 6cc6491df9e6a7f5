/**
 * Steps on several threads: the same bits as on one, whatever the shapes. The threads are real ones, and everything that can be
 * shared is, however small.
 */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { denseNetwork, updateExample, type Example } from '#compile/examples.ts';
import { explain } from '#compile/explain.ts';
import { ThreadPool } from '#compile/simd/pool.ts';
import { createCompute } from '#host/compute.ts';
import { spawnThread } from '#host/platform.ts';
import { InputError } from '#core/errors.ts';
import { numbers, sizeOf } from '../parity/compile-close.ts';
import { operationCount, programStep, type RandomProgram } from '../parity/compile-random-program.ts';
import { compileOn, networks, wordsAfter } from './compile-threads-runs.ts';

const pools = [2, 3].map((threads) => new ThreadPool({ spawn: spawnThread, threads, worthwhile: 0 }));

beforeAll(async () => {
  await tf.setBackend('cpu');
});
afterAll(() => pools.forEach((pool) => pool[Symbol.dispose]()));

/** Compares one thread with each pool; returns how many pools shared the step. */
async function expectSameBits(example: Example, read: readonly string[], runs = 3): Promise<number> {
  const alone = await compileOn(undefined, example);
  const expected = wordsAfter(alone.runner, example.inputs, read, runs);
  let shared = 0;
  for (const pool of pools) {
    const { runner, threaded } = await compileOn(pool, example);
    expect(wordsAfter(runner, example.inputs, read, runs)).toEqual(expected);
    if (threaded) shared++;
  }
  return shared;
}

describe('one, two and three threads give the same bits', () => {
  it.each(Object.keys(networks))('%s', async (name) => {
    expect(await expectSameBits(updateExample(networks[name]), ['loss'])).toBe(pools.length);
  });

  it('sums over a middle axis, whose results no single axis of the loop keeps apart', async () => {
    const shape = [3, 40, 320];
    const example: Example = {
      step: (_, { x, y }) => ({ state: {}, outputs: { sums: tf.sum(tf.square(tf.sub(x, y)), 1) } }),
      shapes: {
        state: {},
        inputs: { x: { shape, dtype: 'float32' }, y: { shape: [320], dtype: 'float32' } },
      },
      initial: {},
      inputs: { x: numbers(1, sizeOf(shape)), y: numbers(2, 320) },
    };
    expect(await expectSameBits(example, ['sums'])).toBe(pools.length);
  });

  it('random programs, values and gradients', { timeout: 300_000 }, async () => {
    const shape = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
    const instruction = fc.tuple(fc.nat(operationCount - 1), fc.nat(3), fc.nat(255));
    const programs: fc.Arbitrary<RandomProgram> = fc.record({
      shapes: fc.array(shape, { minLength: 1, maxLength: 3 }),
      instructions: fc.array(instruction, { minLength: 1, maxLength: 8 }),
    });
    const runs = Number(process.env['LUDUS_RUNS'] ?? 12);
    let shared = 0;
    await fc.assert(
      fc.asyncProperty(programs, fc.nat(1000), async (program, seed) => {
        const { step, shapes, outputs } = programStep(program);
        const initial = Object.fromEntries(
          program.shapes.map((of, i) => [`x${i}`, numbers(seed + i, sizeOf(of))]),
        );
        const inputs = { weight: Float32Array.of(0.75) };
        shared += await expectSameBits({ step, shapes, initial, inputs }, outputs, 2);
      }),
      { numRuns: runs, seed: 11 },
    );
    // A program on single numbers has nothing to share.
    expect(shared).toBeGreaterThan(runs);
  });
});

describe('which steps are shared', () => {
  it('not small ones: they are there at once and their label stays plain', async () => {
    using compute = await createCompute('simd', { threads: 2 });
    const { step, shapes, initial } = updateExample(denseNetwork([4, 64, 64, 2], 64));
    const runner = compute.compile('mlp', step, shapes, initial);
    expect(runner).not.toBeInstanceOf(Promise);
    expect(compute.label).toBe('simd');
  });

  it('large ones, as explain shows', async () => {
    using compute = await createCompute('simd', { threads: 2 });
    const { step, shapes, initial } = updateExample(networks['arcade planes']);
    const runner = await compute.compile('arcade', step, shapes, initial);
    expect(compute.label).toBe('simd · 2 threads for arcade');
    runner.dispose();
    expect(explain('arcade', step, shapes, 2)).toMatch(/shared, 2 chunks: .*matmul/);
    expect(explain('arcade', step, shapes)).not.toContain('shared');
  });

  it('never on a wrong number of threads', async () => {
    for (const threads of [0, 1.5, NaN, 33])
      await expect(createCompute('simd', { threads })).rejects.toThrow(InputError);
  });
});
