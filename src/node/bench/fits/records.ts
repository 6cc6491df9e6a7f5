/** The records of trained seeds: a JSON line each in the file of their data set, appended once and never changed. */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '#core/errors.ts';
import { parseJson } from '#core/json.ts';
import { appendWhole } from '../../files.ts';
import { fitOf, nameOf, type FitExperiment } from './suite.ts';

const recordSchema = z.looseObject({
  experiment: z.string(),
  /** See `keyOf`. */
  key: z.string(),
  seed: z.number(),
  /** Epochs that were trained, and examples that were learned from. */
  epochs: z.number(),
  examples: z.number(),
  /** Of the test examples after the last epoch. */
  test: z.looseObject({
    count: z.number(),
    accuracy: z.number(),
    loss: z.number(),
    calibrationError: z.number(),
  }),
  /** Wall time and CPU time of training, without the test. */
  seconds: z.number(),
  cpuSeconds: z.number(),
  backend: z.string(),
  /** All settings, defaults included. */
  request: z.record(z.string(), z.unknown()),
  provenance: z.object({
    commit: z.string(),
    date: z.string(),
    machine: z.string(),
    node: z.string(),
  }),
});
export type FitRecord = z.output<typeof recordSchema>;

/** A hash of the settings: no seed is trained twice with the same, and none counts for others. */
export function keyOf(experiment: FitExperiment): string {
  return createHash('sha256')
    .update(JSON.stringify(fitOf(experiment, 1).request))
    .digest('hex')
    .slice(0, 12);
}

export class FitRecords {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The records of a row with its present settings, sorted by seed; of duplicates, the last one. */
  of(experiment: FitExperiment): readonly FitRecord[] {
    const [name, key] = [nameOf(experiment), keyOf(experiment)];
    const own = this.read(experiment.data).filter(
      (record) => record.experiment === name && record.key === key,
    );
    const bySeed = new Map(own.map((record) => [record.seed, record]));
    return [...bySeed.values()].toSorted((a, b) => a.seed - b.seed);
  }

  append(experiment: FitExperiment, record: FitRecord): void {
    const path = this.path(experiment.data);
    // A line left incomplete by an interruption must not absorb this one.
    const whole = !existsSync(path) || readFileSync(path, 'utf8').endsWith('\n');
    const file = openSync(path, 'a');
    try {
      appendWhole(file, path, `${whole ? '' : '\n'}${JSON.stringify(record)}\n`);
    } finally {
      closeSync(file);
    }
  }

  private read(data: string): readonly FitRecord[] {
    const path = this.path(data);
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.flatMap((line, k) => parseLine(line, `${path} line ${k + 1}`));
  }

  private path(data: string): string {
    return join(this.folder, `${data}.jsonl`);
  }
}

/** The record of a line; none if it is empty or incomplete. Throws an `InputError` at `where` if it is something else. */
function parseLine(line: string, where: string): readonly FitRecord[] {
  let given: unknown;
  try {
    given = parseJson(line, where);
  } catch {
    return [];
  }
  const read = recordSchema.safeParse(given);
  if (read.success) return [read.data];
  const [issue] = read.error.issues;
  const field = [where, ...issue.path.map(String)].join('.');
  throw new InputError([{ field, expected: 'the record of a seed', got: issue.message }]);
}
