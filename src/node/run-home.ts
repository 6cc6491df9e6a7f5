/** Which folder a run is kept in: that of the checkpoint it continues, or a new one. */
import type { CheckpointPlace } from './checkpoint-file.ts';
import { samePlace } from './paths.ts';
import { RunFolder } from './run-folder.ts';

/** The folder of the run to resume, in which it stays unless `--out` names another. */
export function homeOf({ home }: CheckpointPlace, out: string | undefined): RunFolder | undefined {
  if (home === undefined) return undefined;
  return out === undefined || samePlace(out, home) ? RunFolder.reopen(home) : undefined;
}

/** A new folder, with a word about an earlier run of that name. */
export function newFolder(path: string): RunFolder {
  const { folder, movedTo } = RunFolder.create(path);
  if (movedTo !== undefined) process.stderr.write(`moved the earlier run to ${movedTo}\n`);
  return folder;
}
