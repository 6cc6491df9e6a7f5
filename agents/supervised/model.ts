/** Models that are fitted by gradient descent on minibatches of a data set. README.md has losses, schedules and models. */
import * as tf from '@tensorflow/tfjs-core';
import type { Metrics } from '#core/agent.ts';
import { defineModel, type Batches, type Batching, type DataSpec, type Model } from '#core/fit.ts';
import { problemOf, type Problem } from '#core/errors.ts';
import type { RngStreams } from '#core/rng.ts';
import type { Snapshot } from '#core/snapshot.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import { sizeOf, type NetworkPlan } from '#agents/nn/spec.ts';
import { Actor } from '#agents/nn/actor.ts';
import { needsRows } from '#agents/nn/batch-norm.ts';
import { descend } from '#agents/nn/gradient.ts';
import { initialise } from '#agents/nn/init.ts';
import { clipInput, dropoutMasks, float32, scalar, stepOver, type InputArrays } from '#agents/nn/inputs.ts';
import { block, createLearner, GradientAgent, type Outputs, type Learner } from '#agents/nn/learner.ts';
import { apply, split, type Weights } from '#agents/nn/network.ts';
import { optimizerState, type OptimizerSpec } from '#agents/nn/optimizers.ts';
import { modelConfig, type ModelConfig } from './config.ts';
import { accuracy, lossFor, meanLoss, smoothed, type LossKind } from './losses.ts';
import { modelNetworks, planModel, type Architecture } from './networks.ts';
import { Inspector } from './inspector.ts';
import { scheduled } from './schedules.ts';

type Output = 'loss' | 'fit' | 'gradientNorm';
const METRICS: readonly Output[] = ['loss', 'fit', 'gradientNorm'];
/** Rows that a prediction usually has. */
const PREDICTED_ROWS = 256;

/** What a model is, apart from its settings. */
interface Kind {
  readonly auto: Architecture;
  /** Whether it predicts its input instead of the targets. */
  readonly reconstructs: boolean;
}

interface ModelPlan extends Kind {
  readonly spec: DataSpec;
  readonly network: NetworkPlan;
  readonly loss: LossKind;
  /** Whether targets are classes, so that the fit is an accuracy. */
  readonly classifies: boolean;
}

function planOf(kind: Kind, spec: DataSpec, config: ModelConfig): ModelPlan {
  const classifies = spec.task.kind === 'classes' && !kind.reconstructs;
  const loss = lossFor(spec.task, config.loss, kind.reconstructs);
  const network = planModel(spec, config.network, kind.auto, kind.reconstructs);
  return { ...kind, spec, network, loss, classifies };
}

