/** The recurrent layers of the reference forward pass. Equations and the order of gates: recurrent.ts. */
import type { RecurrentLayer } from '#agents/nn/recurrent.ts';
import { featuresOf, type LayerPlan } from '#agents/nn/spec.ts';

/** Reads n rows of input, writes n rows of output, and moves n rows of memory, which are `stride` apart. */
type RecurrentForward = (
  weights: Float32Array,
  input: Float32Array,
  output: Float32Array,
  n: number,
  memory: Float32Array,
  stride: number,
) => void;

/** `offsets`: kernel, recurrent kernel and bias in the block. */
export function recurrentForward(
  plan: LayerPlan,
  layer: RecurrentLayer,
  offsets: readonly number[],
): RecurrentForward {
  const { units } = layer;
  const gates = layer.kind === 'gru' ? 3 : 4;
  const width = gates * units;
  const inputs = featuresOf(plan.input);
  const [kernel, recurrent, bias] = offsets;
  const sums = new Float64Array(width);
  const h = new Float64Array(units);
  /** Adds U h to the sums from gate `first` on. */
  const recall = (w: Float32Array, first: number, last: number): void => {
    for (let k = 0; k < units; k++)
      for (let g = first * units; g < last * units; g++) sums[g] += h[k] * w[recurrent + k * width + g];
  };
  const step = layer.kind === 'gru' ? gruStep : lstmStep;
  return (w, x, y, n, memory, stride) => {
    for (let row = 0; row < n; row++) {
      for (let g = 0; g < width; g++) sums[g] = w[bias + g];
      for (let i = 0; i < inputs; i++)
        for (let g = 0; g < width; g++) sums[g] += x[row * inputs + i] * w[kernel + i * width + g];
      const at = row * stride + plan.memoryOffset;
      for (let k = 0; k < units; k++) h[k] = memory[at + k];
      step(units, sums, h, (first, last) => recall(w, first, last), memory, at);
      for (let k = 0; k < units; k++) y[row * units + k] = memory[at + k];
    }
  };
}

/** Row after row of sequences [n, length, channels], from zeros: the last h, or all of them. */
export function overSequence(
  { input: [length, channels] }: LayerPlan,
  { kind, units, returnSequences = false }: RecurrentLayer,
  step: RecurrentForward,
): (w: Float32Array, x: Float32Array, n: number) => Float32Array {
  const stride = kind === 'lstm' ? 2 * units : units;
  return (w, x, n) => {
    const y = new Float32Array(n * (returnSequences ? length : 1) * units);
    for (let row = 0; row < n; row++) {
      const memory = new Float32Array(stride);
      const h = new Float32Array(units);
      for (let t = 0; t < length; t++) {
        const at = row * length + t;
        step(w, x.subarray(at * channels, (at + 1) * channels), h, 1, memory, stride);
        y.set(h, (returnSequences ? at : row) * units);
      }
    }
    return y;
  };
}

type Step = (
  units: number,
  sums: Float64Array,
  h: Float64Array,
  recall: (first: number, last: number) => void,
  memory: Float32Array,
  at: number,
) => void;

const gruStep: Step = (units, sums, h, recall, memory, at) => {
  recall(0, 2);
  for (let k = 0; k < units; k++) h[k] *= sigmoid(sums[units + k]);
  recall(2, 3);
  for (let k = 0; k < units; k++) {
    const z = sigmoid(sums[k]);
    memory[at + k] = z * memory[at + k] + (1 - z) * Math.tanh(sums[2 * units + k]);
  }
};

const lstmStep: Step = (units, sums, _, recall, memory, at) => {
  recall(0, 4);
  for (let k = 0; k < units; k++) {
    const [i, f, g, o] = [sums[k], sums[units + k], sums[2 * units + k], sums[3 * units + k]];
    const c = sigmoid(f) * memory[at + units + k] + sigmoid(i) * Math.tanh(g);
    memory[at + units + k] = c;
    memory[at + k] = sigmoid(o) * Math.tanh(c);
  }
};

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
