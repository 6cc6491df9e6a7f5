/**
 * The folder of a headless run: config.json, metrics.jsonl (written while it trains), metrics.csv, evaluation.json, the last three
 * checkpoints and, unless it is a fit of data, episodes.csv. Files are replaced atomically, so that an interruption leaves none
 * half written.
 */
import { existsSync, readdirSync, realpathSync, renameSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError, refusal, show } from '#core/errors.ts';
import { encodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import type { Recorder } from '#train/record/recorder.ts';
import type { Subject } from '#train/request/subject.ts';
import type { TrainingRun } from '#train/runs/run.ts';
import { CHECKPOINT, EARLIER_CHECKPOINTS } from './checkpoint-file.ts';
import { appendWhole, closeQuietly, DRAFT, makeFolder, openToAppend, reason, replaceFiles } from './files.ts';
import { Lock, LOCK_FILE } from './lock.ts';
import { logLines } from './log-lines.ts';
import { withoutSlash } from './paths.ts';

/** The file of a run's episodes and metrics, a line each. */
export const LOG = 'metrics.jsonl';

export class RunFolder implements Disposable {
  readonly path: string;
  /** Progress of the run whose checkpoint the folder holds, if it holds one. */
  savedAt: number | undefined;
  private lock: Lock;
  private log: number | undefined;
  private episodesWritten = 0;
  private metricsWritten = 0;

  private constructor(path: string, lock: Lock) {
    this.path = path;
    this.lock = lock;
  }

  /** The folder of a new run. An earlier run of that name is moved to `path.1`, `path.2`, …: `movedTo`. */
  static create(given: string): { folder: RunFolder; movedTo: string | undefined } {
    const path = withoutSlash(given);
    if (path === '') throw refusal('--out', 'a folder', 'nothing');
    let movedTo: string | undefined;
    for (;;) {
      if (filesIn(path).length > 0) movedTo = setAside(path);
      const lock = Lock.ofNewFolder(path, '--out');
      // Another process may have made a run here in the meantime.
      if (filesIn(path).length === 0) return { folder: new RunFolder(path, lock), movedTo };
      lock.release();
    }
  }

  /** The folder of a run to resume. */
  static reopen(path: string): RunFolder {
    return new RunFolder(path, Lock.ofFolder(path, '--resume'));
  }

  /** Begins metrics.jsonl with all that is recorded so far: a checkpoint holds more or less than the file of a killed run. */
  async startRecord(recorder: Recorder): Promise<void> {
    this.closeLog();
    const path = join(this.path, LOG);
    await replaceFiles({ path, content: this.newLines(recorder) });
    this.log = openToAppend(path);
  }

  /**
   * Appends the episodes and metrics since the last call to metrics.jsonl. Once that has failed it does nothing, until a save
   * begins the file anew.
   */
  appendMetrics(recorder: Recorder): void {
    if (this.log === undefined) return;
    const lines = this.newLines(recorder);
    try {
      if (lines !== '') appendWhole(this.log, join(this.path, LOG), lines);
    } catch (error) {
      this.closeLog();
      throw error;
    }
  }

  /** Writes the checkpoint, the config, and the record as CSV. `target`: the training steps asked for, if any were. */
  async save(run: TrainingRun, target: number | undefined): Promise<void> {
    const { subject, progress: steps, recorder } = run;
    const state = await run.snapshot();
    this.reclaim();
    const content = await encodeCheckpoint({ ...subject, steps, target, state });
    const earlier = EARLIER_CHECKPOINTS.map((name) => join(this.path, name));
    await replaceFiles({ path: join(this.path, CHECKPOINT), content, earlier });
    this.savedAt = steps;
    if (this.log === undefined) await this.startRecord(recorder);
    else this.appendMetrics(recorder);
    await this.write('config.json', `${JSON.stringify(summary(subject), null, 2)}\n`);
    if (subject.kind === 'run') {
      const { step, slot, return: returns, length } = recorder.episodesSince(0);
      await this.write('episodes.csv', csv({ step, slot, return: returns, length }));
    }
    const metrics = recorder.metricsSince(0);
    await this.write('metrics.csv', csv({ step: metrics.step, ...metrics.columns }));
  }

  async saveEvaluation(evaluation: Readonly<Record<string, unknown>>): Promise<void> {
    await this.write('evaluation.json', `${JSON.stringify(evaluation, null, 2)}\n`);
  }

  /** Gives the folder free. */
  [Symbol.dispose](): void {
    this.closeLog();
    this.lock.release();
  }

  /** Makes the folder again if it was deleted or moved in mid-run. Throws if another process has taken its place. */
  private reclaim(): void {
    if (this.lock.isHeld) return;
    this.closeLog();
    const lock = Lock.ofNewFolder(this.path, '--out');
    this.lock.release();
    this.lock = lock;
  }

  /** The next record begins with the first line. */
  private closeLog(): void {
    if (this.log !== undefined) closeQuietly(this.log);
    this.log = undefined;
    this.episodesWritten = this.metricsWritten = 0;
  }

  private newLines(recorder: Recorder): string {
    const lines = logLines(
      recorder.episodesSince(this.episodesWritten),
      recorder.metricsSince(this.metricsWritten),
    );
    this.episodesWritten = recorder.episodes;
    this.metricsWritten = recorder.metricRows;
    return lines.map((line) => `${line}\n`).join('');
  }

  private async write(name: string, content: string | Uint8Array): Promise<void> {
    await replaceFiles({ path: join(this.path, name), content });
  }
}

/** A request for reading: of demonstrations, which the checkpoint holds, only their number. */
export function summary({ kind, request }: Subject): Readonly<Record<string, unknown>> {
  if (kind === 'fit') return { ...request };
  const { demonstrations, ...rest } = request;
  return demonstrations ? { ...rest, demonstrations: `${demonstrations.episodes.length} episodes` } : rest;
}

/** The names in a folder, drafts that a killed process left aside, of which there are none if it is missing. */
function filesIn(path: string): readonly string[] {
  try {
    if (!existsSync(path)) return [];
    if (!statSync(path).isDirectory()) throw refusal('--out', 'a folder', `${show(path)}, a file`);
    return readdirSync(path).filter((name) => name !== LOCK_FILE && !name.endsWith(DRAFT));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw refusal('--out', 'a folder that can be read', `${show(path)}: ${reason(error)}`);
  }
}

/** Moves the run in a folder to a free name beside it, which it returns. Other files stay and are an error. */
function setAside(path: string): string {
  if (!existsSync(join(path, 'config.json')) && !existsSync(join(path, LOG)))
    throw refusal(
      '--out',
      'a new folder, an empty one or a run folder',
      `${show(path)}, which holds other files`,
    );
  const lock = Lock.ofNewFolder(path, '--out');
  // Of a link, the folder moves and the link stays.
  const place = realpathSync(path);
  let number = 1;
  while (existsSync(`${place}.${number}`)) number++;
  const aside = `${place}.${number}`;
  try {
    renameSync(place, aside);
    // So that a link still leads somewhere.
    makeFolder(place);
  } catch (error) {
    lock.release();
    throw new Error(`--out: cannot move the earlier run ${show(path)}: ${reason(error)}`, { cause: error });
  }
  lock.release(join(aside, LOCK_FILE));
  return place === resolve(path) ? `${path}.${number}` : aside;
}

function csv(columns: Readonly<Record<string, Float64Array>>): string {
  const values = Object.values(columns);
  const lines = [Object.keys(columns).join(',')];
  for (let row = 0; row < values[0].length; row++)
    lines.push(values.map((column) => (Number.isNaN(column[row]) ? '' : String(column[row]))).join(','));
  return `${lines.join('\n')}\n`;
}
