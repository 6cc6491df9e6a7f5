/**
 * The layers hold because the compiler and the linter say so: every violation planted here must be caught by the project's
 * own configuration, at the file where it was planted.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './ludus.ts';

const root = resolve(import.meta.dirname, '../..');

/** Per folder, what may not be written in it. */
const planted: Readonly<Record<string, readonly string[]>> = {
  'src/core': [
    "import { dataSets } from '#data/catalogue.ts'; export const x = dataSets;",
    "import { worlds } from '#train/catalogue/worlds.ts'; export const x = worlds;",
    "import { cartPole } from '#envs/control/cart-pole/cart-pole.ts'; export const x = cartPole;",
    "import type { Step } from '#compile/step.ts'; export type X = Step;",
    "import type { Step } from '../compile/step.ts'; export type X = Step;",
    "import { scalar } from '@tensorflow/tfjs-core'; export const x = scalar(1);",
    "import { readFileSync } from 'node:fs'; export const x = readFileSync;",
    'export const x = Math.random();',
    'export const x = Date.now();',
    'export const x = performance.now();',
  ],
  'envs/grid/planted': [
    "import { scalar } from '@tensorflow/tfjs-core'; export const x = scalar(1);",
    "import { Graphics } from 'pixi.js'; export const x = new Graphics();",
    "import type { Step } from '#compile/step.ts'; export type X = Step;",
    "import { defineAgent } from '#agents/value/dqn/dqn.ts'; export const x = defineAgent;",
    "import { cartPole } from '#envs/control/cart-pole/cart-pole.ts'; export const x = cartPole;",
    "import { cartPole } from '../../control/cart-pole/cart-pole.ts'; export const x = cartPole;",
    "import { frozenLake } from '../frozen-lake/frozen-lake.ts'; export const x = frozenLake;",
    "import type { Rng } from '../../../src/core/rng.ts'; export type X = Rng;",
    "import { readFileSync } from 'node:fs'; export const x = readFileSync;",
    'export const x = Math.random();',
    'export const x = new Date();',
    'export const x = document.title;',
    'export const x = setTimeout(() => {}, 1);',
    'export const x = globalThis.performance;',
    "export const x = process.env['HOME'];",
    'export const x = new OffscreenCanvas(1, 1);',
  ],
  'src/compile': [
    "import { tensor } from '@tensorflow/tfjs'; export const x = tensor;",
    "import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'; export const x = setWasmPaths;",
    "import { agents } from '#train/catalogue/agents.ts'; export const x = agents;",
    "import { agents } from '../train/agents.ts'; export const x = agents;",
    "import { dqn } from '#agents/value/dqn/dqn.ts'; export const x = dqn;",
    "import { cartPole } from '#envs/control/cart-pole/cart-pole.ts'; export const x = cartPole;",
    "import { Graphics } from 'pixi.js'; export const x = new Graphics();",
    'export const x = Math.random();',
  ],
  'agents/value/planted': [
    "import { dataSets } from '#data/catalogue.ts'; export const x = dataSets;",
    "import { cartPole } from '#envs/control/cart-pole/cart-pole.ts'; export const x = cartPole;",
    "import { cartPole } from '../../../envs/control/cart-pole/cart-pole.ts'; export const x = cartPole;",
    "import { tensor } from '@tensorflow/tfjs'; export const x = tensor;",
    "import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'; export const x = setWasmPaths;",
    "import { wrap } from 'comlink'; export const x = wrap;",
    "import { Graphics } from 'pixi.js'; export const x = new Graphics();",
    'export const x = document.title;',
    'export const x = Math.random();',
  ],
  'src/data': [
    "import { agents } from '#train/catalogue/agents.ts'; export const x = agents;",
    "import { scalar } from '@tensorflow/tfjs-core'; export const x = scalar(1);",
    "import { cartPole } from '#envs/control/cart-pole/cart-pole.ts'; export const x = cartPole;",
    "import { dqn } from '#agents/value/dqn/dqn.ts'; export const x = dqn;",
    "import { shippedFiles } from '#host/shipped.ts'; export const x = shippedFiles;",
    "import { shippedFiles } from '../host/shipped.node.ts'; export const x = shippedFiles;",
    "import { readFileSync } from 'node:fs'; export const x = readFileSync;",
    "import { wrap } from 'comlink'; export const x = wrap;",
    "import { Graphics } from 'pixi.js'; export const x = new Graphics();",
    "export const x = fetch('data');",
    'export const x = document.title;',
    'export const x = Math.random();',
  ],
  'src/train': [
    "import { createCompute } from '#host/compute.ts'; export const x = createCompute;",
    "import { createCompute } from '../host/compute.ts'; export const x = createCompute;",
    "import { scalar } from '@tensorflow/tfjs-core'; export const x = scalar(1);",
    "import { wrap } from 'comlink'; export const x = wrap;",
    'export const x = document.title;',
    'export const x = performance.now();',
  ],
  'src/train/catalogue': [
    "import { createCompute } from '#host/compute.ts'; export const x = createCompute;",
    "import { resolveWorld } from '../world/setup.ts'; export const x = resolveWorld;",
    "import type { Run } from '../runs/run.ts'; export type X = Run;",
  ],
  'src/train/world': ["import { resolveRun } from '../request/resolve.ts'; export const x = resolveRun;"],
  'src/train/recordings': [
    "import { resolveRun } from '#train/request/resolve.ts'; export const x = resolveRun;",
  ],
  'src/train/request': ["import { evaluate } from '../runs/evaluate.ts'; export const x = evaluate;"],
  'src/train/record': ["import type { Run } from '../runs/run.ts'; export type X = Run;"],
  'src/train/parallel': ["import type { Run } from '../runs/run.ts'; export type X = Run;"],
  'src/train/runs': [
    "import { plantNetworks } from '../checkpoints/networks.ts'; export const x = plantNetworks;",
    'export const x = performance.now();',
  ],
  'src/train/checkpoints': ["import { wrap } from 'comlink'; export const x = wrap;"],
  'src/host': [
    "import { dqn } from '#agents/value/dqn/dqn.ts'; export const x = dqn;",
    "import { signal } from '@preact/signals'; export const x = signal(1);",
    "import { worlds } from '#train/catalogue/worlds.ts'; export const x = worlds;",
  ],
  'src/storage': [
    "import { resolveRun } from '#train/request/resolve.ts'; export const x = resolveRun;",
    "import { signal } from '@preact/signals'; export const x = signal(1);",
  ],
  'src/worker': [
    "import { Graphics } from 'pixi.js'; export const x = new Graphics();",
    "import { scalar } from '@tensorflow/tfjs-core'; export const x = scalar(1);",
    "import { cartPole } from '#envs/control/cart-pole/cart-pole.ts'; export const x = cartPole;",
  ],
  'src/node': [
    "import { Graphics } from 'pixi.js'; export const x = new Graphics();",
    "import { signal } from '@preact/signals'; export const x = signal(1);",
    "import { cartPole } from '#envs/control/cart-pole/cart-pole.ts'; export const x = cartPole;",
  ],
  'src/package': [
    "import { tensor } from '@tensorflow/tfjs'; export const x = tensor;",
    "import { cartPole } from '#envs/control/cart-pole/cart-pole.ts'; export const x = cartPole;",
    "import { readRun } from '#node/run-options.ts'; export const x = readRun;",
    "import { wrap } from 'comlink'; export const x = wrap;",
  ],
  'src/view': [
    "import { scalar } from '@tensorflow/tfjs-core'; export const x = scalar(1);",
    "import { worlds } from '#train/catalogue/worlds.ts'; export const x = worlds;",
    "import { cartPole } from '#envs/control/cart-pole/cart-pole.ts'; export const x = cartPole;",
    "import { wrap } from 'comlink'; export const x = wrap;",
  ],
  'src/ui': [
    "import { dataSets } from '#data/catalogue.ts'; export const x = dataSets;",
    "import { scalar } from '@tensorflow/tfjs-core'; export const x = scalar(1);",
    "import { resolveRun } from '#train/request/resolve.ts'; export const x = resolveRun;",
    "import { resolveRun } from '../train/request/resolve.ts'; export const x = resolveRun;",
    "import { Graphics } from 'pixi.js'; export const x = new Graphics();",
    "import { wrap } from 'comlink'; export const x = wrap;",
    "import { cartPole } from '#envs/control/cart-pole/cart-pole.ts'; export const x = cartPole;",
    "import { Session } from '#worker/session.ts'; export const x = Session;",
    "import { Analyst } from '#worker/classifier/analyst.ts'; export const x = Analyst;",
    "import { Previews } from '#worker/gallery/previews.ts'; export const x = Previews;",
    "import { SweepReader } from '#worker/sweep/reader.ts'; export const x = SweepReader;",
  ],
  'src/anything': [
    'export const x = (value: any): unknown => value;',
    'export default 1;',
    'export enum X { a }',
    'export async function x(): Promise<void> { Promise.resolve(1); }',
    "export function x(kind: 'a' | 'b'): number { switch (kind) { case 'a': return 1; } return 2; }",
    `export const x = [\n${'  1,\n'.repeat(400)}];`,
  ],
};

