/**
 * Saves the session of a page: every ten seconds in which something happened, when the page is hidden or closed, and when a run
 * is over. Workers write their runs, the page writes what stands on it.
 */
import { signal } from '@preact/signals';
import { problemLine } from '#core/errors.ts';
import { storageProblem, wallClock, type Database, type Durability } from '#storage/database.ts';
import type { Place } from '#storage/saves.ts';
import { putSession, runName, SESSION_FORMAT, tidy } from '#storage/sessions.ts';
import type { Outcome } from '#worker/protocol.ts';

/** A run that can be saved. */
export interface Saveable {
  /** Its name among those of its session; a run that starts over has another. */
  readonly name: string;
  readonly about: string;
  /** In its unit: a run that has not moved is not saved again. */
  readonly progress: number;
  readonly finished: boolean;
  /** The file is the run's checkpoint on the page as well. */
  keep(place: Place): Promise<Outcome<{ readonly problem?: string }>>;
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
  /** The first time that something was kept: the browser is asked not to throw it away. */
  readonly onFirst: () => void;
}

/** Milliseconds between two looks, between two saves, before the first, and after a change by the user. */
const TICK = 500;
const GAP = 10_000;
const FIRST = 2_000;
const SOON = 1_000;
/** A save may take this part of the time. */
const SHARE = 100;

export class Autosave {
  /** Why the last save failed; undefined while all is well. */
  readonly problem = signal<string | undefined>(undefined);
  private readonly deps: AutosaveDeps;
  /** Progress of every run at its last save. */
  private readonly saved = new Map<string, number>();
  private due = Infinity;
  /** When the next save may be, so that saving does not take too much of the time. */
  private earliest = 0;
  private isDirty = false;
  private isFirst = true;
  private saving: Promise<void> | undefined;
  private again: Durability | undefined;

  constructor(deps: AutosaveDeps) {
    this.deps = deps;
  }

  /** From now on it saves by itself, as long as the page is there. */
  start(): void {
    this.due = performance.now() + FIRST;
    setInterval(() => this.tick(), TICK);
  }

  /** The user has changed something: a reload asks for the session as it is in the address, which has to be saved by then. */
  touch(): void {
    this.isDirty = true;
    this.due = Math.min(this.due, Math.max(this.earliest, performance.now() + SOON));
  }

  /** A run goes on from its save: it has to be saved again once it has moved. */
  assume(name: string, progress: number): void {
    this.saved.set(name, progress);
  }

  /** Saves everything that has changed. Does not reject: `problem` says what is wrong. */
  save(durability: Durability = 'relaxed'): Promise<void> {
    if (!this.deps.mayWrite()) return Promise.resolve();
    if (this.saving) this.again = this.again === 'strict' ? 'strict' : durability;
    this.saving ??= this.saveAll(durability).finally(() => (this.saving = undefined));
    return this.saving;
  }

  private tick(): void {
    const now = performance.now();
    if (this.saving || now < this.earliest) return;
    const ends = this.deps.runs().some((run) => run.finished && this.hasMoved(run));
    if (ends) void this.save('strict');
    else if (now >= this.due && (this.isDirty || this.deps.runs().some((run) => this.hasMoved(run))))
      void this.save();
  }

  private hasMoved({ name, progress }: Saveable): boolean {
    return progress > 0 && this.saved.get(name) !== progress;
  }

  private async saveAll(durability: Durability): Promise<void> {
    const begin = performance.now();
    this.again = undefined;
    // What stands on the page is kept even where a run is not: it starts over then.
    const ofRuns = await problemIn(() => this.saveRuns(durability));
    this.problem.value = (await problemIn(() => this.saveSession(durability))) ?? ofRuns;
    if (this.problem.value === undefined) {
      if (this.isFirst) this.deps.onFirst();
      this.isFirst = false;
    }
    const end = performance.now();
    this.earliest = end + SHARE * (end - begin);
    this.due = this.isDirty ? this.earliest : Math.max(end + GAP, this.earliest);
    if (this.again) await this.saveAll(this.again);
  }

  private async saveRuns(durability: Durability): Promise<void> {
    const { session } = this.deps;
    const problems: string[] = [];
    for (const run of this.deps.runs().filter((each) => this.hasMoved(each))) {
      const { name, about, progress } = run;
      const place = { run: runName(session, name), about, durability };
      // A worker that dies meanwhile is reported elsewhere.
      const outcome = await run.keep(place).catch(() => undefined);
      const refusals = outcome?.ok
        ? [outcome.value.problem ?? []].flat()
        : outcome?.problems.map(problemLine);
      if (outcome && refusals?.length === 0) this.saved.set(name, progress);
      else problems.push(...(refusals ?? []));
    }
    if (problems.length > 0) throw new Error(problems[0]);
  }

  private async saveSession(durability: Durability): Promise<void> {
    const { database, session, room, open, names, state } = this.deps;
    this.isDirty = false;
    try {
      const record = { id: session, room, format: SESSION_FORMAT, savedAt: wallClock(), state: state() };
      await putSession(database, record, durability);
      const runs = names().map((name) => runName(session, name));
      await tidy(database, session, { runs, open: await open() });
    } catch (error) {
      this.isDirty = true;
      throw error;
    }
  }
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
