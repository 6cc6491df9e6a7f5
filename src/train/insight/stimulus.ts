/**
 * The input that a neuron likes best: gradient ascent on its output from a grey picture, pulled towards small and smooth ones
 * (Simonyan, Vedaldi & Zisserman 2014, §2; blurring as Yosinski et al. 2015).
 */
import { inputSize } from '#core/data-set.ts';
import type { Insight } from '#core/fit.ts';
import type { Range } from './attack.ts';

export interface Ascent {
  readonly steps: number;
  /** Length of a step relative to the root mean square of the gradient. */
  readonly stride: number;
  /** Share of the picture that is taken away per step. */
  readonly decay: number;
  /** Steps between two blurs. */
  readonly blurEvery: number;
}

const USUAL: Ascent = { steps: 80, stride: 0.05, decay: 0.02, blurEvery: 4 };

/** What is made large: one number of a layer's output of `width` numbers. */
export interface Wanted {
  readonly layer: number;
  readonly width: number;
  readonly at: number;
}

/**
 * An input [height, width, channels] within `range`, and the wanted number there; pauses after each step. What goes into
 * the activation function is made large, since a ReLU that is silent has no gradient.
 */
export function* stimulus(
  insight: Insight,
  shape: readonly number[],
  { layer, width, at }: Wanted,
  { least, most }: Range,
  { steps, stride, decay, blurEvery }: Ascent = USUAL,
): Generator<undefined, { readonly input: Float32Array; readonly value: number }> {
  const span = most - least;
  let x: Float32Array = new Float32Array(inputSize({ shape })).fill(least + span / 2);
  const chosen = new Float32Array(width);
  chosen[at] = 1;
  for (let step = 1; step <= steps; step++) {
    const uphill = insight.gradient(x, 1, chosen, layer, 'sum').gradient;
    const gradient = blurred(uphill, shape);
    const size = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0) / gradient.length);
    const scale = (stride * span) / (size + 1e-8);
    x = x.map((value, k) => {
      const next = least + (1 - decay) * (value - least) + scale * gradient[k];
      return Math.min(most, Math.max(least, next));
    });
    if (step % blurEvery === 0 && step < steps) x = blurred(x, shape);
    yield;
  }
  return { input: x, value: insight.gradient(x, 1, chosen, layer).values[0] };
}

/** Each pixel half itself and half the mean of its four neighbours, of which those outside count as itself. */
function blurred(x: Float32Array, [height, width, channels]: readonly number[]): Float32Array {
  const at = (row: number, column: number, c: number): number => x[(row * width + column) * channels + c];
  return x.map((value, k) => {
    const c = k % channels;
    const column = Math.floor(k / channels) % width;
    const row = Math.floor(k / channels / width);
    const around =
      at(Math.max(0, row - 1), column, c) +
      at(Math.min(height - 1, row + 1), column, c) +
      at(row, Math.max(0, column - 1), c) +
      at(row, Math.min(width - 1, column + 1), c);
    return 0.5 * value + 0.125 * around;
  });
}

/**
 * The number of a layer's output [… , features] that stands for a feature: the neuron itself, or of a filter's map the cell in the
 * middle, since the whole map of a linear filter likes an evenly grey picture best.
 */
export function centreOf(outputShape: readonly number[], feature: number): number {
  const features = outputShape[outputShape.length - 1];
  const cell = outputShape.slice(0, -1).reduce((at, length) => at * length + Math.floor(length / 2), 0);
  return cell * features + feature;
}
