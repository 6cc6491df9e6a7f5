/** Suggestions for misspelt names. */
import leven from 'leven';

/** The `expected` of an error about an unknown name: similar names if there are any, otherwise all of them. */
export function known(name: string, names: readonly string[]): string {
  const distances = new Map(names.map((candidate) => [candidate, distance(name, candidate)]));
  // Two letters swapped are two edits.
  const allowed = Math.max(name.length < 4 ? 1 : 2, name.length / 3);
  const near = names
    .filter((candidate) => (distances.get(candidate) ?? Infinity) <= allowed)
    .toSorted((a, b) => (distances.get(a) ?? 0) - (distances.get(b) ?? 0))
    .slice(0, 4);
  if (near.length > 0) return `a known name (near: ${near.join(', ')})`;
  return names.length > 0 ? `one of ${names.join(', ')}` : 'none: there are none yet';
}

/** Edit distance; 0.5 if one name begins or ends with the other. */
function distance(a: string, b: string): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const part = short.length >= 3 && (long.startsWith(short) || long.endsWith(short));
  return part ? 0.5 : leven(a, b);
}
