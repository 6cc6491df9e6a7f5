/**
 * Saves the session of a page: every ten seconds in which something happened, when the page is hidden or closed, and when a run
 * is over. Workers write their runs, the page writes what stands on it.
 */
import { signal } from '@preact/signals';
import { problemLine } from '#core/errors.ts';
import {
  storageProblem,
  wallClock,
  type Database,
  type Durability,
  type SessionRecord,
} from '#storage/database.ts';
import type { Place } from '#storage/saves.ts';
import { putSession, putSessionNow, runName, SESSION_FORMAT, tidy, type Part } from '#storage/sessions.ts';
import type { Outcome, RunFile } from '#worker/protocol.ts';

/** A run that can be saved. */
export interface Saveable {
  /** Its name among those of its session; a run that starts over has another. */
  readonly name: string;
  readonly about: string;
  /** In its unit: a run that has not moved is not saved again. */
  readonly progress: number;
  /** Number of changes by hand that it made no progress with. */
  readonly edits?: number;
  readonly finished: boolean;
  /** The file is the run's checkpoint on the page as well. */
  keep(place: Place): Promise<Outcome<{ readonly problem?: string }>>;
  /** The same file for the user. */
  readonly file: () => Promise<Outcome<RunFile>>;
}

/** What belongs to the session and seldom changes. */
export interface KeptPart {
  readonly name: string;
  /** Another one is another value. */
  readonly stamp: string;
  /** In terms of structured clone. */
  readonly value: () => unknown;
}

export interface AutosaveDeps {
  readonly database: Database;
  readonly session: string;
  readonly room: string;
  /** Whether this tab may write: another one may have the session open. */
  readonly mayWrite: () => boolean;
  /** Sessions that are open in any tab. */
  readonly open: () => Promise<ReadonlySet<string>>;
  /** Of all runs on the page, whether they can be saved now or not. */
  readonly names: () => readonly string[];
  readonly runs: () => readonly Saveable[];
  /** What stands on the page, in terms of structured clone. */
  readonly state: () => unknown;
  /** What is written only when it has changed. */
  readonly parts: () => readonly KeptPart[];
  /** The first time that something was kept: the browser is asked not to throw it away. */
  readonly onFirst: () => void;
}

/** Milliseconds between two looks, between two saves, before the first, and after a change by the user. */
const TICK = 500;
const GAP = 10_000;
const FIRST = 2_000;
const SOON = 1_000;
/** A save may take this part of the time, and one of the session alone, after a change by the user. */
const SHARE = 20;
const SESSION_SHARE = 10;
/** Milliseconds that either waits at most for that: a save may also be long because the disk is slow, which costs no time. */
const LONGEST = 30_000;

export class Autosave {
  /** Why the last save failed; undefined while all is well. */
  readonly problem = signal<string | undefined>(undefined);
  private readonly deps: AutosaveDeps;
  /** Mark of every run at its last save. */
  private readonly saved = new Map<string, string>();
  /** Runs that were saved, or could not be. */
  private readonly tried = new Set<string>();
  /** Stamp of every part at its last save. */
  private readonly stamps = new Map<string, string>();
  private due = Infinity;
  /** When the next save may be, so that saving does not take too much of the time. */
  private earliest = 0;
  /** The same for one of the session alone. */
  private soonest = 0;
  private isDirty = false;
  /** Why the runs were not saved when that was tried last. */
  private ofRuns: string | undefined;
  private isFirst = true;
  /** Whether the session is in the database, as far as is known here. */
  private isStored = false;
  private saving: Promise<void> | undefined;
  private again: Durability | undefined;

  constructor(deps: AutosaveDeps) {
    this.deps = deps;
  }

  /** From now on it saves by itself, as long as the page is there. */
  start(): void {
    this.earliest = this.due = performance.now() + FIRST;
    setInterval(() => this.tick(), TICK);
  }

  /** The user has changed something: a reload asks for the session as it is in the address, which has to be saved by then. */
  touch(): void {
    this.isDirty = true;
    this.soonest = Math.max(this.soonest, performance.now() + SOON);
  }

  /** A run goes on from its save: it has to be saved again once it has moved. */
  assume(name: string, progress: number): void {
    this.saved.set(name, markOf({ progress }));
    this.tried.add(name);
  }

  /** Parts that are stored already, as the session is. */
  assumeParts(parts: readonly Pick<KeptPart, 'name' | 'stamp'>[]): void {
    for (const { name, stamp } of parts) this.stamps.set(name, stamp);
    this.isStored = true;
  }

  /** Saves everything that has changed. Does not reject: `problem` says what is wrong. */
  save(durability: Durability = 'relaxed'): Promise<void> {
    if (!this.deps.mayWrite()) return Promise.resolve();
    if (this.saving) this.again = this.again === 'strict' ? 'strict' : durability;
    this.saving ??= this.saveAll(durability).finally(() => (this.saving = undefined));
    return this.saving;
  }

