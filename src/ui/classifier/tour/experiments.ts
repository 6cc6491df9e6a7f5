/**
 * What the lessons of the tour train, and what their results mean. Nothing is recorded: a verdict is drawn from the numbers of the
 * run that the reader has just seen.
 */
import type { FitRequest } from '#worker/classifier/protocol.ts';
import type { Verdict } from '../../parts/predict.tsx';
import { percent } from '../../state/values.ts';

/** Of one fit at one time. */
export interface Reading {
  /** Epochs, units, or ε: what the horizontal axis is. */
  readonly x: number;
  readonly train: number;
  readonly test: number;
}

/** AND, the rows from 11 down, as it is worked through by hand. */
export const AND: FitRequest = {
  data: 'logic',
  dataConfig: { gate: 'and', descending: true },
  model: 'perceptron',
};

/** Weights as [offset, w₁, w₂] after the first row. */
export function perceptronVerdict(weights: readonly number[]): Verdict {
  const shown = `(${weights.join(', ')})`;
  const added = weights.every((weight) => weight === 1);
  return {
    answer: added ? 1 : weights.every((weight) => weight === 0) ? 0 : 2,
    said: `After the row 1 1 the weights are ${shown}: it should have been 1 and was taken for 0, so the row itself, with a 1 for the offset, was added.`,
  };
}

export const LOGISTIC: FitRequest = {
  data: 'gauss',
  dataConfig: { noise: 0.15 },
  model: 'linear',
  config: { learningRate: 0.02, batchSize: 10, epochs: 30 },
};

/** Values [side²] of the output: along every row and column of a straight border the sign changes once at most. */
export function logisticVerdict(values: Float32Array, side: number): Verdict {
  const changes = (at: (k: number) => number): number => {
    let count = 0;
    for (let k = 1; k < side; k++) if (values[at(k)] > 0 !== values[at(k - 1)] > 0) count++;
    return count;
  };
  let most = 0;
  for (let line = 0; line < side; line++)
    most = Math.max(
      most,
      changes((k) => line * side + k),
      changes((k) => k * side + line),
    );
  return most <= 1
    ? {
        answer: 0,
        said: 'The border is straight: one neuron adds its weighted inputs up and asks whether the sum is above 0.',
      }
    : { answer: 2, said: 'This border is not straight, which one neuron alone cannot draw.' };
}

const xor = (network: readonly unknown[]): FitRequest => ({
  data: 'xor',
  model: 'mlp',
  config: { network, learningRate: 0.02, batchSize: 10, epochs: 40 },
});
const layers = (activation: string) => [
  { kind: 'dense', units: 8, activation },
  { kind: 'dense', units: 8, activation },
];

export const LINEAR_LAYERS = [
  { title: 'No hidden layer', request: xor([]) },
  { title: 'Two linear layers of 8', request: xor(layers('linear')) },
  { title: 'The same with tanh', request: xor(layers('tanh')) },
] as const;

/** Test accuracies in the order of `LINEAR_LAYERS`. */
export function linearLayersVerdict([none, linear, bent]: readonly number[]): Verdict {
  const gained = linear - none;
  return {
    answer: gained > 0.25 ? 0 : gained > 0.1 ? 1 : 2,
    said: `${percent(none)} without, ${percent(linear)} with two linear layers, ${percent(bent)} with tanh. A linear function of a linear function is a linear function: without a bend in between, layers collapse into one.`,
  };
}

const curves = (model: string, config: FitRequest['config'] = {}): FitRequest => ({
  data: 'mnist-1d',
  model,
  config: { epochs: 15, batchSize: 100, learningRate: 5e-3, ...config },
});

export const CONVOLUTION = [
  {
    title: 'Dense',
    request: curves('mlp', { network: [{ kind: 'dense', units: 100, activation: 'relu' }] }),
  },
  { title: 'Convolution', request: curves('cnn') },
] as const;

