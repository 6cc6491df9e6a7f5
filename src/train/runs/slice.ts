/** A slice of a run: step after step until its driver has enough, at once as long as steps answer at once. */
import type { MaybePromise } from '#compile/step.ts';

export class Slice {
  private pending: Promise<void> | undefined;

  /** Makes one step at least; `step` gives a promise only where it has to wait. Refused while a slice is in progress. */
  advance(step: () => Promise<void> | undefined, enough: () => boolean): MaybePromise<void> {
    this.refuseTwo();
    do {
      const waiting = step();
      if (waiting) return this.hold(advanceWaiting(waiting, step, enough));
    } while (!enough());
  }

  /** A slice that is made elsewhere, by several workers. */
  together(make: () => Promise<void>): Promise<void> {
    this.refuseTwo();
    return this.hold(make());
  }

  /** Resolves once the slice in progress has ended, if there is one. */
  async ended(): Promise<void> {
    await this.pending;
  }

  private hold(slice: Promise<void>): Promise<void> {
    this.pending = slice.finally(() => (this.pending = undefined));
    return this.pending;
  }

  private refuseTwo(): void {
    if (this.pending) throw new Error('advance: the previous slice has not ended; wait for it');
  }
}

async function advanceWaiting(
  first: Promise<void>,
  step: () => Promise<void> | undefined,
  enough: () => boolean,
): Promise<void> {
  await first;
  while (!enough()) {
    const next = step();
    if (next) await next;
  }
}

/** A promise if there is something to wait for, its error told as that of the run. */
export function pending(
  done: MaybePromise<void>,
  fail: (cause: unknown) => never,
): Promise<void> | undefined {
  return done instanceof Promise ? done.catch(fail) : undefined;
}
