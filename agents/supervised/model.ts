/** Models that are fitted by gradient descent on minibatches of a data set. README.md has losses, schedules and models. */
import type { Metrics } from '#core/agent.ts';
import type { BatchSource } from '#core/data-set.ts';
import {
  defineModel,
  type Batching,
  type DataSpec,
  type KeptWeights,
  type Model,
  type Parameter,
} from '#core/fit.ts';
import { problemOf, type Problem } from '#core/errors.ts';
import type { RngStreams } from '#core/rng.ts';
import type { Snapshot } from '#core/snapshot.ts';
import { whenReady, type Compute, type MaybePromise } from '#compile/step.ts';
import { sizeOf, type NetworkPlan } from '#agents/nn/spec.ts';
import type { Actor } from '#agents/nn/actor.ts';
import { needsRows } from '#agents/nn/batch-norm.ts';
import { initialise } from '#agents/nn/init.ts';
import type { InputArrays } from '#agents/nn/inputs.ts';
import { GradientAgent, type Outputs } from '#agents/nn/gradient-agent.ts';
import { block, createLearner, type Learner } from '#agents/nn/learner.ts';
import { optimizerState } from '#agents/nn/optimizers.ts';
import type { modelConfig, ModelConfig } from './config.ts';
import { Inspector } from '#agents/nn/inspector.ts';
import { modelNetworks, type Architecture } from './networks.ts';
import { keepBlock, parametersOf, placeOf } from './parameters.ts';
import { scheduled } from './schedules.ts';
import {
  modelInputs,
  modelStep,
  optimizerOf,
  planOf,
  type Kind,
  type ModelInputs,
  type ModelPlan,
} from './step.ts';

type Output = 'loss' | 'fit' | 'gradientNorm';
const METRICS: readonly Output[] = ['loss', 'fit', 'gradientNorm'];
/** Rows that a prediction usually has. */
const PREDICTED_ROWS = 256;

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
  batches: BatchSource,
): MaybePromise<GradientModel> {
  const plan = planOf(kind, spec, config);
  const learner = createLearner(compute, {
    name: 'model',
    step: modelStep(plan, config),
    state: {
      params: block(initialise(plan.network, streams('initialisation'))),
      ...optimizerState(optimizerOf(config), plan.network.size),
    },
    inputs: modelInputs(plan, batches.batchSize),
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
  private readonly network: NetworkPlan;
  private readonly batches: BatchSource;
  private readonly actor: Actor;
  private readonly inputs: InputArrays<ModelInputs>;
  private readonly reports: Readonly<Record<Output, string>>;
  /** Whether the weights of `predict` are older than the last gradient step. */
  private stale = false;
  /** Number of changes of those weights. */
  private version = 0;
  protected readonly kept = {};

  constructor(made: Made, batches: BatchSource) {
    super(made, ['dropout']);
    const { plan, learner, compute } = made;
    this.network = plan.network;
    this.batches = batches;
    this.outputs = sizeOf(plan.network.output);
    this.actor = learner.actor(plan.network, PREDICTED_ROWS);
    this.insight = new Inspector(compute, plan.network, learner.weights);
    this.inputs = learner.inputs;
    const fit = plan.classifies ? 'train/accuracy' : 'train/error';
    this.reports = { loss: 'train/loss', fit, gradientNorm: 'train/gradient-norm' };
  }

  get batchSize(): number {
    return this.batches.batchSize;
  }

  get examples(): number {
    return this.updates * this.batches.batchSize;
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
    this.batches.next(inputs.x, inputs.targets);
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
    return whenReady(this.learner.sync(), () => this.changed());
  }

  predict(inputs: Float32Array, n: number): Float32Array {
    return this.actor.run(inputs, n);
  }

  tensors(): readonly Parameter[] {
    return parametersOf(this.network, this.learner.weights);
  }

  keep(): KeptWeights {
    const { version } = this;
    return keepBlock(this.parameters, {
      isCurrent: () => version === this.version,
      onExchange: () => {
        this.learner.weightsChanged();
        this.insight.weightsChanged();
      },
    });
  }

  setParameter(name: string, index: number, value: number): MaybePromise<void> {
    const place = placeOf(this.network, name, index, value);
    return whenReady(this.learner.snapshot(), (saved) => {
      (saved['params'] as Float32Array)[place] = value;
      return whenReady(this.learner.restore(saved), () => this.changed());
    });
  }

  override restore(saved: Snapshot): MaybePromise<void> {
    this.stale = false;
    return whenReady(super.restore(saved), () => this.changed());
  }

  override dispose(): void {
    this.insight.dispose();
    super.dispose();
  }

  /** There are other weights since a `sync`. */
  private changed(): void {
    this.version++;
    this.insight.weightsChanged();
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

function batching({ batchSize: size, validation, standardise, patience }: ModelConfig): Batching {
  return { size, shuffle: true, validation, standardise, patience };
}

/** Defines a model that is fitted by gradient descent. */
export function gradientModel({ auto, reconstructs = false, suits, ...listed }: Listed) {
  const kind: Kind = { auto, reconstructs };
  const refuses = (spec: DataSpec, config: ModelConfig): Problem | undefined => {
    const expected = config.network === 'auto' ? suits?.(spec) : undefined;
    if (expected) return { field: 'data', expected, got: `inputs [${spec.shape.join(', ')}]` };
    if (config.adversarial > 0 && (spec.shape.length !== 3 || config.standardise)) {
      const expected = '0 unless inputs are pictures from 0 to 1, which ε moves';
      return { field: 'model.adversarial', expected, got: String(config.adversarial) };
    }
    return problemOf(() => needsRows(planOf(kind, spec, config).network, config.batchSize));
  };
  return defineModel<Compute, ReturnType<typeof modelConfig>>({
    ...listed,
    main: ['learningRate', 'optimizer', 'batchSize', 'epochs', 'network'],
    reconstructs,
    refuses,
    batching,
    networks: (spec, config) => modelNetworks(planOf(kind, spec, config).network),
    create: (spec, config, streams, compute, batches) =>
      createModel(kind, spec, config, streams, compute, batches),
  });
}
