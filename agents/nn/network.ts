/** Networks in tensor operations: the flat parameter block taken apart, and a network applied for acting or for training. */
import * as tf from '@tensorflow/tfjs-core';
import { batchNorm, batchNormTraining, type NormLayer } from './batch-norm.ts';
import { overSequence, recalling, type Recall } from './recurrent.ts';
import {
  LEAKY_SLOPE,
  NORM_EPSILON,
  sizeOf,
  type Activation,
  type LayerPlan,
  type NetworkPlan,
} from './spec.ts';

/**
 * A network's parameter tensors in the order of its plan. With `training` (see gradient.ts) the network is applied as it
 * learns: by the batch's statistics and with dropout; without, as it acts.
 */
export type Weights = readonly tf.Tensor[] & { readonly training?: TrainingPass };

/** What a network is given besides its parameters while it learns, and what it leaves behind. */
export interface TrainingPass {
  /** [B, dropout], 0 or 1/(1 − rate), layer by layer: see dropout.ts. */
  readonly masks: tf.Tensor1D | undefined;
  /** The running statistics after this pass, by their index among the network's parameters. */
  readonly moved: Map<number, tf.Tensor>;
}

/** Takes one flat block apart into the parameters of several networks that lie in it one after another. */
export function split(plans: readonly NetworkPlan[], block: tf.Tensor1D): readonly Weights[] {
  let base = 0;
  return plans.map((plan) => {
    const tensors = plan.params.map(({ offset, size, shape }) =>
      tf.reshape(tf.slice1d(block, base + offset, size), [...shape]),
    );
    base += plan.size;
    return tensors;
  });
}

/**
 * Applies a network to a batch: x [B, input] → [B, output].
 * `noise` is the network's noise vector (see noise.ts), needed where a layer is noisy; `recall` what recurrent layers
 * remember (see recurrent.ts).
 */
export function apply(
  plan: NetworkPlan,
  weights: Weights,
  x: tf.Tensor,
  noise?: tf.Tensor1D,
  recall?: Recall,
): tf.Tensor {
  let y = x;
  for (const layer of plan.layers) {
    const own = weights.slice(layer.firstParam, layer.firstParam + layer.paramCount);
    y = applyLayer(layer, own, y, { noise, training: weights.training, recall });
  }
  return y;
}

interface Pass {
  readonly noise: tf.Tensor1D | undefined;
  readonly training: TrainingPass | undefined;
  readonly recall: Recall | undefined;
}

function applyLayer(
  plan: LayerPlan,
  weights: readonly tf.Tensor[],
  x: tf.Tensor,
  { noise, training, recall }: Pass,
): tf.Tensor {
  const { layer } = plan;
  const slope = 'slope' in layer ? layer.slope : undefined;
  const activated = (sum: tf.Tensor): tf.Tensor =>
    activate(sum, 'activation' in layer ? layer.activation : undefined, weights, slope);
  switch (layer.kind) {
    case 'dense':
      return activated(dense(x, weights[0], weights[1]));
    case 'noisy':
      return activated(noisyDense(x, weights, noise, plan.noiseOffset));
    case 'conv2d': {
      const kernel = weights[0] as tf.Tensor4D;
      const sum = tf.conv2d(x as tf.Tensor4D, kernel, layer.stride ?? 1, layer.padding ?? 'valid');
      return activated(tf.add(sum, weights[1]));
    }
    case 'conv1d': {
      const [length, channels = 1] = plan.input;
      const sequence = tf.reshape<tf.Rank.R3>(x, [x.shape[0], length, channels]);
      const kernel = weights[0] as tf.Tensor3D;
      const sum = tf.conv1d(sequence, kernel, layer.stride ?? 1, layer.padding ?? 'valid');
      return activated(tf.add(sum, weights[1]));
    }
    case 'maxPool':
      return tf.maxPool(x as tf.Tensor4D, layer.size, layer.stride ?? layer.size, 'valid');
    case 'averagePool':
      return tf.avgPool(x as tf.Tensor4D, layer.size, layer.stride ?? layer.size, 'valid');
    case 'globalAveragePool': {
      const [height, width, channels] = plan.input;
      return tf.mean(tf.reshape(x, [x.shape[0], height * width, channels]), 1);
    }
    case 'flatten':
    case 'reshape':
      return tf.reshape(x, [x.shape[0], ...plan.output]);
    case 'layerNorm':
      return activated(layerNorm(x, weights, sizeOf(plan.input), layer.epsilon));
    case 'batchNorm':
      return activated(normaliseBatch(plan.firstParam, layer, weights, x, training));
    case 'dropout':
      return training ? drop(plan, x, training) : x;
    case 'activation':
      return activated(x);
    case 'gru':
    case 'lstm':
      if (plan.input.length === 2) return overSequence(layer, weights, x);
      if (!recall) throw new Error(`a recurrent layer (${layer.kind}) needs its hidden state`);
      return recalling(plan, layer, weights, x, recall);
    case 'dueling':
      return dueling(plan, weights, x, noise);
  }
}

function dense(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  return tf.add(tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D), bias);
}

