/**
 * Optimizers as pure functions over one flat parameter block: (parameters, gradient, learning rate, state) → the next ones.
 * Epsilon is added outside the square root, as PyTorch does; bias corrections are kept as 1 − βᵗ by recurrence, which
 * stays exact in float32.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '#compile/step.ts';
import type { State } from './learner.ts';

export type OptimizerSpec =
  | { readonly kind: 'sgd' }
  /** Polyak 1964; `nesterov` looks ahead (Sutskever et al. 2013). */
  | { readonly kind: 'momentum'; readonly momentum: number; readonly nesterov: boolean }
  /** Kingma & Ba 2015; `weightDecay` is decoupled (AdamW: Loshchilov & Hutter 2019). */
  | {
      readonly kind: 'adam';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weightDecay: number;
    }
  /** Rectified Adam: Liu et al. 2020, algorithm 2. */
  | { readonly kind: 'radam'; readonly beta1: number; readonly beta2: number; readonly epsilon: number }
  /** Tieleman & Hinton 2012; `centred` divides by the deviation (Graves 2013). */
  | { readonly kind: 'rmsprop'; readonly decay: number; readonly epsilon: number; readonly centred: boolean }
  /** Duchi et al. 2011 */
  | { readonly kind: 'adagrad'; readonly epsilon: number }
  /** Zeiler 2012 */
  | { readonly kind: 'adadelta'; readonly decay: number; readonly epsilon: number };

/** The optimizers that agents offer, with the settings that their papers share; `epsilon` is added to the divisor. */
export function optimizerSpec(kind: 'adam' | 'radam' | 'rmsprop' | 'sgd', epsilon: number): OptimizerSpec {
  switch (kind) {
    case 'adam':
      return { kind, beta1: 0.9, beta2: 0.999, epsilon, weightDecay: 0 };
    case 'radam':
      return { kind, beta1: 0.9, beta2: 0.999, epsilon };
    case 'rmsprop':
      return { kind, decay: 0.95, epsilon, centred: true };
    case 'sgd':
      return { kind };
  }
}

export interface Update {
  readonly params: tf.Tensor1D;
  readonly state: Tensors;
}

/** Names of the state tensors: those of the block's size, and scalars. */
interface Slots {
  readonly blocks: readonly string[];
  readonly scalars: readonly string[];
}

const PREFIX = 'optimizer/';

/** An optimizer's state for a block of `size` numbers, zeros, to be merged into a step's state. */
export function optimizerState(spec: OptimizerSpec, size: number): Readonly<Record<string, State>> {
  const { blocks, scalars } = slots(spec);
  const state: Record<string, State> = {};
  for (const name of blocks) state[PREFIX + name] = { shape: [size], values: new Float32Array(size) };
  for (const name of scalars) state[PREFIX + name] = { shape: [], values: new Float32Array(1) };
  return state;
}

function slots(spec: OptimizerSpec): Slots {
  switch (spec.kind) {
    case 'sgd':
      return { blocks: [], scalars: [] };
    case 'momentum':
      return { blocks: ['velocity'], scalars: [] };
    case 'adam':
      return { blocks: ['m', 'v'], scalars: ['correction1', 'correction2'] };
    case 'radam':
      return { blocks: ['m', 'v'], scalars: ['correction1', 'correction2', 'step'] };
    case 'rmsprop':
      return { blocks: spec.centred ? ['v', 'mean'] : ['v'], scalars: [] };
    case 'adagrad':
      return { blocks: ['sum'], scalars: [] };
    case 'adadelta':
      return { blocks: ['v', 'delta'], scalars: [] };
  }
}

