/**
 * The forager's field: its measures, its walls, and the state of n of them. Lengths are those of the demo's
 * pixels.
 */
import type { ColumnsOf } from '#core/snapshot.ts';

export const WIDTH = 700;
export const HEIGHT = 500;
/** Radius of the agent and of a piece of food. */
export const RADIUS = 10;
export const ITEM = 10;
export const EYES = 9;
/** Angle between two eyes. */
export const SPREAD = 0.25;
/** How far an eye sees. */
export const REACH = 85;

/** The two walled blocks. */
export const BLOCKS = [
  { left: 100, top: 100, right: 300, bottom: 400 },
  { left: 400, top: 100, right: 600, bottom: 400 },
] as const;

/** What an eye may see, in the order of the observation. */
export const Seen = { wall: 0, food: 1, poison: 2, nothing: 3 } as const;

export function columns(n: number, items: number) {
  return {
    /** [n] the agent's position. */
    x: new Float64Array(n),
    y: new Float64Array(n),
    /** [n] the agent's heading: 0 is along x, and it grows clockwise, as y points down. */
    angle: new Float64Array(n),
    /** [n × items] */
    itemX: new Float64Array(n * items),
    itemY: new Float64Array(n * items),
    /** [n × items] one of `Seen`; nothing once the piece is eaten. */
    itemKind: new Uint8Array(n * items),
    /** [n × EYES] distance over REACH, and what is there. */
    eyeDistance: new Float32Array(n * EYES),
    eyeKind: new Uint8Array(n * EYES),
  };
}
export type Field = ColumnsOf<typeof columns>;
