/** A run as a file that the user saves and opens. */
import { transfer } from 'comlink';
import { messageOf, refusal } from '#core/errors.ts';
import type { Snapshot } from '#core/snapshot.ts';
import {
  decodeCheckpoint,
  type Checkpoint,
  type FitCheckpoint,
  type RunCheckpoint,
  encodeCheckpoint,
} from '#train/checkpoints/checkpoint.ts';
import { asFit, asRun } from '#train/request/subject.ts';
import type { TrainingRun } from '#train/runs/run.ts';
import { keptFile } from './keeping.ts';
import type { Outcome, RunFile, SavedFrom } from './protocol.ts';

/** What a file of this run holds. */
export function checkpointOf(
  { subject, progress }: Pick<TrainingRun, 'subject' | 'progress'>,
  state: Snapshot,
): Checkpoint {
  return { ...subject, steps: progress, state };
}

/** The file of a checkpoint, whose memory is transferred with the answer. The run goes on while it is packed. */
export async function fileOf(saved: Outcome<Checkpoint>): Promise<Outcome<RunFile>> {
  if (!saved.ok) return saved;
  return given({ content: await encodeCheckpoint(saved.value), steps: saved.value.steps });
}

/** A file as an answer that takes its memory along. */
export function given<T extends RunFile>(file: T): Outcome<T> {
  return transfer({ ok: true, value: file }, [file.content.buffer]);
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

/** The same for a fit. */
export async function savedFit({ file, kept }: SavedFrom): Promise<FitCheckpoint | undefined> {
  if (file) return asFit(await decodeCheckpoint(await bytesOf(file)));
  return kept === undefined ? undefined : asFit(await decodeCheckpoint(await keptFile(kept)));
}

async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    const got = messageOf(error);
    throw refusal('checkpoint', 'a file that can be read', got);
  }
}
