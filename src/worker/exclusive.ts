/** Runs tasks one at a time: each waits until the previous one has settled. */

/** Queues a task and returns its result; a failed task rejects only its own caller. */
export type Exclusive = <T>(task: () => T | Promise<T>) => Promise<T>;

export function exclusively(): Exclusive {
  let tail: Promise<unknown> = Promise.resolve();
  return (task) => {
    const done = tail.then(task);
    tail = done.then(nothing, nothing);
    return done;
  };
}

function nothing(): void {
  // The caller handles the error; the next task starts regardless.
}
