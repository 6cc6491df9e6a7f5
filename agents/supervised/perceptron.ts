/**
 * The perceptron (Rosenblatt 1958) with its own rule: an example that is classified wrongly is added to the weights of its class
 * and subtracted from those of the class that was predicted. No gradient, no network library.
 */
import { z } from 'zod';
import type { Metrics } from '#core/agent.ts';
import { integer, number, toggle } from '#core/config.ts';
import { inputSize, outputSize, type BatchSource } from '#core/data-set.ts';
import type { Problem } from '#core/errors.ts';
import { defineModel, type DataSpec, type KeptWeights, type Model, type Parameter } from '#core/fit.ts';
import { restoreKept, savedNumber, saveKept, type Snapshot } from '#core/snapshot.ts';
import type { Compute } from '#compile/step.ts';
import { argmax } from '#core/argmax.ts';
import type { NetworkPlan } from '#agents/nn/spec.ts';
import { modelNetworks, linear, planModel } from './networks.ts';
import { keepBlock, parametersOf, placeOf } from './parameters.ts';

const perceptronConfig = z.object({
  learningRate: number({
    label: 'Learning rate',
    theme: 'Learning',
    help: 'What an example is multiplied by when it is added or subtracted; from zero weights it changes no decision.',
    default: 1,
    min: 1e-6,
    max: 100,
    scale: 'log',
    live: true,
  }),
  epochs: integer({
    label: 'Epochs',
    theme: 'Learning',
    help: 'Passes over the training examples; if a line separates the classes, some pass makes no mistake (Novikoff 1962).',
    default: 20,
    min: 1,
    max: 100_000,
    scale: 'log',
    live: true,
  }),
  shuffle: toggle({
    label: 'Shuffle',
    theme: 'Data',
    help: 'Takes the examples in a new random order in every epoch, instead of that of the data.',
    default: false,
  }),
  validation: number({
    label: 'Validation share',
    theme: 'Data',
    help: 'Share of the training examples that is held out to be measured after every epoch.',
    default: 0,
    min: 0,
    max: 0.9,
  }),
});
type PerceptronConfig = z.output<typeof perceptronConfig>;

class Perceptron implements Model {
  readonly batchSize = 1;
  readonly outputs: number;
  private config: PerceptronConfig;
  private readonly batches: BatchSource;
  private readonly features: number;
  /** As a network without hidden layers. */
  private readonly plan: NetworkPlan;
  /** As a dense layer's: [features, outputs], then the offsets [outputs]; 0 for the first of two classes. */
  private readonly params: Float32Array;
  private updates = 0;
  private readonly x: Float32Array;
  private readonly label = new Int32Array(1);
  private predicted = new Float32Array(0);

  constructor(spec: DataSpec, config: PerceptronConfig, batches: BatchSource) {
    const { shape, task } = spec;
    this.plan = planModel(spec, 'auto', linear);
    this.config = config;
    this.batches = batches;
    this.features = inputSize({ shape });
    this.outputs = outputSize(task);
    this.params = new Float32Array((this.features + 1) * this.outputs);
    this.x = new Float32Array(this.features);
  }

  get examples(): number {
    return this.updates;
  }

  get epoch(): number {
    return Math.floor(this.updates / this.batches.perEpoch);
  }

  get finished(): boolean {
    return this.epoch >= this.config.epochs;
  }

  /** Looks at one example and, if it is classified wrongly, moves the weights. */
  fit(): Metrics | undefined {
    if (this.finished) return undefined;
    this.batches.next(this.x, this.label);
    const [label] = this.label;
    const seen = argmax(this.predict(this.x, 1), 0, this.outputs);
    if (seen !== label) {
      // The first of two classes has no weights: the sign of the other's sum tells them apart.
      const isBinary = this.outputs === 2;
      const { learningRate } = this.config;
      if (!isBinary || label === 1) this.add(label, learningRate);
      if (!isBinary || seen === 1) this.add(seen, -learningRate);
    }
    this.updates++;
    return {
      'train/accuracy': seen === label ? 1 : 0,
      'train/updates': this.updates,
      'train/epoch': this.epoch,
    };
  }

  sync(): void {}

  predict(inputs: Float32Array, n: number): Float32Array {
    const { features, outputs, params } = this;
    if (this.predicted.length < n * outputs) this.predicted = new Float32Array(n * outputs);
    const y = this.predicted;
    for (let row = 0; row < n; row++)
      for (let k = 0; k < outputs; k++) {
        let sum = params[features * outputs + k];
        for (let j = 0; j < features; j++) sum += inputs[row * features + j] * params[j * outputs + k];
        y[row * outputs + k] = sum;
      }
    return y;
  }

  tensors(): readonly Parameter[] {
    return parametersOf(this.plan, this.params);
  }

  keep(): KeptWeights {
    return keepBlock(this.params);
  }

  setParameter(name: string, index: number, value: number): void {
    this.params[placeOf(this.plan, name, index, value)] = value;
  }

  tune(config: Readonly<Record<string, unknown>>): void {
    this.config = { ...this.config, ...(config as Partial<PerceptronConfig>) };
  }

  snapshot(): Snapshot {
    return { learner: saveKept({ params: this.params }), updates: this.updates };
  }

  restore(saved: Snapshot): void {
    restoreKept({ params: this.params }, saved['learner'] as Snapshot);
    this.updates = savedNumber(saved, 'updates');
  }

  dispose(): void {}

  /** Adds the example, times `factor`, to the weights of a class. */
  private add(k: number, factor: number): void {
    const { features, outputs, params, x } = this;
    for (let j = 0; j < features; j++) params[j * outputs + k] += factor * x[j];
    params[features * outputs + k] += factor;
  }
}

function refuses({ task }: DataSpec): Problem | undefined {
  if (task.kind === 'classes') return undefined;
  return {
    field: 'data',
    expected: 'classes to tell apart (linear predicts numbers)',
    got: 'numbers to predict',
  };
}

export const perceptron = defineModel<Compute, typeof perceptronConfig>({
  id: 'perceptron',
  title: 'Perceptron',
  summary: 'One neuron per class and the rule of 1958: learns from its mistakes only (Rosenblatt 1958).',
  config: perceptronConfig,
  main: ['learningRate', 'epochs', 'shuffle', 'validation'],
  presets: {},
  refuses,
  batching: ({ shuffle, validation }) => ({ size: 1, shuffle, validation, standardise: false }),
  networks: (spec) => modelNetworks(planModel(spec, 'auto', linear)),
  create: (spec, config, _, __, batches) => new Perceptron(spec, config, batches),
});
