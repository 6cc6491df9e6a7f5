/**
 * The road of the highway in its own coordinates: s along its middle, d across it to the right. Metres,
 * seconds, radians. Curves are two slow waves whose phases are drawn per episode, so the road has no end and
 * needs no memory.
 */

export const LANE = 4;
/** Half length and half width of every car. */
export const HALF_LENGTH = 2.3;
export const HALF_WIDTH = 1;

const WAVE_1 = 0.021;
const WAVE_2 = 0.0073;

/** Curvature at s; positive bends to the right. `sharpest` is its greatest value. */
export function curvature(s: number, phase1: number, phase2: number, sharpest: number): number {
  return sharpest * Math.sin(WAVE_1 * s + phase1) * Math.sin(WAVE_2 * s + phase2);
}

/** Middle of a lane, counted from the left. */
export function laneCentre(lane: number, lanes: number): number {
  return (lane + 0.5 - lanes / 2) * LANE;
}

/** The lane in which d lies, even off the road the nearest one. */
export function laneOf(d: number, lanes: number): number {
  return Math.min(lanes - 1, Math.max(0, Math.floor(d / LANE + lanes / 2)));
}
