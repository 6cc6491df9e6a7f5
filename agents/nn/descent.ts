/**
 * The gradient step of agents with one loss over one block of parameters: gradient, clipped, applied by an optimizer; with
 * the state that it carries, the shapes that it takes and the scalars that change from step to step.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { EnvSpec } from '#core/env.ts';
import { linear } from '#core/schedule.ts';
import type { Step, TensorShape, Tensors } from '#compile/step.ts';
import type { LearnerPlan, StepInputs } from './learner.ts';
import { withGradient, type Loss } from './gradient.ts';
import type { Weights } from './network.ts';
import { clipByGlobalNorm, optimize, optimizerState, type OptimizerSpec } from './optimizers.ts';
import type { NetworkPlan } from './spec.ts';

/**
 * One gradient step on `loss`, which gets the weights of every network and the step's inputs. State: `params` and the
 * optimizer's; of the inputs `learningRate`, `gradientClip` and `masks` (see dropout.ts) are its own. Outputs: the loss's, and `gradientNorm`.
 */
export function descent(
  plans: readonly NetworkPlan[],
  optimizer: OptimizerSpec,
  loss: (weights: readonly Weights[], inputs: Tensors) => Loss,
): Step {
  return (state, inputs) => {
    const params = state['params'] as tf.Tensor1D;
    const learned = withGradient(plans, params, (...weights) => loss(weights, inputs), inputs['masks']);
    const clipped = clipByGlobalNorm(learned.gradient, inputs['gradientClip']);
    const updated = optimize(optimizer, params, clipped.gradient, inputs['learningRate'], state);
    return {
      state: { params: learned.moveStatistics(updated.params), ...updated.state },
      outputs: { ...learned.outputs, gradientNorm: clipped.norm },
    };
  };
}

/** What `descent` carries from step to step, and what acting needs of it. */
export function descentState(
  optimizer: OptimizerSpec,
  params: Float32Array,
): Pick<LearnerPlan, 'state' | 'initial' | 'actor'> {
  const { shapes, initial } = optimizerState(optimizer, params.length);
  return {
    state: { params: { shape: [params.length], dtype: 'float32' }, ...shapes },
    initial: { params, ...initial },
    actor: ['params'],
  };
}

/** Shapes of a batch: observations, actions (an index, or a row of numbers), vectors [batch] and scalars by name. */
export function batchShapes(
  spec: EnvSpec,
  batch: number,
  vectors: readonly string[],
  scalars: readonly string[],
): Record<string, TensorShape> {
  const { action } = spec;
  return {
    obs: { shape: [batch, ...spec.observation.shape], dtype: 'float32' },
    actions:
      action.kind === 'discrete'
        ? { shape: [batch], dtype: 'int32' }
        : { shape: [batch, action.low.length], dtype: 'float32' },
    ...tensors(vectors, [batch]),
    ...tensors(scalars, []),
  };
}

function tensors(names: readonly string[], shape: readonly number[]): Record<string, TensorShape> {
  return Object.fromEntries(names.map((name) => [name, { shape, dtype: 'float32' }]));
}

/** The clip as a step takes it: a setting of 0 clips nothing, which is a length that no gradient has. */
export function clipLength(setting: number): number {
  return setting > 0 ? setting : 1e30;
}

/** Writes the scalars that `descent` takes, as they are after `steps` env steps. */
export function setRates(
  inputs: StepInputs,
  config: {
    readonly learningRate: number;
    readonly learningRateSteps: number;
    readonly gradientClip: number;
  },
  steps: number,
): void {
  const { learningRate, learningRateSteps, gradientClip } = config;
  inputs['learningRate'][0] =
    learningRate * (learningRateSteps > 0 ? linear(1, 0, learningRateSteps, steps) : 1);
  inputs['gradientClip'][0] = clipLength(gradientClip);
}
