/**
 * Compiled steps against tfjs on WebAssembly, both the same steps run eagerly and the same networks as tfjs's users write them,
 * and against PyTorch where it is installed (Debian: `python3-torch libopenblas0-pthread`). Our side and tfjs's take turns, so
 * that a busy machine slows them alike.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { denseNetwork, inferenceExample, updateExample, type ExampleNetwork } from '#compile/examples.ts';
import { usersInference, usersUpdate } from '#compile/examples-tfjs.ts';
import { median } from '#core/stats.ts';
import { createCompute } from '#host/compute.ts';
import type { Row } from './row.ts';

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

/** Rounds in which every side has its turn, and milliseconds of a turn. */
const ROUNDS = 11;
const TURN = 100;

export async function* benchCompile(filter: string): AsyncIterable<Row> {
  for (const each of cases) {
    if (!each.row.includes(filter)) continue;
    const { compiled, eager, users } = await measure(each);
    const torch = await measureTorch(each);
    yield {
      suite: 'compile',
      row: each.row,
      value: compiled,
      unit: 'µs',
      vs: {
        'tfjs-wasm, this step': eager / compiled,
        'tfjs-wasm, as its users write it': users / compiled,
        ...(torch && { 'PyTorch, 1 thread': torch.one / compiled, 'PyTorch, best': torch.best / compiled }),
      },
    };
  }
}

interface Times {
  readonly compiled: number;
  readonly eager: number;
  readonly users: number;
}

/** Microseconds per run of the three sides on this machine's Node. */
async function measure({ network, kind }: Case): Promise<Times> {
  const example = kind === 'update' ? updateExample(network) : inferenceExample(network);
  const { step, shapes, initial, inputs } = example;
  const outputs = kind === 'update' ? [] : ['y'];
  using simd = await createCompute('simd');
  const compiled = await simd.compile('bench', step, shapes, initial);
  // Last, so that its tfjs backend stays the current one; compiled steps need none.
  using wasm = await createCompute('wasm');
  const eager = await wasm.compile('bench', step, shapes, initial);
  using users = kind === 'update' ? usersUpdate(network, example) : usersInference(network, example);
  const sides = [() => compiled.run(inputs, outputs), () => eager.run(inputs, outputs), users.run];
  const times = sides.map((): number[] => []);
  for (let round = -2; round < ROUNDS; round++)
    for (const [i, side] of sides.entries()) {
      const time = await turn(side);
      if (round >= 0) times[i].push(time);
    }
  compiled.dispose();
  eager.dispose();
  const medians = times.map(median);
  return { compiled: medians[0], eager: medians[1], users: medians[2] };
}

/** Runs for a turn's time; µs per run. */
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

const run = promisify(execFile);
const script = fileURLToPath(new URL('torch_compare.py', import.meta.url));

/** µs per run of PyTorch on one thread and on its best number; undefined where it is not installed. */
async function measureTorch({ network, kind }: Case): Promise<{ one: number; best: number } | undefined> {
  for (const python of ['python3', '/usr/bin/python3'])
    try {
      const { stdout } = await run(python, [script, JSON.stringify({ ...network, kind })]);
      return JSON.parse(stdout) as { one: number; best: number };
    } catch {
      // No Python, or one without torch.
    }
  return undefined;
}
