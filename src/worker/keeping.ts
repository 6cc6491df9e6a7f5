/** Keeps a run's file in the browser's database. The worker writes it, so that a large one never passes through the page's thread. */
import { InputError } from '#core/errors.ts';
import { Database, storageProblem, wallClock } from '#storage/database.ts';
import { newestSave, putSave, type Place } from '#storage/saves.ts';
import type { Outcome, RunFile } from './protocol.ts';

const database = new Database();

/** Keeps a file as the newest of its run; the answer is its length, or why it was not kept. */
export async function keepFile(place: Place, saved: Outcome<RunFile>): Promise<Outcome<number>> {
  if (!saved.ok) return saved;
  try {
    const { length } = await putSave(database, { ...place, file: saved.value.content, now: wallClock() });
    return { ok: true, value: length };
  } catch (error) {
    return {
      ok: false,
      problems: [{ field: 'storage', expected: 'a save that is kept', got: storageProblem(error) }],
    };
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
  return new InputError([{ field: 'storage', expected: 'a save that is whole', got }]);
}
