/**
 * What is kept of a trained seed: a JSON line in the file of its world, appended when the seed is done and never changed.
 * A line's key says what it was trained with, so that no seed is trained twice and none passes for one with other settings.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { currentKeys, describe } from '#core/config.ts';
import { resolveRun, type CompleteRequest } from '#train/request/resolve.ts';
import { nameOf, runOf, type Experiment } from './suite.ts';

/** The mean return of the last hundred finished episodes, or fewer, when so many env steps had been made. */
export type CurvePoint = readonly [steps: number, meanReturn: number];

export interface SeedRecord {
  readonly experiment: string;
  /** Of settings, steps, episodes and the world's version: see `keyOf`. */
  readonly key: string;
  readonly seed: number;
  /** Env steps made. */
  readonly steps: number;
  readonly training: {
    /** Mean return of the last `episodes` finished episodes, at most 100; null where none ended. */
    readonly mean: number | null;
    readonly episodes: number;
    readonly curve: readonly CurvePoint[];
  };
  /** Greedy play after training, in fresh worlds. */
  readonly greedy: { readonly mean: number; readonly std: number; readonly episodes: number };
  /** Of training alone: wall time and processor time, in seconds. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly backend: string;
  /** Every setting there was, written out. */
  readonly request: Settings;
  readonly provenance: Provenance;
}

/** Where and when a record was made, and by which code. */
export interface Provenance {
  /** Abbreviated, with `+` where files had been changed since. */
  readonly commit: string;
  readonly date: string;
  readonly machine: string;
  readonly node: string;
}

/** The parts of a request that hold settings, which other versions of the tables may have had more or fewer of. */
const SECTIONS = ['params', 'rewards', 'wrappers', 'config'] as const;
export type Settings = Pick<CompleteRequest, (typeof SECTIONS)[number]>;

/**
 * Twelve hexadecimal digits of what decides a seed's outcome, the code apart. `request`: of an earlier version of the tables,
 * instead of today's.
 */
export function keyOf(experiment: Experiment, request?: Settings): string {
  const run = runOf(experiment, 1);
  const { version } = run.world.create(run.params).spec;
  const { steps, episodes } = experiment;
  const text = JSON.stringify({ ...(request ?? run.request), seed: 1, version, steps, episodes });
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/**
 * Whether a record was made with an experiment's settings, or with those that there were of them: what it lacks must be new in
 * the tables, and at its default.
 */
function wasMadeBy(experiment: Experiment, { key, request }: SeedRecord): boolean {
  if (key === keyOf(experiment)) return true;
  if (key !== keyOf(experiment, request)) return false;
  const now = runOf(experiment, 1).request;
  const { world, agent } = experiment;
  const { request: defaults, agent: definition } = resolveRun({ world, agent });
  const made: Settings = { ...request, config: currentKeys(describe(definition.config), request.config) };
  return SECTIONS.every((section) => {
    const [then, today, usual] = [made[section], now[section], defaults[section]];
    const isAlike = (name: string): boolean =>
      isDeepStrictEqual(today[name], Object.hasOwn(then, name) ? then[name] : usual[name]);
    return [...new Set([...Object.keys(then), ...Object.keys(today)])].every(isAlike);
  });
}

/** The records of a folder, one file per world. */
export class Records {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** An experiment's records under its present settings, by seed; where a seed was kept twice, the later one. */
  of(experiment: Experiment): readonly SeedRecord[] {
    const name = nameOf(experiment);
    const own = this.read(experiment.world).filter(
      (record) => record.experiment === name && wasMadeBy(experiment, record),
    );
    const bySeed = new Map(own.map((record) => [record.seed, record]));
    return [...bySeed.values()].toSorted((a, b) => a.seed - b.seed);
  }

  append(experiment: Experiment, record: SeedRecord): void {
    const path = this.path(experiment.world);
    mkdirSync(dirname(path), { recursive: true });
    // A line that an interruption cut off must not swallow this one.
    const whole = !existsSync(path) || readFileSync(path, 'utf8').endsWith('\n');
    appendFileSync(path, `${whole ? '' : '\n'}${JSON.stringify(record)}\n`);
  }

  private read(world: string): readonly SeedRecord[] {
    const path = this.path(world);
    if (!existsSync(path)) return [];
    return readFileSync(path, 'utf8').split('\n').flatMap(parseLine);
  }

  private path(world: string): string {
    return join(this.folder, `${world}.jsonl`);
  }
}

/** The record of a line; none for an empty or cut-off one. */
function parseLine(line: string): readonly SeedRecord[] {
  try {
    return [JSON.parse(line) as SeedRecord];
  } catch {
    return [];
  }
}
