/** What a session is saved with: its parts, all of it after the database was emptied, and what there is when the page is left. */
import { expect, test, vi } from 'vitest';
import { allSessions, partsOf, sessionOf } from '#storage/sessions.ts';
import type { KeptPart } from '#ui/state/autosave.ts';
import { openSaved } from '#ui/state/saving.ts';
import { autosaveHarness, NAME, SESSION, settled } from './autosave-harness.ts';
import { deleteDatabase } from './storage-faults.ts';

const harness = autosaveHarness();

test('parts are written when they are new or have changed, and read only then', async () => {
  const h = harness();
  const read: string[] = [];
  const part = (name: string, stamp: string): KeptPart => ({
    name,
    stamp,
    value: () => {
      read.push(`${name} ${stamp}`);
      return stamp;
    },
  });
  h.page.parts = [part('before', '1')];
  await h.autosave().save();
  read.splice(0);
  const saving = h.autosave();
  saving.assumeParts([{ name: 'before', stamp: '1' }]);
  h.page.parts = [part('before', '1'), part('a', '1'), part('b', '1')];
  await saving.save();
  h.page.parts = [part('a', '1'), part('b', '2')];
  await saving.save();
  expect(read).toEqual(['a 1', 'b 1', 'b 2']);
  expect((await partsOf(h.database, SESSION)).map(({ name, value }) => [name, value])).toEqual([
    ['a', '1'],
    ['b', '2'],
  ]);
});

test('a database that has been emptied gets everything once more, runs that rest as well', async () => {
  const h = harness();
  const saving = h.autosave();
  h.page.progress = 1;
  h.page.parts = [{ name: 'a', stamp: '1', value: () => 'value' }];
  await saving.save();
  await saving.save();
  expect(h.kept).toHaveLength(1);
  h.database[Symbol.dispose]();
  await deleteDatabase(NAME);
  await saving.save();
  expect(h.kept).toHaveLength(2);
  expect((await partsOf(h.database, SESSION)).map(({ value }) => value)).toEqual(['value']);
  await saving.save();
  expect(h.kept).toHaveLength(2);
  // One that has been opened again is not a new one.
  const other = h.autosave();
  other.assumeParts([]);
  other.assume('a', 1);
  await other.save();
  expect(h.kept).toHaveLength(2);
});

test('a page that is hidden or left is saved at once', async () => {
  const h = harness();
  const [here, shown] = [new EventTarget(), Object.assign(new EventTarget(), { visibilityState: 'visible' })];
  vi.stubGlobal('addEventListener', here.addEventListener.bind(here));
  vi.stubGlobal('document', shown);
  vi.stubGlobal('navigator', {});
  const room = await openSaved({
    room: 'arena',
    database: h.database,
    address: '',
    bar: { recent: [''], entered: false },
    link: () => 'a link',
    names: () => ['a'],
    runs: () => [h.run()],
    state: () => ({ note: h.page.note }),
    parts: () => [],
  });
  room.begin();
  h.page.progress = 1;
  here.dispatchEvent(new Event('pagehide'));
  await settled();
  expect(h.kept).toHaveLength(1);
  h.page.progress = 2;
  // Shown again: nothing to do.
  shown.dispatchEvent(new Event('visibilitychange'));
  await settled();
  expect(h.kept).toHaveLength(1);
  shown.visibilityState = 'hidden';
  shown.dispatchEvent(new Event('visibilitychange'));
  await settled();
  expect(h.kept).toHaveLength(2);
  expect(room.problem.value).toBeUndefined();
  // No worker answers any more.
  h.keep = () => new Promise(() => undefined);
  h.page.progress = 3;
  h.page.note = 'at the end';
  here.dispatchEvent(new Event('pagehide'));
  await settled();
  const [{ id }] = await allSessions(h.database);
  expect((await sessionOf(h.database, id))?.state).toMatchObject({ note: 'at the end', link: 'a link' });
});
