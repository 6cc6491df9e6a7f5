/** The session of the classifier's room: its fit, and how it comes back. Tabs with fits of their own begin anew. */
import type { Database } from '#storage/database.ts';
import type { Saveable } from '../../state/autosave.ts';
import type { KeptTime, Record } from '../../state/record.ts';
import { Names, openSaved, type Saving } from '../../state/saving.ts';
import type { FitStore } from './fit-store.ts';
import type { Room } from './room.ts';

/** What is kept beside the link. */
interface RoomState {
  readonly link?: string;
  readonly playing: boolean;
  /** Of the fit's file. */
  readonly name: string;
  /** The user's own, for data that come from files. */
  readonly files: readonly File[];
  readonly time: KeptTime;
}

/** Opens the address, or goes on with the session that it is of; from then on the session is saved. */
export async function openRoom(room: Room, database: Database, address: string): Promise<Saving> {
  const { fit } = room;
  const names = new Names<Record>();
  const saved = await openSaved<RoomState>({
    room: 'classifier',
    database,
    address,
    link: () => {
      void [fit.playing.value, fit.files.value];
      return room.link.value;
    },
    names: () => [names.of(fit.record)],
    runs: () => saveable(fit, names.of(fit.record)) ?? [],
    state: () => ({
      playing: fit.playing.value,
      name: names.of(fit.record),
      files: fit.files.value,
      time: fit.record.keptTime(),
    }),
  });
  const { state } = saved;
  if (state) {
    const kept = await saved.keptName(state.name);
    fit.files.value = state.files;
    await room.open(state.link ?? '', { kept, playing: state.playing });
    // A save that cannot be read is not what the address asks for.
    if (kept !== undefined && !fit.info.value) await room.open(state.link ?? '', { playing: state.playing });
    const { done } = fit.progress.value;
    if (kept !== undefined && done > 0) {
      fit.record.takeTimeBack(state.time);
      names.set(fit.record, state.name);
      saved.assume(state.name, done);
    }
  } else await room.open(address);
  saved.begin();
  return saved;
}

function saveable(fit: FitStore, name: string): readonly Saveable[] | undefined {
  const { value: info } = fit.info;
  if (!info || !fit.ready.value) return undefined;
  const { done, finished } = fit.progress.value;
  const { model, data } = info.request;
  return [
    {
      name,
      about: `${model} on ${data}, ${Math.round(done)} examples`,
      progress: done,
      finished,
      keep: (place) => fit.worker.keep(place),
    },
  ];
}
