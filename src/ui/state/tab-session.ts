/**
 * Which session a tab has. It keeps it over reloads; a new tab goes on with the newest that is open nowhere, if its address asks
 * for nothing else. One tab at a time writes a session: the one that holds its lock.
 */
import { signal } from '@preact/signals';
import { newName, type Database, type SessionRecord } from '#storage/database.ts';
import { allSessions, sessionOf } from '#storage/sessions.ts';

/** Milliseconds that a reloaded page waits for the lock of the page it replaces. */
const PATIENCE = 2_000;
const LOCK = 'ludus-session-';

export class TabSession {
  readonly id: string;
  /** What was on the page; undefined where a tab begins anew. */
  readonly record: SessionRecord | undefined;
  /** Whether this tab writes it. */
  readonly writes = signal(false);

  private constructor(id: string, record: SessionRecord | undefined) {
    this.id = id;
    this.record = record;
  }

  /** `fits`: whether a session, which may be the tab's own, is what the address asks for. Storage that cannot be read is as good as none. */
  static async open(
    database: Database,
    room: string,
    fits: (record: SessionRecord, isOwn: boolean) => boolean,
  ): Promise<TabSession> {
    const own = readTab(room);
    const record = own === undefined ? undefined : await sessionOf(database, own).catch(nothing);
    if (record && fits(record, true)) return new TabSession(record.id, record).locked(PATIENCE);
    if (own === undefined)
      for (const other of await allSessions(database).catch(() => []))
        if (other.room === room && fits(other, false)) {
          const session = await new TabSession(other.id, other).locked(0);
          if (session.writes.value) return session;
        }
    return new TabSession(newName(), undefined).locked(0);
  }

  /** Remembers the session for the next reload of this tab. */
  adopt(room: string): void {
    try {
      sessionStorage.setItem(LOCK + room, this.id);
    } catch {
      // The next reload finds it as a new tab would.
    }
  }

  /** Sessions that are open in any tab. */
  static async allOpen(): Promise<ReadonlySet<string>> {
    const { held = [] } = (await locks()?.query()) ?? {};
    return new Set(held.flatMap(({ name }) => (name?.startsWith(LOCK) ? [name.slice(LOCK.length)] : [])));
  }

  /** Waits so long for the lock; after that it comes when the other tab is closed, if this session is used at all. */
  private async locked(patience: number): Promise<this> {
    const manager = locks();
    if (!manager) {
      this.writes.value = true;
      return this;
    }
    await new Promise<void>((resolve) => {
      const hold = (lock: Lock | null): Promise<void> | undefined => {
        resolve();
        if (!lock) return undefined;
        this.writes.value = true;
        // Until the page is gone.
        return new Promise(nothing);
      };
      if (patience === 0) void manager.request(LOCK + this.id, { ifAvailable: true }, hold);
      else {
        void manager.request(LOCK + this.id, hold);
        setTimeout(resolve, patience);
      }
    });
    return this;
  }
}

function readTab(room: string): string | undefined {
  try {
    return sessionStorage.getItem(LOCK + room) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Pages that came over plain HTTP have none. */
function locks(): LockManager | undefined {
  return (navigator as Partial<Navigator>).locks;
}

function nothing(): undefined {
  return undefined;
}
