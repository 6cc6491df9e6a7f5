/** What both rooms do to keep a session: find that of the tab, save it while it lasts, and when the page is left. */
import { effect, type ReadonlySignal } from '@preact/signals';
import { newName, type Database, type SessionRecord } from '#storage/database.ts';
import { hasSave } from '#storage/saves.ts';
import { partsOf, runName, type Part } from '#storage/sessions.ts';
import type { AddressBar } from './address-bar.ts';
import { Autosave, type KeptPart, type Saveable } from './autosave.ts';
import { leaving } from './leaving.ts';
import { RUN_FILE, saveFile } from './save-file.ts';
import { unpackLink } from './packed-link.ts';
import { TabSession } from './tab-session.ts';

/** What the page shows of it. */
export interface Saving {
  /** Why nothing is kept; undefined while all is well. */
  readonly problem: ReadonlySignal<string | undefined>;
  /** Whether this tab saves: another one may have the session open. */
  readonly writes: ReadonlySignal<boolean>;
  /** Saves all runs of the room as files of the user's. */
  download(): Promise<void>;
}

type SavedBar = Pick<AddressBar, 'recent' | 'entered'>;

export interface SavedRoom<State> {
  readonly room: string;
  readonly database: Database;
  readonly address: string;
  readonly bar: SavedBar;
  /** The address of everything in the room; whatever else it reads is saved, too, when it changes. */
  readonly link: () => string;
  /** Of all runs in the room, whether they can be saved now or not. */
  readonly names: () => readonly string[];
  readonly runs: () => readonly Saveable[];
  /** Everything else, in terms of structured clone. */
  readonly state: () => State;
  /** What of it is written only when it has changed. Saved, too, when what it reads changes. */
  readonly parts: () => readonly KeptPart[];
}

export interface OpenedRoom<State> extends Saving {
  /** What was there; undefined where the address asks for something else. */
  readonly state: State | undefined;
  readonly parts: readonly Part[];
  /** The name of a run in the database, if it is kept there. */
  keptName(name: string | undefined): Promise<string | undefined>;
  /** A run goes on from what is kept: it is saved again once it has moved. */
  assume(name: string, progress: number): void;
  /** From now on the session is saved. */
  begin(): void;
}

interface Linked {
  readonly link: string;
  /** What the address was last, which follows the link with a delay; sessions of before have one or none. */
  readonly shown?: string | readonly string[];
}

/** Finds the session that an address is of: the tab's own, or the newest that is open nowhere. */
export async function openSaved<State extends object>(room: SavedRoom<State>): Promise<OpenedRoom<State>> {
  const { database, address, bar, link, names, runs, state, parts } = room;
  // One that cannot be read is none of a session.
  const asked = (await unpackLink(address).catch(() => address)).replace(/^#/, '');
  const [here] = shownIn(bar);
  // The way in from another room names this one, and nothing of it.
  const asksNothing = asked === '' || asked === `room=${room.room}`;
  const isReload = wasReloaded(bar);
  const fits = ({ state: kept }: SessionRecord, isOwn: boolean): boolean => {
    const { link: its, shown: last = [] } = kept as Linked;
    // A link that is followed once more asks for what it says, a reload for what was there when it began.
    const addresses = [last].flat().slice(0, isReload ? undefined : 1);
    // Lessons set up their own runs.
    if (its.startsWith('lesson=')) return false;
    return asksNothing || its === asked || (isOwn && addresses.includes(here));
  };
  const session = await TabSession.open(database, room.room, fits);
  session.adopt(room.room);
  const autosave = new Autosave({
    database,
    session: session.id,
    room: room.room,
    mayWrite: () => session.writes.value,
    open: () => TabSession.allOpen(),
    names,
    runs,
    state: () => ({ ...state(), link: link(), shown: shownIn(bar) }),
    parts,
    onFirst: () => void (navigator as Partial<Navigator>).storage?.persist?.().catch(() => false),
  });
  // Without them the runs themselves are back all the same.
  const kept = session.record ? await partsOf(database, session.id).catch(() => []) : [];
  if (session.record) autosave.assumeParts(kept);
  return {
    parts: kept,
    problem: autosave.problem,
    writes: session.writes,
    download: async () => {
      for (const { about, file } of runs()) {
        const saved = await file().catch(() => undefined);
        if (!saved?.ok) continue;
        const { content } = saved.value;
        saveFile(
          `${about.replaceAll(/\W+/g, '-')}${RUN_FILE}`,
          new Blob([content], { type: 'application/gzip' }),
        );
      }
    },
    state: session.record?.state as State | undefined,
    async keptName(name) {
      const kept = name === undefined ? undefined : runName(session.id, name);
      return kept !== undefined && (await hasSave(database, kept).catch(() => false)) ? kept : undefined;
    },
    assume: (name, progress) => autosave.assume(name, progress),
    begin: () => {
      effect(() => {
        link();
        parts();
        autosave.touch();
      });
      autosave.start();
      saveOnLeaving(autosave);
      leaving.begin(async () => {
        await autosave.save('strict');
        return autosave.problem.value === undefined;
      });
    },
  };
}

/** Whether this page was loaded anew, and reached neither by a link nor from another room. */
function wasReloaded({ entered }: SavedBar): boolean {
  const [navigation] = performance.getEntriesByType('navigation');
  return !entered && navigation && 'type' in navigation && navigation.type === 'reload';
}

/** The last addresses without their `#`. */
function shownIn({ recent }: SavedBar): readonly string[] {
  return recent.map((hash) => hash.replace(/^#/, ''));
}

function saveOnLeaving(autosave: Autosave): void {
  addEventListener('pagehide', () => autosave.leave());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void autosave.save();
  });
}

/** Names for runs that last as long as what they are known by. */
export class Names<Key extends object> {
  private readonly names = new WeakMap<Key, string>();

  of(key: Key): string {
    const name = this.names.get(key) ?? newName();
    this.names.set(key, name);
    return name;
  }

  set(key: Key, name: string): void {
    this.names.set(key, name);
  }
}