  /** The page is left and may be gone before any worker answers: what stands on it is written without waiting for the runs. */
  leave(): void {
    if (!this.deps.mayWrite()) return;
    try {
      this.deps.database.now((open) => putSessionNow(open, this.record(), this.parts()));
    } catch {
      // It has been closed; below it is opened again, if there is time.
    }
    void this.save();
  }

  private tick(): void {
    const now = performance.now();
    if (this.saving) return;
    const moved = now < this.earliest ? [] : this.deps.runs().filter((run) => this.hasMoved(run));
    if (moved.some(({ finished }) => finished)) void this.save('strict');
    // A new one does not wait for its turn.
    else if (moved.length > 0 && (now >= this.due || moved.some(({ name }) => !this.tried.has(name))))
      void this.save();
    else if (this.isDirty && now >= this.soonest && this.deps.mayWrite())
      this.saving = this.saveAll('relaxed', false).finally(() => (this.saving = undefined));
  }

  private hasMoved(run: Saveable): boolean {
    const { name, progress, edits = 0 } = run;
    return progress + edits > 0 && this.saved.get(name) !== markOf(run);
  }

  private async saveAll(durability: Durability, withRuns = true): Promise<void> {
    const begin = performance.now();
    this.again = undefined;
    // What stands on the page is kept even where a run is not: it starts over then.
    if (withRuns) this.ofRuns = await problemIn(() => this.saveRuns(durability));
    const middle = performance.now();
    this.problem.value = (await problemIn(() => this.saveSession(durability))) ?? this.ofRuns;
    if (this.problem.value === undefined) {
      if (this.isFirst) this.deps.onFirst();
      this.isFirst = false;
    }
    const end = performance.now();
    this.soonest = end + Math.min(SESSION_SHARE * (end - middle), LONGEST);
    if (withRuns) {
      this.earliest = end + Math.min(SHARE * (end - begin), LONGEST);
      this.due = Math.max(end + GAP, this.earliest);
    }
    if (this.again) await this.saveAll(this.again);
  }

  /** The database has been emptied: all of it has to be saved once more, whether it has changed or not. */
  private startOver(durability: Durability): void {
    this.stamps.clear();
    this.saved.clear();
    this.again ??= durability;
  }

  private async saveRuns(durability: Durability): Promise<void> {
    const { session } = this.deps;
    const problems: string[] = [];
    for (const run of this.deps.runs().filter((each) => this.hasMoved(each))) {
      const { name, about } = run;
      const mark = markOf(run);
      this.tried.add(name);
      const place = { run: runName(session, name), about, durability };
      // A worker that dies meanwhile is reported elsewhere.
      const outcome = await run.keep(place).catch(() => undefined);
      const refusals = outcome?.ok
        ? [outcome.value.problem ?? []].flat()
        : outcome?.problems.map(problemLine);
      if (outcome && refusals?.length === 0) this.saved.set(name, mark);
      else problems.push(...(refusals ?? []));
    }
    if (problems.length > 0) throw new Error(problems[0]);
  }

  private async saveSession(durability: Durability): Promise<void> {
    const { database, session, open } = this.deps;
    this.isDirty = false;
    try {
      const { changed, names } = this.parts();
      const wasThere = await putSession(database, this.record(), durability, { changed, names });
      const isEmptied = !wasThere && this.isStored;
      this.assumeParts(changed);
      if (isEmptied) this.startOver(durability);
      const runs = this.deps.names().map((name) => runName(session, name));
      await tidy(database, session, { runs, open: await open() });
    } catch (error) {
      this.isDirty = true;
      throw error;
    }
  }

  private record(): SessionRecord {
    const { session, room, state } = this.deps;
    return { id: session, room, format: SESSION_FORMAT, savedAt: wallClock(), state: state() };
  }

  /** The parts that have changed since they were saved, and the names of all. */
  private parts(): { readonly changed: readonly Part[]; readonly names: readonly string[] } {
    const parts = this.deps.parts();
    const changed = parts.filter(({ name, stamp }) => this.stamps.get(name) !== stamp);
    return {
      changed: changed.map(({ name, stamp, value }) => ({ name, stamp, value: value() })),
      names: parts.map(({ name }) => name),
    };
  }
}

/** Another one is another state of a run. */
function markOf({ progress, edits = 0 }: Pick<Saveable, 'progress' | 'edits'>): string {
  return `${progress} ${edits}`;
}

/** Why it did not succeed, in words. */
async function problemIn(task: () => Promise<void>): Promise<string | undefined> {
  try {
    await task();
    return undefined;
  } catch (error) {
    return storageProblem(error);
  }
}
