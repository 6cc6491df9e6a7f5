/** The columns of Seaquest: a submarine, a list of what moves around it, the timers, and what was shown. */
import type { ColumnsOf } from '#core/snapshot.ts';
import { CAPACITY } from './items.ts';

/** Oxygen of a full tank, in steps under water. */
export const FULL_OXYGEN = 200;
/** Divers that the submarine has room for. */
export const DIVERS_ABOARD = 6;

/** Numbers of an observation that `refresh` may have set: two per item and two for the submarine. */
export const MARKS = 2 * CAPACITY + 2;

export function columns(n: number) {
  return {
    executed: new Int8Array(n),
    ended: new Int8Array(n),
    /** The submarine's cell and heading, −1 (left) or 1. */
    x: new Int8Array(n),
    y: new Int8Array(n),
    heading: new Int8Array(n),
    /** Divers on board, −1 after a rescue (see `breathe`); and 1 from surfacing until the next dive. */
    aboard: new Int8Array(n),
    atSurface: new Int8Array(n),
    /**
     * Steps between two enemies, until the next enemy and the next diver, between two moves of an enemy, and
     * until the next shot.
     */
    spawnSpeed: new Int8Array(n),
    spawnTimer: new Int8Array(n),
    diverTimer: new Int8Array(n),
    moveSpeed: new Int8Array(n),
    shotTimer: new Int8Array(n),
    /** The list of items, see items.ts; the first `counts` are in use. */
    counts: new Int8Array(n),
    items: new Int32Array(n * CAPACITY),
    /** Steps under water that are left. */
    oxygen: new Int16Array(n),
    /** How often the game has become faster. */
    ramp: new Int32Array(n),
    /**
     * What `refresh` wrote last: the first `markCount` of `marks` are indices in the observation; the gauges
     * count cells.
     */
    marks: new Int16Array(n * MARKS),
    markCount: new Int16Array(n),
    shownOxygen: new Int8Array(n),
    shownAboard: new Int8Array(n),
  };
}
export type State = ColumnsOf<typeof columns>;
