/** Keeps a run's file in the browser's database. The worker writes it, so that a large one never passes through the page's thread. */
import { refusal, type InputError } from '#core/errors.ts';
import { Database, storageProblem, wallClock } from '#storage/database.ts';
import { newestSave, putSave, type Place } from '#storage/saves.ts';
import type { KeptRunFile, RunFile } from './protocol.ts';

const database = new Database();

/** Keeps a file as the newest of its run, and gives it back, also where it could not be kept. */
export async function keepFile(place: Place, { content, steps }: RunFile): Promise<KeptRunFile> {
  try {
    await putSave(database, { ...place, file: content, now: wallClock() });
    return { content, steps };
  } catch (error) {
    return { content, steps, problem: storageProblem(error) };
  }
}

/** The newest file of a run that is whole. Throws an `InputError` if there is none. */
export async function keptFile(run: string): Promise<Uint8Array<ArrayBuffer>> {
  const save = await newestSave(database, run).catch((error: unknown) => {
    throw refused(storageProblem(error));
  });
  if (!save) throw refused('none');
  return save.file;
}

function refused(got: string): InputError {
  return refusal('storage', 'a save that is whole', got);
}
