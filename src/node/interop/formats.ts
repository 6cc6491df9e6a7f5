/** The records of runs in the formats of other tools; see docs/interop.md. */
import Papa from 'papaparse';
import { show } from '#core/errors.ts';
import { wrong } from '../options.ts';
import { eventFile, type Scalar } from './event-file.ts';
import { experimentOf, type RunRecord } from './run-record.ts';

/** A file, with its path below the folder that is written to. */
export interface OutputFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

interface Conversion {
  /** Seconds since 1970, for formats that want a time. */
  readonly now: number;
}

type Format = (records: readonly RunRecord[], conversion: Conversion) => readonly OutputFile[];

/** By the name on the command line. */
export const FORMATS = {
  tensorboard,
  monitor,
  'marl-eval': marlEval,
  'open-rl': openRl,
} as const satisfies Readonly<Record<string, Format>>;
export type FormatName = keyof typeof FORMATS;

/** One folder per run with an event file; tags as CleanRL's: `charts/episodic_return`, `losses/<metric>`. */
function tensorboard(records: readonly RunRecord[], { now }: Conversion): readonly OutputFile[] {
  return records.map((record) => {
    const { episodes, metrics } = record;
    const scalars: readonly Scalar[] = [
      ...episodes.flatMap(({ step, return: value, length }) => [
        { tag: 'charts/episodic_return', step, value },
        { tag: 'charts/episodic_length', step, value: length },
      ]),
      ...metrics.flatMap(({ step, values }) =>
        Object.entries(values).map(([name, value]) => ({ tag: `losses/${name}`, step, value })),
      ),
    ].toSorted((a, b) => a.step - b.step);
    const file = `events.out.tfevents.${Math.floor(now)}.ludus`;
    return { path: `${nameOf(record)}/${file}`, content: eventFile(scalars, now) };
  });
}

/**
 * A monitor file of Stable-Baselines3 per run: return, length and time of each episode. The record of a run has no clock: `t`
 * holds the env steps by its end.
 */
function monitor(records: readonly RunRecord[]): readonly OutputFile[] {
  return records.map((record) => {
    const header = `#${JSON.stringify({ t_start: 0, env_id: record.world })}`;
    const rows = record.episodes.map(({ return: r, length: l, step: t }) => `${r},${l},${t}`);
    return { path: `${nameOf(record)}/monitor.csv`, content: `${[header, 'r,l,t', ...rows].join('\n')}\n` };
  });
}

/** Points of a learning curve, and training episodes of each. */
const POINTS = 20;
const WINDOW = 10;

/**
 * marl-eval's JSON: environment → task → algorithm → seed → step_k. A point holds the last ten training episodes by then;
 * `absolute_metrics` the greedy episodes at the end. All runs have points at the same steps, as it asks.
 */
function marlEval(records: readonly RunRecord[]): readonly OutputFile[] {
  const tasks: Record<string, Record<string, Record<string, Record<string, unknown>>>> = {};
  for (const task of new Set(records.map(({ world }) => world))) {
    const runs = records.filter(({ world }) => world === task);
    const steps = commonSteps(runs);
    for (const run of runs) {
      const seed = `seed_${run.seed}`;
      const seeds = ((tasks[task] ??= {})[experimentOf(run)] ??= {});
      if (Object.hasOwn(seeds, seed)) throw twice(run);
      seeds[seed] = {
        ...Object.fromEntries(steps.map((step, k) => [`step_${k}`, pointAt(run, step)])),
        absolute_metrics: { return: run.evaluation ?? lastReturns(run, Infinity) },
      };
    }
  }
  return [{ path: 'marl-eval.json', content: `${JSON.stringify({ ludus: tasks })}\n` }];
}

/** Steps by which every run has ended an episode, up to where the shortest of them ends. */
function commonSteps(runs: readonly RunRecord[]): readonly number[] {
  for (const { episodes, path } of runs)
    if (episodes.length === 0) throw wrong('run', 'a run in which an episode has ended', show(path));
  const first = Math.max(...runs.map(({ episodes }) => episodes[0].step));
  const last = Math.min(...runs.map(({ episodes }) => episodes[episodes.length - 1].step));
  const steps = Array.from({ length: POINTS }, (_, k) => Math.round((last * (k + 1)) / POINTS));
  return [...new Set(steps.filter((step) => step >= first))];
}

function pointAt(run: RunRecord, step: number): unknown {
  return { step_count: step, return: lastReturns(run, step) };
}

function lastReturns({ episodes }: RunRecord, until: number): readonly number[] {
  return episodes
    .filter(({ step }) => step <= until)
    .slice(-WINDOW)
    .map((episode) => episode.return);
}

/** One table under the keys of Open RL Benchmark: `env_id`, `exp_name`, `seed`, `global_step`, `charts/episodic_return`. */
function openRl(records: readonly RunRecord[]): readonly OutputFile[] {
  const rows = records.flatMap((record) =>
    record.episodes.map(({ step, return: value, length }) => ({
      env_id: record.world,
      exp_name: experimentOf(record),
      seed: record.seed,
      global_step: step,
      'charts/episodic_return': value,
      'charts/episodic_length': length,
    })),
  );
  return [{ path: 'open-rl.csv', content: `${Papa.unparse(rows, { newline: '\n' })}\n` }];
}

function nameOf(record: RunRecord): string {
  return `${record.world}__${experimentOf(record)}__${record.seed}`;
}

function twice({ path, seed }: RunRecord): Error {
  return wrong('run', 'one run of each world, agent and seed', `${show(path)}, the second with seed ${seed}`);
}