function optimizerOf({ optimizer, momentum, weightDecay }: ModelConfig): OptimizerSpec {
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

// The gradient step

/** B examples, which `Batches.fill` writes. */
function modelInputs({ spec, network, classifies }: ModelPlan, B: number) {
  const targets = classifies
    ? ({ shape: [B], dtype: 'int32' } as const)
    : ({ shape: [B, spec.task.names.length], dtype: 'float32' } as const);
  return {
    x: float32([B, ...spec.shape]),
    targets,
    learningRate: scalar((model: GradientModel) => model.learningRate),
    gradientClip: clipInput(),
    smoothing: scalar(({ config }: GradientModel) => config.labelSmoothing),
    masks: dropoutMasks([network], B, ({ rngs }: GradientModel) => rngs.dropout),
  };
}
type ModelInputs = ReturnType<typeof modelInputs>;

/** State: the `params` of the network, the optimizer's moments. */
function modelStep(plan: ModelPlan, config: ModelConfig): Step {
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
      return { loss: tf.add(mixed, penalty(network, weights, config)) as tf.Scalar, fit };
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

// The model

interface Made {
  readonly config: ModelConfig;
  readonly plan: ModelPlan;
  readonly learner: Learner<ModelInputs>;
  readonly streams: RngStreams;
  readonly compute: Compute;
}

function createModel(
  kind: Kind,
  spec: DataSpec,
  config: ModelConfig,
  streams: RngStreams,
  compute: Compute,
  batches: Batches,
): MaybePromise<GradientModel> {
  const plan = planOf(kind, spec, config);
  const learner = createLearner(compute, {
    name: 'model',
    step: modelStep(plan, config),
    state: {
      params: block(initialise(plan.network, streams('initialisation'))),
      ...optimizerState(optimizerOf(config), plan.network.size),
    },
    inputs: modelInputs(plan, batches.size),
    actor: ['params'],
  });
  return whenReady(
    learner,
    (ready) => new GradientModel({ config, plan, learner: ready, streams, compute }, batches),
  );
}

class GradientModel extends GradientAgent<ModelConfig, 'dropout'> implements Model {
  readonly outputs: number;
  readonly insight: Inspector;
  private readonly batches: Batches;
  private readonly actor: Actor;
  private readonly inputs: InputArrays<ModelInputs>;
  private readonly reports: Readonly<Record<Output, string>>;
  /** Whether the weights of `predict` are older than the last gradient step. */
  private stale = false;
  protected readonly kept = {};

  constructor(made: Made, batches: Batches) {
    super(made, ['dropout']);
    const { plan, learner, compute } = made;
    this.batches = batches;
    this.outputs = sizeOf(plan.network.output);
    this.actor = learner.actor(plan.network, PREDICTED_ROWS);
    this.insight = new Inspector(compute, plan.network, learner.weights);
    this.inputs = learner.inputs;
    const fit = plan.classifies ? 'train/accuracy' : 'train/error';
    this.reports = { loss: 'train/loss', fit, gradientNorm: 'train/gradient-norm' };
  }

  get batchSize(): number {
    return this.batches.size;
  }

  get examples(): number {
    return this.updates * this.batches.size;
  }

  get epoch(): number {
    return Math.floor(this.updates / this.batches.perEpoch);
  }

  get finished(): boolean {
    return this.epoch >= this.config.epochs;
  }

  /** In force for the next gradient step. */
  get learningRate(): number {
    const { learningRate, schedule, epochs } = this.config;
    return learningRate * scheduled(schedule, this.updates, epochs * this.batches.perEpoch);
  }

  fit(): MaybePromise<Metrics | undefined> {
    if (this.finished) return undefined;
    const { inputs, learner, learningRate } = this;
    this.batches.fill(this.updates, inputs.x, inputs.targets as Int32Array | Float32Array);
    learner.fillInputs(this);
    this.stale = true;
    return whenReady(this.step(METRICS), (outputs: Outputs<Output>) => ({
      ...this.report(this.reports, outputs),
      'train/learning-rate': learningRate,
      'train/epoch': this.epoch,
    }));
  }

  sync(): MaybePromise<void> {
    if (!this.stale) return undefined;
    this.stale = false;
    return whenReady(this.learner.sync(), () => this.insight.weightsChanged());
  }

  predict(inputs: Float32Array, n: number): Float32Array {
    return this.actor.run(inputs, n);
  }

  override restore(saved: Snapshot): MaybePromise<void> {
    this.stale = false;
    return whenReady(super.restore(saved), () => this.insight.weightsChanged());
  }

  override dispose(): void {
    this.insight.dispose();
    super.dispose();
  }
}

/** A model as the catalogue lists it. */
interface Listed extends Partial<Kind> {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly auto: Architecture;
  readonly config: ReturnType<typeof modelConfig>;
  readonly presets: Parameters<typeof defineModel<Compute, ReturnType<typeof modelConfig>>>[0]['presets'];
  /** Why the shape of the inputs does not suit its own network. */
  readonly suits?: (spec: DataSpec) => string | undefined;
}

function batching(config: ModelConfig): Batching {
  const { batchSize: size, validation, standardise, patience, shift, rotate, scale, elastic } = config;
  return {
    size,
    shuffle: true,
    validation,
    standardise,
    patience,
    augment: { shift, rotate, scale, elastic },
  };
}

const CHANGES = ['shift', 'rotate', 'scale', 'elastic'] as const;

/** Defines a model that is fitted by gradient descent. */
export function gradientModel({ auto, reconstructs = false, suits, ...listed }: Listed) {
  const kind: Kind = { auto, reconstructs };
  const refuses = (spec: DataSpec, config: ModelConfig): Problem | undefined => {
    const expected = config.network === 'auto' ? suits?.(spec) : undefined;
    if (expected) return { field: 'data', expected, got: `inputs [${spec.shape.join(', ')}]` };
    const augmented = spec.shape.length === 3 ? undefined : CHANGES.find((key) => config[key] > 0);
    if (augmented)
      return {
        field: `model.${augmented}`,
        expected: '0 for inputs that are no pictures',
        got: String(config[augmented]),
      };
    return problemOf(() => needsRows(planOf(kind, spec, config).network, config.batchSize));
  };
  return defineModel<Compute, ReturnType<typeof modelConfig>>({
    ...listed,
    reconstructs,
    refuses,
    batching,
    networks: (spec, config) => modelNetworks(planOf(kind, spec, config).network),
    create: (spec, config, streams, compute, batches) =>
      createModel(kind, spec, config, streams, compute, batches),
  });
}
