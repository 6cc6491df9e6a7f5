/** How much each number of an observation matters to what an agent does: the gradient of its choice by the observation. */
import type { Inspector } from './inspector.ts';

/**
 * [observation] Σ over rows of |∂ Σ row ⊙ y / ∂ x|, where y are the network's outputs for one observation x and a row of
 * `chosen` [rows × outputs] says of which of them: Simonyan, Vedaldi & Zisserman 2014, §3.1. `memory` [memory]: what recurrent
 * layers remember.
 */
export function saliencyOf(
  inspector: Inspector,
  x: Float32Array,
  chosen: Float32Array,
  rows = 1,
  memory?: Float32Array,
): Float32Array {
  const copies = repeated(x, rows);
  const remembered = memory && repeated(memory, rows);
  const { gradient } = inspector.gradient(copies, rows, chosen, undefined, 'output', remembered);
  const size = x.length;
  return x.map((_, k) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += Math.abs(gradient[row * size + k]);
    return sum;
  });
}

function repeated(x: Float32Array, times: number): Float32Array {
  const copies = new Float32Array(times * x.length);
  for (let k = 0; k < times; k++) copies.set(x, k * x.length);
  return copies;
}

/** One row per dim that chooses the output of the same index, of `outputs`: means of continuous actions. */
export function eachMean(dims: number, outputs: number): Float32Array {
  const chosen = new Float32Array(dims * outputs);
  for (let dim = 0; dim < dims; dim++) chosen[dim * outputs + dim] = 1;
  return chosen;
}

/** ∂ log softmax(logits)[index] / ∂ logits, over the first of `outputs` numbers. */
export function logProbSlopes(probabilities: Float32Array, index: number, outputs: number): Float32Array {
  const slopes = new Float32Array(outputs);
  for (let k = 0; k < probabilities.length; k++) slopes[k] = (k === index ? 1 : 0) - probabilities[k];
  return slopes;
}
