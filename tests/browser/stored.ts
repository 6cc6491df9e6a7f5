/** What the page has stored, read beside it, and what it says about that. */
import type { Locator, Page } from 'playwright';

export interface SavedLabel {
  readonly run: string;
  readonly turn: number;
  readonly about: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
}

/** What a store of the database holds. */
export const stored = (page: Page, store: string): Promise<readonly unknown[]> =>
  page.evaluate(async (name) => {
    // Whoever opens a database that is not there makes one, and the page would find it without its stores.
    const all = await indexedDB.databases();
    if (!all.some((each) => each.name === 'ludus')) return [];
    const opening = indexedDB.open('ludus');
    await new Promise((resolve, reject) => {
      // It was deleted meanwhile.
      const onupgradeneeded = (): void => opening.transaction?.abort();
      Object.assign(opening, { onupgradeneeded, onsuccess: resolve, onerror: reject });
      // Who looks while it is being deleted may never be answered.
      setTimeout(() => reject(new Error('not answered')), 5000);
    });
    const connection = opening.result;
    try {
      const reading = connection.transaction(name).objectStore(name).getAll();
      await new Promise((resolve, reject) => {
        Object.assign(reading, { onsuccess: resolve, onerror: reject });
        setTimeout(() => reject(new Error('not answered')), 5000);
      });
      return reading.result as unknown[];
    } finally {
      connection.close();
    }
  }, store);

export const savedLinks = async (page: Page): Promise<readonly string[]> =>
  (await stored(page, 'sessions')).map((each) => (each as { state: { link: string } }).state.link);

export const stepsIn = ({ about }: SavedLabel): number =>
  Number(/(\d+) (?:env steps|examples)/.exec(about)?.[1]);

/** Steps of the newest save. */
export const savedSteps = async (page: Page): Promise<number> =>
  Math.max(0, ...(await stored(page, 'labels').catch(() => [])).map((each) => stepsIn(each as SavedLabel)));

/** What the bar says about saving. */
export const savingOn = (page: Page): Locator => page.getByRole('status', { name: 'Saving' });
