/** Which folder a run is kept in: that of the checkpoint it continues, or a new one. */
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { CHECKPOINT } from './checkpoint-file.ts';
import { samePlace } from './paths.ts';
import { RunFolder } from './run-folder.ts';

/**
 * The folder of the run to resume, in which it stays unless `--out` names another. A checkpoint of another name is a copy, beside
 * files that are not its own.
 */
export function homeOf(file: string, out: string | undefined): RunFolder | undefined {
  const home = dirname(file);
  if (!existsSync(file) || basename(file) !== CHECKPOINT) return undefined;
  return out === undefined || samePlace(out, home) ? RunFolder.reopen(home) : undefined;
}

/** A new folder, with a word about an earlier run of that name. */
export function newFolder(path: string): RunFolder {
  const { folder, movedTo } = RunFolder.create(path);
  if (movedTo !== undefined) process.stderr.write(`moved the earlier run to ${movedTo}\n`);
  return folder;
}
