/**
 * The record of a trained seed: a JSON line in the file of its world, appended once and never changed. Its key identifies the
 * settings, so that no seed is trained twice and none counts for other settings.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { currentKeys, describe } from '#core/config.ts';
import { InputError } from '#core/errors.ts';
import { findAgent, resolveRun, type CompleteRequest } from '#train/request/resolve.ts';
import { makeFolder } from '../../files.ts';
import { appendRecord, readRecords } from '../record-lines.ts';
import { nameOf, runOf, type Experiment } from './suite.ts';
import type { TimeSplit } from './time-split.ts';

/**
 * The mean return of the last 100 episodes, or fewer, after this many env steps and seconds of training. Records made before
 * 2026-11-29 lack the seconds.
 */
export type CurvePoint = readonly [steps: number, meanReturn: number, seconds?: number];

export interface SeedRecord {
  readonly experiment: string;
  /** See `keyOf`. */
  readonly key: string;
  readonly seed: number;
  /** Env steps. */
  readonly steps: number;
  readonly training: {
    /** Mean return of the last `episodes` episodes, at most 100; null if none ended. */
    readonly mean: number | null;
    readonly episodes: number;
    readonly curve: readonly CurvePoint[];
  };
  /** The greedy evaluation after training. */
  readonly greedy: { readonly mean: number; readonly std: number; readonly episodes: number };
  /** Wall time and CPU time of training, without the evaluation. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Absent of records made before 2026-11-29, and of runs with several workers. */
  readonly split?: TimeSplit;
  readonly backend: string;
  /** All settings, defaults included. */
  readonly request: Settings;
  readonly provenance: Provenance;
}

export interface Provenance {
  /** Abbreviated; `+` marks uncommitted changes. */
  readonly commit: string;
  readonly date: string;
  readonly machine: string;
  readonly node: string;
}

/** The parts of a request whose settings may have been more or fewer in other versions. */
const SECTIONS = ['params', 'rewards', 'wrappers', 'config'] as const;
export type Settings = Pick<CompleteRequest, (typeof SECTIONS)[number] | 'world' | 'agent' | 'preset'>;

/**
 * A hash of everything that decides a seed's outcome but the code: settings, steps, episodes and the world's version. `request`
 * replaces today's settings by those of an earlier version.
 */
export function keyOf(experiment: Experiment, request?: Settings): string {
  const run = runOf(experiment, 1);
  const { version } = run.world.create(run.params).spec;
  const { steps, episodes } = experiment;
  const text = JSON.stringify({ ...(request ?? run.request), seed: 1, version, steps, episodes });
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Whether a record has an experiment's settings; those added since it was made must be at their defaults. */
function isOf(experiment: Experiment, { key, request }: SeedRecord): boolean {
  if (key === keyOf(experiment)) return true;
  if (key !== keyOf(experiment, request)) return false;
  const [then, now] = [inTodaysTerms(request), runOf(experiment, 1).request];
  return SECTIONS.every((section) => isDeepStrictEqual(then[section], now[section]));
}

/** Settings of a run that was made earlier, with those that were added since at their defaults; as they are if it cannot run now. */
export function inTodaysTerms<T extends Settings>(request: T): T {
  // Without its preset, which may have a value now for what was not there then.
  const { preset: _, ...given } = request;
  try {
    const { config } = findAgent(request.agent);
    const { request: today } = resolveRun({
      ...given,
      config: currentKeys(describe(config), request.config),
    });
    return { ...request, ...Object.fromEntries(SECTIONS.map((section) => [section, today[section]])) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return request;
  }
}

/** A seed that could not be trained, and why. */
export interface SeedFailure extends Pick<SeedRecord, 'experiment' | 'key' | 'seed'> {
  readonly failure: string;
}

/** The file of all failures in a folder of records. */
const FAILURES = 'failures.log';

/** A folder of records, one file per world. */
export class Records {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The records of an experiment with its present settings, sorted by seed; of duplicates, the last one. */
  of(experiment: Experiment): readonly SeedRecord[] {
    const name = nameOf(experiment);
    const own = this.read(experiment.world).filter(
      (record) => record.experiment === name && isOf(experiment, record),
    );
    const bySeed = new Map(own.map((record) => [record.seed, record]));
    return [...bySeed.values()].toSorted((a, b) => a.seed - b.seed);
  }

  append(experiment: Experiment, record: SeedRecord): void {
    makeFolder(this.folder);
    appendRecord(this.path(experiment.world), record);
  }

  /** Notes that a seed could not be trained, so that it is not forgotten; it is tried again by the next call. */
  appendFailure(experiment: Experiment, { seed, failure }: Pick<SeedFailure, 'seed' | 'failure'>): void {
    makeFolder(this.folder);
    const note: SeedFailure = { experiment: nameOf(experiment), key: keyOf(experiment), seed, failure };
    appendRecord(join(this.folder, FAILURES), note);
  }

  /** The seeds of an experiment that were tried and never trained. */
  failuresOf(experiment: Experiment): readonly SeedFailure[] {
    const key = keyOf(experiment);
    const trained = new Set(this.of(experiment).map(({ seed }) => seed));
    const notes = readRecords(join(this.folder, FAILURES), failureSchema) as readonly SeedFailure[];
    const own = notes.filter((note) => note.key === key && !trained.has(note.seed));
    return [...new Map(own.map((note) => [note.seed, note])).values()];
  }

  private read(world: string): readonly SeedRecord[] {
    return readSeeds(this.path(world));
  }

  private path(world: string): string {
    return join(this.folder, `${world}.jsonl`);
  }
}

/** The records of a file. */
export function readSeeds(path: string): readonly SeedRecord[] {
  return readRecords(path, recordSchema) as readonly SeedRecord[];
}

const failureSchema = z.looseObject({
  experiment: z.string(),
  key: z.string(),
  seed: z.number(),
  failure: z.string(),
});
const settings = z.record(z.string(), z.unknown());
/** What is read of a record; the rest is only shown. */
const recordSchema = z.looseObject({
  experiment: z.string(),
  key: z.string(),
  seed: z.number(),
  steps: z.number(),
  training: z.looseObject({
    mean: z.number().nullable(),
    episodes: z.number(),
    curve: z.array(z.tuple([z.number(), z.number(), z.number().optional()])),
  }),
  greedy: z.looseObject({ mean: z.number(), std: z.number(), episodes: z.number() }),
  seconds: z.number(),
  cpuSeconds: z.number(),
  split: z
    .looseObject({ act: z.number(), world: z.number(), learn: z.number(), rest: z.number() })
    .optional(),
  backend: z.string(),
  request: z.looseObject({
    params: settings,
    rewards: settings,
    wrappers: settings,
    config: settings,
    world: z.string(),
    agent: z.string(),
    preset: z.string().optional(),
  }),
  provenance: z.looseObject({
    commit: z.string(),
    date: z.string(),
    machine: z.string(),
    node: z.string(),
  }),
});
