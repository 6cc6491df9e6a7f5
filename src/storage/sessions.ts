/** What was on the page, per session: a tab has one, and keeps it over reloads. */
import {
  within,
  type Connection,
  type Database,
  type Durability,
  type PartRecord,
  type SessionRecord,
} from './database.ts';
import { allSaves, dropSaves } from './saves.ts';

/** Raised when earlier versions of the page cannot read a session. */
export const SESSION_FORMAT = 1;
/** Sessions that are kept beside the current one. */
const KEPT = 5;

/** A part of a session. */
export type Part = Pick<PartRecord, 'name' | 'stamp' | 'value'>;

interface Parts {
  /** Those that are new or have changed. */
  readonly changed: readonly Part[];
  /** Of all that there are: the others are deleted. */
  readonly names: readonly string[];
}

/** Keeps a session with its parts: all of it, or nothing. The answer is whether it was kept before. */
export async function putSession(
  database: Database,
  record: SessionRecord,
  durability: Durability = 'relaxed',
  parts: Parts = { changed: [], names: [] },
): Promise<boolean> {
  return database.use(async (connection) => {
    const { before, stored } = handOver(connection, record, durability, parts);
    await stored;
    return (await before) !== undefined;
  });
}

/** The same for a page that is being left, which does not live to see the end of it. */
export function putSessionNow(connection: Connection, record: SessionRecord, parts: Parts): void {
  // Nobody is there to hear of a failure: what was saved before stays.
  handOver(connection, record, 'relaxed', parts).stored.catch(() => undefined);
}

/**
 * Hands everything to the browser within this call. It finishes that even if the page is gone by then, as it does not finish
 * what a page goes on with after an answer, nor what waits for that.
 */
function handOver(
  connection: Connection,
  record: SessionRecord,
  durability: Durability,
  { changed, names }: Parts,
): { readonly before: Promise<SessionRecord | undefined>; readonly stored: Promise<unknown> } {
  const { id: session } = record;
  const transaction = connection.transaction(['sessions', 'parts'], 'readwrite', { durability });
  const [sessions, parts] = [transaction.objectStore('sessions'), transaction.objectStore('parts')];
  const before = sessions.get(session);
  const requests: Promise<unknown>[] = [transaction.done, before];
  try {
    requests.push(sessions.put(record));
    for (const others of keysBeside(session, names)) requests.push(parts.delete(others));
    for (const part of changed)
      requests.push(parts.put({ ...part, session, key: keyOf(session, part.name) }));
    transaction.commit();
  } catch (error) {
    void Promise.allSettled(requests);
    transaction.abort();
    throw error;
  }
  return { before, stored: Promise.all(requests) };
}

/** All keys of a session's parts but those of these names, as ranges. */
function keysBeside(session: string, names: readonly string[]): readonly IDBKeyRange[] {
  const keys = [...new Set(names)].map((name) => keyOf(session, name)).sort();
  // The character that follows the slash.
  const bounds = [keyOf(session, ''), ...keys, `${session}0`];
  return bounds.slice(1).map((key, i) => IDBKeyRange.bound(bounds[i], key, true, true));
}

/** The parts of a session, read one by one, so that many do not make a long task. */
export async function partsOf(database: Database, session: string): Promise<readonly Part[]> {
  const keys = await database.use((connection) => {
    const transaction = connection.transaction('parts');
    return within(transaction, () => transaction.store.index('session').getAllKeys(session));
  });
  const parts: Part[] = [];
  for (const key of keys) {
    const part = await database.use((connection) => {
      const transaction = connection.transaction('parts');
      return within(transaction, () => transaction.store.get(key));
    });
    if (part) parts.push(part);
  }
  return parts;
}

function keyOf(session: string, name: string): string {
  return `${session}/${name}`;
}

/** A session; undefined if there is none that this version of the page can read. */
export async function sessionOf(database: Database, id: string): Promise<SessionRecord | undefined> {
  return readable(
    await database.use((connection) => {
      const transaction = connection.transaction('sessions');
      return within(transaction, () => transaction.store.get(id));
    }),
  );
}

/** All sessions that this version can read, the newest first. */
export async function allSessions(database: Database): Promise<readonly SessionRecord[]> {
  const records = await everySession(database);
  return records.filter((record) => readable(record)).sort((a, b) => b.savedAt - a.savedAt);
}

/** The names under which the runs of a session are saved begin with this. */
export function runName(session: string, run: string): string {
  return `${session}/${run}`;
}

/**
 * Deletes the oldest sessions with their runs, except those that are open in a tab, and runs of this session that are no longer
 * on its page.
 */
export async function tidy(
  database: Database,
  session: string,
  { runs, open }: { readonly runs: readonly string[]; readonly open: ReadonlySet<string> },
): Promise<void> {
  const sessions = await everySession(database);
  const old = sessions
    .filter(({ id }) => id !== session && !open.has(id))
    .sort((a, b) => b.savedAt - a.savedAt)
    .slice(KEPT)
    .map(({ id }) => id);
  const isOver = (run: string): boolean => {
    const [of] = run.split('/');
    return of === session ? !runs.includes(run) : old.includes(of);
  };
  const labels = await allSaves(database);
  await dropSaves(database, [...new Set(labels.map(({ run }) => run))].filter(isOver));
  await database.use((connection) => dropSessions(connection, old));
}

async function dropSessions(connection: Connection, ids: readonly string[]): Promise<void> {
  const transaction = connection.transaction(['sessions', 'parts'], 'readwrite');
  await within(transaction, async () => {
    const parts = transaction.objectStore('parts');
    for (const id of ids) {
      await transaction.objectStore('sessions').delete(id);
      for (const key of await parts.index('session').getAllKeys(id)) await parts.delete(key);
    }
  });
}

/** All sessions, also those of other versions. */
export function everySession(database: Database): Promise<SessionRecord[]> {
  return database.use((connection) => {
    const transaction = connection.transaction('sessions');
    return within(transaction, () => transaction.store.getAll());
  });
}

function readable(record: SessionRecord | undefined): SessionRecord | undefined {
  return record?.format === SESSION_FORMAT ? record : undefined;
}
