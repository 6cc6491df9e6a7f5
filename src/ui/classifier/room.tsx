/** The classifier's room: its bar, its tabs, and what is open. */
import { effect, signal } from '@preact/signals';
import { render, type ComponentType } from 'preact';
import { Database } from '#storage/database.ts';
import type { WorkerLike } from '#worker/client.ts';
import type { Saving } from '../state/saving.ts';
import type { SaveStateProps } from '../parts/save-state.tsx';
import { Lazy } from '../parts/lazy.tsx';
import { dropFocus, isTyping } from '../state/actions.ts';
import { Address } from '../state/address.ts';
import { AddressBar } from '../state/address-bar.ts';
import { RoomBar } from './parts/room-bar.tsx';
import { FitNotice } from './parts/fit-notice.tsx';
import type { Tab } from './state/fit-link.ts';
import { openRoom } from './state/room-session.ts';
import { Room, type FitCommands, type RoomProps } from './state/room.ts';
import './styles/room.css';

/** Loaded when their tab is opened first. */
const TAB_PARTS: Readonly<Record<Tab, () => Promise<ComponentType<RoomProps>>>> = {
  train: async () => (await import('./parts/train.tsx')).Train,
  draw: async () => (await import('./parts/draw.tsx')).Draw,
  inside: async () => (await import('./parts/inside.tsx')).Inside,
  playground: async () => (await import('./parts/playground.tsx')).Playground,
  tour: async () => (await import('./parts/tour.tsx')).Tour,
};

/** Mounts the room in an element, listens to its keys and keeps the address in sync with the setup. */
export function mountClassifier(root: HTMLElement, spawn: () => WorkerLike): void {
  document.title = 'Ludus: the classifier';
  const room = new Room(spawn);
  const saving = signal<Saving | undefined>(undefined);
  render(<RoomPage room={room} saving={saving} />, root);
  listen(room);
  const bar = new AddressBar();
  // A packed link would not tell its room.
  const address = new Address(
    (link) => bar.write(link),
    (link) => link,
  );
  let opened = false;
  effect(() => {
    const { value: link } = room.link;
    // Not before the initial link has been read.
    opened ||= room.settled.value;
    if (opened) address.follow(link);
  });
  addEventListener('hashchange', () => {
    address.rest();
    // What cannot be opened does not stay in the address, even where nothing else changes.
    void room.open(bar.read()).then(() => address.follow(room.link.value));
  });
  void openRoom(room, new Database(), bar).then((opened) => (saving.value = opened));
}

interface RoomPageProps extends RoomProps {
  readonly saving: SaveStateProps['saving'];
}

function RoomPage({ room, saving }: RoomPageProps) {
  return (
    <div class="room">
      <RoomBar room={room} saving={saving} />
      <FitNotice fit={room.fit} />
      <main class="room-main">
        <Lazy key={room.tab.value} load={TAB_PARTS[room.tab.value]} props={{ room }} />
      </main>
    </div>
  );
}

/** Keys of the fit, as in the arena; those that the focused element uses itself are left to it. */
function listen(room: Room): void {
  const fit = (): FitCommands => room.commands.peek() ?? room.fit;
  const commands: Readonly<Record<string, () => unknown>> = {
    Space: () => fit().toggle(),
    ArrowRight: () => fit().step(),
    KeyE: () => fit().step('epoch'),
    KeyR: () => fit().reset(),
  };
  addEventListener('keydown', (event) => {
    const { code, target, ctrlKey, metaKey, altKey, shiftKey, repeat } = event;
    if (ctrlKey || metaKey || altKey || shiftKey || event.defaultPrevented || isTyping(target, code)) return;
    if (!Object.hasOwn(commands, code) || (repeat && code !== 'ArrowRight')) return;
    event.preventDefault();
    commands[code]();
  });
  addEventListener('click', dropFocus);
}
