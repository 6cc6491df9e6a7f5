/** What is compared with whom, as data. A rival that does not know a task, or is not found, is left out. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { denseNetwork } from '#compile/examples.ts';
import { codeBeside } from '#host/platform.node.ts';
import { runnable } from '../programs.ts';
import { builds, rltools } from './rltools.ts';
import type { Command, Task } from './sides.ts';
import { stableBaselines } from './stable-baselines.ts';

export interface Work {
  /** Trainings are named `<agent> <world> <preset>`, as in `bench agents`. */
  readonly row: string;
  readonly task: Task;
}

/** Where rivals are. */
export interface Places {
  /** A checkout of rl-tools/rl-tools. */
  readonly rltools?: string | undefined;
  /** A Python that has what is to be compared. */
  readonly python?: string | undefined;
  /** A folder in whose node_modules @jax-js/jax is. */
  readonly jax?: string | undefined;
}

export interface Rival {
  readonly name: string;
  /** Why it is left out; undefined: it is there. */
  readonly missing: (places: Places) => string | undefined;
  /** Whether it can share its work among threads. */
  readonly hasThreads?: boolean;
  /** Its command for a work that it knows. */
  readonly command: (work: Work, places: Places, threads: number) => Command | undefined;
}

export const works: readonly Work[] = [
  training('sac', 'pendulum', 'rltools-sac', 100),
  training('ppo', 'pendulum', 'rltools-ppo', 4096),
  training('ppo', 'cart-pole', 'sb3-zoo', 256),
  training('dqn', 'cart-pole', 'cleanrl', 100),
  training('dqn', 'cart-pole', 'sb3-zoo', 256),
  training('dqn', 'breakout', 'minatar', 100),
  training('ppo', 'breakout', 'minatar', 4096),
  ...['cart-pole', 'pendulum', 'breakout', 'asterix', 'freeway', 'seaquest', 'space-invaders'].map(
    (world) => ({ row: `${world}, random play`, task: { kind: 'world', world } }) as const,
  ),
  update([4, 64, 64, 2], 64),
  update([4, 120, 84, 2], 128),
  update([3, 64, 64, 1], 256),
];

/** Modules whose products PyTorch shares among threads. */
const TORCH: ReadonlySet<string> = new Set(['torch', 'stable_baselines3']);

export const rivals: readonly Rival[] = [
  rltoolsRival('RLtools, WebAssembly', 'wasm', 'em++'),
  rltoolsRival('RLtools, C++ without BLAS', 'plain', 'g++'),
  rltoolsRival('RLtools, OpenBLAS held to SSE', 'sse', 'g++'),
  rltoolsRival('RLtools, OpenBLAS with AVX2', 'avx2', 'g++'),
  pythonRival('Stable-Baselines3', 'stable_baselines3', ({ row }) =>
    Object.hasOwn(stableBaselines, row) ? ['sb3_train.py', JSON.stringify(stableBaselines[row])] : undefined,
  ),
  pythonRival('Gymnasium', 'gymnasium', ({ task }) => playing(task, 'gymnasium', GYMNASIUM)),
  pythonRival('Gymnasium, 64 vectorised', 'gymnasium', ({ task }) => playing(task, 'vectorised', VECTORISED)),
  pythonRival('MinAtar', 'minatar', ({ task }) => playing(task, 'minatar', MINATAR)),
  pythonRival('PyTorch', 'torch', ({ task }) =>
    task.kind === 'update'
      ? ['torch_update.py', JSON.stringify({ ...task.network, kind: 'update' })]
      : undefined,
  ),
  {
    name: 'tfjs-wasm',
    missing: () => undefined,
    command: ({ task }) => (task.kind === 'update' ? ownCommand('tfjs', task, 1) : undefined),
  },
  {
    name: 'jax-js, WebAssembly',
    missing: ({ jax }) => (jax === undefined ? 'no --jax' : undefined),
    command: ({ task }, { jax = '' }) =>
      task.kind === 'update' ? jaxCommand(jax, JSON.stringify(task.network)) : undefined,
  },
];

/** Ludus' side. */
export function ownCommand(side: 'ludus' | 'tfjs', task: Task, threads: number): Command {
  const script = fileURLToPath(codeBeside(import.meta.url, 'ours'));
  return {
    file: process.execPath,
    args: ['--import', 'tsx/esm', script, side, JSON.stringify(task), String(threads)],
  };
}

function training(agent: string, world: string, preset: string, unit: number): Work {
  return {
    row: `${agent} ${world} ${preset}`,
    task: { kind: 'train', request: { agent, world, preset }, unit },
  };
}

function update(sizes: readonly number[], batch: number): Work {
  const network = denseNetwork(sizes, batch);
  return { row: `mlp ${sizes.join('-')} batch ${batch}, update`, task: { kind: 'update', network } };
}

/** The worlds that are the same as ours, by our names. */
const GYMNASIUM: Readonly<Record<string, string>> = { 'cart-pole': 'CartPole-v1', pendulum: 'Pendulum-v1' };
const VECTORISED: Readonly<Record<string, string>> = { 'cart-pole': 'CartPole-v1' };
const MINATAR: Readonly<Record<string, string>> = {
  breakout: 'breakout',
  asterix: 'asterix',
  freeway: 'freeway',
  seaquest: 'seaquest',
  'space-invaders': 'space_invaders',
};

function playing(task: Task, kind: string, names: Readonly<Record<string, string>>): string[] | undefined {
  if (task.kind !== 'world' || !Object.hasOwn(names, task.world)) return undefined;
  return ['play.py', kind, names[task.world]];
}

function rltoolsRival(name: string, build: keyof typeof builds, compiler: string): Rival {
  return {
    name,
    missing: ({ rltools: checkout }) => {
      if (checkout === undefined) return 'no --rltools';
      if (!existsSync(join(checkout, 'include/rl_tools'))) return `no include/rl_tools in ${checkout}`;
      return runnable(compiler) === undefined ? `no ${compiler}` : undefined;
    },
    hasThreads: 'env' in builds[build],
    command: ({ task }, { rltools: checkout = '' }, threads) => {
      if (task.kind !== 'train') return undefined;
      const [, algorithm] = /^rltools-(sac|ppo)$/.exec(task.request.preset ?? '') ?? [];
      return algorithm === undefined
        ? undefined
        : rltools(checkout, build, algorithm as 'sac' | 'ppo', threads);
    },
  };
}

/** A script beside this file and its arguments, in the Python given. */
function pythonRival(
  name: string,
  module: string,
  script: (work: Work) => readonly string[] | undefined,
): Rival {
  return {
    name,
    missing: ({ python = 'python3' }) => {
      try {
        execFileSync(python, ['-c', `import ${module}`], { stdio: 'ignore' });
        return undefined;
      } catch {
        return `no ${module} in ${python}`;
      }
    },
    hasThreads: TORCH.has(module),
    command: (work, { python = 'python3' }, threads) => {
      const [file, ...args] = script(work) ?? [];
      if (file === undefined) return undefined;
      const path = fileURLToPath(new URL(file, import.meta.url));
      return { file: python, args: [path, ...args], env: { OMP_NUM_THREADS: String(threads) } };
    },
  };
}

function jaxCommand(folder: string, network: string): Command {
  const module = pathToFileURL(join(folder, 'node_modules/@jax-js/jax/dist/index.js')).href;
  const script = fileURLToPath(new URL('jax_update.mjs', import.meta.url));
  return { file: process.execPath, args: [script, module, network] };
}
