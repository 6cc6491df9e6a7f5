/** When a session is saved: by the clock, at the end of a run, when the page is hidden or left; one save at a time, again if it fails. */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Database, type Durability } from '#storage/database.ts';
import type { Place } from '#storage/saves.ts';
import { allSessions, partsOf, sessionOf } from '#storage/sessions.ts';
import { Autosave, type AutosaveDeps, type KeptPart, type Saveable } from '#ui/state/autosave.ts';
import { openSaved } from '#ui/state/saving.ts';
import type { Outcome } from '#worker/protocol.ts';
import { deleteDatabase } from './storage-faults.ts';

const NAME = 'autosave';
const SESSION = 's';

let database: Database;
/** What stands on the page. */
let page: {
  progress: number;
  finished: boolean;
  note: string;
  parts: readonly KeptPart[];
  mayWrite: boolean;
};
/** Places of all saves of the run, in order. */
let kept: Place[];
/** What a save of the run does. */
let keep: () => Promise<Outcome<number>>;
let firsts: number;

const KEPT: Outcome<number> = { ok: true, value: 1 };
const FULL: Outcome<number> = {
  ok: false,
  problems: [
    { field: 'storage', expected: 'a save that is kept', got: 'there is no room left for this site' },
  ],
};

beforeEach(() => {
  // Those of fake-indexeddb itself stay real.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  database = new Database(NAME);
  page = { progress: 0, finished: false, note: '', parts: [], mayWrite: true };
  [kept, firsts] = [[], 0];
  keep = () => Promise.resolve(KEPT);
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  database[Symbol.dispose]();
  await deleteDatabase(NAME);
});

const run = (): Saveable => ({
  name: 'a',
  about: 'a run',
  progress: page.progress,
  finished: page.finished,
  keep: (place) => {
    kept.push(place);
    return keep();
  },
  file: () => Promise.reject(new Error('nobody asks for it here')),
});

function autosave(changes: Partial<AutosaveDeps> = {}): Autosave {
  return new Autosave({
    database,
    session: SESSION,
    room: 'arena',
    mayWrite: () => page.mayWrite,
    open: () => Promise.resolve(new Set()),
    names: () => ['a'],
    runs: () => [run()],
    state: () => ({ note: page.note }),
    parts: () => page.parts,
    onFirst: () => firsts++,
    ...changes,
  });
}

const note = async (): Promise<unknown> =>
  ((await sessionOf(database, SESSION))?.state as { readonly note: string } | undefined)?.note;

/** Lets the clock go on so many seconds, and what that begins come to its end. */
async function pass(seconds: number): Promise<void> {
  for (let half = 0; half < seconds * 2; half++) {
    vi.advanceTimersByTime(500);
    await settled();
  }
}

/** Of fake-indexeddb every operation takes a turn or two of the event loop; a save has some forty. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Seconds at which the run is saved while it goes on for so long. */
async function savesWithin(seconds: number): Promise<number[]> {
  const begin = performance.now();
  const at: number[] = [];
  for (let half = 0; half < seconds * 2; half++) {
    page.progress += 10;
    const before = kept.length;
    vi.advanceTimersByTime(500);
    const now = (performance.now() - begin) / 1000;
    await settled();
    if (kept.length > before) at.push(now);
  }
  return at;
}

