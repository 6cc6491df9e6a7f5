/** A placeholder. */
import type { RoomProps } from '../state/room.ts';

export function Train({ room }: RoomProps) {
  return <p class="room-wait">{room.fit.form.model.value?.title}</p>;
}
