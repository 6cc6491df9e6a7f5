/** What a run folder holds of a run for other programs: its request, episodes, metrics and last evaluation. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { z } from 'zod';
import { show } from '#core/errors.ts';
import { parseJson } from '#core/json.ts';
import { wrong } from '../options.ts';
import { reason } from '../files.ts';

export interface RunRecord {
  /** Its folder. */
  readonly path: string;
  readonly world: string;
  readonly agent: string;
  readonly preset: string | undefined;
  readonly seed: number;
  /** In the order in which they ended; `step`: env steps of the run by then. */
  readonly episodes: readonly Episode[];
  /** One per row of the record: what was measured at a step. */
  readonly metrics: readonly Metrics[];
  /** Returns of the greedy episodes at its end, if it was evaluated. */
  readonly evaluation: readonly number[] | undefined;
}

export interface Episode {
  readonly step: number;
  readonly return: number;
  readonly length: number;
}

interface Metrics {
  readonly step: number;
  /** By name; those that the row has. */
  readonly values: Readonly<Record<string, number>>;
}

const requestSchema = z.looseObject({
  world: z.string(),
  agent: z.string(),
  preset: z.string().optional(),
  seed: z.number(),
});
const evaluationSchema = z.looseObject({ returns: z.array(z.number()) });

/** Reads a run folder. Throws an `InputError` if it holds no run of an agent on a world. */
export function readRecord(path: string): RunRecord {
  const request = requestSchema.safeParse(parseJson(read(path, 'config.json'), 'run'));
  if (!request.success) throw wrong('run', 'the folder of a run of an agent on a world', show(path));
  const { world, agent, preset, seed } = request.data;
  const evaluation = existsSync(join(path, 'evaluation.json'))
    ? evaluationSchema.safeParse(parseJson(read(path, 'evaluation.json'), 'run.evaluation')).data?.returns
    : undefined;
  const episodes = table(read(path, 'episodes.csv')).map((row) => ({
    step: Number(row['step']),
    return: Number(row['return']),
    length: Number(row['length']),
  }));
  const metrics = table(read(path, 'metrics.csv')).map(({ step, ...cells }) => ({
    step: Number(step),
    values: Object.fromEntries(
      Object.entries(cells).flatMap(([name, cell]) => (cell === '' ? [] : [[name, Number(cell)]])),
    ),
  }));
  return { path, world, agent, preset, seed, episodes, metrics, evaluation };
}

/** How a run is called by others: its agent with its preset. */
export function experimentOf({ agent, preset }: RunRecord): string {
  return preset === undefined ? agent : `${agent}-${preset}`;
}

function read(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (error) {
    throw wrong('run', 'the folder of a run (see `ludus train --out`)', `${show(folder)} (${reason(error)})`);
  }
}

function table(text: string): readonly Readonly<Record<string, string>>[] {
  return Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
}
