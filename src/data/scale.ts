/** How inputs reach a model: as they are, or standardised by mean and deviation of the training examples. */
import { inputSize, type Examples } from '#core/data-set.ts';

/** A model sees gain · input + bias. Pictures have one gain and bias for all pixels, tables one per feature. */
export interface Scale {
  readonly gain: Float32Array;
  readonly bias: Float32Array;
}

/** Below this, a feature is constant and only centred. */
const LEAST_DEVIATION = 1e-6;

/** Pictures as numbers from 0 to 1, tables as they are. */
export function plainScale(examples: Examples): Scale {
  if (examples.inputs instanceof Uint8Array)
    return { gain: Float32Array.of(1 / 255), bias: Float32Array.of(0) };
  const features = inputSize(examples);
  return { gain: new Float32Array(features).fill(1), bias: new Float32Array(features) };
}

/** Mean 0 and deviation 1 over these examples, those to learn from. */
export function standardScale(examples: Examples): Scale {
  const { inputs } = examples;
  const width = inputs instanceof Uint8Array ? 1 : inputSize(examples);
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  for (let at = 0, k = 0; at < inputs.length; at++, k = k + 1 === width ? 0 : k + 1) sums[k] += inputs[at];
  const mean = sums.map((sum) => (sum * width) / inputs.length);
  // In a second pass, since a mean far from 0 would leave no digits for the deviation.
  for (let at = 0, k = 0; at < inputs.length; at++, k = k + 1 === width ? 0 : k + 1)
    squares[k] += (inputs[at] - mean[k]) ** 2;
  const gain = squares.map((sum) => {
    const deviation = Math.sqrt((sum * width) / inputs.length);
    return deviation < LEAST_DEVIATION ? 1 : 1 / deviation;
  });
  return { gain: Float32Array.from(gain), bias: Float32Array.from(gain, (g, k) => -g * mean[k]) };
}

/** Writes one example as a model sees it. */
export function writeInput(
  { inputs }: Examples,
  { gain, bias }: Scale,
  row: number,
  width: number,
  into: Float32Array,
  offset: number,
): void {
  const from = row * width;
  if (gain.length === 1) {
    const g = gain[0];
    const b = bias[0];
    for (let k = 0; k < width; k++) into[offset + k] = inputs[from + k] * g + b;
  } else for (let k = 0; k < width; k++) into[offset + k] = inputs[from + k] * gain[k] + bias[k];
}
