/**
 * Compiled steps against tfjs on WebAssembly (the same steps run eagerly, and the same networks as tfjs's users write them) and
 * against PyTorch where it is installed. The compiled and tfjs sides alternate, so that a busy machine slows both.
 */
import { availableParallelism } from 'node:os';
import {
  denseNetwork,
  inferenceExample,
  updateExample,
  type Example,
  type ExampleNetwork,
} from '#compile/examples.ts';
import { usersInference, usersUpdate } from '#compile/examples-tfjs.ts';
import type { Compute, Runner } from '#compile/step.ts';
import { median } from '#core/stats.ts';
import { createCompute } from '#host/compute.ts';
import type { Row } from './row.ts';
import { measureTorch } from './torch.ts';

interface Case {
  readonly row: string;
  readonly network: ExampleNetwork;
  readonly kind: 'update' | 'inference';
}

const minatar: ExampleNetwork = {
  input: [10, 10, 4],
  layers: [
    { kind: 'conv', filters: 16, size: 3 },
    { kind: 'dense', units: 128 },
    { kind: 'dense', units: 3 },
  ],
  batch: 32,
  loss: 'squared',
  density: 0.06,
};

const lenet: ExampleNetwork = {
  input: [28, 28, 1],
  layers: [
    { kind: 'conv', filters: 16, size: 3 },
    { kind: 'pool', size: 2 },
    { kind: 'conv', filters: 32, size: 3 },
    { kind: 'pool', size: 2 },
    { kind: 'dense', units: 10 },
  ],
  batch: 64,
  loss: 'cross-entropy',
};

const cases: readonly Case[] = [
  { row: 'mlp 4-64-64-2 batch 64 update', network: denseNetwork([4, 64, 64, 2], 64), kind: 'update' },
  { row: 'mlp 4-120-84-2 batch 128 update', network: denseNetwork([4, 120, 84, 2], 128), kind: 'update' },
  { row: 'minatar batch 32 update', network: minatar, kind: 'update' },
  { row: 'lenet batch 64 update', network: lenet, kind: 'update' },
  { row: 'mlp 4-64-64-2 batch 1 inference', network: denseNetwork([4, 64, 64, 2], 1), kind: 'inference' },
];

/** Rounds over all sides, and milliseconds per side and round. */
const ROUNDS = 11;
const TURN = 100;

export async function* benchCompile(filter: string): AsyncIterable<Row> {
  for (const each of cases) {
    if (!each.row.includes(filter)) continue;
    const { compiled, threaded, eager, users } = await measure(each);
    const torch = await measureTorch({ ...each.network, kind: each.kind });
    const tfjs = (time: number) => ({
      'tfjs-wasm, this step': eager / time,
      'tfjs-wasm, as its users write it': users / time,
    });
    yield {
      suite: 'compile',
      row: each.row,
      value: compiled,
      unit: 'µs',
      vs: {
        ...tfjs(compiled),
        ...(torch && { 'PyTorch, 1 thread': torch.one / compiled, 'PyTorch, best': torch.best / compiled }),
      },
    };
    if (!threaded) continue;
    yield {
      suite: 'compile',
      row: `${each.row}, ${threaded.threads} threads`,
      value: threaded.time,
      unit: 'µs',
      vs: {
        '1 thread': compiled / threaded.time,
        ...tfjs(threaded.time),
        ...(torch && { 'PyTorch, best': torch.best / threaded.time }),
      },
    };
  }
}

interface Times {
  /** On one thread. */
  readonly compiled: number;
  /** On the best number of threads above one, where the step is split at all. */
  readonly threaded: { readonly threads: number; readonly time: number } | undefined;
  readonly eager: number;
  readonly users: number;
}

/** A step compiled for a number of threads. */
interface Compiled {
  readonly threads: number;
  readonly compute: Compute & Disposable;
  readonly runner: Runner;
}

/** Microseconds per run of every side but PyTorch. */
async function measure({ network, kind }: Case): Promise<Times> {
  const example = kind === 'update' ? updateExample(network) : inferenceExample(network);
  const { step, shapes, initial, inputs } = example;
  const outputs = kind === 'update' ? [] : ['y'];
  const compiled = await compileOnThreads(example);
  // Last, so that its tfjs backend stays the current one; compiled steps need none.
  using wasm = await createCompute('wasm');
  const eager = await wasm.compile('bench', step, shapes, initial);
  using users = kind === 'update' ? usersUpdate(network, example) : usersInference(network, example);
  const runners = [...compiled.map(({ runner }) => runner), eager];
  const sides = [...runners.map((runner) => () => runner.run(inputs, outputs)), users.run];
  const times = sides.map((): number[] => []);
  for (let round = -2; round < ROUNDS; round++)
    for (const [i, side] of sides.entries()) {
      const time = await turn(side);
      if (round >= 0) times[i].push(time);
    }
  runners.forEach((runner) => runner.dispose());
  compiled.forEach(({ compute }) => compute[Symbol.dispose]());
  const medians = times.map(median);
  const threaded = compiled.slice(1).map(({ threads }, i) => ({ threads, time: medians[i + 1] }));
  return {
    compiled: medians[0],
    threaded: threaded.sort((a, b) => a.time - b.time).at(0),
    eager: medians[compiled.length],
    users: medians[compiled.length + 1],
  };
}

/** On one thread and, if the step is split at all, on every higher number up to the cores. */
async function compileOnThreads({ step, shapes, initial }: Example): Promise<Compiled[]> {
  const compiled: Compiled[] = [];
  for (let threads = 1; threads <= availableParallelism(); threads++) {
    const compute = await createCompute('simd', { threads });
    const runner = await compute.compile('bench', step, shapes, initial);
    if (threads > 1 && compute.label === 'simd') {
      runner.dispose();
      compute[Symbol.dispose]();
      break;
    }
    compiled.push({ threads, compute, runner });
  }
  return compiled;
}

/** Runs for `TURN`; µs per run. */
async function turn(side: () => unknown): Promise<number> {
  const start = performance.now();
  let runs = 0;
  let elapsed = 0;
  while (elapsed < TURN) {
    for (let k = 0; k < 10; k++) {
      const pending = side();
      if (pending instanceof Promise) await pending;
    }
    runs += 10;
    elapsed = performance.now() - start;
  }
  return (elapsed / runs) * 1000;
}
