/**
 * Steps on several threads: the same bits as on one, whatever the shapes; and a thread that dies is an error, not a wait. The
 * threads are real ones, and everything that can be shared is, however small.
 */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eagerCompute } from '#compile/eager.ts';
import { denseNetwork, updateExample, type Example, type ExampleNetwork } from '#compile/examples.ts';
import { explain } from '#compile/explain.ts';
import { ThreadPool, type PoolThread } from '#compile/simd/pool.ts';
import { Code } from '#compile/simd/emit/code.ts';
import { ModuleWriter } from '#compile/simd/emit/module.ts';
import { Word, type ToThread } from '#compile/simd/thread.ts';
import { simdCompute } from '#compile/simd/simd.ts';
import type { ImmediateRunner, NamedValues } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { spawnThread } from '#host/platform.ts';
import { InputError } from '#core/errors.ts';
import { numbers, sizeOf } from '../parity/compile-close.ts';
import { operationCount, programStep, type RandomProgram } from '../parity/compile-random-program.ts';

const pools = [2, 3].map((threads) => new ThreadPool({ spawn: spawnThread, threads, worthwhile: 0 }));

beforeAll(async () => {
  await tf.setBackend('cpu');
});
afterAll(() => pools.forEach((pool) => pool[Symbol.dispose]()));

/** How many steps were compiled for several threads. */
let shared = 0;

async function compile(pool: ThreadPool | undefined, example: Example): Promise<ImmediateRunner> {
  const compute = simdCompute(eagerCompute(), { pool });
  const runner = await compute.compile('example', example.step, example.shapes, example.initial);
  if (compute.label.includes(`${pool?.threads} threads for example`)) shared++;
  return runner as ImmediateRunner;
}

/** State and outputs after some runs, as words: a NaN equals itself, and 0 differs from −0. */
function wordsAfter(runner: ImmediateRunner, inputs: NamedValues, read: readonly string[], runs: number) {
  for (let k = 1; k < runs; k++) runner.run(inputs, []);
  const results = { ...runner.run(inputs, read) };
  const words = Object.entries({ ...results, ...runner.getState() }).map(([name, values]) => [
    name,
    values instanceof Uint8Array ? [...values] : [...new Int32Array(values.slice().buffer)],
  ]);
  runner.dispose();
  return words;
}

async function expectSameBits(example: Example, read: readonly string[], runs = 3): Promise<void> {
  const expected = wordsAfter(await compile(undefined, example), example.inputs, read, runs);
  for (const pool of pools)
    expect(wordsAfter(await compile(pool, example), example.inputs, read, runs)).toEqual(expected);
}

