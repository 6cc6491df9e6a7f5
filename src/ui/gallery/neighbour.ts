/** Which card of a grid the arrow keys go to. */

/** Left edge and top of a card, in any unit. */
interface Place {
  readonly left: number;
  readonly top: number;
}

/** The index of the next card; undefined if the key means nothing there. Cards are in reading order. */
export function neighbour(places: readonly Place[], from: number, key: string): number | undefined {
  if (from < 0) return undefined;
  const { left, top } = places[from];
  const within = (k: number): number | undefined => (k >= 0 && k < places.length ? k : undefined);
  switch (key) {
    case 'ArrowLeft':
      return within(from - 1);
    case 'ArrowRight':
      return within(from + 1);
    case 'ArrowDown': {
      const row = places.find((place) => place.top > top + 1)?.top;
      return row === undefined ? undefined : nearest(places, row, left);
    }
    case 'ArrowUp': {
      const row = places.findLast((place) => place.top < top - 1)?.top;
      return row === undefined ? undefined : nearest(places, row, left);
    }
    case 'Home':
      return 0;
    case 'End':
      return places.length - 1;
    default:
      return undefined;
  }
}

function nearest(places: readonly Place[], row: number, left: number): number {
  const apart = places.map((place) =>
    Math.abs(place.top - row) <= 1 ? Math.abs(place.left - left) : Infinity,
  );
  return apart.indexOf(Math.min(...apart));
}
