/**
 * The folder of a headless run: config.json, metrics.jsonl (written while it trains), episodes.csv, metrics.csv,
 * evaluation.json and checkpoint.ludus. Files are replaced atomically, so that an interruption leaves none half written.
 */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { show } from '#core/errors.ts';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from '#train/checkpoints/checkpoint.ts';
import type { Evaluation } from '#train/runs/evaluate.ts';
import type { Recorder } from '#train/record/recorder.ts';
import type { CompleteRequest } from '#train/request/resolve.ts';
import type { Run } from '#train/runs/run.ts';
import { evaluationRow } from './evaluation.ts';
import { wrong } from './options.ts';

const CHECKPOINT = 'checkpoint.ludus';

export class RunFolder {
  readonly path: string;
  private readonly log: number;
  /** Progress of the run whose checkpoint the folder holds, if it holds one. */
  savedAt: number | undefined;
  private episodesWritten = 0;
  private metricsWritten = 0;

  private constructor(path: string) {
    this.path = path;
    try {
      makeFolder(path);
      this.log = openSync(join(path, 'metrics.jsonl'), 'w');
    } catch (error) {
      throw new Error(`--out: cannot create the run folder ${show(path)}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /** The folder of a new run. An earlier run of that name is moved to `path.1`, `path.2`, …: `movedTo`. */
  static async create(path: string): Promise<{ folder: RunFolder; movedTo: string | undefined }> {
    const movedTo = await moveEarlierRun(path);
    return { folder: new RunFolder(path), movedTo };
  }

  /** The folder of a resumed run: its record is rewritten from the checkpoint, which holds all of it. */
  static reopen(path: string, savedAt: number): RunFolder {
    const folder = new RunFolder(path);
    folder.savedAt = savedAt;
    return folder;
  }

  get checkpointPath(): string {
    return join(this.path, CHECKPOINT);
  }

  /** Appends the episodes and metrics since the last call to metrics.jsonl. */
  appendMetrics(recorder: Recorder): void {
    const lines: string[] = [];
    const episodes = recorder.episodesSince(this.episodesWritten);
    episodes.step.forEach((step, i) =>
      lines.push(
        JSON.stringify({
          step,
          slot: episodes.slot[i],
          'episode/return': episodes.return[i],
          'episode/length': episodes.length[i],
        }),
      ),
    );
    const metrics = recorder.metricsSince(this.metricsWritten);
    metrics.step.forEach((step, i) => {
      const row: Record<string, number> = { step };
      for (const [name, column] of Object.entries(metrics.columns))
        if (!Number.isNaN(column[i])) row[name] = column[i];
      lines.push(JSON.stringify(row));
    });
    this.episodesWritten = recorder.episodes;
    this.metricsWritten = recorder.metricRows;
    if (lines.length > 0) writeSync(this.log, `${lines.join('\n')}\n`);
  }

  /** Writes the checkpoint, the config, and the record as CSV. */
  async save(run: Run): Promise<void> {
    const { setup, progress: steps, recorder } = run;
    const { request } = setup;
    const file = await encodeCheckpoint({ request, steps, state: await run.snapshot() });
    await this.write(CHECKPOINT, file);
    this.savedAt = steps;
    this.appendMetrics(recorder);
    await this.write('config.json', `${JSON.stringify(summary(request), null, 2)}\n`);
    const { step, slot, return: returns, length } = recorder.episodesSince(0);
    await this.write('episodes.csv', csv({ step, slot, return: returns, length }));
    const metrics = recorder.metricsSince(0);
    await this.write('metrics.csv', csv({ step: metrics.step, ...metrics.columns }));
  }

  async saveEvaluation(seed: number, evaluation: Evaluation): Promise<void> {
    await this.write('evaluation.json', `${JSON.stringify(evaluationRow(seed, evaluation), null, 2)}\n`);
  }

  close(): void {
    closeSync(this.log);
  }

  private async write(name: string, content: string | Uint8Array): Promise<void> {
    const path = join(this.path, name);
    await writeFile(`${path}.new`, content);
    await rename(`${path}.new`, path);
  }
}

/** Reads a checkpoint from its file or from a run folder. */
export async function readCheckpoint(path: string): Promise<{ path: string; checkpoint: Checkpoint }> {
  const info = await stat(path).catch(() => undefined);
  if (!info)
    throw wrong('checkpoint', 'a checkpoint file or a run folder', `${show(path)}, which does not exist`);
  const file = info.isDirectory() ? join(path, CHECKPOINT) : path;
  const bytes = await readFile(file).catch(() => {
    throw wrong('checkpoint', `a folder that holds ${CHECKPOINT}`, show(path));
  });
  return { path: file, checkpoint: await decodeCheckpoint(new Uint8Array(bytes)) };
}

/** A request for reading: of demonstrations, which the checkpoint holds, only their number. */
export function summary({ demonstrations, ...request }: CompleteRequest): Record<string, unknown> {
  return demonstrations
    ? { ...request, demonstrations: `${demonstrations.episodes.length} episodes` }
    : request;
}

/** Creates a folder and its parents. Node's recursive `mkdirSync` never returns on file systems that refuse, such as /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

async function moveEarlierRun(path: string): Promise<string | undefined> {
  if (path === '') throw wrong('--out', 'a folder', 'nothing');
  if (!existsSync(path)) return undefined;
  if (!(await stat(path)).isDirectory()) throw wrong('--out', 'a folder', `${show(path)}, a file`);
  if (readdirSync(path).length === 0) return undefined;
  if (!existsSync(join(path, 'config.json')) && !existsSync(join(path, 'metrics.jsonl')))
    throw wrong(
      '--out',
      'a new folder, an empty one or a run folder',
      `${show(path)}, which holds other files`,
    );
  let number = 1;
  while (existsSync(`${path}.${number}`)) number++;
  await rename(path, `${path}.${number}`);
  return `${path}.${number}`;
}

function csv(columns: Readonly<Record<string, Float64Array>>): string {
  const values = Object.values(columns);
  const lines = [Object.keys(columns).join(',')];
  for (let row = 0; row < values[0].length; row++)
    lines.push(values.map((column) => (Number.isNaN(column[row]) ? '' : String(column[row]))).join(','));
  return `${lines.join('\n')}\n`;
}
