/** The missions that several MiniGrid worlds share, as the numbers that the agent sees: pairs of a thing's type and colour. */
import type { Rng } from '#core/rng.ts';
import { cell, hueOf, HUES, Type, typeOf } from './cells.ts';
import { Act, Verdict } from './rules.ts';
import type { Slot } from './slot.ts';

/** Writes the k-th thing of the mission. */
export function setTarget(slot: Slot, k: number, type: number, hue: number): void {
  slot.setMission(2 * k, type);
  slot.setMission(2 * k + 1, hue);
}

/** Whether a cell's code is the k-th thing of the mission. */
export function isTarget(slot: Slot, k: number, code: number): boolean {
  return typeOf(code) === slot.mission(2 * k) && hueOf(code) === slot.mission(2 * k + 1);
}

/** Success: the mission's thing has been picked up. Type and colour suffice, as no level has two of the kind. */
export function carriesTarget(slot: Slot, action: number): number {
  return action === Act.pickUp && isTarget(slot, 0, slot.s.carrying[slot.i])
    ? Verdict.success
    : Verdict.goesOn;
}

/** Things to lie about: keys, balls and, if there are three kinds, boxes, of any colour. */
class Things {
  private readonly used = new Uint8Array(3 * HUES);

  /** Forgets which things have been drawn. */
  clear(): void {
    this.used.fill(0);
  }

  /** One of the first `kinds` kinds. */
  any(rng: Rng, kinds: number): number {
    return cell(Type.key + rng.integer(kinds), rng.integer(HUES));
  }

  /** One that has not been drawn since `clear`. */
  fresh(rng: Rng, kinds: number): number {
    for (;;) {
      const code = this.any(rng, kinds);
      const index = (typeOf(code) - Type.key) * HUES + hueOf(code);
      if (this.used[index]) continue;
      this.used[index] = 1;
      return code;
    }
  }
}

/** Shared by all worlds, as a level is built at one go. */
export const things = new Things();