describe('by the clock', () => {
  test('a run is saved after two seconds, then every ten', async () => {
    autosave().start();
    expect(await savesWithin(45)).toEqual([2, 12, 22, 32, 42]);
    expect(new Set(kept.map(({ durability }) => durability))).toEqual(new Set<Durability>(['relaxed']));
    expect(kept[0]).toMatchObject({ run: 's/a', about: 'a run' });
    // The browser is asked once not to throw it away.
    expect(firsts).toBe(1);
  });

  test('one that does not move is not saved again, and one that never moved not at all', async () => {
    const saving = autosave();
    saving.start();
    await pass(30);
    expect(kept).toEqual([]);
    page.progress = 5;
    await pass(60);
    expect(kept).toHaveLength(1);
    saving.assume('a', 6);
    page.progress = 6;
    await pass(60);
    expect(kept).toHaveLength(1);
  });

  test('a new run does not wait for the next turn', async () => {
    let name = 'a';
    autosave({ runs: () => [{ ...run(), name }] }).start();
    page.progress = 1;
    await pass(4);
    name = 'b';
    await pass(0.5);
    expect(kept.map((place) => place.run)).toEqual(['s/a', 's/b']);
  });

  test('a change by hand counts, without progress as well', async () => {
    autosave({ runs: () => [{ ...run(), edits: 1 }] }).start();
    await pass(30);
    expect(kept).toHaveLength(1);
  });

  test('what the user changes is saved within two seconds', async () => {
    const saving = autosave();
    saving.start();
    await pass(20);
    expect(await note()).toBeUndefined();
    page.note = 'changed';
    saving.touch();
    await pass(2);
    expect(await note()).toBe('changed');
    expect(kept).toEqual([]);
  });

  test('a save takes at most a twentieth of the time', async () => {
    let end = (): void => undefined;
    keep = () => new Promise((resolve) => (end = () => resolve(KEPT)));
    const saving = autosave();
    saving.start();
    page.progress = 1;
    await pass(2);
    // It takes from 2 to 3.9 seconds.
    vi.advanceTimersByTime(1900);
    end();
    await settled();
    page.progress = 2;
    await pass(20);
    // What the user changes does not wait for that.
    page.note = 'changed';
    saving.touch();
    await pass(2);
    expect([kept.length, await note()]).toEqual([1, 'changed']);
    // Until 41.9.
    await pass(16);
    expect(kept).toHaveLength(1);
    await pass(0.5);
    expect(kept).toHaveLength(2);
  });

  test('a run that is over is saved at once, strictly, and only once', async () => {
    autosave().start();
    page.progress = 1;
    await pass(3);
    page.progress = 2;
    page.finished = true;
    await pass(0.5);
    expect(kept.map(({ durability }) => durability)).toEqual(['relaxed', 'strict']);
    await pass(60);
    expect(kept).toHaveLength(2);
  });

  test('a tab that may not write saves nothing', async () => {
    page.mayWrite = false;
    const saving = autosave();
    saving.start();
    page.progress = 1;
    await pass(30);
    await saving.save();
    expect([kept, await sessionOf(database, SESSION)]).toEqual([[], undefined]);
    // Its turn comes when the other one is closed.
    page.mayWrite = true;
    await pass(1);
    expect(kept).toHaveLength(1);
  });
});

describe('while a save is in flight', () => {
  test('there is no second one, and one more after it, if that was asked for', async () => {
    let [running, most] = [0, 0];
    const ends: (() => void)[] = [];
    keep = async () => {
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => ends.push(resolve));
      running--;
      return KEPT;
    };
    const saving = autosave();
    saving.start();
    page.progress = 1;
    await pass(2);
    expect(kept).toHaveLength(1);
    page.progress = 2;
    await pass(60);
    expect(kept).toHaveLength(1);
    const last = saving.save('strict');
    void saving.save();
    ends[0]();
    await settled();
    expect(kept.map(({ durability }) => durability)).toEqual(['relaxed', 'strict']);
    ends[1]();
    await last;
    expect([most, kept.length, saving.problem.value]).toEqual([1, 2, undefined]);
  });
});

