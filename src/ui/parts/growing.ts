/** Long lists that are drawn piece by piece, so that no piece holds the page up for as long as the whole would. */
import { useEffect, useState } from 'preact/hooks';

/** As many as a slow machine draws well within 50 ms. */
const PIECE = 10;

/** How many of `count` to draw now: a piece more each time the page has answered to what else there was. */
export function useGrowing(count: number): number {
  const [most, setMost] = useState(PIECE);
  // When the list shrinks and grows again, what was gone meanwhile comes by pieces, too.
  const next = Math.min(most, count) + PIECE;
  useEffect(() => {
    if (next === most) return undefined;
    const timer = setTimeout(() => setMost(next));
    return () => clearTimeout(timer);
  }, [next, most]);
  return Math.min(most, count);
}
