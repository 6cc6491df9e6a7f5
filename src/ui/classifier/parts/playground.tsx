/** A placeholder. */
import type { RoomProps } from '../state/room.ts';

export function Playground({ room }: RoomProps) {
  return <p class="room-wait">{room.fit.form.model.value?.title}</p>;
}
