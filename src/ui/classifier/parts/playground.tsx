/** The playground: a small network on points of a plane, every part of which can be seen and changed. */
import { effect, untracked } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { Controls } from '../playground/controls.tsx';
import { DataPanel } from '../playground/data-panel.tsx';
import { Lab } from '../playground/lab.ts';
import { Network } from '../playground/network.tsx';
import { Output } from '../playground/output.tsx';
import type { Shown } from '../playground/tiles.tsx';
import type { Hideable } from '../state/fit-link.ts';
import type { Room, RoomProps } from '../state/room.ts';
import { FitNotice } from './fit-notice.tsx';
import '../styles/playground.css';

const labs = new WeakMap<Room, Lab>();

/** The playground of a room stays while other tabs are open. */
function labOf(room: Room): Lab {
  const lab = labs.get(room) ?? new Lab(room.spawn);
  if (!labs.has(room)) {
    labs.set(room, lab);
    room.keepers.add(lab);
  }
  return lab;
}

export function Playground({ room }: RoomProps) {
  const lab = labOf(room);
  const [shown, setShown] = useState<Shown>();
  const hides = (name: Hideable): boolean => room.hides(name);
  useEffect(() => {
    // What the address says opens here, and what is changed here goes into the address.
    const stopReading = effect(() => {
      const { value: play } = room.play;
      if (String(play) !== String(lab.params.peek()) || !lab.asks) untracked(() => lab.open(play));
    });
    const stopWriting = effect(() => void (room.play.value = lab.params.value));
    room.commands.value = lab;
    return () => {
      room.commands.value = undefined;
      stopReading();
      stopWriting();
      lab.rest();
    };
  }, [room, lab]);
  return (
    <div class="playground">
      <FitNotice fit={lab.fit} />
      <Controls lab={lab} hides={hides} />
      <DataPanel lab={lab} hides={hides} />
      <Network lab={lab} hides={hides} onShow={setShown} />
      <Output lab={lab} hides={hides} shown={shown} />
    </div>
  );
}
