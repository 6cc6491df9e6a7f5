/** Reads a checkpoint from its file or from a run folder, and says why where it cannot. */
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { show } from '#core/errors.ts';
import { decodeCheckpoint, type Checkpoint } from '#train/checkpoints/checkpoint.ts';
import { readWhole, reason } from './files.ts';
import { wrong } from './options.ts';

/** The name of a run folder's checkpoint. */
export const CHECKPOINT = 'checkpoint.ludus';

/** The checkpoint file that a path means. */
export async function findCheckpoint(path: string): Promise<string> {
  const expected = 'a checkpoint file or a run folder';
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw wrong('checkpoint', expected, `${show(path)}, which does not exist`);
    throw wrong('checkpoint', expected, `${show(path)}: ${reason(error)}`);
  });
  return info.isDirectory() ? join(path, CHECKPOINT) : path;
}

/** Reads the file that `findCheckpoint` gave. */
export async function readCheckpoint(file: string): Promise<Checkpoint> {
  const bytes = await readWhole(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT')
      throw wrong('checkpoint', `a folder that holds ${CHECKPOINT}`, show(dirname(file)));
    throw wrong('checkpoint', 'a file that can be read', `${show(file)}: ${reason(error)}`);
  });
  return decodeCheckpoint(bytes);
}
