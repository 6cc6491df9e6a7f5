/** What the page has stored, read beside it, and what it says about that. */
import type { Locator, Page } from 'playwright';

export interface SavedLabel {
  readonly run: string;
  readonly turn: number;
  readonly about: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
}

/** Milliseconds: who looks while the database is being deleted may never be answered. */
const NO_ANSWER = 5000;

/** What a store of the database holds. */
export const stored = (page: Page, store: string): Promise<readonly unknown[]> =>
  page.evaluate(
    async ({ name, patience }) => {
      const answered = <T>(begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => void) =>
        new Promise<T>((resolve, reject) => {
          setTimeout(() => reject(new Error('not answered')), patience);
          begin(resolve, reject);
        });
      // Whoever opens a database that is not there makes one, and the page would find it without its stores.
      const all = await answered<IDBDatabaseInfo[]>(
        (resolve, reject) => void indexedDB.databases().then(resolve, reject),
      );
      if (!all.some((each) => each.name === 'ludus')) return [];
      const opening = indexedDB.open('ludus');
      // One that was deleted meanwhile.
      opening.onupgradeneeded = () => opening.transaction?.abort();
      await answered<Event>((onsuccess, onerror) => Object.assign(opening, { onsuccess, onerror })).catch(
        (error: unknown) => {
          // A connection that comes late and stays would keep whoever deletes the database waiting.
          opening.onsuccess = () => opening.result.close();
          throw error;
        },
      );
      const connection = opening.result;
      try {
        const reading = connection.transaction(name).objectStore(name).getAll();
        await answered<Event>((onsuccess, onerror) => Object.assign(reading, { onsuccess, onerror }));
        return reading.result as unknown[];
      } finally {
        connection.close();
      }
    },
    { name: store, patience: NO_ANSWER },
  );

export const savedLinks = async (page: Page): Promise<readonly string[]> =>
  (await stored(page, 'sessions')).map((each) => (each as { state: { link: string } }).state.link);

export const stepsIn = ({ about }: SavedLabel): number =>
  Number(/(\d+) (?:env steps|examples)/.exec(about)?.[1]);

/** Steps of the newest save. */
export const savedSteps = async (page: Page): Promise<number> =>
  Math.max(0, ...(await stored(page, 'labels').catch(() => [])).map((each) => stepsIn(each as SavedLabel)));

/** What the bar says about saving. */
export const savingOn = (page: Page): Locator => page.getByRole('status', { name: 'Saving' });
