/** The pool of threads under compiled steps: a thread that dies, sleeps or comes late is an error or no matter, never a wait. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { eagerCompute } from '#compile/eager.ts';
import { updateExample } from '#compile/examples.ts';
import { ThreadPool, type PoolThread } from '#compile/simd/pool.ts';
import { Code } from '#compile/simd/emit/code.ts';
import { ModuleWriter } from '#compile/simd/emit/module.ts';
import { Word, type ToThread } from '#compile/simd/thread.ts';
import { simdCompute } from '#compile/simd/simd.ts';
import type { ImmediateRunner } from '#compile/step.ts';
import { spawnThread } from '#host/platform.ts';
import { compileOn, networks, wordsAfter } from './compile-threads-runs.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
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
  const example = updateExample(networks['two convolutions']);

  const compile = async (pool: ThreadPool | undefined): Promise<ImmediateRunner> =>
    (await compileOn(pool, example)).runner;

  it('is shared by steps, which come and go', async () => {
    const { pool, spawned } = fragile();
    using _ = pool;
    const first = await compile(pool);
    const others = await Promise.all([compile(pool), compile(pool)]);
    others[0].dispose();
    const words = wordsAfter(first, example.inputs, ['loss'], 2);
    expect(wordsAfter(others[1], example.inputs, ['loss'], 2)).toEqual(words);
    expect(spawned.length).toBe(1);
  });

  it('does not wait for ever for a thread that never loads a step: one thread computes the same', async () => {
    const silent: PoolThread = { post: () => {}, hold: () => {}, terminate: () => {} };
    using pool = new ThreadPool({ threads: 2, worthwhile: 0, loading: 50, spawn: () => silent });
    const { runner, threaded } = await compileOn(pool, example);
    expect(threaded).toBe(false);
    const expected = wordsAfter(await compile(undefined), example.inputs, ['loss'], 2);
    expect(wordsAfter(runner, example.inputs, ['loss'], 2)).toEqual(expected);
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
    const expected = wordsAfter(await compile(undefined), example.inputs, ['loss'], 2);
    // What the thread had to say of the run comes before its answer to the second step.
    for (let k = 0; k < 2; k++) {
      const { runner, threaded } = await compileOn(pool, example);
      expect(threaded).toBe(true);
      expect(wordsAfter(runner, example.inputs, ['loss'], 2)).toEqual(expected);
    }
    expect(spawned).toBe(1);
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
    const expected = wordsAfter(await compile(undefined), example.inputs, ['loss'], 3);
    const runner = await compile(pool);
    runner.run(example.inputs, []);
    spawned[0].terminate();
    await expect.poll(() => deaths.length).toBe(1);
    runner.run(example.inputs, []);
    expect(runner.run(example.inputs, ['loss'])['loss']).toHaveLength(1);
    deaths[0]();
    expect(() => runner.run(example.inputs, [])).toThrow(/a thread of the pool ended/);
    const next = await compile(pool);
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
      timeout: 400,
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
    const runner = await compile(pool);
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
      wordsAfter(await compile(undefined), inputs, ['loss'], 2),
    );
  });
});
