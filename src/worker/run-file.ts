/** A run as a file that the user saves and opens. */
import { InputError, messageOf } from '#core/errors.ts';
import type { Snapshot } from '#core/snapshot.ts';
import {
  decodeCheckpoint,
  type Checkpoint,
  type FitCheckpoint,
  type RunCheckpoint,
} from '#train/checkpoints/checkpoint.ts';
import { asFit, asRun } from '#train/request/subject.ts';
import type { TrainingRun } from '#train/runs/run.ts';
import { keptFile } from './keeping.ts';
import type { SavedFrom } from './protocol.ts';

/** What a file of this run holds. */
export function checkpointOf(
  { subject, progress }: Pick<TrainingRun, 'subject' | 'progress'>,
  state: Snapshot,
): Checkpoint {
  return { ...subject, steps: progress, state };
}

/** The saved run that a new one goes on with, if any. Throws an `InputError` if it cannot be read. */
export async function savedRun({ file, kept }: SavedFrom): Promise<RunCheckpoint | undefined> {
  if (file) return readRunFile(file);
  return kept === undefined ? undefined : asRun(await decodeCheckpoint(await keptFile(kept)));
}

/** Reads a file. Throws an `InputError` if it is not one of a run. */
export async function readRunFile(file: Blob): Promise<RunCheckpoint> {
  return asRun(await decodeCheckpoint(await bytesOf(file)));
}

/** A fit in the browser's database, by its name there. Throws an `InputError` if it cannot be read. */
export async function savedFit(kept: string): Promise<FitCheckpoint> {
  return asFit(await decodeCheckpoint(await keptFile(kept)));
}

async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    const got = messageOf(error);
    throw new InputError([{ field: 'checkpoint', expected: 'a file that can be read', got }]);
  }
}
