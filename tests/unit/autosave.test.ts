/** When a session is saved: by the clock and at the end of a run; one save at a time, again if it fails. */
import { describe, expect, test, vi } from 'vitest';
import type { Durability } from '#storage/database.ts';
import { sessionOf } from '#storage/sessions.ts';
import type { Autosave, KeptPart, Saveable } from '#ui/state/autosave.ts';
import {
  autosaveHarness,
  type AutosaveHarness,
  KEPT,
  type Kept,
  pass,
  SESSION,
  settled,
} from './autosave-harness.ts';

const harness = autosaveHarness();

const FULL: Kept = { ok: true, value: { problem: 'there is no room left for this site' } };

/** Saves once at 2 s, which takes so long; the run has moved since. */
async function afterSaveOf(milliseconds: number): Promise<{ h: AutosaveHarness; saving: Autosave }> {
  const h = harness();
  let end: (() => void) | undefined;
  h.keep = () => new Promise((resolve) => (end = () => resolve(KEPT)));
  const saving = h.autosave();
  saving.start();
  h.page.progress = 1;
  await pass(2);
  vi.advanceTimersByTime(milliseconds);
  end?.();
  await settled();
  h.page.progress = 2;
  return { h, saving };
}

describe('by the clock', () => {
  test('a run is saved after two seconds, then every ten', async () => {
    const h = harness();
    h.autosave().start();
    expect(await h.savesWithin(45)).toEqual([2, 12, 22, 32, 42]);
    expect(new Set(h.kept.map(({ durability }) => durability))).toEqual(new Set<Durability>(['relaxed']));
    expect(h.kept[0]).toMatchObject({ run: 's/a', about: 'a run' });
    // The browser is asked once not to throw it away.
    expect(h.firsts).toBe(1);
  });

  test('one that does not move is not saved again, and one that never moved not at all', async () => {
    const h = harness();
    const saving = h.autosave();
    saving.start();
    await pass(30);
    expect(h.kept).toEqual([]);
    h.page.progress = 5;
    await pass(60);
    expect(h.kept).toHaveLength(1);
    saving.assume('a', 6);
    h.page.progress = 6;
    await pass(60);
    expect(h.kept).toHaveLength(1);
  });

  test('a new run does not wait for the next turn', async () => {
    const h = harness();
    let name = 'a';
    h.autosave({ runs: () => [{ ...h.run(), name }] }).start();
    h.page.progress = 1;
    await pass(4);
    name = 'b';
    await pass(0.5);
    expect(h.kept.map((place) => place.run)).toEqual(['s/a', 's/b']);
  });

  test('a change by hand counts, without progress as well', async () => {
    const h = harness();
    h.autosave({ runs: () => [{ ...h.run(), edits: 1 }] }).start();
    await pass(30);
    expect(h.kept).toHaveLength(1);
  });

  test('what the user changes is saved within two seconds', async () => {
    const h = harness();
    const saving = h.autosave();
    saving.start();
    await pass(20);
    expect(await h.note()).toBeUndefined();
    h.page.note = 'changed';
    saving.touch();
    await pass(2);
    expect(await h.note()).toBe('changed');
    expect(h.kept).toEqual([]);
  });

  test('a save takes at most a twentieth of the time, and what the user changes does not wait for that', async () => {
    const { h, saving } = await afterSaveOf(1000);
    await pass(16);
    h.page.note = 'changed';
    saving.touch();
    await pass(2);
    expect([h.kept.length, await h.note()]).toEqual([1, 'changed']);
    // From 3 to 23.
    await pass(1.5);
    expect(h.kept).toHaveLength(1);
    await pass(0.5);
    expect(h.kept).toHaveLength(2);
  });

  test('where the disk is slow, the next save waits half a minute at most', async () => {
    const { h } = await afterSaveOf(60_000);
    await pass(29.5);
    expect(h.kept).toHaveLength(1);
    await pass(0.5);
    expect(h.kept).toHaveLength(2);
  });

  test('a run that is over is saved at once, strictly, and only once', async () => {
    const h = harness();
    h.autosave().start();
    h.page.progress = 1;
    await pass(3);
    h.page.progress = 2;
    h.page.finished = true;
    await pass(0.5);
    expect(h.kept.map(({ durability }) => durability)).toEqual(['relaxed', 'strict']);
    await pass(60);
    expect(h.kept).toHaveLength(2);
  });

  test('a tab that may not write saves nothing', async () => {
    const h = harness();
    h.page.mayWrite = false;
    const saving = h.autosave();
    saving.start();
    h.page.progress = 1;
    await pass(30);
    await saving.save();
    expect([h.kept, await sessionOf(h.database, SESSION)]).toEqual([[], undefined]);
    // Its turn comes when the other one is closed.
    h.page.mayWrite = true;
    await pass(1);
    expect(h.kept).toHaveLength(1);
  });
});

