/** What the page keeps, on an implementation of IndexedDB for Node: newest and spare, damage, a database that closes. */
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Database, type SessionRecord } from '#storage/database.ts';
import { allSaves, newestSave, putSave, type SaveRequest } from '#storage/saves.ts';
import {
  allSessions,
  partsOf,
  putSession,
  putSessionNow,
  runName,
  SESSION_FORMAT,
  sessionOf,
  tidy,
  type Part,
} from '#storage/sessions.ts';
import { useIndexedDb } from '#tests/indexed-db.ts';
import { deleteDatabase, faultsIn, FAULTS, operationsOf } from './storage-faults.ts';

useIndexedDb();

const NAME = 'test';
let database: Database;

beforeEach(() => {
  database = new Database(NAME);
});
afterEach(async () => {
  database[Symbol.dispose]();
  await deleteDatabase(NAME);
});

/** A file that differs for every number in length and content. */
const fileOf = (n: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: 1000 + n }, (_, i) => (i * 7 + n * 13) % 251);

const save = (n: number, run = 's/a'): Promise<unknown> =>
  putSave(database, {
    run,
    file: fileOf(n),
    about: `save ${n}`,
    durability: 'relaxed',
    now: n,
  } satisfies SaveRequest);

const newest = async (run = 's/a'): Promise<Uint8Array | undefined> =>
  (await newestSave(database, run))?.file;

/** Saves three times; returns the last that was confirmed. */
const threeSaves = async (): Promise<number> => {
  let confirmed = 0;
  for (const n of [1, 2, 3])
    await save(n).then(
      () => (confirmed = n),
      () => undefined,
    );
  return confirmed;
};

const record = (id: string, savedAt: number, format = SESSION_FORMAT): SessionRecord => ({
  id,
  savedAt,
  format,
  room: 'arena',
  state: { link: id },
});

describe('saves of a run', () => {
  it('there is none at first', async () => {
    expect(await newest()).toBeUndefined();
    expect(await allSaves(database)).toEqual([]);
  });

  it('the newest is found, and the one before is the only other', async () => {
    for (const n of [1, 2, 3, 4, 5]) await save(n);
    expect(await newest()).toEqual(fileOf(5));
    expect((await allSaves(database)).map(({ about }) => about)).toEqual(['save 5', 'save 4']);
  });

  it.each([
    ['cut off', (file: Uint8Array) => file.slice(0, 500)],
    ['damaged', (file: Uint8Array) => file.map((byte, i) => (i === 77 ? byte ^ 1 : byte))],
    ['gone', () => undefined],
  ])('a newest that is %s gives way to the one before', async (_, damaged) => {
    await save(1);
    await save(2);
    const [{ key }] = await allSaves(database);
    await database.use(async (connection) => {
      const file = damaged(fileOf(2));
      await (file ? connection.put('files', file, key) : connection.delete('files', key));
    });
    expect(await newest()).toEqual(fileOf(1));
    // The next one takes the place of the damaged one.
    await save(3);
    expect(await newest()).toEqual(fileOf(3));
  });

  it('runs do not see each other', async () => {
    await save(1, 's/a');
    await save(2, 's/b');
    expect(await newest('s/a')).toEqual(fileOf(1));
    expect(await newest('s/b')).toEqual(fileOf(2));
  });

  it('a database that the browser closes in between is opened again', async () => {
    await save(1);
    await database.use(async (connection) => connection.close());
    await save(2);
    expect(await newest()).toEqual(fileOf(2));
  });
});

describe('under faults of storage', () => {
  it('whatever operation fails, the last save that was confirmed or a newer one is there, whole', async () => {
    const operations = await operationsOf(threeSaves);
    let cases = 0;
    for (const fault of FAULTS)
      for (let at = 0; at < operations; at++) {
        database[Symbol.dispose]();
        await deleteDatabase(NAME);
        database = new Database(NAME);
        const confirmed = await faultsIn(threeSaves, fault, at);
        const found = await newest();
        const which = [1, 2, 3].find((n) => found?.length === fileOf(n).length) ?? 0;
        expect(which, `${fault} at ${at}`).toBeGreaterThanOrEqual(confirmed);
        if (which > 0) expect(found).toEqual(fileOf(which));
        // And it can be saved again.
        await save(4);
        expect(await newest()).toEqual(fileOf(4));
        cases++;
      }
    process.stdout.write(`${cases} faults of storage\n`);
    expect(cases).toBeGreaterThan(50);
  });
});

describe('sessions', () => {
  it('the newest comes first, and those of newer versions are left alone', async () => {
    await putSession(database, record('old', 1));
    await putSession(database, record('new', 2));
    await putSession(database, record('future', 3, SESSION_FORMAT + 1));
    expect((await allSessions(database)).map(({ id }) => id)).toEqual(['new', 'old']);
    expect(await sessionOf(database, 'future')).toBeUndefined();
    expect(await sessionOf(database, 'nobody')).toBeUndefined();
  });

  it('tidying keeps the current, the open and the five newest others, with their runs', async () => {
    for (let n = 1; n <= 9; n++) {
      await putSession(database, record(`s${n}`, n));
      await save(n, runName(`s${n}`, '0'));
    }
    await save(10, runName('s9', '1'));
    await tidy(database, 's9', { runs: [runName('s9', '1')], open: new Set(['s1']) });
    const sessions = (await allSessions(database)).map(({ id }) => id);
    expect(sessions).toEqual(['s9', 's8', 's7', 's6', 's5', 's4', 's1']);
    const runs = new Set((await allSaves(database)).map(({ run }) => run));
    expect([...runs].sort()).toEqual(['s1/0', 's4/0', 's5/0', 's6/0', 's7/0', 's8/0', 's9/1']);
  });
});