/** The allowed, so that a rule that forbids everything does not pass for a good one. */
const allowed: Readonly<Record<string, string>> = {
  'envs/grid/planted': "import type { Rng } from '#core/rng.ts'; export type X = Rng;",
  'agents/value/planted': "import { scalar } from '@tensorflow/tfjs-core'; export const x = scalar(1);",
  'src/train': "import { wrap } from '#core/wrappers.ts'; export const x = wrap;",
  'src/train/runs': "import { worlds } from '../catalogue/worlds.ts'; export const x = worlds;",
  'src/data': "import { rngStreams } from '#core/rng.ts'; export const x = rngStreams(1);",
  'src/host': "import { shippedContent } from '#data/shipped.ts'; export const x = shippedContent;",
  'src/worker': "import { Database } from '#storage/database.ts'; export const x = Database;",
  'src/ui': "import type { Trainer } from '#worker/client.ts'; export type X = Trainer;",
  'src/ui/classifier': "import { digitOf } from '#data/draw.ts'; export const x = digitOf;",
  'src/ui/classifier/state':
    "import type { FitInfo } from '#worker/classifier/protocol.ts'; export type X = FitInfo;",
};

interface Planted {
  readonly file: string;
  readonly code: string;
}

const violations: readonly Planted[] = Object.entries(planted).flatMap(([folder, codes]) =>
  codes.map((code, i) => ({ file: `${folder}/violation-${i}.ts`, code })),
);
const innocents: readonly Planted[] = Object.entries(allowed).map(([folder, code]) => ({
  file: `${folder}/innocent.ts`,
  code,
}));

