/** Settings of behaviour cloning. */
import { z } from 'zod';
import { integer, number } from '#core/config.ts';
import * as fields from '#agents/fields.ts';

export const bcConfig = z.object({
  learningRate: fields.learningRate(1e-3),
  learningRateSteps: fields.learningRateSteps(0, 'Gradient'),
  batchSize: integer({
    label: 'Batch size',
    theme: 'Learning',
    help: 'Examples per gradient step, roughly: an epoch is split into equal minibatches of nearly this size.',
    unit: 'examples',
    default: 64,
    min: 1,
    max: 8192,
    scale: 'log',
  }),
  epochs: integer({
    label: 'Epochs',
    theme: 'Learning',
    help: 'Passes over all demonstrations: more fit them better, and eventually overfit.',
    default: 100,
    min: 1,
    max: 10_000,
    scale: 'log',
    live: true,
  }),
  gradientSteps: integer({
    label: 'Gradient steps per env step',
    theme: 'Data collection',
    help: 'Gradient steps between two steps of the worlds in which the policy is shown and evaluated.',
    default: 1,
    min: 1,
    max: 1000,
    scale: 'log',
    live: true,
  }),
  heldOut: number({
    label: 'Held out',
    theme: 'Data',
    help: 'Share of the demonstrated episodes that is kept for validation, not learned from.',
    default: 0.1,
    off: 0,
    min: 0,
    max: 0.9,
  }),
  weightDecay: number({
    label: 'Weight decay',
    theme: 'Regularisation',
    help: 'How fast weights shrink, per unit of learning rate, against overfitting (AdamW, Loshchilov & Hutter 2019).',
    default: 0,
    off: 0,
    min: 0,
    max: 1,
    scale: 'log',
  }),
  gradientClip: fields.gradientClip(0.5),
  numEnvs: fields.numEnvs(1),
  network: fields.policyNetwork(),
});

export type BcConfig = z.output<typeof bcConfig>;
