/** The log of a trained seed, which `bench --logs` keeps beside the records: a JSON line per episode and window of updates. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '#core/json.ts';
import { mean } from '#core/stats.ts';
import type { Recorder } from '#train/record/recorder.ts';
import { logLines } from '../../log-lines.ts';
import type { SeedRecord } from './record.ts';

/** The folder of logs, in that of the records. */
export const LOGS = 'logs';

/** A row of a log: an episode that ended, or the metrics of an update window. */
export type LogRow = Readonly<Record<string, number>>;

type Named = Pick<SeedRecord, 'experiment' | 'seed'>;

/** `folder`: that of the logs. */
export function writeLog(folder: string, of: Named, recorder: Recorder): void {
  const lines = logLines(recorder.episodesSince(0), recorder.metricsSince(0));
  writeFileSync(fileIn(folder, of), lines.map((line) => `${line}\n`).join(''));
}

/**
 * The log of a record in `folder`, that of the records; undefined if none was kept, or one of another run: files are named by
 * experiment and seed, whatever the settings.
 */
export function readLog(folder: string, record: SeedRecord): readonly LogRow[] | undefined {
  const file = fileIn(join(folder, LOGS), record);
  if (!existsSync(file)) return undefined;
  const rows = readRows(file);
  const { episodes, mean: expected } = record.training;
  const returns = rows.flatMap((row) => row['episode/return'] ?? []).slice(-episodes);
  if (returns.length !== episodes) return undefined;
  const isSame = expected === null || Math.abs(mean(returns) - expected) <= 1e-6 * (1 + Math.abs(expected));
  return isSame ? rows : undefined;
}

/** The rows of a log; the last line of a run that was killed may be incomplete. */
export function readRows(file: string): readonly LogRow[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line, k) => parseJson(line, `${file} line ${k + 1}`) as LogRow);
}

function fileIn(folder: string, { experiment, seed }: Named): string {
  return join(folder, `${experiment.replaceAll(' ', '-')}-${seed}.jsonl`);
}
