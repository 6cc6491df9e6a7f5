/** The session of the arena: what of it is kept beside the runs' own files, and how it comes back. */
import type { ReadonlySignal } from '@preact/signals';
import type { Database } from '#storage/database.ts';
import type { NamedRequest } from '#worker/protocol.ts';
import type { Saveable } from './autosave.ts';
import type { PlayedRecording } from './human-play.ts';
import type { Page } from './page.ts';
import type { KeptTime } from './record.ts';
import type { RunRow } from './run-row.ts';
import type { RunStore } from './run-store.ts';
import { Names, openSaved, type OpenedRoom, type Saving } from './saving.ts';

/** What is kept beside the link. */
interface ArenaState {
  readonly link?: string;
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

interface ArenaDeps {
  readonly page: Page;
  readonly database: Database;
  readonly address: string;
  /** The address of everything on the page. */
  readonly link: ReadonlySignal<string>;
  readonly open: (link: string) => Promise<void>;
}

/** Opens the address, or goes on with the session that it is of; from then on the session is saved. */
export async function openArena({ page, database, address, link, open }: ArenaDeps): Promise<Saving> {
  const names = new Names<RunRow>();
  const nameOf = (run: RunStore): string | undefined => {
    const row = page.ledger.rowOf(run);
    return row && names.of(row);
  };
  const saved = await openSaved<ArenaState>({
    room: 'arena',
    database,
    address,
    link: () => {
      void [page.recordings.value, page.focused.value, page.running.value];
      return link.value;
    },
    names: () => page.runs.value.flatMap((run) => nameOf(run) ?? []),
    runs: () => page.runs.value.flatMap((run) => saveable(run, nameOf(run)) ?? []),
    state: () => ({
      playing: page.playing,
      focused: page.runs.value.indexOf(page.focused.value),
      recordings: page.recordings.value,
      runs: page.runs.value.map((run) => ({
        name: nameOf(run),
        draft: run.draft.value,
        time: run.worker.record.keptTime(),
      })),
    }),
  });
  if (saved.state) await resume(page, saved.state, { saved, names });
  else await open(address);
  saved.begin();
  return saved;
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
  };
}

interface Resumed {
  readonly saved: OpenedRoom<ArenaState>;
  readonly names: Names<RunRow>;
}

async function resume(page: Page, state: ArenaState, { saved, names }: Resumed): Promise<void> {
  const kept = await Promise.all(state.runs.map(({ name }) => saved.keptName(name)));
  page.playing = state.playing;
  page.recordings.value = state.recordings;
  await page.open(state.link ?? '', kept);
  state.runs.forEach(({ name, draft, time }, i) => {
    const run = page.runs.value.at(i);
    const row = run && page.ledger.rowOf(run);
    // A save that could not be read is no longer what is on the page.
    if (!row || name === undefined || kept[i] === undefined || run.worker.progress.value.done === 0) return;
    run.worker.record.takeTimeBack(time);
    if (run.draft.value.world === draft.world && run.draft.value.agent === draft.agent)
      run.draft.value = draft;
    names.set(row, name);
    saved.assume(name, run.worker.progress.value.done);
  });
  const focused = page.runs.value.at(state.focused);
  if (focused) page.focus(focused);
}
