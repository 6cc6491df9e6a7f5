/** The records of trained seeds: a JSON line each in the file of their data set, appended once and never changed. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { appendRecord, readRecords } from '../record-lines.ts';
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
    appendRecord(path, record);
  }

  private read(data: string): readonly FitRecord[] {
    return readRecords(this.path(data), recordSchema) as readonly FitRecord[];
  }

  private path(data: string): string {
    return join(this.folder, `${data}.jsonl`);
  }
}
