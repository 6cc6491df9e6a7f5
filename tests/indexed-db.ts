/** IndexedDB in Node, in memory: empty at the start of a file, and gone after it, since the files after that find none. */
import * as fake from 'fake-indexeddb';
import { afterAll, beforeAll } from 'vitest';

const { IDBFactory, ...rest } = fake;
const classes = Object.entries(rest).filter(([name]) => name.startsWith('IDB'));

/** To be called once, at the head of the file. */
export function useIndexedDb(): void {
  beforeAll(() => {
    const entries = [...classes, ['IDBFactory', IDBFactory], ['indexedDB', new IDBFactory()]] as const;
    for (const [name, value] of entries)
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  });
  afterAll(() => {
    for (const name of [...classes.map(([each]) => each), 'IDBFactory', 'indexedDB'])
      Reflect.deleteProperty(globalThis, name);
  });
}
