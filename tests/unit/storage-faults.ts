/** Faults of IndexedDB: a shim under every operation on a store or a transaction makes the Nth of them go wrong. */

/** `throws` and `aborts` are reported, `tears` and `drops` are not: the write is cut off, or never happens. */
export const FAULTS = ['throws', 'aborts', 'tears', 'drops', 'closes'] as const;
export type Fault = (typeof FAULTS)[number];

/** Operations that a scenario makes. */
export async function operationsOf(scenario: () => Promise<unknown>): Promise<number> {
  const shim = install(() => undefined);
  await scenario();
  shim[Symbol.dispose]();
  return shim.count();
}

/** Runs a scenario in which one operation goes wrong. */
export async function faultsIn<T>(scenario: () => Promise<T>, fault: Fault, at: number): Promise<T> {
  using _ = install((n) => (n === at ? fault : undefined));
  return await scenario();
}

export function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error('could not be deleted'));
  });
}

type Method = (...args: never[]) => unknown;

function install(faultAt: (n: number) => Fault | undefined): Disposable & { readonly count: () => number } {
  let count = 0;
  const undo: (() => void)[] = [];
  const wrap = (
    prototype: object,
    name: string,
    around: (
      self: never,
      fault: Fault | undefined,
      call: (args?: unknown[]) => unknown,
      args: unknown[],
    ) => unknown,
  ): void => {
    const original = Reflect.get(prototype, name) as Method;
    Reflect.set(prototype, name, function (this: never, ...args: unknown[]) {
      // How fake-indexeddb itself opens a database that is new.
      if (args[1] === 'versionchange') return original.apply(this, args as never[]);
      return around(this, faultAt(count++), (given = args) => original.apply(this, given as never[]), args);
    });
    undo.push(() => Reflect.set(prototype, name, original));
  };
  for (const name of ['put', 'get', 'delete'])
    wrap(IDBObjectStore.prototype, name, (store: IDBObjectStore, fault, call, args) => {
      if (fault === 'throws') throw new DOMException('no room', 'QuotaExceededError');
      if (fault === 'closes') store.transaction.db.close();
      if (fault === 'tears' && args[0] instanceof Uint8Array)
        return call([args[0].slice(0, 10), ...args.slice(1)]);
      // A write that never happens looks to its caller like one that did.
      if (fault === 'drops' && name === 'put') return store.count();
      const request = call();
      if (fault === 'aborts') store.transaction.abort();
      return request;
    });
  wrap(IDBDatabase.prototype, 'transaction', (connection: IDBDatabase, fault, call) => {
    if (fault === 'throws') throw new DOMException('it is gone', 'UnknownError');
    if (fault === 'closes') connection.close();
    return call();
  });
  return {
    count: () => count,
    [Symbol.dispose]: () => undo.forEach((each) => each()),
  };
}
