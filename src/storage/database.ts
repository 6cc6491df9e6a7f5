/**
 * The browser's database of what the page keeps between visits: checkpoints of runs, and the sessions that they belong to. Opened
 * when it is first used, and again if the browser has closed it.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { messageOf } from '#core/errors.ts';

/** One of the two files that are kept of a run. */
export interface Label {
  /** Run and slot: its key in both stores. */
  readonly key: string;
  readonly run: string;
  readonly slot: 0 | 1;
  /** Number of the save among those of its run: the newest has the highest. */
  readonly turn: number;
  readonly length: number;
  /** SHA-256 of the file in hexadecimal digits; its CRC-32 where the browser has none. */
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  /** What it is, in words, for somebody who looks for it. */
  readonly about: string;
}

/** What was on the page, as the page understands it. */
export interface SessionRecord {
  readonly id: string;
  /** The room that it was of. */
  readonly room: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  /** Raised when earlier versions of the page cannot read it. */
  readonly format: number;
  /** Everything else, in terms of structured clone. */
  readonly state: unknown;
}

/** What belongs to a session and seldom changes: it is written when it does, not with every save. */
export interface PartRecord {
  /** Session and name. */
  readonly key: string;
  readonly session: string;
  readonly name: string;
  /** Another one is another value. */
  readonly stamp: string;
  /** In terms of structured clone. */
  readonly value: unknown;
}

export interface Schema extends DBSchema {
  readonly files: { readonly key: string; readonly value: Uint8Array<ArrayBuffer> };
  readonly labels: {
    readonly key: string;
    readonly value: Label;
    readonly indexes: { readonly run: string };
  };
  readonly sessions: { readonly key: string; readonly value: SessionRecord };
  readonly parts: {
    readonly key: string;
    readonly value: PartRecord;
    readonly indexes: { readonly session: string };
  };
}

/** How soon a save has to be on the disk: when the browser sees fit, or before it is called saved. */
export type Durability = 'relaxed' | 'strict';

export type Connection = IDBPDatabase<Schema>;

const NAME = 'ludus';
/** 2: parts of sessions. */
const VERSION = 2;
/** Milliseconds after which a browser that has not answered is taken for one that will not. */
const PATIENCE = 30_000;

export class Database implements Disposable {
  private readonly name: string;
  private opened: Promise<Connection> | undefined;
  private connection: Connection | undefined;

  constructor(name = NAME) {
    this.name = name;
  }

  /** Does something with the database. If it turns out to have been closed, opens it and tries once more. */
  async use<T>(task: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      return await this.answered(task);
    } catch (error) {
      if (!isClosed(error)) throw error;
      this.forget();
      return this.answered(task);
    }
  }

  /** The same without waiting for anything; nothing is done where the database is not open. */
  now(task: (connection: Connection) => void): void {
    if (this.connection) task(this.connection);
  }

  [Symbol.dispose](): void {
    this.opened?.then((connection) => connection.close(), nothing);
    this.forget();
  }

  /** Whoever waits for a request that is never answered would wait for ever: the next one gets a connection of its own. */
  private async answered<T>(task: (connection: Connection) => Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this[Symbol.dispose]();
        reject(new Error(`the browser's database has not answered for ${PATIENCE / 1000} s`));
      }, PATIENCE);
    });
    try {
      return await Promise.race([this.open().then(task), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private open(): Promise<Connection> {
    if (this.opened) return this.opened;
    const opening: Promise<Connection> = this.connect().then(
      (connection) => {
        if (this.opened === opening) this.connection = connection;
        return connection;
      },
      (error: unknown) => {
        if (this.opened === opening) this.forget();
        throw error;
      },
    );
    this.opened = opening;
    return opening;
  }

  private forget(): void {
    this.opened = undefined;
    this.connection = undefined;
  }

  private connect(): Promise<Connection> {
    return openDB<Schema>(this.name, VERSION, {
      upgrade(connection, from) {
        if (from < 1) {
          connection.createObjectStore('files');
          connection.createObjectStore('labels', { keyPath: 'key' }).createIndex('run', 'run');
          connection.createObjectStore('sessions', { keyPath: 'id' });
        }
        if (from < 2)
          connection.createObjectStore('parts', { keyPath: 'key' }).createIndex('session', 'session');
      },
      // Another page has a newer version of it: this one lets go, and says so with its next save.
      blocking: (_, __, event) => {
        (event.target as IDBDatabase).close();
        this.forget();
      },
      terminated: () => this.forget(),
    });
  }
}

/**
 * Does something within a transaction and waits until it is stored: all of it, or nothing. Readers use it too: the end of a
 * transaction that nobody awaits becomes an unhandled rejection when the browser aborts it.
 */
export async function within<T>(
  transaction: { readonly done: Promise<void>; abort(): void },
  task: () => Promise<T>,
): Promise<T> {
  // Awaited below; until then nobody would hear of its end.
  transaction.done.catch(nothing);
  try {
    const result = await task();
    await transaction.done;
    return result;
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It has ended already.
    }
    throw error;
  }
}

/** Milliseconds since 1970. */
export function wallClock(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

/** A name that nothing else has. */
export function newName(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join('');
}

/** Why something could not be stored, in words. */
export function storageProblem(error: unknown): string {
  if (!(error instanceof Error)) return messageOf(error);
  if (error.name === 'QuotaExceededError') return 'there is no room left for this site';
  if (error.name === 'VersionError') return 'it was written by a newer version of this page';
  return error.message || error.name;
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && ['InvalidStateError', 'TransactionInactiveError'].includes(error.name);
}

function nothing(): void {
  // Whoever waits for it hears of it.
}
