/**
 * The loss around a solution: θ + a·d + b·e for two random directions whose filters are as long as those of the weights (Li et
 * al. 2018, §4). Offsets and everything of normalisation stay as they are.
 */
import type { Rng } from '#core/rng.ts';

/** A parameter tensor in the flat block: `filters` outputs, the last axis, of which each is normalised on its own. */
export interface Filters {
  readonly offset: number;
  readonly size: number;
  readonly filters: number;
}

/** A direction [parameters] that is 0 outside the kernels and has, filter by filter, the length of the weights. */
export function filterNormalised(weights: Float32Array, kernels: readonly Filters[], rng: Rng): Float32Array {
  const direction = new Float32Array(weights.length);
  for (const { offset, size, filters } of kernels)
    for (let filter = 0; filter < filters; filter++) {
      let [drawn, own] = [0, 0];
      for (let at = offset + filter; at < offset + size; at += filters) {
        direction[at] = rng.normal();
        drawn += direction[at] ** 2;
        own += weights[at] ** 2;
      }
      const scale = Math.sqrt(own / drawn);
      for (let at = offset + filter; at < offset + size; at += filters) direction[at] *= scale;
    }
  return direction;
}

/** The coordinates of a grid of `side` × `side` points over −reach … reach, row by row. */
export function gridOf(side: number, reach: number): readonly (readonly [a: number, b: number])[] {
  const at = (k: number): number => (side === 1 ? 0 : reach * ((2 * k) / (side - 1) - 1));
  return Array.from({ length: side * side }, (_, k) => [at(k % side), at(Math.floor(k / side))] as const);
}

/** Writes θ + a·d + b·e into `into`. */
export function moveTo(
  into: Float32Array,
  weights: Float32Array,
  [d, e]: readonly [Float32Array, Float32Array],
  [a, b]: readonly [number, number],
): void {
  for (let k = 0; k < into.length; k++) into[k] = weights[k] + a * d[k] + b * e[k];
}
