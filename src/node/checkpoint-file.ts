/** Reads a checkpoint from its file or from a run folder, and says why where it cannot. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError, refusal, show } from '#core/errors.ts';
import { decodeCheckpoint, isOtherFormat, type Checkpoint } from '#train/checkpoints/checkpoint.ts';
import { readWhole, reason } from './files.ts';

/** The name of a run folder's checkpoint. */
export const CHECKPOINT = 'checkpoint.ludus';
/** Those of the two before it, the later first. */
export const EARLIER_CHECKPOINTS = ['checkpoint.1.ludus', 'checkpoint.2.ludus'] as const;

/** Where a checkpoint is to be read. */
export interface CheckpointPlace {
  /** The run folder whose checkpoint it is; absent for a file of another name, which is a copy beside files of others. */
  readonly home?: string;
  /** The file, and those to go back to if it is damaged. */
  readonly files: readonly string[];
}

/** The checkpoint that a path means: a run folder, its checkpoint, or any other file. */
export async function findCheckpoint(path: string): Promise<CheckpointPlace> {
  const expected = 'a checkpoint file or a run folder';
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw refusal('checkpoint', expected, `${show(path)}, which does not exist`);
    throw refusal('checkpoint', expected, `${show(path)}: ${reason(error)}`);
  });
  if (!info.isDirectory() && basename(path) !== CHECKPOINT) return { files: [path] };
  const home = info.isDirectory() ? path : dirname(path);
  const files = [CHECKPOINT, ...EARLIER_CHECKPOINTS].map((name) => join(home, name));
  if (files.some((file) => existsSync(file))) return { home, files };
  throw refusal('checkpoint', `a folder that holds ${CHECKPOINT}`, show(path));
}

/** Reads the first file of a place that is whole, and says on stderr if it is not the first. */
export async function readCheckpoint({ files }: CheckpointPlace): Promise<Checkpoint> {
  let problem: unknown;
  for (const file of files)
    try {
      const checkpoint = await readFile(file);
      if (file !== files[0])
        process.stderr.write(`${whyNot(files[0], problem)}; going back to ${show(file)}\n`);
      return checkpoint;
    } catch (error) {
      // Of another version it is no less whole: what came before must not take its place unasked.
      if (isOtherFormat(error)) throw withFile(file, error);
      problem ??= error;
    }
  throw withFile(files[0], problem);
}

async function readFile(file: string): Promise<Checkpoint> {
  const bytes = await readWhole(file).catch((error: unknown) => {
    throw refusal('checkpoint', 'a file that can be read', reason(error));
  });
  return decodeCheckpoint(bytes);
}

/** An error about what is in a file, which the file's bytes alone cannot name. */
function withFile(file: string, error: unknown): unknown {
  if (!(error instanceof InputError)) return error;
  return new InputError(
    error.problems.map(({ field, ...problem }) => ({ field: `${show(file)}: ${field}`, ...problem })),
  );
}

function whyNot(file: string, problem: unknown): string {
  return existsSync(file) ? `${show(file)}: ${(problem as Error).message}` : `${show(file)} is missing`;
}
