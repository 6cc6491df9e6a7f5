/** Autosave on a clock of the test, over a database in memory and a page that is what the test says. */
import { afterEach, beforeEach, vi } from 'vitest';
import { Database } from '#storage/database.ts';
import type { Place } from '#storage/saves.ts';
import { sessionOf } from '#storage/sessions.ts';
import { Autosave, type AutosaveDeps, type KeptPart, type Saveable } from '#ui/state/autosave.ts';
import { useIndexedDb } from '#tests/indexed-db.ts';
import { deleteDatabase } from './storage-faults.ts';

export const NAME = 'autosave';
export const SESSION = 's';
export type Kept = Awaited<ReturnType<Saveable['keep']>>;

export const KEPT: Kept = { ok: true, value: {} };

export class AutosaveHarness {
  readonly database = new Database(NAME);
  /** What stands on the page. */
  readonly page = {
    progress: 0,
    finished: false,
    note: '',
    parts: [] as readonly KeptPart[],
    mayWrite: true,
  };
  /** Places of all saves of the run, in order. */
  readonly kept: Place[] = [];
  /** How often something was kept for the first time. */
  firsts = 0;
  /** What a save of the run does. */
  keep: () => Promise<Kept> = () => Promise.resolve(KEPT);

  run(): Saveable {
    return {
      name: 'a',
      about: 'a run',
      progress: this.page.progress,
      finished: this.page.finished,
      keep: (place) => {
        this.kept.push(place);
        return this.keep();
      },
      file: () => Promise.reject(new Error('nobody asks for it here')),
    };
  }

  autosave(changes: Partial<AutosaveDeps> = {}): Autosave {
    return new Autosave({
      database: this.database,
      session: SESSION,
      room: 'arena',
      mayWrite: () => this.page.mayWrite,
      open: () => Promise.resolve(new Set()),
      names: () => ['a'],
      runs: () => [this.run()],
      state: () => ({ note: this.page.note }),
      parts: () => this.page.parts,
      onFirst: () => this.firsts++,
      ...changes,
    });
  }

  async note(): Promise<unknown> {
    const record = await sessionOf(this.database, SESSION);
    return (record?.state as { readonly note: string } | undefined)?.note;
  }

  /** Seconds at which the run is saved while it goes on for so long. */
  async savesWithin(seconds: number): Promise<number[]> {
    const begin = performance.now();
    const at: number[] = [];
    for (let half = 0; half < seconds * 2; half++) {
      this.page.progress += 10;
      const before = this.kept.length;
      vi.advanceTimersByTime(500);
      const now = (performance.now() - begin) / 1000;
      await settled();
      if (this.kept.length > before) at.push(now);
    }
    return at;
  }
}

/** A new one for every test of the file that calls it. */
export function autosaveHarness(): () => AutosaveHarness {
  useIndexedDb();
  let harness: AutosaveHarness;
  beforeEach(() => {
    // Those of fake-indexeddb itself stay real.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    harness = new AutosaveHarness();
  });
  afterEach(async () => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    harness.database[Symbol.dispose]();
    await deleteDatabase(NAME);
  });
  return () => harness;
}

/** Lets the clock go on so many seconds, and what that begins come to its end. */
export async function pass(seconds: number): Promise<void> {
  for (let half = 0; half < seconds * 2; half++) {
    vi.advanceTimersByTime(500);
    await settled();
  }
}

/** Of fake-indexeddb every operation takes a turn or two of the event loop; a save has some forty. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
}
