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
      theme: 'Learning',
      help: 'Examples per gradient step: larger batches give smoother steps, but fewer of them per epoch.',
      unit: 'examples',
      default: batchSize,
      min: 1,
      max: 8192,
      scale: 'log',
    }),
    epochs: integer({
      label: 'Epochs',
      theme: 'Learning',
      help: 'Passes over the training examples; schedules of the learning rate end with the last.',
      default: epochs,
      min: 1,
      max: 100_000,
      scale: 'log',
      live: true,
    }),
    loss: choice({
      label: 'Loss',
      theme: 'Learning',
      help: 'What is minimised; auto takes the cross-entropy for classes and the mean squared error for numbers.',
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
      theme: 'Optimizer',
      help: 'The rule of the gradient steps: adam and adamw adapt the step of every weight (Kingma & Ba 2015), sgd takes one for all.',
      options: optimizerKinds,
      default: 'adam',
    }),
    learningRate: number({
      label: 'Learning rate',
      theme: 'Learning',
      help: 'Step size of the optimizer, the highest of its schedule: higher learns faster, up to where training diverges.',
      default: learningRate,
      min: 1e-6,
      max: 10,
      scale: 'log',
      live: true,
    }),
    schedule: choice({
      label: 'Learning rate schedule',
      theme: 'Learning',
      help: 'How the learning rate changes over all epochs; one-cycle rises to it and falls far below (Smith & Topin 2018).',
      options: scheduleKinds,
      default: schedule,
      live: true,
    }),
    momentum: number({
      label: 'Momentum',
      theme: 'Optimizer',
      help: 'What momentum and nesterov keep of the last step (Sutskever et al. 2013); β₁ of adam and adamw (Kingma & Ba 2015).',
      default: 0.9,
      min: 0,
      max: 0.999,
      scale: 'complement',
      when: { field: 'optimizer', is: ['momentum', 'nesterov', 'adam', 'adamw'] },
    }),
    gradientClip: fields.gradientClip(0),
  };
}

function regularisation() {
  return {
    weightDecay: number({
      label: 'Weight decay',
      theme: 'Regularisation',
      help: 'How fast weights shrink, per unit of learning rate, against overfitting (AdamW, Loshchilov & Hutter 2019).',
      default: 0.01,
      min: 0,
      max: 1,
      scale: 'log',
      when: { field: 'optimizer', is: ['adamw'] },
    }),
    l1: number({
      label: 'L1',
      theme: 'Regularisation',
      help: 'Weight of Σ|w| in the loss, which drives weights to 0 one by one (Tibshirani 1996).',
      default: 0,
      min: 0,
      max: 10,
      scale: 'log',
    }),
    l2: number({
      label: 'L2',
      theme: 'Regularisation',
      help: 'Weight of ½Σw² in the loss, which keeps all weights small (Krogh & Hertz 1991).',
      default: 0,
      min: 0,
      max: 10,
      scale: 'log',
    }),
    labelSmoothing: number({
      label: 'Label smoothing',
      theme: 'Regularisation',
      help: 'Share of the target probability that is spread evenly over all classes (Szegedy et al. 2016).',
      default: 0,
      min: 0,
      max: 0.9,
      live: true,
    }),
    adversarial: number({
      label: 'Adversarial ε',
      theme: 'Regularisation',
      help: 'Takes half of the loss from inputs moved by ε along the sign of its gradient (FGSM, Goodfellow et al. 2015); pixels span 0 to 1.',
      default: 0,
      min: 0,
      max: 1,
    }),
    validation: number({
      label: 'Validation share',
      theme: 'Data',
      help: 'Share of the training examples that is held out to be measured after every epoch.',
      default: 0,
      min: 0,
      max: 0.9,
    }),
    standardise: toggle({
      label: 'Standardise',
      theme: 'Data',
      help: 'Scales inputs to mean 0 and standard deviation 1 over the training examples, per feature or over all pixels.',
      default: false,
    }),
    patience: integer({
      label: 'Early stopping',
      theme: 'Regularisation',
      help: 'Epochs without a lower validation loss after which training stops and goes back to the best weights (Prechelt 1998); 0 is never.',
      unit: 'epochs',
      default: 0,
      min: 0,
      max: 10_000,
      live: true,
    }),
  };
}