/** Test accuracies in the order of `CONVOLUTION`. */
export function convolutionVerdict([dense, conv]: readonly number[]): Verdict {
  const gained = conv - dense;
  return {
    answer: gained < -0.05 ? 0 : gained > 0.05 ? 2 : 1,
    said: `${percent(dense)} of new curves with the dense layer, ${percent(conv)} with convolutions. A filter that has learned a bend finds it wherever it lies; a dense layer has to learn it again for every place.`,
  };
}

const few = (dropout: boolean): FitRequest => ({
  data: 'mnist-1d',
  dataConfig: { samples: 1000 },
  model: 'mlp',
  config: {
    network: [
      { kind: 'dense', units: 256, activation: 'relu' },
      ...(dropout ? [{ kind: 'dropout', rate: 0.5 }] : []),
    ],
    epochs: 60,
    batchSize: 50,
    learningRate: 3e-3,
  },
});
export const OVERFITTING = { without: few(false), with: few(true) } as const;

/** Losses over the epochs of the fit without dropout, and those with it. */
export function overfittingVerdict(without: readonly Reading[], dropped: readonly Reading[]): Verdict {
  const least = without.reduce((best, row) => (row.test < best.test ? row : best));
  const last = without[without.length - 1];
  const rises = last.test > 1.1 * least.test;
  const other = dropped.at(-1);
  const helped = other
    ? ` With dropout it ends at ${other.test.toFixed(2)}: no neuron can rely on a single other one, so fewer details are learned by heart.`
    : '';
  return {
    answer: rises ? 1 : last.test > 0.9 * without[0].test ? 2 : 0,
    said: `The loss on new curves was lowest in epoch ${least.x} (${least.test.toFixed(2)}) and ended at ${last.test.toFixed(2)}, while that on the training curves went to ${last.train.toFixed(2)}.${helped}`,
  };
}

/** Hidden units; the interpolation threshold of 800 examples lies between. */
export const WIDTHS = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512] as const;

export function descent(units: number): FitRequest {
  return {
    data: 'mnist-1d',
    dataConfig: { samples: 1000 },
    model: 'mlp',
    config: {
      network: [{ kind: 'dense', units, activation: 'relu' }],
      epochs: 200,
      batchSize: 100,
      learningRate: 0.01,
    },
  };
}

/** Losses over the widths. */
export function descentVerdict(rows: readonly Reading[]): Verdict {
  const peak = rows.reduce((most, row) => (row.test > most.test ? row : most));
  const first = rows
    .slice(0, rows.indexOf(peak) + 1)
    .reduce((best, row) => (row.test < best.test ? row : best));
  const last = rows[rows.length - 1];
  const rose = peak.test > 1.2 * first.test;
  const fell = last.test < 0.9 * peak.test;
  return {
    answer: rose ? (fell ? 2 : 1) : 0,
    said: `The loss on new curves is lowest at ${first.x} units (${first.test.toFixed(2)}), peaks at ${peak.x} (${peak.test.toFixed(2)}) and falls again to ${last.test.toFixed(2)} at ${last.x}. The peak lies where the network is just large enough to learn all training curves by heart: there is one way to do it, and it is a wild one. With more units there are many, and training finds a smooth one.`,
  };
}

export const ADVERSARIAL: FitRequest = {
  data: 'mnist',
  dataConfig: { trainLimit: 10_000 },
  model: 'mlp',
  config: { network: [{ kind: 'flatten' }, { kind: 'dense', units: 128, activation: 'relu' }], epochs: 2 },
};
export const EPSILONS = [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25] as const;
/** Test digits that are attacked. */
export const ATTACKED = 500;
/** The ε of the question. */
const ASKED = 0.1;

/** Accuracies in the order of `EPSILONS`. */
export function adversarialVerdict(accuracies: readonly number[]): Verdict {
  const share = accuracies[EPSILONS.indexOf(ASKED)];
  return {
    answer: share > 0.9 ? 0 : share > 0.5 ? 1 : 2,
    said: `Of ${ATTACKED} test digits the network knows ${percent(accuracies[0])} as they are, and ${percent(share)} once every pixel may move by ${ASKED}. The changes are tiny, but all of them push in the same direction: that of the loss.`,
  };
}
