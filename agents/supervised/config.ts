/** Settings of the models that are fitted by gradient descent; every model has the table with defaults of its own. */
import { z } from 'zod';
import { choice, integer, number, toggle } from '#core/config.ts';
import * as fields from '#agents/fields.ts';

const optimizerKinds = [
  'sgd',
  'momentum',
  'nesterov',
  'adagrad',
  'adadelta',
  'rmsprop',
  'adam',
  'adamw',
] as const;
const lossKinds = ['auto', 'cross-entropy', 'binary-cross-entropy', 'mse', 'mae', 'huber'] as const;
export const scheduleKinds = ['constant', 'linear', 'cosine', 'step', 'one-cycle'] as const;

/** What a model starts from; everything else has the same default in all models. */
interface Defaults {
  /** In words, what `auto` stands for. */
  readonly network: string;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly epochs: number;
  /** Of the learning rate; constant if not given, as for data that are looked at while they are learned. */
  readonly schedule?: (typeof scheduleKinds)[number];
}

/** The table of a model. */
export function modelConfig({ network, learningRate, batchSize, epochs, schedule = 'constant' }: Defaults) {
  return z.object({
    ...optimization(learningRate, schedule),
    batchSize: integer({
      label: 'Batch size',
      help: 'Examples per gradient step. Larger batches give smoother and fewer steps per epoch.',
      unit: 'examples',
      default: batchSize,
      min: 1,
      max: 8192,
      scale: 'log',
    }),
    epochs: integer({
      label: 'Epochs',
      help: 'Passes over the training examples; schedules of the learning rate end with the last.',
      default: epochs,
      min: 1,
      max: 100_000,
      scale: 'log',
      live: true,
    }),
    loss: choice({
      label: 'Loss',
      help: 'What is minimised. auto: cross-entropy for classes, mean squared error for numbers.',
      options: lossKinds,
      default: 'auto',
    }),
    ...regularisation(),
    network: fields.network(network),
  });
}
export type ModelConfig = z.output<ReturnType<typeof modelConfig>>;

function optimization(learningRate: number, schedule: (typeof scheduleKinds)[number]) {
  return {
    optimizer: choice({
      label: 'Optimizer',
      help: 'adam and adamw adapt the step of every weight and need little tuning; sgd, momentum and nesterov take one learning rate for all.',
      options: optimizerKinds,
      default: 'adam',
    }),
    learningRate: number({
      label: 'Learning rate',
      help: 'Step size of the optimizer, the highest of its schedule. Higher learns faster, up to where it diverges.',
      default: learningRate,
      min: 1e-6,
      max: 10,
      scale: 'log',
      live: true,
    }),
    schedule: choice({
      label: 'Learning rate schedule',
      help: 'Over all epochs. step: a tenth after each third; one-cycle: up to the learning rate and far down again (Smith & Topin 2018).',
      options: scheduleKinds,
      default: schedule,
      live: true,
    }),
    momentum: number({
      label: 'Momentum',
      help: 'What momentum and nesterov keep of the last step; β₁ of adam and adamw.',
      default: 0.9,
      min: 0,
      max: 0.999,
    }),
    gradientClip: fields.gradientClip(0),
  };
}

function regularisation() {
  return {
    weightDecay: number({
      label: 'Weight decay',
      help: 'Decoupled decay per unit of learning rate, by adamw only (Loshchilov & Hutter 2019).',
      default: 0.01,
      min: 0,
      max: 1,
    }),
    l1: number({
      label: 'L1',
      help: 'Weight of Σ|w| in the loss; drives weights to 0 one by one.',
      default: 0,
      min: 0,
      max: 10,
    }),
    l2: number({
      label: 'L2',
      help: 'Weight of ½Σw² in the loss; keeps all weights small.',
      default: 0,
      min: 0,
      max: 10,
    }),
    labelSmoothing: number({
      label: 'Label smoothing',
      help: 'Share of the target probability that is spread evenly over all classes (Szegedy et al. 2016).',
      default: 0,
      min: 0,
      max: 0.9,
      live: true,
    }),
    adversarial: number({
      label: 'Adversarial ε',
      help: 'Half of the loss is of inputs moved by ε along the sign of its gradient (FGSM, Goodfellow et al. 2015); pictures range from 0 to 1. 0 switches it off.',
      default: 0,
      min: 0,
      max: 1,
    }),
    validation: number({
      label: 'Validation share',
      help: 'Share of the training examples that is held out to be measured after every epoch.',
      default: 0,
      min: 0,
      max: 0.9,
    }),
    standardise: toggle({
      label: 'Standardise',
      help: 'Subtracts the mean of the training examples and divides by their standard deviation: per feature, for pictures over all pixels.',
      default: false,
    }),
    patience: integer({
      label: 'Early stopping',
      help: 'Epochs without a lower validation loss after which training stops and returns to the best weights; 0 switches it off.',
      unit: 'epochs',
      default: 0,
      min: 0,
      max: 10_000,
      live: true,
    }),
  };
}
