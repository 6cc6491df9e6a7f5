/** The forager's field: its measures, its walls, and the state of n of them. Lengths are those of the demo's pixels. */

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

export type Field = {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** [n] where the agent looks: 0 is along x, and it grows clockwise, as y points down. */
  readonly angle: Float64Array;
  /** [n × items] */
  readonly itemX: Float64Array;
  readonly itemY: Float64Array;
  /** [n × items] one of `Seen`; nothing where the piece is eaten. */
  readonly itemKind: Uint8Array;
  /** [n × EYES] distance over reach, and what is there. */
  readonly eyeDistance: Float32Array;
  readonly eyeKind: Uint8Array;
};