describe('while a save is in flight', () => {
  test('there is no second one, and one more after it, if that was asked for', async () => {
    const h = harness();
    let [running, most] = [0, 0];
    const ends: (() => void)[] = [];
    h.keep = async () => {
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => ends.push(resolve));
      running--;
      return KEPT;
    };
    const saving = h.autosave();
    saving.start();
    h.page.progress = 1;
    await pass(2);
    expect(h.kept).toHaveLength(1);
    h.page.progress = 2;
    await pass(60);
    expect(h.kept).toHaveLength(1);
    const last = saving.save('strict');
    void saving.save();
    ends[0]();
    await settled();
    expect(h.kept.map(({ durability }) => durability)).toEqual(['relaxed', 'strict']);
    ends[1]();
    await last;
    expect([most, h.kept.length, saving.problem.value]).toEqual([1, 2, undefined]);
  });
});

describe('a save that fails', () => {
  test('is told at once, tried again, and told no more once it succeeds', async () => {
    const h = harness();
    h.keep = () => Promise.resolve(FULL);
    const saving = h.autosave();
    saving.start();
    h.page.progress = 1;
    await pass(2);
    expect([h.kept.length, saving.problem.value, h.firsts]).toEqual([
      1,
      'there is no room left for this site',
      0,
    ]);
    // What stands on the page is kept all the same.
    expect(await h.note()).toBe('');
    await pass(10);
    expect(h.kept.length).toBe(2);
    h.keep = () => Promise.resolve(KEPT);
    await pass(10);
    expect([h.kept.length, saving.problem.value, h.firsts]).toEqual([3, undefined, 1]);
    await pass(30);
    expect(h.kept).toHaveLength(3);
  });

  test('of a worker that has died is told elsewhere, and the others are saved', async () => {
    const h = harness();
    const names: string[] = [];
    const named = (name: string, works: boolean): Saveable => ({
      ...h.run(),
      name,
      progress: 1,
      keep: () => {
        names.push(name);
        return works ? Promise.resolve(KEPT) : Promise.reject(new Error('it has died'));
      },
    });
    const saving = h.autosave({ runs: () => [named('dead', false), named('alive', true)] });
    await saving.save();
    await saving.save();
    expect(names).toEqual(['dead', 'alive', 'dead']);
    expect(saving.problem.value).toBeUndefined();
  });

  test('of the session is tried again although nothing has moved', async () => {
    const h = harness();
    let fails = true;
    const parts = (): readonly KeptPart[] => {
      if (fails) throw new DOMException('full', 'QuotaExceededError');
      return [];
    };
    const saving = h.autosave({ parts });
    saving.start();
    saving.touch();
    await pass(2);
    expect(saving.problem.value).toBe('there is no room left for this site');
    fails = false;
    await pass(2);
    expect([saving.problem.value, await h.note()]).toEqual([undefined, '']);
  });
});
