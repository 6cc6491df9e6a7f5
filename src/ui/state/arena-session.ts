/** The session of the arena: what of it is kept beside the runs' own files, and how it comes back. */
import { effect, type ReadonlySignal } from '@preact/signals';
import { newName, type Database, type SessionRecord } from '#storage/database.ts';
import { hasSave } from '#storage/saves.ts';
import { runName } from '#storage/sessions.ts';
import type { NamedRequest } from '#worker/protocol.ts';
import { Autosave, type Saveable } from './autosave.ts';
import type { PlayedRecording } from './human-play.ts';
import { unpackLink } from './packed-link.ts';
import type { Page } from './page.ts';
import type { KeptTime } from './record.ts';
import type { RunRow } from './run-row.ts';
import type { RunStore } from './run-store.ts';
import { TabSession } from './tab-session.ts';

const ROOM = 'arena';

/** What is kept, in terms of structured clone. */
interface ArenaState {
  readonly link: string;
  readonly playing: boolean;
  /** Which run the agent panel refers to. */
  readonly focused: number;
  readonly runs: readonly KeptRun[];
  readonly recordings: readonly PlayedRecording[];
}

interface KeptRun {
  /** Of its file; none before it is made. */
  readonly name: string | undefined;
  /** What its forms show, with changes that wait for a reset. */
  readonly draft: NamedRequest;
  readonly time: KeptTime;
}

/** What the page shows of it. */
export interface Saving {
  /** Why nothing is kept; undefined while all is well. */
  readonly problem: ReadonlySignal<string | undefined>;
  /** Whether this tab saves: another one may have the session open. */
  readonly writes: ReadonlySignal<boolean>;
}

/** Opens the address, or goes on with the session that it is of; from then on the session is saved. */
export async function openArena(page: Page, database: Database, address: string): Promise<Saving> {
  // One that cannot be read is none of a session.
  const link = (await unpackLink(address).catch(() => address)).replace(/^#/, '');
  const fits = ({ state }: SessionRecord): boolean => link === '' || (state as ArenaState).link === link;
  const session = await TabSession.open(database, ROOM, fits);
  session.adopt(ROOM);
  const names = new WeakMap<RunRow, string>();
  const autosave = new Autosave({
    database,
    session: session.id,
    room: ROOM,
    mayWrite: () => session.writes.value,
    open: () => TabSession.allOpen(),
    names: () => page.runs.value.flatMap((run) => nameOf(page, run, names) ?? []),
    runs: () => saveables(page, names),
    state: () => stateOf(page, names),
    onFirst: () => void (navigator as Partial<Navigator>).storage?.persist?.().catch(() => false),
  });
  const { state } = session.record ?? {};
  if (state) await resume(page, state as ArenaState, { database, session: session.id, names, autosave });
  else await page.open(address);
  // What is no progress of a run.
  effect(() => {
    void [page.link.value, page.recordings.value, page.focused.value, page.running.value];
    autosave.touch();
  });
  saveOnLeaving(autosave);
  return { problem: autosave.problem, writes: session.writes };
}

function saveOnLeaving(autosave: Autosave): void {
  addEventListener('pagehide', () => void autosave.save());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void autosave.save();
  });
}

/** The runs on the page, under names that last as long as they do. */
function saveables(page: Page, names: WeakMap<RunRow, string>): readonly Saveable[] {
  return page.runs.value.flatMap((run) => {
    const row = page.ledger.rowOf(run);
    const name = nameOf(page, run, names);
    if (!row || name === undefined || !run.worker.ready) return [];
    const { done, finished } = run.worker.progress.value;
    const { world, agent } = row.info.value.request;
    return [
      {
        name,
        about: `${agent} in ${world}, ${Math.round(done)} ${row.unit}`,
        progress: done,
        finished,
        keep: (place) => run.worker.call((api) => api.keep(place)),
      } satisfies Saveable,
    ];
  });
}

/** Of the file of a run; undefined before it is made. */
function nameOf(page: Page, run: RunStore, names: WeakMap<RunRow, string>): string | undefined {
  const row = page.ledger.rowOf(run);
  if (!row) return undefined;
  const name = names.get(row) ?? newName();
  names.set(row, name);
  return name;
}

function stateOf(page: Page, names: WeakMap<RunRow, string>): ArenaState {
  const { runs, focused, link, playing, recordings } = page;
  return {
    link: link.value,
    playing,
    focused: runs.value.indexOf(focused.value),
    recordings: recordings.value,
    runs: runs.value.map((run) => {
      const { record } = run.worker;
      return { name: nameOf(page, run, names), draft: run.draft.value, time: record.keptTime() };
    }),
  };
}

interface Resumed {
  readonly database: Database;
  readonly session: string;
  readonly names: WeakMap<RunRow, string>;
  readonly autosave: Autosave;
}

async function resume(page: Page, state: ArenaState, resumed: Resumed): Promise<void> {
  const { database, session, names, autosave } = resumed;
  const kept = await Promise.all(
    state.runs.map(async ({ name }) => {
      if (name === undefined) return undefined;
      const run = runName(session, name);
      return (await hasSave(database, run).catch(() => false)) ? run : undefined;
    }),
  );
  page.playing = state.playing;
  page.recordings.value = state.recordings;
  await page.open(state.link, kept);
  state.runs.forEach((saved, i) => {
    const run = page.runs.value.at(i);
    const row = run && page.ledger.rowOf(run);
    // A save that could not be read is no longer what is on the page.
    if (!row || saved.name === undefined || kept[i] === undefined || run.worker.progress.value.done === 0)
      return;
    goOn(run, saved);
    names.set(row, saved.name);
    autosave.assume(saved.name, run.worker.progress.value.done);
  });
  const focused = page.runs.value.at(state.focused);
  if (focused) page.focus(focused);
}

function goOn(run: RunStore, { draft, time }: KeptRun): void {
  run.worker.record.takeTimeBack(time);
  if (run.draft.value.world === draft.world && run.draft.value.agent === draft.agent) run.draft.value = draft;
}
