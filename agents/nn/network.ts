/** Networks in tensor operations: the flat parameter block taken apart, a network applied, and its gradient put together. */
import * as tf from '@tensorflow/tfjs-core';
import { sizeOf, type Activation, type LayerPlan, type NetworkPlan } from './spec.ts';

/** A network's parameter tensors in the order of its plan. */
export type Weights = readonly tf.Tensor[];

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

/** What a loss gives: the scalar that is minimised, and tensors that are only reported. */
export type Loss = Readonly<Record<string, tf.Tensor>> & { readonly loss: tf.Scalar };

/**
 * The loss, its reports and its gradient as one flat block. The tape sees the parameters one by one, so that the gradient
 * is put together by a single concat and the optimizer is a few operations on the whole block.
 */
export function withGradient(
  plans: readonly NetworkPlan[],
  block: tf.Tensor1D,
  loss: (...weights: readonly Weights[]) => Loss,
): { readonly gradient: tf.Tensor1D; readonly outputs: Loss } {
  const counts = plans.map((plan) => plan.params.length);
  let kept: Record<string, tf.Tensor> = {};
  const { value, grads } = tf.valueAndGrads((...flat: tf.Tensor[]) => {
    let first = 0;
    const result = loss(...counts.map((count) => flat.slice(first, (first += count))));
    // What is only reported would be freed with the tape's scope.
    kept = Object.fromEntries(
      Object.entries(result)
        .filter(([name]) => name !== 'loss')
        .map(([name, tensor]) => [name, tf.keep(tensor)]),
    );
    return result.loss;
  })(split(plans, block).flat());
  const outputs: Record<string, tf.Tensor> & { loss: tf.Scalar } = { loss: value };
  for (const [name, tensor] of Object.entries(kept)) {
    outputs[name] = tf.clone(tensor);
    tensor.dispose();
  }
  return { gradient: tf.concat1d(grads.map((grad) => tf.reshape<tf.Rank.R1>(grad, [grad.size]))), outputs };
}

/**
 * Applies a network to a batch: x [B × input] → [B × output].
 * `noise` is the network's noise vector (see noise.ts), needed where a layer is noisy.
 */
export function apply(plan: NetworkPlan, weights: Weights, x: tf.Tensor, noise?: tf.Tensor1D): tf.Tensor {
  let y = x;
  for (const layer of plan.layers) {
    const own = weights.slice(layer.firstParam);
    y = applyLayer(layer, own, y, noise);
  }
  return y;
}

function applyLayer(
  plan: LayerPlan,
  weights: Weights,
  x: tf.Tensor,
  noise: tf.Tensor1D | undefined,
): tf.Tensor {
  const { layer } = plan;
  switch (layer.kind) {
    case 'dense':
      return activate(dense(x, weights[0], weights[1]), layer.activation);
    case 'noisy':
      return activate(noisyDense(x, weights, noise, plan.noiseOffset), layer.activation);
    case 'conv2d': {
      const kernel = weights[0] as tf.Tensor4D;
      const sum = tf.conv2d(x as tf.Tensor4D, kernel, layer.stride ?? 1, layer.padding ?? 'valid');
      return activate(tf.add(sum, weights[1]), layer.activation);
    }
    case 'maxPool':
      return tf.maxPool(x as tf.Tensor4D, layer.size, layer.stride ?? layer.size, 'valid');
    case 'flatten':
      return tf.reshape(x, [x.shape[0], sizeOf(plan.input)]);
    case 'layerNorm':
      return activate(layerNorm(x, weights[0], weights[1], sizeOf(plan.input)), layer.activation);
    case 'activation':
      return activate(x, layer.activation);
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

/** Ba et al. 2016, eq. 3–4, with epsilon 1e-5 in the root. */
function layerNorm(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor, features: number): tf.Tensor {
  const flat = tf.reshape(x, [x.shape[0], features]);
  const centred = tf.sub(flat, tf.mean(flat, 1, true));
  const variance = tf.mean(tf.square(centred), 1, true);
  const normal = tf.div(centred, tf.sqrt(tf.add(variance, tf.scalar(1e-5))));
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

/** Q = V + A − mean over actions of A; value [B × atoms], advantage [B × actions·atoms] → [B × actions·atoms]. */
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

/** An activation as tensor operations with a gradient on every backend. */
function activate(x: tf.Tensor, activation: Activation = 'linear'): tf.Tensor {
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
      return tf.leakyRelu(x, 0.01);
  }
}
