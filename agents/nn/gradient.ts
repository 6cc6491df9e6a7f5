/**
 * One step of gradient descent on networks that lie in one flat block: the gradient of a loss, clipped, applied by an
 * optimizer; and what training moves besides, running statistics.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '#compile/step.ts';
import { split, type TrainingPass, type Weights } from './network.ts';
import { clipByGlobalNorm, optimize, type OptimizerSpec } from './optimizers.ts';
import type { NetworkPlan } from './spec.ts';

/** What a loss gives: the scalar that is minimised, and tensors that are only reported. */
export type Loss = Readonly<Record<string, tf.Tensor>> & { readonly loss: tf.Scalar };

/** What is descended on: networks in one block, the optimizer and the state that holds its moments. */
export interface Descent {
  readonly plans: readonly NetworkPlan[];
  readonly params: tf.Tensor1D;
  readonly optimizer: OptimizerSpec;
  readonly state: Tensors;
}

/** The inputs of a step that are the descent's. */
export interface DescentInputs {
  readonly learningRate: tf.Tensor;
  /** The largest norm of the gradient. */
  readonly gradientClip: tf.Tensor;
  /** Dropout masks: see dropout.ts. */
  readonly masks?: tf.Tensor | undefined;
}

/** One step along the gradient of `loss`, which gets the weights of every network. */
export function descend(
  { plans, params, optimizer, state }: Descent,
  { learningRate, gradientClip, masks }: DescentInputs,
  loss: (...weights: readonly Weights[]) => Loss,
): {
  readonly params: tf.Tensor1D;
  readonly moments: Tensors;
  /** Of the loss, and the gradient's norm before clipping. */
  readonly outputs: Loss & { readonly gradientNorm: tf.Scalar };
} {
  const learned = withGradient(plans, params, loss, masks);
  const clipped = clipByGlobalNorm(learned.gradient, gradientClip);
  const updated = optimize(optimizer, params, clipped.gradient, learningRate, state);
  return {
    params: learned.moveStatistics(updated.params),
    moments: updated.state,
    outputs: { ...learned.outputs, gradientNorm: clipped.norm },
  };
}

export interface Learned {
  /** Of the whole block; 0 at running statistics. */
  readonly gradient: tf.Tensor1D;
  readonly outputs: Loss;
  /**
   * The block with the running statistics as the loss's passes moved them, everything else as given. To be applied to what
   * the optimizer makes of the block; returns the block itself where no layer has statistics.
   */
  moveStatistics(params: tf.Tensor1D): tf.Tensor1D;
}

/**
 * The loss, its reports and its gradient as one flat block. The tape sees the parameters one by one, so that the gradient
 * is put together by a single concat and the optimizer is a few operations on the whole block. Weights that the loss gets
 * apply their networks as they learn (see `Weights`); `masks` is what dropout needs, for all plans one after another.
 */
export function withGradient(
  plans: readonly NetworkPlan[],
  block: tf.Tensor1D,
  loss: (...weights: readonly Weights[]) => Loss,
  masks?: tf.Tensor,
): Learned {
  const passes = trainingPasses(plans, masks as tf.Tensor1D | undefined);
  const networks = split(plans, block);
  const params = plans.flatMap((plan) => plan.params);
  const all = networks.flat();
  const kept: tf.Tensor[] = [];
  const keep = (tensor: tf.Tensor): tf.Tensor => {
    // What is only reported would be freed with the tape's scope.
    kept.push(tf.keep(tensor));
    return tensor;
  };
  let reports: Record<string, tf.Tensor> = {};
  const { value, grads } = tf.valueAndGrads((...trained: tf.Tensor[]) => {
    let next = 0;
    let first = 0;
    const seen = all.map((tensor, k) => (params[k].statistic ? tensor : trained[next++]));
    const weights = plans.map((plan, k) =>
      Object.assign(seen.slice(first, (first += plan.params.length)), { training: passes[k] }),
    );
    const result = loss(...weights);
    reports = Object.fromEntries(
      Object.entries(result)
        .filter(([name]) => name !== 'loss')
        .map(([name, tensor]) => [name, keep(tensor)]),
    );
    for (const { moved } of passes) for (const tensor of moved.values()) keep(tensor);
    return result.loss;
  })(all.filter((_, k) => !params[k].statistic));
  const outputs: Record<string, tf.Tensor> & { loss: tf.Scalar } = { loss: value };
  for (const [name, tensor] of Object.entries(reports)) outputs[name] = tf.clone(tensor);
  const statistics = passes.map(({ moved }) => new Map([...moved].map(([at, t]) => [at, tf.clone(t)])));
  for (const tensor of new Set(kept)) tensor.dispose();
  return {
    gradient: joined(params, grads),
    outputs,
    moveStatistics: (updated) => withStatistics(plans, updated, statistics),
  };
}

/** Each network's share of the masks, and room for the statistics it moves. */
function trainingPasses(
  plans: readonly NetworkPlan[],
  masks: tf.Tensor1D | undefined,
): readonly TrainingPass[] {
  const perRow = plans.reduce((sum, { dropout }) => sum + dropout, 0);
  if (perRow > 0 && !masks) throw new Error('a dropout layer that is training needs its masks');
  const batch = masks ? masks.size / perRow : 0;
  let first = 0;
  return plans.map(({ dropout }) => {
    const own = masks && dropout > 0 ? tf.slice1d(masks, first, batch * dropout) : undefined;
    first += batch * dropout;
    return { masks: own, moved: new Map<number, tf.Tensor>() };
  });
}

/** The gradients of trained parameters, and zeros for the others, as one block. */
function joined(params: NetworkPlan['params'], grads: readonly tf.Tensor[]): tf.Tensor1D {
  let next = 0;
  return tf.concat1d(
    params.map(({ statistic, size }) =>
      statistic ? tf.zeros<tf.Rank.R1>([size]) : tf.reshape<tf.Rank.R1>(grads[next++], [size]),
    ),
  );
}

function withStatistics(
  plans: readonly NetworkPlan[],
  block: tf.Tensor1D,
  statistics: readonly ReadonlyMap<number, tf.Tensor>[],
): tf.Tensor1D {
  if (statistics.every((moved) => moved.size === 0)) return block;
  const pieces: tf.Tensor1D[] = [];
  let base = 0;
  let from = 0;
  plans.forEach(({ params, size }, k) => {
    params.forEach((param, index) => {
      const moved = statistics[k].get(index);
      if (!moved) return;
      const at = base + param.offset;
      if (at > from) pieces.push(tf.slice1d(block, from, at - from));
      pieces.push(tf.reshape<tf.Rank.R1>(moved, [param.size]));
      from = at + param.size;
    });
    base += size;
  });
  if (base > from) pieces.push(tf.slice1d(block, from, base - from));
  return tf.concat1d(pieces);
}
