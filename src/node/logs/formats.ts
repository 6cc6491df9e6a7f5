/** What was trained, in the formats of other tools: see docs/interop.md. Each gives the files to write, by their path in a folder. */
import Papa from 'papaparse';
import { eventFile, type Scalar } from './event-file.ts';
import type { LogRow } from '../bench/results/seed-log.ts';
import type { Trained } from '../compare/contestant.ts';

/** A trained seed, with its log where it has one. */
export interface Logged extends Trained {
  /** What it is called beside others, e.g. `dqn-cleanrl`. */
  readonly name: string;
  readonly log?: readonly LogRow[] | undefined;
  /** When it was written, in seconds since 1970. */
  readonly written: number;
}

export type Files = ReadonlyMap<string, string | Uint8Array<ArrayBuffer>>;

/** Names of CleanRL and Open RL Benchmark. */
const TAGS: Readonly<Record<string, string>> = {
  'episode/return': 'charts/episodic_return',
  'episode/length': 'charts/episodic_length',
};

/** A folder per seed, `<env_id>__<exp_name>__<seed>`, as CleanRL names them. */
export function tensorboard(seeds: readonly Logged[]): Files {
  return new Map(
    seeds.map((seed) => {
      const settings = Object.entries(keysOf(seed)).map(([key, value]) => `|${key}|${value}|`);
      const notes = { 'hyperparameters/text_summary': ['|param|value|', '|-|-|', ...settings].join('\n') };
      const file = `events.out.tfevents.${Math.floor(seed.written)}.ludus`;
      return [`${runName(seed)}/${file}`, eventFile(scalarsOf(seed), notes, seed.written)];
    }),
  );
}

/** Logs as they are; of a record without one, the points of its curve. */
function scalarsOf({ log, training }: Logged): readonly Scalar[] {
  if (!log) return training.curve.map(([step, value]) => ({ tag: TAGS['episode/return'], step, value }));
  return log.flatMap((row) =>
    Object.entries(row)
      .filter(([name]) => name !== 'step' && name !== 'slot')
      .map(([name, value]) => ({ tag: TAGS[name] ?? name, step: row['step'], value })),
  );
}

/** Of seeds with a log: a row per episode. Nobody has noted the time, so that `t` counts env steps. */
export function monitor(seeds: readonly Logged[]): Files {
  return new Map(
    seeds.map((seed) => {
      const header = JSON.stringify({ t_start: 0, env_id: seed.request.world });
      const rows = (seed.log ?? [])
        .filter((row) => 'episode/return' in row)
        .map((row) => [row['episode/return'], row['episode/length'], row['step']]);
      return [`${runName(seed)}/monitor.csv`, `#${header}\n${csv(['r', 'l', 't'], rows)}`];
    }),
  );
}

/**
 * environment → task → algorithm → run → step, as marl-eval reads it, which wants as many steps of all runs. Seeds whose first
 * episodes ended later lack the first points, so that all begin where the last of them does.
 */
export function marlEval(seeds: readonly Logged[]): Files {
  const length = Math.min(...seeds.map(({ training }) => training.curve.length));
  const tasks: Record<string, Record<string, Record<string, unknown>>> = {};
  for (const { name, seed, request, training, greedy } of seeds) {
    const steps = training.curve
      .slice(training.curve.length - length)
      .map(([step, value], k) => [`step_${k}`, { step_count: step, return: [value] }]);
    const algorithms = (tasks[request.world] ??= {});
    (algorithms[name] ??= {})[`seed_${seed}`] = {
      ...Object.fromEntries(steps),
      absolute_metrics: { return: [greedy.mean] },
    };
  }
  return new Map([['marl-eval.json', `${JSON.stringify({ ludus: tasks }, null, 1)}\n`]]);
}

/** A row per point of every seed's curve, under the keys of Open RL Benchmark. */
export function openRl(seeds: readonly Logged[]): Files {
  const rows = seeds.flatMap((seed) => {
    const { env_id, exp_name, seed: number } = keysOf(seed);
    return seed.training.curve.map(([step, value]) => [env_id, exp_name, number, step, value]);
  });
  const header = ['env_id', 'exp_name', 'seed', 'global_step', TAGS['episode/return']];
  return new Map([['open-rl-benchmark.csv', csv(header, rows)]]);
}

function keysOf({ name, seed, steps, request }: Logged) {
  return { env_id: request.world, exp_name: name, seed, total_timesteps: steps };
}

function csv(fields: readonly string[], data: readonly (readonly (string | number)[])[]): string {
  return `${Papa.unparse({ fields: [...fields], data: data.map((row) => [...row]) }, { newline: '\n' })}\n`;
}

function runName(seed: Logged): string {
  const { env_id, exp_name } = keysOf(seed);
  return `${env_id}__${exp_name}__${seed.seed}`;
}
