/** The gradient step of supervised models: what is planned from settings and data, its inputs, and the loss that is descended on. */
import * as tf from '@tensorflow/tfjs-core';
import type { DataSpec } from '#core/fit.ts';
import type { Rng } from '#core/rng.ts';
import type { Step } from '#compile/step.ts';
import { descend } from '#agents/nn/gradient.ts';
import { clipInput, dropoutMasks, float32, scalar, stepOver } from '#agents/nn/inputs.ts';
import { apply, split, type Weights } from '#agents/nn/network.ts';
import type { OptimizerSpec } from '#agents/nn/optimizers.ts';
import type { NetworkPlan } from '#agents/nn/spec.ts';
import type { ModelConfig } from './config.ts';
import { accuracy, lossFor, meanLoss, smoothed, type LossKind } from './losses.ts';
import { planModel, type Architecture } from './networks.ts';

/** What the inputs are filled from. */
interface Fitted {
  readonly config: ModelConfig;
  /** In force for the next gradient step. */
  readonly learningRate: number;
  readonly rngs: Readonly<Record<'dropout', Rng>>;
}

/** What a model is, apart from its settings. */
export interface Kind {
  readonly auto: Architecture;
  /** Whether it predicts its input instead of the targets. */
  readonly reconstructs: boolean;
}

export interface ModelPlan extends Kind {
  readonly spec: DataSpec;
  readonly network: NetworkPlan;
  readonly loss: LossKind;
  /** Whether targets are classes, so that the fit is an accuracy. */
  readonly classifies: boolean;
}

export function planOf(kind: Kind, spec: DataSpec, config: ModelConfig): ModelPlan {
  const classifies = spec.task.kind === 'classes' && !kind.reconstructs;
  const loss = lossFor(spec.task, config.loss, kind.reconstructs);
  const network = planModel(spec, config.network, kind.auto, kind.reconstructs);
  return { ...kind, spec, network, loss, classifies };
}

export function optimizerOf({ optimizer, momentum, weightDecay }: ModelConfig): OptimizerSpec {
  switch (optimizer) {
    case 'sgd':
      return { kind: 'sgd' };
    case 'momentum':
    case 'nesterov':
      return { kind: 'momentum', momentum, nesterov: optimizer === 'nesterov' };
    case 'adagrad':
      return { kind: 'adagrad', epsilon: 1e-8 };
    case 'adadelta':
      return { kind: 'adadelta', decay: 0.95, epsilon: 1e-6 };
    case 'rmsprop':
      return { kind: 'rmsprop', decay: 0.9, epsilon: 1e-7, centred: false };
    case 'adam':
    case 'adamw': {
      const decay = optimizer === 'adamw' ? weightDecay : 0;
      return { kind: 'adam', beta1: momentum, beta2: 0.999, epsilon: 1e-8, weightDecay: decay };
    }
  }
}

/** B examples, which `Batches.fill` writes. */
export function modelInputs({ spec, network, classifies }: ModelPlan, B: number) {
  const targets = classifies
    ? ({ shape: [B], dtype: 'int32' } as const)
    : ({ shape: [B, spec.task.names.length], dtype: 'float32' } as const);
  return {
    x: float32([B, ...spec.shape]),
    targets,
    learningRate: scalar((model: Fitted) => model.learningRate),
    gradientClip: clipInput(),
    smoothing: scalar(({ config }: Fitted) => config.labelSmoothing),
    masks: dropoutMasks([network], B, ({ rngs }: Fitted) => rngs.dropout),
  };
}
export type ModelInputs = ReturnType<typeof modelInputs>;

/** State: the `params` of the network, the optimizer's moments. */
export function modelStep(plan: ModelPlan, config: ModelConfig): Step {
  const { network, loss, classifies, reconstructs } = plan;
  const optimizer = optimizerOf(config);
  const classes = network.output[0];
  return stepOver<ModelInputs, 'params'>((state, { x, targets, smoothing, ...inputs }) => {
    const wanted = (): tf.Tensor => {
      if (reconstructs) return tf.reshape(x, [x.shape[0], classes]);
      return classifies ? smoothed(targets, classes, smoothing) : targets;
    };
    const lossAt = (weights: Weights, at: tf.Tensor): { loss: tf.Scalar; outputs: tf.Tensor } => {
      const outputs = apply(network, weights, at);
      return { loss: meanLoss(loss, outputs, wanted()), outputs };
    };
    const epsilon = config.adversarial;
    const moved =
      epsilon > 0
        ? attacked(x, epsilon, (at) => lossAt(split([network], state.params)[0], at).loss)
        : undefined;
    const descent = { plans: [network], params: state.params, optimizer, state };
    const updated = descend(descent, inputs, (weights) => {
      const clean = lossAt(weights, x);
      // Goodfellow et al. 2015, §6, with α = ½.
      const mixed = moved
        ? tf.mul(tf.scalar(0.5), tf.add(clean.loss, lossAt(weights, moved).loss))
        : clean.loss;
      const fit = classifies ? accuracy(clean.outputs, targets) : meanLoss('mae', clean.outputs, wanted());
      return { loss: tf.add(mixed, penalty(network, weights, config)), fit };
    });
    return { state: { params: updated.params, ...updated.moments }, outputs: updated.outputs };
  });
}

/** x + ε · sign(∇ₓ loss), within 0 … 1: the fast gradient sign method (Goodfellow et al. 2015, §4). */
function attacked(x: tf.Tensor, epsilon: number, loss: (x: tf.Tensor) => tf.Scalar): tf.Tensor {
  const gradient = tf.grad((at) => loss(at))(x);
  return tf.clipByValue(tf.add(x, tf.mul(tf.scalar(epsilon), tf.sign(gradient))), 0, 1);
}

/** λ₁ Σ|w| + ½ λ₂ Σw² over kernels: offsets and normalisation are not penalised. */
function penalty(network: NetworkPlan, weights: Weights, { l1, l2 }: ModelConfig): tf.Tensor {
  const kernels = weights.filter((_, k) => network.params[k].name.toLowerCase().endsWith('kernel'));
  const sum = (of: (kernel: tf.Tensor) => tf.Tensor): tf.Tensor =>
    kernels.map((kernel) => tf.sum(of(kernel))).reduce((total, term) => tf.add(total, term));
  const terms: tf.Tensor[] = [];
  if (l1 > 0) terms.push(tf.mul(tf.scalar(l1), sum(tf.abs)));
  if (l2 > 0) terms.push(tf.mul(tf.scalar(l2 / 2), sum(tf.square)));
  return terms.reduce((total, term) => tf.add(total, term), tf.scalar(0) as tf.Tensor);
}
