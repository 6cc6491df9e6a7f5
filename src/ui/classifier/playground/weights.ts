/**
 * The weights of a network as its links and neurons show them. Of two classes the picture has one output, which stands for the
 * difference of the two logits: its weights are the differences of theirs.
 */
import type { Parameter } from '#core/fit.ts';

/** Of one layer: [inputs × units] weights and [units] biases as they are shown. */
export interface LayerWeights {
  readonly inputs: number;
  readonly units: number;
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/** A number of the network that can be changed by hand: a weight from an input of its layer, or the unit's bias. */
export interface WeightId {
  readonly layer: number;
  readonly unit: number;
  /** Absent for the bias. */
  readonly input?: number;
}

/** Which number of which tensor has to become what, for `setParameter`. */
export interface Change {
  readonly name: string;
  readonly index: number;
  readonly value: number;
}

/** The layers of a network from its tensors, `0/kernel`, `0/bias`, `1/kernel` and so on. */
export function layersOf(tensors: readonly Parameter[], classes: boolean): readonly LayerWeights[] {
  const count = tensors.length / 2;
  return Array.from({ length: count }, (_, k) => {
    const kernel = tensorOf(tensors, k, 'kernel');
    const bias = tensorOf(tensors, k, 'bias');
    const [inputs, units] = kernel.shape;
    const differs = classes && k === count - 1;
    return {
      inputs,
      units: differs ? 1 : units,
      weights: differs ? differences(kernel.values) : kernel.values,
      biases: differs ? differences(bias.values) : bias.values,
    };
  });
}

/** What to set so that a weight or bias is shown as `value`. Of a difference, the second logit's part moves. */
export function changeTo(
  tensors: readonly Parameter[],
  classes: boolean,
  { layer, unit, input }: WeightId,
  value: number,
): Change {
  const part = input === undefined ? 'bias' : 'kernel';
  const { name, values, shape } = tensorOf(tensors, layer, part);
  const units = shape[shape.length - 1];
  const row = (input ?? 0) * units;
  const differs = classes && layer === tensors.length / 2 - 1;
  if (!differs) return { name, index: row + unit, value };
  return { name, index: row + 1, value: value + values[row] };
}

/** The value as it is shown. */
export function valueAt(layers: readonly LayerWeights[], { layer, unit, input }: WeightId): number {
  const { weights, biases, units } = layers[layer];
  return input === undefined ? biases[unit] : weights[input * units + unit];
}

function tensorOf(tensors: readonly Parameter[], layer: number, part: 'kernel' | 'bias'): Parameter {
  const name = `${layer}/${part}`;
  const found = tensors.find((tensor) => tensor.name === name);
  if (!found) throw new Error(`${name}: expected a tensor of a dense layer, got none`);
  return found;
}

/** Of pairs: the second less the first. */
function differences(pairs: Float32Array): Float32Array {
  return Float32Array.from({ length: pairs.length / 2 }, (_, k) => pairs[2 * k + 1] - pairs[2 * k]);
}