const images: Readonly<Record<string, ExampleNetwork>> = {
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

describe('one, two and three threads give the same bits', () => {
  it.each(Object.keys(images))('%s', async (name) => {
    shared = 0;
    await expectSameBits(updateExample(images[name]), ['loss']);
    expect(shared).toBe(pools.length);
  });

  it('random programs, values and gradients', { timeout: 300_000 }, async () => {
    const shape = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
    const instruction = fc.tuple(fc.nat(operationCount - 1), fc.nat(3), fc.nat(255));
    const programs: fc.Arbitrary<RandomProgram> = fc.record({
      shapes: fc.array(shape, { minLength: 1, maxLength: 3 }),
      instructions: fc.array(instruction, { minLength: 1, maxLength: 8 }),
    });
    const runs = Number(process.env['LUDUS_RUNS'] ?? 12);
    shared = 0;
    await fc.assert(
      fc.asyncProperty(programs, fc.nat(1000), async (program, seed) => {
        const { step, shapes, outputs } = programStep(program);
        const initial = Object.fromEntries(
          program.shapes.map((of, i) => [`x${i}`, numbers(seed + i, sizeOf(of))]),
        );
        const inputs = { weight: Float32Array.of(0.75) };
        await expectSameBits({ step, shapes, initial, inputs }, outputs, 2);
      }),
      { numRuns: runs, seed: 11 },
    );
    // A program on single numbers has nothing to share.
    expect(shared).toBeGreaterThan(runs);
  });
});

function messageOf(action: () => void): string {
  try {
    action();
    return '';
  } catch (error) {
    return String(error);
  }
}

/** A module whose `serve` waits for a phase, takes a chunk, and leaves it undone, or traps over it. */
function idler(memory: WebAssembly.Memory, traps: boolean): WebAssembly.Module {
  const pages = memory.buffer.byteLength / 65536;
  const module = new ModuleWriter({ initial: pages, maximum: pages, shared: true });
  const code = new Code();
  const ticket = 64;
  code.repeatWhile(() => {
    code.i32Const(0);
    code.atomicLoad(ticket);
    code.i32Const(16);
    code.i32ShrU();
    code.i32Eqz();
  });
  code.i32Const(0);
  code.i32Const(1);
  code.atomicAdd(ticket);
  code.drop();
  if (traps) {
    // Atomic accesses must be aligned.
    code.i32Const(1);
    code.atomicLoad(ticket);
    code.drop();
  }
  module.addFunction(code, 'serve');
  return new WebAssembly.Module(module.finish());
}

/** A pool whose threads can be ended from outside, and hears of an end only when it is told. */
function fragile() {
  const spawned: PoolThread[] = [];
  const deaths: (() => void)[] = [];
  const pool = new ThreadPool({
    threads: 2,
    worthwhile: 0,
    spawn: (listener) => {
      const onDeath = (reason: string): void => void deaths.push(() => listener.onDeath(reason));
      const thread = spawnThread({ ...listener, onDeath });
      spawned.push(thread);
      return thread;
    },
  });
  return { pool, spawned, deaths };
}

describe('a pool', () => {
  const example = updateExample(images['two convolutions']);

  it('is shared by steps, which come and go', async () => {
    const { pool, spawned } = fragile();
    using _ = pool;
    const first = await compile(pool, example);
    const others = await Promise.all([compile(pool, example), compile(pool, example)]);
    others[0].dispose();
    const words = wordsAfter(first, example.inputs, ['loss'], 2);
    expect(wordsAfter(others[1], example.inputs, ['loss'], 2)).toEqual(words);
    expect(spawned.length).toBe(1);
  });

  it('bears with a thread that comes so late to a run that the step is gone', async () => {
    let spawned = 0;
    const pool = new ThreadPool({
      threads: 2,
      worthwhile: 0,
      spawn: (listener) => {
        spawned++;
        const thread = spawnThread(listener);
        const post = (message: ToThread): void => {
          // As after a run that the caller did alone, and the end of its step: the thread wakes up to both at once.
          if (message.kind === 'join') {
            const words = message.index * Word.size;
            Atomics.store(message.control, words + Word.step, 99);
            Atomics.add(message.control, words + Word.runs, 1);
          }
          thread.post(message);
        };
        return { ...thread, post };
      },
    });
    using _ = pool;
    const expected = wordsAfter(await compile(undefined, example), example.inputs, ['loss'], 2);
    shared = 0;
    // What the thread had to say of the run comes before its answer to the second step.
    for (let k = 0; k < 2; k++)
      expect(wordsAfter(await compile(pool, example), example.inputs, ['loss'], 2)).toEqual(expected);
    expect([shared, spawned]).toEqual([2, 1]);
  });

  it('opens a run before it calls its threads, so that who is early stays', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const words = new Int32Array(memory.buffer);
    const module = new ModuleWriter({ initial: 1, maximum: 1, shared: true });
    const code = new Code();
    const [ticket, seen] = [64, 1024];
    code.i32Const(0);
    code.i32Const(0);
    code.atomicLoad(ticket);
    code.atomicStore(seen);
    module.addFunction(code, 'serve');
    using pool = new ThreadPool({ spawn: spawnThread, threads: 2, worthwhile: 0 });
    const step = { build: 'exact', module: new WebAssembly.Module(module.finish()), memory } as const;
    const pooled = await pool.load(step);
    pooled.begin();
    await expect.poll(() => Atomics.load(words, seen / 4)).not.toBe(0);
  });

  it('goes on without a thread that died, until it hears of that; then it refuses, and starts anew for the next step', async () => {
    const { pool, spawned, deaths } = fragile();
    using _ = pool;
    const expected = wordsAfter(await compile(undefined, example), example.inputs, ['loss'], 3);
    const runner = await compile(pool, example);
    runner.run(example.inputs, []);
    spawned[0].terminate();
    await expect.poll(() => deaths.length).toBe(1);
    runner.run(example.inputs, []);
    expect(runner.run(example.inputs, ['loss'])['loss']).toHaveLength(1);
    deaths[0]();
    expect(() => runner.run(example.inputs, [])).toThrow(/a thread of the pool ended/);
    const next = await compile(pool, example);
    expect(spawned.length).toBe(2);
    expect(wordsAfter(next, example.inputs, ['loss'], 3)).toEqual(expected);
  });

  it.each([
    ['goes to sleep over its work', false],
    ['breaks down at its work', true],
  ])('fails when a thread %s', async (_, traps) => {
    // The thread's module is exchanged for one that takes a chunk and does nothing about it.
    const pool = new ThreadPool({
      threads: 2,
      worthwhile: 0,
      patience: 400,
      spawn: (listener) => {
        const thread = spawnThread(listener);
        const post = (message: ToThread): void =>
          thread.post(
            message.kind === 'load' ? { ...message, module: idler(message.memory, traps) } : message,
          );
        return { ...thread, post };
      },
    });
    using _pool = pool;
    const runner = await compile(pool, example);
    await expect
      .poll(() => messageOf(() => runner.run(example.inputs, [])), { timeout: 30_000 })
      .toMatch(/a thread of the pool/);
    expect(() => runner.run(example.inputs, [])).toThrow(/a thread of the pool/);
  });

  it('that cannot start threads leaves steps on one, and the label says so', async () => {
    const pool = new ThreadPool({
      threads: 2,
      worthwhile: 0,
      spawn: () => {
        throw new Error('no threads today');
      },
    });
    const compute = simdCompute(eagerCompute(), { pool });
    const { step, shapes, initial, inputs } = example;
    const runner = (await compute.compile('example', step, shapes, initial)) as ImmediateRunner;
    expect(compute.label).toBe('simd · one thread: no threads today');
    expect(wordsAfter(runner, inputs, ['loss'], 2)).toEqual(
      wordsAfter(await compile(undefined, example), inputs, ['loss'], 2),
    );
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
    const { step, shapes, initial } = updateExample(images['arcade planes']);
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
