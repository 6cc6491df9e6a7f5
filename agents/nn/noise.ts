/** The noise of factorised noisy layers: one vector per draw, shared by all rows of a batch (Fortunato et al. 2018, §3). */
import type { Rng } from '#core/rng.ts';

/** Fills a network's noise vector with f(ε), ε normal: what a noisy layer multiplies its inputs and outputs by. */
export function drawNoise(into: Float32Array, rng: Rng): void {
  for (let k = 0; k < into.length; k++) into[k] = signedRoot(rng.normal());
}

/** f(x) = sign(x)·√|x|, ibid. eq. 11. */
export function signedRoot(x: number): number {
  return Math.sign(x) * Math.sqrt(Math.abs(x));
}
