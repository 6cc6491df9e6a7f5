/** What was on the page, per session: a tab has one, and keeps it over reloads. */
import { within, type Database, type Durability, type SessionRecord } from './database.ts';
import { allSaves, dropSaves } from './saves.ts';

/** Raised when earlier versions of the page cannot read a session. */
export const SESSION_FORMAT = 1;
/** Sessions that are kept beside the current one. */
const KEPT = 5;

export async function putSession(
  database: Database,
  record: SessionRecord,
  durability: Durability = 'relaxed',
): Promise<void> {
  await database.use(async (connection) => {
    const transaction = connection.transaction('sessions', 'readwrite', { durability });
    await within(transaction, () => transaction.store.put(record));
  });
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
  await database.use(async (connection) => {
    const transaction = connection.transaction('sessions', 'readwrite');
    await within(transaction, async () => {
      for (const id of old) await transaction.store.delete(id);
    });
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
