/**
 * MNIST-1D (Greydanus 2020, arXiv:2011.14439): ten short curves that stand for the digits, each example padded, stretched,
 * scaled, moved, sheared and buried in noise. A linear classifier reaches about 32 %, an MLP 68 %, a CNN 94 %, people 96 %.
 */
import { z } from 'zod';
import { integer } from '#core/config.ts';
import { defineGenerated } from '#core/data-set.ts';
import { shuffle } from '#core/minibatches.ts';
import { rngStreams, type Rng } from '#core/rng.ts';
import { MNIST_1D } from './attributions.ts';
import { allRows, takeRows } from './examples.ts';
import { dataSeed } from './fields.ts';

/** The curves of 0 … 9 as the paper draws them, at twelve places. */
const CURVES = [
  [5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5],
  [5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5],
  [5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5],
  [5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5],
  [5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5],
  [5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5],
  [5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5],
  [5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5],
  [5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5],
  [5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5],
] as const;

const LENGTH = 40;
/** Zeros after a curve, fewest and most. */
const PADDING = [36, 60] as const;
const STRETCHED = CURVES[0].length + PADDING[1];
const SCALE = 0.4;
const MOST_MOVED = 48;
const CORRELATED_NOISE = 0.25;
/** Standard deviation of the Gaussian that correlates the noise, and the reach of its kernel, in places. */
const SMOOTHING = 2;
const REACH = 4 * SMOOTHING;
const INDEPENDENT_NOISE = 0.02;
const SHEAR = 0.75;
/** Marks the places of the curve, which may be 0, for the noise that fills the others. */
const MARK = 1e-8;
const TRAIN_SHARE = 0.8;

export const mnist1d = defineGenerated(
  {
    id: 'mnist-1d',
    title: 'MNIST-1D',
    summary:
      'Digits as noisy curves of 40 numbers: small enough to train in seconds, yet linear, dense and convolutional networks differ.',
    attribution: MNIST_1D,
    config: z.object({
      samples: integer({
        label: 'Examples',
        help: 'Examples of all ten digits together; four fifths of them are for training.',
        default: 5000,
        min: 50,
        max: 100_000,
        scale: 'log',
      }),
      seed: dataSeed,
    }),
  },
  ({ samples, seed }) => {
    const streams = rngStreams(seed);
    const all = generate(Math.floor(samples / CURVES.length), streams('data/mnist-1d'));
    const order = allRows(all.count);
    shuffle(order, streams('data/split'));
    const at = Math.floor(all.count * TRAIN_SHARE);
    return {
      task: { kind: 'classes', names: CURVES.map((_, digit) => String(digit)) },
      features: Array.from({ length: LENGTH }, (_, k) => `x${k}`),
      train: takeRows(all, order.subarray(0, at)),
      test: takeRows(all, order.subarray(at)),
    };
  },
);

/** Digit after digit, standardised over everything. */
function generate(perDigit: number, rng: Rng) {
  const count = perDigit * CURVES.length;
  const inputs = new Float32Array(count * LENGTH);
  const targets = Int32Array.from({ length: count }, (_, k) => Math.floor(k / perDigit));
  const curves = CURVES.map(centred);
  for (let k = 0; k < count; k++) inputs.set(transformed(curves[targets[k]], rng), k * LENGTH);
  standardise(inputs);
  return { count, shape: [LENGTH], inputs, targets };
}

/** A curve with deviation 1/6 that begins at 0. */
function centred(curve: readonly number[]): Float64Array {
  const mean = curve.reduce((sum, y) => sum + y, 0) / curve.length;
  const deviation = Math.sqrt(curve.reduce((sum, y) => sum + (y - mean) ** 2, 0) / curve.length);
  return Float64Array.from(curve, (y) => (y - curve[0]) / deviation / 6);
}

function transformed(curve: Float64Array, rng: Rng): Float64Array {
  const [fewest, most] = PADDING;
  const padded = new Float64Array(curve.length + fewest + rng.integer(most - fewest + 1));
  padded.set(curve.map((y) => y + MARK));
  const stretched = resampled(padded, STRETCHED);
  const scale = 1 + SCALE * (rng.uniform() - 0.5);
  const moved = rng.integer(MOST_MOVED);
  const noise = correlatedNoise(rng);
  const shear = SHEAR * (rng.uniform() - 0.5);
  const signal = stretched.map((_, k) => {
    const y = stretched[(k - moved + STRETCHED) % STRETCHED];
    const slope = shear * (k / (STRETCHED - 1) - 0.5);
    return (y === 0 ? noise[k] : y * scale) + INDEPENDENT_NOISE * rng.normal() - slope;
  });
  return resampled(signal, LENGTH);
}

/** Linear interpolation at evenly spaced places, both ends included. */
function resampled(values: Float64Array, length: number): Float64Array {
  return Float64Array.from({ length }, (_, k) => {
    const at = (k * (values.length - 1)) / (length - 1);
    const left = Math.min(Math.floor(at), values.length - 2);
    return values[left] + (at - left) * (values[left + 1] - values[left]);
  });
}

const kernel = gaussian();

/** White noise under a Gaussian, mirrored at the ends. */
function correlatedNoise(rng: Rng): Float64Array {
  const white = Float64Array.from({ length: STRETCHED }, () => CORRELATED_NOISE * rng.normal());
  return white.map((_, k) =>
    kernel.reduce((sum, weight, j) => sum + weight * white[mirrored(k + j - REACH)], 0),
  );
}

function mirrored(at: number): number {
  if (at < 0) return -at - 1;
  return at < STRETCHED ? at : 2 * STRETCHED - 1 - at;
}

function gaussian(): Float64Array {
  const weights = Float64Array.from({ length: 2 * REACH + 1 }, (_, j) =>
    Math.exp(-(((j - REACH) / SMOOTHING) ** 2) / 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function standardise(values: Float32Array): void {
  let sum = 0;
  let squares = 0;
  for (const x of values) {
    sum += x;
    squares += x * x;
  }
  const mean = sum / values.length;
  const deviation = Math.sqrt(squares / values.length - mean * mean);
  for (let k = 0; k < values.length; k++) values[k] = (values[k] - mean) / deviation;
}
