/** Trained seeds from the disk: run folders, or records of `ludus bench` and `ludus compare`. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { refusal, show } from '#core/errors.ts';
import { parseJson } from '#core/json.ts';
import { mean } from '#core/stats.ts';
import { asRun } from '#train/request/subject.ts';
import { CHECKPOINT, findCheckpoint, readCheckpoint } from '../checkpoint-file.ts';
import { inTodaysTerms, readSeeds, type CurvePoint, type SeedRecord } from '../bench/results/record.ts';
import type { Contestant, Task, Trained } from './contestant.ts';

/** Episodes of the mean training return, as in records. */
const RECENT = 100;
const POINTS = 50;

/** Whether a text is a path of something stored, perhaps with a `#` and part of an experiment's name. */
export function isStored(text: string): boolean {
  return existsSync(pathOf(text).path);
}

/** The seeds that a path means; `field` names it in errors. */
export async function readStored(text: string, field: string, name: string): Promise<Contestant> {
  const { folders, records } = placesOf(text, field);
  checkSingle(records, text, field);
  const stored: readonly Trained[] = [...records, ...(await Promise.all(folders.map(readFolder)))];
  // Seeds that were trained before and after a setting was added, at its default, are of one agent.
  const seeds = stored.map((each) => ({ ...each, request: inTodaysTerms(each.request) }));
  const worlds = [...new Set(seeds.map(({ request }) => request.world))].toSorted();
  const tasks = worlds.map((world): Task => {
    const own = seeds.filter(({ request }) => request.world === world);
    return { world, seeds: own.toSorted((a, b) => a.seed - b.seed), failed: [] };
  });
  for (const { world, seeds: own } of tasks) checkAlike(own, `${field} ${world}`);
  return { name, tasks };
}

export interface Places {
  readonly folders: readonly string[];
  readonly records: readonly SeedRecord[];
  /** The folder that the records are in. */
  readonly home: string;
}

/** Run folders and records that a path means, one of the two. */
export function placesOf(text: string, field: string): Places {
  const { path, part } = pathOf(text);
  const folders = existsSync(path) ? runFolders(path) : [];
  const records = folders.length > 0 || !existsSync(path) ? [] : recordsIn(path, part);
  if (folders.length + records.length === 0)
    throw refusal(field, 'a run folder, a folder of run folders, or a file or folder of records', show(text));
  const home = existsSync(path) && !statSync(path).isDirectory() ? dirname(path) : path;
  return { folders, records, home };
}

function pathOf(text: string): { readonly path: string; readonly part: string } {
  const at = text.lastIndexOf('#');
  if (existsSync(text) || at < 1) return { path: text, part: '' };
  return { path: text.slice(0, at), part: text.slice(at + 1) };
}

/** The folders of runs in a folder, or itself if it is one. */
function runFolders(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [];
  if (existsSync(join(path, CHECKPOINT))) return [path];
  const inside = readdirSync(path).map((each) => join(path, each));
  return inside.filter((each) => existsSync(join(each, CHECKPOINT)));
}

const evaluationSchema = z.looseObject({ mean: z.number(), std: z.number(), episodes: z.number() });

/** The run of a folder, trained to its end. */
export async function readFolder(folder: string): Promise<Trained> {
  const checkpoint = await readCheckpoint(await findCheckpoint(folder));
  const { request, steps } = asRun(checkpoint, 'evaluate');
  const file = join(folder, 'evaluation.json');
  if (!existsSync(file)) throw refusal(file, 'the evaluation of a run that is trained to its end', 'nothing');
  const { success, data, error } = evaluationSchema.safeParse(parseJson(readFileSync(file, 'utf8'), file));
  if (!success) throw refusal(file, 'an evaluation', error.issues[0].message);
  return {
    seed: Number(request.seed),
    steps,
    training: trainingOf(join(folder, 'episodes.csv'), steps),
    greedy: { mean: data.mean, std: data.std, episodes: data.episodes },
    request,
  };
}

/** What a record would hold of these episodes: columns `step`, `slot`, `return`, `length`. */
function trainingOf(file: string, steps: number): SeedRecord['training'] {
  const rows = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(1) : [];
  const episodes = rows.map((row) => row.split(',').map(Number));
  const recent = (until: number): readonly number[] =>
    episodes
      .filter(([step]) => step <= until)
      .slice(-RECENT)
      .map((row) => row[2]);
  const curve = Array.from({ length: POINTS }, (_, k) => Math.round(((k + 1) * steps) / POINTS)).flatMap(
    (step): CurvePoint[] => {
      const returns = recent(step);
      return returns.length === 0 ? [] : [[step, mean(returns)]];
    },
  );
  const last = recent(Infinity);
  return { mean: last.length === 0 ? null : mean(last), episodes: last.length, curve };
}

/** The records in a file or a folder of files whose experiment's name holds `part`. */
function recordsIn(path: string, part: string): readonly SeedRecord[] {
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => name.endsWith('.jsonl'))
        .map((name) => join(path, name))
    : [path];
  const own = files.flatMap(readSeeds).filter(({ experiment }) => experiment.includes(part));
  // The version of a world is in the key alone: of records that differ in nothing else the newest generation counts.
  const generations = new Map(own.map((record) => [alikeOf(record), record.key]));
  const latest = new Map<string, SeedRecord>();
  for (const record of own)
    if (record.key === generations.get(alikeOf(record)))
      latest.set(JSON.stringify([record.experiment, inTodaysTerms(record.request)]), record);
  return [...latest.values()];
}

/** The same for all seeds with the same settings. */
function alikeOf({ experiment, request }: SeedRecord): string {
  return JSON.stringify([experiment, { ...request, seed: 0 }]);
}

/** A contestant has one experiment per world. */
function checkSingle(records: readonly SeedRecord[], text: string, field: string): void {
  for (const world of new Set(records.map(({ request }) => request.world))) {
    const own = records.filter(({ request }) => request.world === world);
    const names = [...new Set(own.map(({ experiment }) => experiment))];
    if (names.length > 1)
      throw refusal(
        field,
        `part of the name of one experiment after a #, e.g. ${show(`${basename(pathOf(text).path)}#${names[0]}`)}`,
        names.map(show).join(', '),
      );
  }
}

/** Seeds of one contestant on a world differ in nothing but their number. */
function checkAlike(seeds: readonly Trained[], field: string): void {
  const [first] = seeds;
  const other = seeds.find((each) => !isDeepStrictEqual(settingsOf(each), settingsOf(first)));
  if (other)
    throw refusal(
      field,
      'seeds of one agent with the same settings, trained for as long',
      `${told(first)} and ${told(other)}`,
    );
  const numbers = seeds.map(({ seed }) => seed);
  const twice = numbers.find((seed, k) => numbers.indexOf(seed) < k);
  if (twice !== undefined) throw refusal(field, 'each seed once', `seed ${twice} more than once`);
}

function settingsOf({ steps, request }: Trained): unknown {
  return { ...request, seed: 0, steps };
}

function told({ seed, steps, request }: Trained): string {
  return `seed ${seed} of ${request.agent} for ${steps} steps`;
}