/** The files that compiler and linter complain about, with what they say. */
function complaints(): ReadonlyMap<string, string> {
  const folder = temporaryFolder();
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'envs'));
  for (const name of ['oxlint.config.mjs', 'tsconfig.json', 'envs/tsconfig.json'])
    copyFileSync(join(root, name), join(folder, name));
  for (const { file, code } of [...violations, ...innocents]) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), `${code}\n`);
  }
  const found = new Map<string, string>();
  const note = (file: string, text: string): unknown => found.set(file, `${found.get(file) ?? ''}${text}\n`);
  const linter = run(folder, 'oxlint', [
    '-c',
    'oxlint.config.mjs',
    '--format',
    'unix',
    'src',
    'envs',
    'agents',
  ]);
  for (const [, file, text] of linter.matchAll(/^(?:.*\/)?((?:src|envs|agents)\/.*?):\d+:\d+: (.*)$/gm))
    note(file, text);
  const compiler =
    run(folder, 'tsc', ['-p', 'envs/tsconfig.json', '--pretty', 'false']) +
    run(folder, 'tsc', ['--pretty', 'false']);
  // That an imported module is not in this folder says nothing about who may import it.
  for (const [, file, code, text] of compiler.matchAll(/^(\S+?)\(\d+,\d+\): error (TS\d+): (.*)$/gm))
    if (code !== 'TS2307' && code !== 'TS2882') note(file, text);
  return found;
}

function run(folder: string, tool: string, args: readonly string[]): string {
  const { stdout, error } = spawnSync(join(root, 'node_modules/.bin', tool), args, {
    cwd: folder,
    encoding: 'utf8',
  });
  if (error) throw error;
  return stdout;
}

describe('layers', () => {
  const found = complaints();

  it.each(violations)('$file: $code', ({ file }) => {
    expect([...found.keys()]).toContain(file);
  });

  it.each(innocents)('$file may: $code', ({ file }) => {
    expect(found.get(file)).toBeUndefined();
  });
});
