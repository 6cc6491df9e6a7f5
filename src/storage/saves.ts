/**
 * Checkpoints of runs in the database. Two are kept of every run: a save replaces the older one, is read back and compared, so
 * that the newer one remains whatever happens to it.
 */
import { crc32 } from '#core/crc32.ts';
import { within, type Connection, type Database, type Durability, type Label } from './database.ts';

export interface Save {
  readonly label: Label;
  readonly file: Uint8Array<ArrayBuffer>;
}

/** Where a run is kept, and how. */
export interface Place {
  /** Its name there. */
  readonly run: string;
  /** What it is, in words, for somebody who looks for it. */
  readonly about: string;
  readonly durability: Durability;
}

export interface SaveRequest extends Place {
  readonly file: Uint8Array<ArrayBuffer>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Raised if a save cannot be read back as it was written. */
class SaveLost extends Error {
  override readonly name = 'SaveLost';
}

/** Keeps a file as the newest of its run. Throws what the database throws, or `SaveLost`; what was kept before remains. */
export async function putSave(
  database: Database,
  { run, file, about, durability, now }: SaveRequest,
): Promise<Label> {
  const hash = await hashOf(file);
  const label = await database.use(async (connection) => {
    const transaction = connection.transaction(['files', 'labels'], 'readwrite', { durability });
    return within(transaction, async () => {
      const labels = transaction.objectStore('labels');
      const [newest] = byAge(await labels.index('run').getAll(run));
      const slot = newest?.slot === 0 ? 1 : 0;
      const key = `${run}/${slot}`;
      const made: Label = {
        key,
        run,
        slot,
        turn: (newest?.turn ?? 0) + 1,
        length: file.length,
        hash,
        savedAt: now,
        about,
      };
      await transaction.objectStore('files').put(file, key);
      await labels.put(made);
      return made;
    });
  });
  const found = await newestSave(database, run);
  if (found?.label.turn === label.turn) return label;
  await database.use((connection) => drop(connection, [label.key]));
  throw new SaveLost('it could not be read back as it was written');
}

/** The newest file of a run that is as it was written; undefined if there is none. */
export async function newestSave(database: Database, run: string): Promise<Save | undefined> {
  for (const label of byAge(await labelsOf(database, run))) {
    const file = await fileOf(database, label);
    if (file && (await isWhole(file, label))) return { label, file };
  }
  return undefined;
}

/** Whether anything is kept of a run, whole or not. */
export async function hasSave(database: Database, run: string): Promise<boolean> {
  return (await labelsOf(database, run)).length > 0;
}

/** What is kept of all runs, the newest first. */
export async function allSaves(database: Database): Promise<readonly Label[]> {
  const labels = await database.use((connection) => {
    const transaction = connection.transaction('labels');
    return within(transaction, () => transaction.store.getAll());
  });
  return labels.sort((a, b) => b.savedAt - a.savedAt);
}

/** Deletes all that is kept of these runs. */
export function dropSaves(database: Database, runs: readonly string[]): Promise<void> {
  return database.use((connection) =>
    drop(
      connection,
      runs.flatMap((run) => [`${run}/0`, `${run}/1`]),
    ),
  );
}

async function drop(connection: Connection, keys: readonly string[]): Promise<void> {
  const transaction = connection.transaction(['files', 'labels'], 'readwrite');
  await within(transaction, async () => {
    for (const key of keys) {
      await transaction.objectStore('files').delete(key);
      await transaction.objectStore('labels').delete(key);
    }
  });
}

function labelsOf(database: Database, run: string): Promise<Label[]> {
  return database.use((connection) => {
    const transaction = connection.transaction('labels');
    return within(transaction, () => transaction.store.index('run').getAll(run));
  });
}

/** The file of a save, whole or not; undefined if it is gone. */
export function fileOf(database: Database, { key }: Label): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return database.use((connection) => {
    const transaction = connection.transaction('files');
    return within(transaction, () => transaction.store.get(key));
  });
}

function byAge(labels: readonly Label[]): Label[] {
  return [...labels].sort((a, b) => b.turn - a.turn);
}

async function isWhole(file: Uint8Array<ArrayBuffer> | undefined, label: Label): Promise<boolean> {
  return file?.length === label.length && (await hashOf(file)) === label.hash;
}

async function hashOf(file: Uint8Array<ArrayBuffer>): Promise<string> {
  // Pages that came over plain HTTP have no SHA-256.
  if (!crypto.subtle) return `crc32 ${crc32(file)}`;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', file));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
