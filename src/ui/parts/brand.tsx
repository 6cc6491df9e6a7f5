/** The page's name, and the way from one room to the other. */

const ROOMS = [
  { id: 'arena', title: 'Arena', address: '#' },
  { id: 'classifier', title: 'Classifier', address: '#room=classifier' },
] as const;

export function Brand({ room }: { readonly room: (typeof ROOMS)[number]['id'] }) {
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
        {ROOMS.map(({ id, title, address }) =>
          id === room ? (
            <span key={id} aria-current="page">
              {title}
            </span>
          ) : (
            <a key={id} href={address}>
              {title}
            </a>
          ),
        )}
      </nav>
    </>
  );
}
