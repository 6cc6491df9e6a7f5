/** Loops that wait only where they have to. */
import type { MaybePromise } from '#compile/step.ts';

/** Runs a loop to its end, giving it what it yields, at once as long as that is there at once. */
export function runLoop<Yielded, Result>(
  loop: Generator<MaybePromise<Yielded>, Result, Yielded>,
  first: Yielded,
): MaybePromise<Result> {
  for (let given = first; ;) {
    const { done, value } = loop.next(given);
    if (done) return value;
    if (value instanceof Promise) return value.then((later) => runLoop(loop, later));
    given = value;
  }
}