/**
 * y = x μ_w + μ_b + f(ε_out) ⊙ ((x ⊙ f(ε_in)) σ_w + σ_b): Fortunato et al. 2018, eq. 9–11, with the rank-1 noise matrix
 * never written out. `noise` holds f(ε_in) and f(ε_out) of the layer from `offset` on.
 */
function noisyDense(
  x: tf.Tensor,
  weights: Weights,
  noise: tf.Tensor1D | undefined,
  offset: number,
): tf.Tensor {
  if (!noise) throw new Error('a noisy layer needs the noise vector');
  const [mu, muBias, sigma, sigmaBias] = weights;
  const [inputs, outputs] = mu.shape;
  const into = tf.slice1d(noise, offset, inputs);
  const out = tf.slice1d(noise, offset + inputs, outputs);
  return tf.add(dense(x, mu, muBias), tf.mul(out, dense(tf.mul(x, into), sigma, sigmaBias)));
}

/** By the batch where it is training, which also moves the running statistics; by those elsewhere. */
function normaliseBatch(
  firstParam: number,
  layer: NormLayer,
  [scale, offset, ...running]: readonly tf.Tensor[],
  x: tf.Tensor,
  training: TrainingPass | undefined,
): tf.Tensor {
  if (!training) return batchNorm(layer, { scale, offset, mean: running[0], variance: running[1] }, x);
  const { moved } = training;
  const at = [firstParam + 2, firstParam + 3] as const;
  // A network that is applied twice in one pass moves them twice.
  const old = at.map((index, k) => moved.get(index) ?? running[k]);
  const { y, next } = batchNormTraining(layer, [scale, offset], old, x);
  at.forEach((index, k) => moved.set(index, next[k]));
  return y;
}

function drop(plan: LayerPlan, x: tf.Tensor, { masks }: TrainingPass): tf.Tensor {
  if (!masks) throw new Error('a dropout layer that is training needs its masks');
  const batch = x.shape[0];
  const mask = tf.slice1d(masks, batch * plan.dropoutOffset, x.size);
  return tf.mul(x, tf.reshape(mask, x.shape));
}

/** Ba et al. 2016, eq. 3–4. */
function layerNorm(
  x: tf.Tensor,
  [scale, offset]: readonly tf.Tensor[],
  features: number,
  epsilon = NORM_EPSILON,
): tf.Tensor {
  const flat = tf.reshape(x, [x.shape[0], features]);
  const centred = tf.sub(flat, tf.mean(flat, 1, true));
  const variance = tf.mean(tf.square(centred), 1, true);
  const normal = tf.div(centred, tf.sqrt(tf.add(variance, tf.scalar(epsilon))));
  return tf.reshape(tf.add(tf.mul(normal, scale), offset), x.shape);
}

/** The two streams and their sum: Wang et al. 2016, eq. 9. Atoms are the fastest axis. */
function dueling(plan: LayerPlan, weights: Weights, x: tf.Tensor, noise: tf.Tensor1D | undefined): tf.Tensor {
  const {
    actions,
    atoms = 1,
    hidden = 0,
    noisy = false,
  } = plan.layer as Extract<typeof plan.layer, { kind: 'dueling' }>;
  const perDense = noisy ? 4 : 2;
  const streamLength = (hidden > 0 ? 2 : 1) * perDense;
  let noiseAt = plan.noiseOffset;
  const stream = (first: number): tf.Tensor => {
    let y = x;
    for (let at = first; at < first + streamLength; at += perDense) {
      const own = weights.slice(at, at + perDense);
      y = noisy ? noisyDense(y, own, noise, noiseAt) : dense(y, own[0], own[1]);
      noiseAt += sizeOf(own[0].shape.slice(0, 1)) + sizeOf(own[1].shape);
      if (at + perDense < first + streamLength) y = tf.relu(y);
    }
    return y;
  };
  const value = stream(0);
  const advantage = stream(streamLength);
  return combineStreams(value, advantage, actions, atoms);
}

/** Q = V + A − mean over actions of A; value [B, atoms], advantage [B, actions·atoms] → [B, actions·atoms]. */
export function combineStreams(
  value: tf.Tensor,
  advantage: tf.Tensor,
  actions: number,
  atoms: number,
): tf.Tensor {
  const batch = value.shape[0];
  const v = tf.reshape(value, [batch, 1, atoms]);
  const a = tf.reshape(advantage, [batch, actions, atoms]);
  return tf.reshape(tf.add(v, tf.sub(a, tf.mean(a, 1, true))), [batch, actions * atoms]);
}

/** An activation as tensor operations with a gradient on every backend; the last of `weights` is a prelu's slope. */
function activate(
  x: tf.Tensor,
  activation: Activation = 'linear',
  weights: readonly tf.Tensor[] = [],
  slope = LEAKY_SLOPE,
): tf.Tensor {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return tf.relu(x);
    case 'tanh':
      return tf.tanh(x);
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'elu':
      return tf.elu(x);
    case 'selu':
      return tf.selu(x);
    case 'swish':
      return tf.mul(x, tf.sigmoid(x));
    case 'softplus':
      return tf.softplus(x);
    case 'leakyRelu':
      return tf.leakyRelu(x, slope);
    case 'prelu':
      return tf.sub(tf.relu(x), tf.mul(weights[weights.length - 1], tf.relu(tf.neg(x))));
  }
}
