/** The page's name, and the way from one room to another. */
import { ROOMS, type RoomId } from '../state/permalink.ts';

const LOOKS: Readonly<Record<RoomId, { readonly title: string; readonly address: string }>> = {
  arena: { title: 'Arena', address: '#' },
  classifier: { title: 'Classifier', address: '#room=classifier' },
  sweeps: { title: 'Sweeps', address: '#room=sweeps' },
};

export function Brand({ room }: { readonly room: RoomId }) {
  return (
    <>
      <h1>
        <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
          <path d="M2.5 18a9.5 9.5 0 0 1 19 0M6.5 18a5.5 5.5 0 0 1 11 0" />
          <circle cx="12" cy="17" r="2" />
        </svg>
        Ludus
      </h1>
      <nav class="rooms" aria-label="Rooms">
        {ROOMS.map((id) =>
          id === room ? (
            <span key={id} aria-current="page">
              {LOOKS[id].title}
            </span>
          ) : (
            <a key={id} href={LOOKS[id].address} onKeyDown={followBySpace}>
              {LOOKS[id].title}
            </a>
          ),
        )}
      </nav>
    </>
  );
}

/** The rooms look like the tabs beside them, and are opened by the same key. */
function followBySpace(event: KeyboardEvent & { readonly currentTarget: HTMLAnchorElement }): void {
  if (event.code !== 'Space') return;
  event.preventDefault();
  event.currentTarget.click();
}
