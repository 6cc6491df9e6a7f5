/** The builder of the model's network, between the curves and the results while it is open. */
import { useEffect, useRef } from 'preact/hooks';
import { Builder } from '../../network/builder.tsx';
import { fitNetwork } from '../state/fit-network.ts';
import type { RoomProps } from '../state/room.ts';

export function FitNetwork({ room }: RoomProps) {
  const { fit } = room;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    place.current?.scrollIntoView({ block: 'nearest' });
    place.current?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const source = fitNetwork(fit);
  return (
    <div class="fit-network" ref={place} tabIndex={-1}>
      <Builder key={source.id} source={source} onClose={() => (room.building.value = false)} />
    </div>
  );
}
