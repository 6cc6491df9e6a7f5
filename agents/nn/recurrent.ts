/**
 * Recurrent layers in tensor operations: over vectors, with a memory that goes from step to step of a world, or over sequences
 * that are inputs as a whole. Both are what Keras and tf.layers compute: GRU with the reset gate before the product
 * (`reset_after=False`; PyTorch and Keras's own default have it after), sigmoid gates; LSTM without peepholes.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Layer, LayerPlan } from './spec.ts';

export type RecurrentLayer = Layer & { readonly kind: 'gru' | 'lstm' };

/** What recurrent layers remember before a batch, and what they leave behind it. */
export interface Recall {
  /** T: rows of the batch are [T, S], step-major: S sequences of T steps. */
  readonly steps: number;
  /** [S, memory] before the first step: see `NetworkPlan.memory`. */
  readonly memory: tf.Tensor2D;
  /** [T, S] 0 where an episode begins with this row, so that nothing is remembered, else 1; without it none begins. */
  readonly nonTerminal?: tf.Tensor | undefined;
  /** What each recurrent layer remembers after the last step, [S, its share of the memory], in the network's order. */
  readonly left: tf.Tensor[];
}

/** Numbers that a recurrent layer remembers per row: h, for an LSTM h and c. */
export function memoryOf({ kind, units }: RecurrentLayer): number {
  return kind === 'lstm' ? 2 * units : units;
}

/** x [T·S, inputs] → h [T·S, units], from what the network remembers; what it remembers then is added to `left`. */
export function recalling(
  plan: LayerPlan,
  layer: RecurrentLayer,
  weights: readonly tf.Tensor[],
  x: tf.Tensor,
  { steps, memory, nonTerminal, left }: Recall,
): tf.Tensor {
  const state = tf.slice2d(memory, [0, plan.memoryOffset], [memory.shape[0], memoryOf(layer)]);
  const unrolled = unroll(layer, weights, x, { steps, state, nonTerminal });
  left.push(unrolled.state);
  return steps > 1 ? tf.concat([...unrolled.outputs], 0) : unrolled.outputs[0];
}

/** x [B, length, channels] → the last h [B, units], or all of them [B, length, units]; h begins as zeros. */
export function overSequence(layer: RecurrentLayer, weights: readonly tf.Tensor[], x: tf.Tensor): tf.Tensor {
  const [batch, length, channels] = x.shape;
  const rows = tf.reshape(tf.transpose(x, [1, 0, 2]), [length * batch, channels]);
  const state = tf.zeros<tf.Rank.R2>([batch, memoryOf(layer)]);
  const { outputs } = unroll(layer, weights, rows, { steps: length, state });
  if (!layer.returnSequences) return outputs[length - 1];
  const all = length > 1 ? tf.concat([...outputs], 1) : outputs[0];
  return tf.reshape(all, [batch, length, layer.units]);
}

/** `steps` T and `nonTerminal` as in a `Recall`; `state` [S, memory of the layer] before the first step. */
interface Sequences extends Pick<Recall, 'steps' | 'nonTerminal'> {
  readonly state: tf.Tensor2D;
}

/**
 * Unrolls a layer over the steps of S sequences: x [T·S, inputs] → h [S, units] of every step, and the state after the last.
 * The product with the inputs is made for all steps at once; a step is cut out by a split, whose gradient is one concatenation.
 */
function unroll(
  layer: RecurrentLayer,
  [kernel, recurrent, bias]: readonly tf.Tensor[],
  x: tf.Tensor,
  { steps, state: before, nonTerminal }: Sequences,
): { readonly outputs: readonly tf.Tensor[]; readonly state: tf.Tensor } {
  const projected = tf.add(tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D), bias);
  const perStep = parts(projected, steps, 0);
  const keeps = nonTerminal && parts(tf.reshape(nonTerminal, [steps * before.shape[0], 1]), steps, 0);
  const step = layer.kind === 'gru' ? gru(layer.units, recurrent) : lstm(recurrent);
  const outputs: tf.Tensor[] = [];
  let state = parts(before, layer.kind === 'lstm' ? 2 : 1, 1);
  for (let t = 0; t < steps; t++) {
    state = step(perStep[t], keeps ? state.map((each) => tf.mul(each, keeps[t])) : state);
    outputs.push(state[0]);
  }
  return { outputs, state: state.length > 1 ? tf.concat([...state], 1) : state[0] };
}

/** One step of S sequences: the inputs' share of the gates [S, gates·units] and the state before, to the state after, h first. */
type Cell = (projected: tf.Tensor, before: readonly tf.Tensor[]) => readonly tf.Tensor[];

/** Cho et al. 2014, eq. 5–8: h′ = z ⊙ h + (1 − z) ⊙ tanh(W x + U (r ⊙ h)). Gates lie in the order z, r, candidate. */
function gru(units: number, recurrent: tf.Tensor): Cell {
  const [gatesKernel, candidateKernel] = tf.split(recurrent, [2 * units, units], 1);
  const one = tf.scalar(1);
  return (projected, [h]) => {
    const [gatesInput, candidateInput] = tf.split(projected, [2 * units, units], 1);
    const gates = tf.sigmoid(tf.add(gatesInput, tf.matMul(h as tf.Tensor2D, gatesKernel)));
    const [z, r] = parts(gates, 2, 1);
    const candidate = tf.tanh(
      tf.add(candidateInput, tf.matMul(tf.mul(r, h) as tf.Tensor2D, candidateKernel)),
    );
    return [tf.add(tf.mul(z, h), tf.mul(tf.sub(one, z), candidate))];
  };
}

/**
 * Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000: c′ = f ⊙ c + i ⊙ tanh(g), h′ = o ⊙ tanh(c′).
 * Gates lie in the order i, f, g, o.
 */
function lstm(recurrent: tf.Tensor): Cell {
  return (projected, [h, c]) => {
    const gates = tf.add(projected, tf.matMul(h as tf.Tensor2D, recurrent as tf.Tensor2D));
    const [i, f, g, o] = parts(gates, 4, 1);
    const next = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    return [tf.mul(tf.sigmoid(o), tf.tanh(next)), next];
  };
}

function parts(x: tf.Tensor, count: number, axis: number): readonly tf.Tensor[] {
  return count > 1 ? tf.split(x, count, axis) : [x];
}
