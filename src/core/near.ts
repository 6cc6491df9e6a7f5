/** Suggestions for misspelt names. */
import leven from 'leven';

/** Names that an error still lists in full. */
const FEW = 12;

/**
 * The `expected` of an error about an unknown name: similar names if there are any, otherwise all of them, or where `all` of many
 * can be seen.
 */
export function known(name: string, names: readonly string[], all?: string): string {
  const distances = new Map(names.map((candidate) => [candidate, distance(name, candidate)]));
  const { length } = plain(name);
  // Two letters swapped are two edits.
  const allowed = Math.max(length < 4 ? 1 : 2, length / 3);
  const close = names
    .filter((candidate) => (distances.get(candidate) ?? Infinity) <= allowed)
    .toSorted((a, b) => (distances.get(a) ?? 0) - (distances.get(b) ?? 0));
  const same = close.filter((candidate) => isSpelling(name, candidate));
  const near = same.length > 0 ? same : close.slice(0, 4);
  if (near.length > 0) return `a known name (near: ${near.join(', ')})`;
  if (names.length > FEW && all !== undefined) return `a known name (see \`${all}\`)`;
  return names.length > 0 ? `one of ${names.join(', ')}` : 'none: there are none yet';
}

/** Whether two names are the same but for case, punctuation and what Gymnasium adds: `ALE/Breakout-v5` and `breakout` are. */
export function isSpelling(a: string, b: string): boolean {
  return plain(a) !== '' && plain(a) === plain(b);
}

/** Edit distance; 0.5 if one name begins or ends with the other. */
function distance(a: string, b: string): number {
  const [one, other] = [plain(a), plain(b)];
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  const part = short.length >= 3 && short !== long && (long.startsWith(short) || long.endsWith(short));
  return part ? 0.5 : leven(one, other);
}

/** A name without its namespace, version, punctuation and case. */
function plain(name: string): string {
  return name
    .replace(/^.*\//, '')
    .replace(/-v\d+$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
}
