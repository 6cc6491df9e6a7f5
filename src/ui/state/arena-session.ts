/** The session of the arena: what of it is kept beside the runs' own files, and how it comes back. */
import type { ReadonlySignal } from '@preact/signals';
import type { Database } from '#storage/database.ts';
import type { Part } from '#storage/sessions.ts';
import type { NamedRequest } from '#worker/protocol.ts';
import type { AddressBar } from './address-bar.ts';
import { standingOf, type Own } from './aside.ts';
import type { KeptPart, Saveable } from './autosave.ts';
import type { PlayedRecording } from './human-play.ts';
import { withoutLesson } from './packed-link.ts';
import type { Page } from './page.ts';
import { keptLedger, rowParts, takeLedgerBack, type KeptLedger } from './kept-ledger.ts';
import type { KeptTime } from './record.ts';
import type { RunRow } from './run-row.ts';
import type { From, RunStore } from './run-store.ts';
import { Names, openSaved, type OpenedRoom, type Saving } from './saving.ts';

/** What is kept beside the link. */
interface ArenaState {
  readonly link?: string;
  readonly playing: boolean;
  /** Which run the agent panel refers to. */
  readonly focused: number;
  readonly runs: readonly KeptRun[];
  readonly recordings: readonly PlayedRecording[];
  /** Sessions of before have none. */
  readonly ledger?: KeptLedger;
}

interface KeptRun {
  /** Of its file; none before it is made. */
  readonly name: string | undefined;
  /** What its forms show, with changes that wait for a reset. */
  readonly draft: NamedRequest;
  readonly time: KeptTime;
}

interface ArenaDeps {
  readonly page: Page;
  readonly database: Database;
  readonly bar: AddressBar;
  /** The address of the user's own setup, whatever lesson is open. */
  readonly link: ReadonlySignal<string>;
  /** Opens an address whose own setup is this. */
  readonly open: (address: string, own: Own) => Promise<void>;
}

/** Opens the address, or goes on with the session that it is of; from then on the session is saved. */
export async function openArena({ page, database, bar, link, open }: ArenaDeps): Promise<Saving> {
  const names = new Names<RunRow>();
  const nameOf = (run: RunStore): string | undefined => {
    const row = page.ledger.rowOf(run);
    return row && names.of(row);
  };
  const address = bar.read();
  const asked = await withoutLesson(address);
  const saved: OpenedRoom<ArenaState> = await openSaved<ArenaState>({
    room: 'arena',
    database,
    address: asked.lesson === undefined ? address : asked.link,
    bar,
    link: () => {
      void [page.recordings.value, page.focused.value, page.running.value];
      for (const { name, shown } of page.ledger.rows.value) void [name.value, shown.value];
      return link.value;
    },
    names: () => {
      const mine = standingOf(page);
      if (!mine) return waiting().runs.flatMap(({ name }) => name ?? []);
      return mine.runs.flatMap((run) => nameOf(run) ?? []);
    },
    runs: () => standingOf(page)?.runs.flatMap((run) => saveable(run, nameOf(run)) ?? []) ?? [],
    state: () => {
      const mine = standingOf(page);
      const { value: recordings } = page.recordings;
      if (!mine) return { ...waiting(), recordings };
      const { runs, focused, playing } = mine;
      const kept = runs.map((run) => ({
        // What has just been chosen is not in the file of the run before it.
        name: run.choosing.wish.value ? undefined : nameOf(run),
        draft: run.draft.value,
        time: run.worker.record.keptTime(),
      }));
      return {
        playing,
        focused: runs.indexOf(focused),
        recordings,
        ledger: keptLedger(page.ledger, runs),
        runs: kept,
      };
    },
    parts: (): readonly KeptPart[] => (standingOf(page) ? rowParts(page.ledger) : saved.parts.map(asBefore)),
  });
  const { state } = saved;
  if (state) page.recordings.value = state.recordings;
  const own = {
    link: state?.link ?? asked.link,
    open: () =>
      state
        ? resume(page, state, { saved, names })
        : page.open(asked.lesson === undefined ? address : asked.link),
  };
  /** What is kept of a session that a lesson has put off. */
  const waiting = (): ArenaState => {
    const { value: aside } = page.aside;
    return state && aside?.kind === 'later' && aside.open === own.open ? state : NOTHING;
  };
  await open(address, own);
  saved.begin();
  return saved;
}

const NOTHING: ArenaState = { playing: true, focused: 0, runs: [], recordings: [] };

/** A part of a session that a lesson has put off. */
function asBefore({ name, value }: Part): KeptPart {
  return { name, stamp: 'before', value: () => value };
}

function saveable({ worker }: RunStore, name: string | undefined): Saveable | undefined {
  const { value: info } = worker.info;
  if (name === undefined || !info || !worker.ready) return undefined;
  const { done, finished } = worker.progress.value;
  const { world, agent } = info.request;
  return {
    name,
    about: `${agent} in ${world}, ${Math.round(done)} ${info.unit}`,
    progress: done,
    finished,
    keep: (place) => worker.keep(place),
    file: () => worker.call((api) => api.save()),
  };
}

interface Resumed {
  readonly saved: OpenedRoom<ArenaState>;
  readonly names: Names<RunRow>;
}

async function resume(page: Page, state: ArenaState, { saved, names }: Resumed): Promise<void> {
  const kept = await Promise.all(
    state.runs.map(async ({ name, draft }): Promise<From | undefined> => {
      const file = await saved.keptName(name);
      return file === undefined ? undefined : { kept: file, draft };
    }),
  );
  page.playing = state.playing;
  if (state.ledger) takeLedgerBack(page.ledger, state.ledger, saved.parts, page);
  // Another link may have been opened meanwhile.
  if (!(await page.open(state.link ?? '', kept))) return;
  state.runs.forEach(({ name, time }, i) => {
    const run = page.runs.value.at(i);
    const row = run && page.ledger.rowOf(run);
    // A save that could not be read is no longer what is on the page. Its first numbers may still be on their way.
    const isBack = run?.worker.info.value?.asked !== undefined;
    if (!row || !isBack || name === undefined || kept[i] === undefined) return;
    run.worker.record.takeTimeBack(time);
    names.set(row, name);
    saved.assume(name, run.worker.progress.value.done);
  });
  const focused = page.runs.value.at(state.focused);
  if (focused) page.focus(focused);
}
