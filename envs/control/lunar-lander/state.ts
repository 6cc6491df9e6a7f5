/** What a slot of LunarLander consists of, for its rules and its picture. */
import type { ColumnsOf } from '#core/snapshot.ts';
import { BODIES, BODY, CORNERS, LEGS, POINTS } from './shape.ts';

/** Impulses kept per leg: motor, closed stop, open stop, then normal and friction of each corner. */
export const PER_LEG = 3 + 2 * CORNERS;
export const IMPULSES = LEGS * PER_LEG;

export function columns(n: number) {
  return {
    /**
     * [n × BODIES × BODY] hull, leg 0, leg 1: centre of mass x, y, angle, and their velocities (m, rad, s).
     */
    bodies: new Float64Array(n * BODIES * BODY),
    /** [n × IMPULSES] what hinges and ground did in the last step, where the next one's solution starts. */
    impulses: new Float64Array(n * IMPULSES),
    /** [n × POINTS] heights of the terrain (m). */
    heights: new Float64Array(n * POINTS),
    /** [n × 2] 1 where a leg touches the ground. */
    contact: new Uint8Array(2 * n),
    /** [n] steps at rest so far. */
    rest: new Int32Array(n),
    /** [n × 2] the time at which the gusts of force and of torque are. */
    gust: new Int32Array(2 * n),
    /**
     * [n × 2] power of the main engine, 0 … 1, and of the side engines, −1 … 1: for the picture and the
     * reward.
     */
    flame: new Float64Array(2 * n),
  };
}
export type State = ColumnsOf<typeof columns>;

/** What the physics sees of one slot: columns, and where in them it starts. */
export interface Slot {
  /** [n × BODIES × BODY] centre x, y, angle, and their velocities. */
  readonly bodies: Float64Array;
  readonly body: number;
  /** [n × IMPULSES] */
  readonly impulses: Float64Array;
  readonly impulse: number;
  /** [n × POINTS] */
  readonly heights: Float64Array;
  readonly height: number;
}

/** One object, pointed at each slot in turn, so that none is allocated. */
const SLOT: { -readonly [K in keyof Slot]: Slot[K] } = {
  bodies: new Float64Array(0),
  body: 0,
  impulses: new Float64Array(0),
  impulse: 0,
  heights: new Float64Array(0),
  height: 0,
};

/** Where slot i's numbers are. */
export function slotOf(s: State, i: number): Slot {
  SLOT.bodies = s.bodies;
  SLOT.body = i * BODIES * BODY;
  SLOT.impulses = s.impulses;
  SLOT.impulse = i * IMPULSES;
  SLOT.heights = s.heights;
  SLOT.height = i * POINTS;
  return SLOT;
}
