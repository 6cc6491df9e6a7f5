/** What the browser keeps between visits, where it allows that. */

/** What is needed of a browser's storage. */
export type Kept = Pick<Storage, 'getItem' | 'setItem'>;

const browser = (): Kept => localStorage;

/** Null where nothing is kept, or may not be. */
export function readKept(key: string, storage: () => Kept = browser): string | null {
  try {
    return storage().getItem(key);
  } catch {
    return null;
  }
}

/** Does nothing where the browser keeps nothing: in private windows, or when it is full. */
export function keep(key: string, text: string, storage: () => Kept = browser): void {
  try {
    storage().setItem(key, text);
  } catch {
    // The page works without.
  }
}
