/** The session of the classifier's room: its fit and what its tabs have of their own, and how they come back. */
import { effect, untracked } from '@preact/signals';
import type { Database } from '#storage/database.ts';
import type { Part } from '#storage/sessions.ts';
import type { AddressBar } from '../../state/address-bar.ts';
import type { KeptPart, Saveable } from '../../state/autosave.ts';
import type { KeptTime, Record } from '../../state/record.ts';
import { Names, openSaved, type OpenedRoom, type Saving } from '../../state/saving.ts';
import type { Setting } from './fit-link.ts';
import type { FitStore } from './fit-store.ts';
import type { Keeper } from './keepers.ts';
import type { Opened, Room } from './room.ts';

/** What is kept beside the link. */
interface RoomState extends KeptFit {
  readonly link?: string;
  /** The user's own, for data that come from files. */
  readonly files: readonly File[];
  /** Settings of the playground, which links of other tabs leave out. */
  readonly play?: readonly Setting[];
}

interface KeptFit {
  readonly playing: boolean;
  /** Of its file; none before it is made. */
  readonly name: string | undefined;
  readonly time: KeptTime;
  /** What links of tabs with fits of their own leave out. */
  readonly fit?: Opened;
}

/** What is kept of a tab. */
interface KeptTab {
  /** Names of the files of its own fit, or of the room's, which it is about. */
  readonly own: string | undefined;
  readonly about: string | undefined;
  readonly state: unknown;
}

/** Opens the address, or goes on with the session that it is of; from then on the session is saved. */
export async function openRoom(room: Room, database: Database, bar: AddressBar): Promise<Saving> {
  const { fit } = room;
  const address = bar.read();
  const kept = new KeptRoom(room);
  const saved = await openSaved<RoomState>({
    room: 'classifier',
    database,
    address,
    bar,
    link: () => {
      void [fit.playing.value, fit.files.value];
      return room.link.value;
    },
    names: () => kept.names(),
    runs: () => kept.runs(),
    state: () => ({ ...kept.fit(), files: fit.files.value, play: room.play.value }),
    parts: () => kept.parts(),
  });
  if (saved.state) await kept.resume(saved.state, saved);
  else await room.open(address);
  saved.begin();
  return saved;
}

class KeptRoom {
  private readonly room: Room;
  private readonly runNames = new Names<Record>();
  /** Of the last visit: the fit until it is opened, tabs until they are, and files until their fit has been made. */
  private before: KeptFit | undefined;
  private readonly tabs = new Map<string, Part>();
  private readonly files = new Set<string>();

  constructor(room: Room) {
    this.room = room;
  }

  /** Of all files that are in use or will be. */
  names(): readonly string[] {
    const fits = [this.room.fit, ...this.keepers.flatMap(({ fit }) => fit ?? [])];
    const waiting = [...this.tabs.values()].flatMap(({ value }) => (value as KeptTab).own ?? []);
    return [...fits.map(({ record }) => this.runNames.of(record)), ...waiting, ...this.files];
  }

  runs(): readonly Saveable[] {
    return [this.room, ...this.keepers].flatMap(({ fit, edits = 0 }: Pick<Keeper, 'fit' | 'edits'>) => {
      const run = fit && saveable(fit, this.runNames.of(fit.record));
      return run ? [{ ...run, edits }] : [];
    });
  }

  fit(): KeptFit {
    const { fit } = this.room;
    const { value: info } = fit.info;
    if (this.before && !info) return this.before;
    const { model, data } = fit.draft.value;
    // What has just been chosen is not in the file of the fit before it.
    const isChosen = info && (info.request.model !== model || info.request.data !== data);
    return {
      playing: fit.playing.value,
      name: isChosen ? undefined : this.runNames.of(fit.record),
      time: fit.record.keptTime(),
      fit: { request: fit.draft.value, backend: fit.backend.value },
    };
  }

  parts(): readonly KeptPart[] {
    const about = this.runNames.of(this.room.fit.record);
    const back = this.keepers.filter(({ name }) => !this.tabs.has(name));
    const open = back.map((keeper) => {
      const own = keeper.fit && this.runNames.of(keeper.fit.record);
      const value = (): KeptTab => ({
        own,
        about: own === undefined ? about : undefined,
        state: keeper.state(),
      });
      return { name: keeper.name, stamp: `${own ?? about} ${keeper.stamp()}`, value };
    });
    const waiting = [...this.tabs.values()].map((part) => ({ ...part, value: () => part.value }));
    return [...open, ...waiting];
  }

  async resume(state: RoomState, saved: OpenedRoom<RoomState>): Promise<void> {
    const { room } = this;
    this.before = state;
    for (const part of saved.parts) {
      const { own } = part.value as KeptTab;
      this.tabs.set(part.name, part);
      if (own !== undefined) this.offer(part, await saved.keptName(own), saved);
    }
    const { name } = state;
    const kept = await saved.keptName(name);
    if (name === undefined || kept === undefined) this.forget();
    else
      this.adopt(room.fit, name, saved, (isBack) => {
        if (!isBack) return this.forget();
        room.fit.record.takeTimeBack(state.time);
        for (const part of this.tabs.values())
          if ((part.value as KeptTab).about === name) this.offer(part, undefined, saved);
      });
    room.fit.files.value = state.files;
    const opening = room.open(state.link ?? '', { kept, playing: state.playing, fit: state.fit });
    // There before the fit is: the playground may be opened meanwhile.
    if (room.tab.value !== 'playground') room.play.value = state.play ?? [];
    await opening;
  }

  private get keepers(): readonly Keeper[] {
    return this.room.keepers.all.value;
  }

  /** What tabs have shown was about a fit that is no more. */
  private forget(): void {
    for (const [name, { value }] of this.tabs)
      if ((value as KeptTab).about !== undefined) this.tabs.delete(name);
  }

  /** Gives a tab back what it had, as soon as it is open. */
  private offer({ name, value }: Part, kept: string | undefined, saved: OpenedRoom<RoomState>): void {
    const { own, state } = value as KeptTab;
    this.room.keepers.offer(name, (keeper) => {
      // Until its fit is back, what was kept of it stays.
      if (keeper.fit && own !== undefined && kept !== undefined)
        this.adopt(keeper.fit, own, saved, () => this.tabs.delete(name));
      else this.tabs.delete(name);
      keeper.takeBack(state, kept);
    });
  }

  /** A fit goes on from a file under the same name, once it has been made. */
  private adopt(
    fit: FitStore,
    name: string,
    saved: OpenedRoom<RoomState>,
    made?: (isBack: boolean) => void,
  ): void {
    this.files.add(name);
    const stop = effect(() => {
      if (!fit.info.value) return;
      untracked(() => {
        // One that could not be read has started over.
        if (fit.isBack) {
          this.runNames.set(fit.record, name);
          saved.assume(name, fit.progress.value.done);
        }
        this.files.delete(name);
        made?.(fit.isBack);
      });
      queueMicrotask(() => stop());
    });
  }
}

function saveable(fit: FitStore, name: string): Saveable | undefined {
  const { value: info } = fit.info;
  if (!info || !fit.ready.value) return undefined;
  const { done, finished } = fit.progress.value;
  const { model, data } = info.request;
  return {
    name,
    about: `${model} on ${data}, ${Math.round(done)} examples`,
    progress: done,
    finished,
    keep: (place) => fit.worker.keep(place),
    file: () => fit.worker.call((api) => api.save()),
  };
}
