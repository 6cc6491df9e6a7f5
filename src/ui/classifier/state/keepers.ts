/**
 * What tabs have beside the room's fit, kept with the session. Their code is loaded when they are opened: until then what was kept of
 * them waits here.
 */
import { signal } from '@preact/signals';
import type { FitStore } from './fit-store.ts';

/** A tab with a state of its own. */
export interface Keeper extends Disposable {
  readonly name: string;
  /** A fit of its own. */
  readonly fit?: FitStore;
  /** Number of changes of that fit by hand. */
  readonly edits?: number;
  /** Another one is another state; reads what that depends on. */
  stamp(): string;
  /** In terms of structured clone. */
  state(): unknown;
  /** `kept`: the name in the browser's database under which its fit goes on, if it is there. */
  takeBack(state: unknown, kept: string | undefined): void;
}

export class Keepers implements Disposable {
  readonly all = signal<readonly Keeper[]>([]);
  private readonly waiting = new Map<string, (keeper: Keeper) => void>();

  add(keeper: Keeper): void {
    this.all.value = [...this.all.peek(), keeper];
    const take = this.waiting.get(keeper.name);
    this.waiting.delete(keeper.name);
    take?.(keeper);
  }

  /** Calls `take` once the tab is there. */
  offer(name: string, take: (keeper: Keeper) => void): void {
    const keeper = this.all.peek().find((each) => each.name === name);
    if (keeper) take(keeper);
    else this.waiting.set(name, take);
  }

  [Symbol.dispose](): void {
    for (const keeper of this.all.peek()) keeper[Symbol.dispose]();
  }
}
