/**
 * What missions share: they name objects, which the agent sees as pairs of type and colour. Minigrid gives
 * the same as a sentence.
 */
import type { Rng } from '#core/rng.ts';
import { cell, hueOf, HUES, Type, typeOf } from './cells.ts';
import { Act, Outcome } from './rules.ts';
import type { Slot } from './slot.ts';

/** Writes the k-th object of the mission. */
export function setTarget(slot: Slot, k: number, type: number, hue: number): void {
  slot.setMission(2 * k, type);
  slot.setMission(2 * k + 1, hue);
}

/** Whether a cell's code is the k-th object of the mission. */
export function isTarget(slot: Slot, k: number, code: number): boolean {
  return typeOf(code) === slot.mission(2 * k) && hueOf(code) === slot.mission(2 * k + 1);
}

/**
 * Success once the mission's object is picked up. Type and colour suffice, as no level has two such objects.
 */
export function carriesTarget(slot: Slot, action: number): number {
  return action === Act.pickUp && isTarget(slot, 0, slot.s.carrying[slot.i])
    ? Outcome.success
    : Outcome.continues;
}

/** Draws objects to scatter: keys, balls and, if there are three kinds, boxes, of any colour. */
class Things {
  private readonly used = new Uint8Array(3 * HUES);

  /** Forgets which objects have been drawn. */
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

/** Shared by all worlds, as no two levels are built at the same time. */
export const things = new Things();
