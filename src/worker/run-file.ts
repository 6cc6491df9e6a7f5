/** A run as a file that the user saves and opens. */
import { InputError } from '#core/errors.ts';
import type { Snapshot } from '#core/snapshot.ts';
import { decodeCheckpoint, type RunCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { asRun } from '#train/request/subject.ts';
import type { Run } from '#train/runs/run.ts';

/** What a file of this run holds. */
export function checkpointOf({ subject, progress }: Run, state: Snapshot): RunCheckpoint {
  return { ...subject, steps: progress, state };
}

/** Reads a file. Throws an `InputError` if it is not one of a run. */
export async function readRunFile(file: Blob): Promise<RunCheckpoint> {
  return asRun(await decodeCheckpoint(await bytesOf(file)));
}

async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    throw new InputError([{ field: 'checkpoint', expected: 'a file that can be read', got }]);
  }
}
