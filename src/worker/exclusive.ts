/** A queue of one: every task waits until the one before has ended, well or badly. */

/** Runs a task in its turn; the caller gets the result or the error of its own task. */
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
  // Errors belong to whoever called; the next task starts all the same.
}
