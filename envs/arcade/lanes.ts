/**
 * Eight small numbers packed into one int32: lane k is bits 4k … 4k + 3, a number from 0 to 15. What a game
 * does to all of its lanes then takes a few operations, without a loop and without branches that a processor
 * would have to predict.
 */

export const LANES = 8;

/** 1 in every lane. */
export const ONES = 0x11111111;

/** The number in lane k. */
export function laneOf(lanes: number, k: number): number {
  return (lanes >>> (4 * k)) & 15;
}

/** 1 in the lanes that hold 0, else 0. */
export function zeroLanes(lanes: number): number {
  return ~(lanes | (lanes >>> 1) | (lanes >>> 2) | (lanes >>> 3)) & ONES;
}

/** 15 in the lanes in which `ones` has 1: what to mask with. */
export function maskOf(ones: number): number {
  return ((ones << 4) - ones) | 0;
}

/** How many lanes `ones` has a 1 in. */
export function countLanes(ones: number): number {
  return Math.imul(ones, ONES) >>> 28;
}

/** The first lane in which `ones` has a 1; `ones & (ones - 1)` is what is left after it. */
export function firstLane(ones: number): number {
  return (31 - Math.clz32(ones & -ones)) >> 2;
}