/** One step of the optimizer; `state` may hold other tensors too, the result's state holds the optimizer's only. */
export function optimize(
  spec: OptimizerSpec,
  params: tf.Tensor1D,
  gradient: tf.Tensor1D,
  learningRate: tf.Tensor,
  state: Tensors,
): Update {
  const own = (name: string): tf.Tensor => state[PREFIX + name];
  const next = (change: tf.Tensor, slots: Tensors): Update => ({
    params: tf.sub(params, tf.mul(learningRate, change)),
    state: Object.fromEntries(Object.entries(slots).map(([name, tensor]) => [PREFIX + name, tensor])),
  });
  switch (spec.kind) {
    case 'sgd':
      return next(gradient, {});
    case 'momentum': {
      const momentum = tf.scalar(spec.momentum);
      const velocity = tf.add(tf.mul(own('velocity'), momentum), gradient);
      return next(spec.nesterov ? tf.add(gradient, tf.mul(velocity, momentum)) : velocity, { velocity });
    }
    case 'adam': {
      const moments = adamMoments(spec.beta1, spec.beta2, gradient, own);
      const { m, v, correction1, correction2 } = moments;
      const root = tf.add(tf.sqrt(tf.div(v, correction2)), tf.scalar(spec.epsilon));
      const step = tf.div(tf.div(m, correction1), root);
      const decayed =
        spec.weightDecay === 0 ? step : tf.add(step, tf.mul(params, tf.scalar(spec.weightDecay)));
      return next(decayed, moments);
    }
    case 'radam':
      return next(...rectified(spec, gradient, own));
    case 'rmsprop': {
      const v = average(own('v'), tf.square(gradient), spec.decay);
      if (!spec.centred) return next(scaledBy(gradient, v, spec.epsilon), { v });
      const mean = average(own('mean'), gradient, spec.decay);
      return next(scaledBy(gradient, tf.relu(tf.sub(v, tf.square(mean))), spec.epsilon), { v, mean });
    }
    case 'adagrad': {
      const sum = tf.add(own('sum'), tf.square(gradient));
      return next(scaledBy(gradient, sum, spec.epsilon), { sum });
    }
    case 'adadelta': {
      const epsilon = tf.scalar(spec.epsilon);
      const v = average(own('v'), tf.square(gradient), spec.decay);
      const ratio = tf.div(tf.sqrt(tf.add(own('delta'), epsilon)), tf.sqrt(tf.add(v, epsilon)));
      const change = tf.mul(ratio, gradient);
      return next(change, { v, delta: average(own('delta'), tf.square(change), spec.decay) });
    }
  }
}

type Own = (name: string) => tf.Tensor;

function adamMoments(
  beta1: number,
  beta2: number,
  gradient: tf.Tensor1D,
  own: Own,
): Record<'m' | 'v' | 'correction1' | 'correction2', tf.Tensor> {
  const one = tf.scalar(1);
  return {
    m: average(own('m'), gradient, beta1),
    v: average(own('v'), tf.square(gradient), beta2),
    // 1 − βᵗ is the moving average of a constant 1 that started at 0.
    correction1: average(own('correction1'), one, beta1),
    correction2: average(own('correction2'), one, beta2),
  };
}

/** Adam once the variance of the second moment is bounded (ρ > 5), the plain first moment before. */
function rectified(
  spec: OptimizerSpec & { kind: 'radam' },
  gradient: tf.Tensor1D,
  own: Own,
): [tf.Tensor, Tensors] {
  const moments = adamMoments(spec.beta1, spec.beta2, gradient, own);
  const { m, v, correction1, correction2 } = moments;
  const step = tf.add(own('step'), tf.scalar(1));
  const longest = 2 / (1 - spec.beta2) - 1;
  const power = tf.sub(tf.scalar(1), correction2);
  const length = tf.sub(tf.scalar(longest), tf.div(tf.mul(tf.scalar(2), tf.mul(step, power)), correction2));
  const four = tf.scalar(4);
  const two = tf.scalar(2);
  const above = tf.mul(tf.mul(tf.sub(length, four), tf.sub(length, two)), tf.scalar(longest));
  const below = tf.mul(tf.scalar((longest - 4) * (longest - 2)), length);
  const rectifier = tf.sqrt(tf.relu(tf.div(above, below)));
  const adaptive = tf.div(rectifier, tf.add(tf.sqrt(tf.div(v, correction2)), tf.scalar(spec.epsilon)));
  const bounded = tf.cast(tf.greater(length, tf.scalar(5)), 'float32');
  const factor = tf.add(tf.mul(bounded, adaptive), tf.sub(tf.scalar(1), bounded));
  return [tf.mul(tf.div(m, correction1), factor), { ...moments, step }];
}

/** decay · old + (1 − decay) · value */
function average(old: tf.Tensor, value: tf.Tensor, decay: number): tf.Tensor {
  return tf.add(tf.mul(old, tf.scalar(decay)), tf.mul(value, tf.scalar(1 - decay)));
}

/** x / (√v + ε) */
function scaledBy(x: tf.Tensor, v: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.div(x, tf.add(tf.sqrt(v), tf.scalar(epsilon)));
}

/** The gradient scaled so that its length is at most `limit` (a scalar tensor), and its length before. Pascanu et al. 2013. */
export function clipByGlobalNorm(
  gradient: tf.Tensor1D,
  limit: tf.Tensor,
): { readonly gradient: tf.Tensor1D; readonly norm: tf.Scalar } {
  const norm = tf.sqrt<tf.Scalar>(tf.sum(tf.square(gradient)));
  const factor = tf.minimum(tf.scalar(1), tf.div(limit, tf.maximum(norm, tf.scalar(1e-12))));
  return { gradient: tf.mul(gradient, factor), norm };
}
