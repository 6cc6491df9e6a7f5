/** Where a run can go on after the death of its worker: at a snapshot in memory, or with what the browser's database keeps. */
import type { Snapshot } from '#core/snapshot.ts';

export type Saved = { readonly turn: number } & (
  | { readonly snapshot: Snapshot }
  /** Its name in the database. */
  | { readonly kept: string }
);

/** The newest of either kind: one that cannot be read leaves the other. */
export class Saves {
  newestFirst: readonly Saved[] = [];
  private turns = 0;

  /** A save is asked for. A worker makes those of a run in this order, whichever is heard of first. */
  begin(): number {
    return ++this.turns;
  }

  /** One is on its way to the database: a worker that dies meanwhile may have made it. */
  expect(kept: string): void {
    if (!this.newestFirst.some((saved) => 'kept' in saved)) this.add({ turn: 0, kept });
  }

  add(saved: Saved): void {
    const others = this.newestFirst.filter((other) => 'kept' in other !== 'kept' in saved);
    this.newestFirst = [...others, saved].sort((a, b) => b.turn - a.turn);
  }
}