const part = (name: string, value: unknown): Part => ({ name, stamp: `stamp of ${name}`, value });
const put = (
  id: string,
  changed: readonly Part[],
  names = changed.map(({ name }) => name),
): Promise<boolean> => putSession(database, record(id, 1), 'relaxed', { changed, names });
const values = async (id: string): Promise<unknown> =>
  Object.fromEntries((await partsOf(database, id)).map(({ name, value }) => [name, value]));

const replaceParts = async (): Promise<void> => {
  await put('s', [part('a', 1), part('b', 1)]);
  await put('s', [part('b', 2), part('c', 2)], ['b', 'c']).catch(() => undefined);
};

describe('parts of sessions', () => {
  it('are written when they change, and deleted once they are no longer there', async () => {
    await put('s', [part('a', 1), part('b', Float64Array.of(1, 2))]);
    await put('t', [part('a', 3)]);
    expect(await values('s')).toEqual({ a: 1, b: Float64Array.of(1, 2) });
    await put('s', [part('c', 4)], ['b', 'c']);
    expect(await values('s')).toEqual({ b: Float64Array.of(1, 2), c: 4 });
    expect(await partsOf(database, 't')).toEqual([expect.objectContaining(part('a', 3))]);
    await put('s', []);
    expect(await values('s')).toEqual({});
    expect(await values('t')).toEqual({ a: 3 });
  });

  it('go with their session', async () => {
    for (let n = 1; n <= 7; n++)
      await putSession(database, record(`s${n}`, n), 'relaxed', { changed: [part('a', n)], names: ['a'] });
    await tidy(database, 's7', { runs: [], open: new Set() });
    expect(await values('s1')).toEqual({});
    expect(await values('s2')).toEqual({ a: 2 });
  });

  it('come and go with it whole: after a fault there are the ones of before, or the new ones', async () => {
    const operations = await operationsOf(replaceParts);
    for (const fault of ['throws', 'aborts', 'closes'] as const)
      for (let at = 0; at < operations; at++) {
        database[Symbol.dispose]();
        await deleteDatabase(NAME);
        database = new Database(NAME);
        await faultsIn(replaceParts, fault, at).catch(() => undefined);
        expect([{}, { a: 1, b: 1 }, { b: 2, c: 2 }], `${fault} at ${at}`).toContainEqual(await values('s'));
      }
  });

  it('have room in a database of before', async () => {
    const old = await openDB(NAME, 1, {
      upgrade(connection) {
        connection.createObjectStore('files');
        connection.createObjectStore('labels', { keyPath: 'key' }).createIndex('run', 'run');
        connection.createObjectStore('sessions', { keyPath: 'id' });
      },
    });
    await old.put('sessions', record('s', 5));
    old.close();
    expect((await sessionOf(database, 's'))?.savedAt).toBe(5);
    expect(await partsOf(database, 's')).toEqual([]);
    await put('s', [part('a', 1)]);
    expect(await values('s')).toEqual({ a: 1 });
  });
});

describe('a browser that never answers', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is given up after a while; what was saved stays, and the next save succeeds', async () => {
    await save(1);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const put = vi.spyOn(IDBObjectStore.prototype, 'put');
    put.mockImplementationOnce(() => Reflect.construct(IDBRequest, []));
    const hanging = save(2);
    const refused = expect(hanging).rejects.toThrow('has not answered for 30 s');
    while (put.mock.calls.length === 0) await turn();
    vi.advanceTimersByTime(30_000);
    await refused;
    vi.useRealTimers();
    put.mockRestore();
    expect(await newest()).toEqual(fileOf(1));
    await save(3);
    expect(await newest()).toEqual(fileOf(3));
  });
});

describe('a session of a page that is left', () => {
  const a: Part = { name: 'a', stamp: '1', value: 1 };

  it('is handed over within the call', async () => {
    await putSession(database, record('s', 1), 'relaxed', { changed: [a], names: ['a'] });
    const b: Part = { name: 'b', stamp: '1', value: 2 };
    database.now((connection) => {
      putSessionNow(connection, record('s', 2), { changed: [b], names: ['b'] });
      // As the end of a page closes it.
      connection.close();
    });
    expect((await sessionOf(database, 's'))?.savedAt).toBe(2);
    expect((await partsOf(database, 's')).map(({ name }) => name)).toEqual(['b']);
  });

  it('waits for no save that is under way: that one is handed over within a turn as well', async () => {
    await database.use(async () => undefined);
    const commit = vi.spyOn(IDBTransaction.prototype, 'commit');
    const saved = putSession(database, record('s', 1), 'relaxed', { changed: [a], names: ['a'] });
    // Turns of promises alone, within which no database answers.
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    expect(commit).toHaveBeenCalledOnce();
    commit.mockRestore();
    expect(await saved).toBe(false);
    expect((await partsOf(database, 's')).map(({ name }) => name)).toEqual(['a']);
  });

  it('is kept as it was if it cannot be cloned', async () => {
    await putSession(database, record('s', 1));
    const broken = { ...record('s', 2), state: () => undefined };
    expect(() =>
      database.now((connection) => putSessionNow(connection, broken, { changed: [], names: [] })),
    ).toThrow('could not be cloned');
    expect((await sessionOf(database, 's'))?.savedAt).toBe(1);
  });
});

/** A turn of the event loop, in which fake-indexeddb works as well. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