describe('a save that fails', () => {
  test('is told at once, tried again, and told no more once it succeeds', async () => {
    keep = () => Promise.resolve(FULL);
    const saving = autosave();
    saving.start();
    page.progress = 1;
    await pass(2);
    expect([kept.length, saving.problem.value, firsts]).toEqual([
      1,
      'there is no room left for this site',
      0,
    ]);
    // What stands on the page is kept all the same.
    expect(await note()).toBe('');
    await pass(10);
    expect(kept.length).toBe(2);
    keep = () => Promise.resolve(KEPT);
    await pass(10);
    expect([kept.length, saving.problem.value, firsts]).toEqual([3, undefined, 1]);
    await pass(30);
    expect(kept).toHaveLength(3);
  });

  test('of a worker that has died is told elsewhere, and the others are saved', async () => {
    const names: string[] = [];
    const named = (name: string, works: boolean): Saveable => ({
      ...run(),
      name,
      progress: 1,
      keep: () => {
        names.push(name);
        return works ? Promise.resolve(KEPT) : Promise.reject(new Error('it has died'));
      },
    });
    const saving = autosave({ runs: () => [named('dead', false), named('alive', true)] });
    await saving.save();
    await saving.save();
    expect(names).toEqual(['dead', 'alive', 'dead']);
    expect(saving.problem.value).toBeUndefined();
  });

  test('of the session is tried again although nothing has moved', async () => {
    let fails = true;
    const parts = (): readonly KeptPart[] => {
      if (fails) throw new DOMException('full', 'QuotaExceededError');
      return [];
    };
    const saving = autosave({ parts });
    saving.start();
    saving.touch();
    await pass(2);
    expect(saving.problem.value).toBe('there is no room left for this site');
    fails = false;
    await pass(2);
    expect([saving.problem.value, await note()]).toEqual([undefined, '']);
  });
});

test('parts are written when they are new or have changed, and read only then', async () => {
  const read: string[] = [];
  const part = (name: string, stamp: string): KeptPart => ({
    name,
    stamp,
    value: () => {
      read.push(`${name} ${stamp}`);
      return stamp;
    },
  });
  page.parts = [part('before', '1')];
  await autosave().save();
  read.splice(0);
  const saving = autosave();
  saving.assumeParts([{ name: 'before', stamp: '1' }]);
  page.parts = [part('before', '1'), part('a', '1'), part('b', '1')];
  await saving.save();
  page.parts = [part('a', '1'), part('b', '2')];
  await saving.save();
  expect(read).toEqual(['a 1', 'b 1', 'b 2']);
  expect((await partsOf(database, SESSION)).map(({ name, value }) => [name, value])).toEqual([
    ['a', '1'],
    ['b', '2'],
  ]);
});

test('a database that has been emptied gets everything once more, runs that rest as well', async () => {
  const saving = autosave();
  page.progress = 1;
  page.parts = [{ name: 'a', stamp: '1', value: () => 'value' }];
  await saving.save();
  await saving.save();
  expect(kept).toHaveLength(1);
  database[Symbol.dispose]();
  await deleteDatabase(NAME);
  await saving.save();
  expect(kept).toHaveLength(2);
  expect((await partsOf(database, SESSION)).map(({ value }) => value)).toEqual(['value']);
  await saving.save();
  expect(kept).toHaveLength(2);
  // One that has been opened again is not a new one.
  const other = autosave();
  other.assumeParts([]);
  other.assume('a', 1);
  await other.save();
  expect(kept).toHaveLength(2);
});

test('a page that is hidden or left is saved at once', async () => {
  const [here, shown] = [new EventTarget(), Object.assign(new EventTarget(), { visibilityState: 'visible' })];
  vi.stubGlobal('addEventListener', here.addEventListener.bind(here));
  vi.stubGlobal('document', shown);
  vi.stubGlobal('navigator', {});
  const room = await openSaved({
    room: 'arena',
    database,
    address: '',
    link: () => 'a link',
    names: () => ['a'],
    runs: () => [run()],
    state: () => ({ note: page.note }),
    parts: () => [],
  });
  room.begin();
  page.progress = 1;
  here.dispatchEvent(new Event('pagehide'));
  await settled();
  expect(kept).toHaveLength(1);
  page.progress = 2;
  // Shown again: nothing to do.
  shown.dispatchEvent(new Event('visibilitychange'));
  await settled();
  expect(kept).toHaveLength(1);
  shown.visibilityState = 'hidden';
  shown.dispatchEvent(new Event('visibilitychange'));
  await settled();
  expect(kept).toHaveLength(2);
  expect(room.problem.value).toBeUndefined();
  // No worker answers any more.
  keep = () => new Promise(() => undefined);
  page.progress = 3;
  page.note = 'at the end';
  here.dispatchEvent(new Event('pagehide'));
  await settled();
  const [{ id }] = await allSessions(database);
  expect((await sessionOf(database, id))?.state).toMatchObject({ note: 'at the end', link: 'a link' });
});
