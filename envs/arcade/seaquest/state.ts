/** The columns of Seaquest: a submarine, a list of what moves around it, the timers, and what was shown. */
import { CAPACITY } from './items.ts';

export const SIZE = 10;
export const CHANNELS = 10;
export const FULL_OXYGEN = 200;
export const DIVERS_ABOARD = 6;

/** Numbers that `refresh` can have set: two per item and for the submarine. */
export const MARKS = 2 * CAPACITY + 2;

type ByteColumn =
  | 'executed'
  | 'ended'
  | 'x'
  | 'y'
  | 'heading'
  | 'aboard'
  | 'atSurface'
  | 'spawnSpeed'
  | 'spawnTimer'
  | 'diverTimer'
  | 'moveSpeed'
  | 'shotTimer'
  | 'counts'
  /** The gauges that `refresh` wrote last, in cells. */
  | 'shownOxygen'
  | 'shownAboard';

/** `aboard` can be negative, see the card. */
export type State = Readonly<Record<ByteColumn, Int8Array>> & {
  /** [n × CAPACITY] see items.ts; the first `counts` are meant. */
  readonly items: Int32Array;
  readonly oxygen: Int16Array;
  readonly ramp: Int32Array;
  /** [n × MARKS] what else `refresh` wrote last: where in the observation, the first `markCount` are meant. */
  readonly marks: Int16Array;
  readonly markCount: Int16Array;
};

export function allocate(n: number): State {
  const bytes = (): Int8Array => new Int8Array(n);
  return {
    executed: bytes(),
    ended: bytes(),
    x: bytes(),
    y: bytes(),
    heading: bytes(),
    aboard: bytes(),
    atSurface: bytes(),
    spawnSpeed: bytes(),
    spawnTimer: bytes(),
    diverTimer: bytes(),
    moveSpeed: bytes(),
    shotTimer: bytes(),
    counts: bytes(),
    items: new Int32Array(n * CAPACITY),
    oxygen: new Int16Array(n),
    ramp: new Int32Array(n),
    marks: new Int16Array(n * MARKS),
    markCount: new Int16Array(n),
    shownOxygen: bytes(),
    shownAboard: bytes(),
  };
}
