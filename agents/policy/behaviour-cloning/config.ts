/** Settings of behaviour cloning. */
import { z } from 'zod';
import { integer, number } from '#core/config.ts';
import * as fields from '#agents/fields.ts';

export const bcConfig = z.object({
  learningRate: fields.learningRate(1e-3),
  learningRateSteps: fields.learningRateSteps(0),
  batchSize: integer({
    label: 'Batch size',
    help: 'Demonstrated steps per gradient step, about: an epoch is cut into equal parts of nearly this size.',
    unit: 'steps',
    default: 64,
    min: 1,
    max: 8192,
    scale: 'log',
  }),
  epochs: integer({
    label: 'Epochs',
    help: 'How often all demonstrations are learned from. More fits them better, at some point worse than new ones.',
    default: 100,
    min: 1,
    max: 10_000,
    scale: 'log',
    live: true,
  }),
  gradientSteps: integer({
    label: 'Gradient steps per step',
    help: 'Gradient steps between two steps of the worlds, in which the clone plays meanwhile to show what it can do.',
    default: 1,
    min: 1,
    max: 1000,
    scale: 'log',
    live: true,
  }),
  heldOut: number({
    label: 'Held out',
    help: 'Share of the demonstrated episodes that is not learned from, to see how the policy does on what it has not been shown.',
    default: 0.1,
    min: 0,
    max: 0.9,
  }),
  weightDecay: number({
    label: 'Weight decay',
    help: 'How fast weights shrink that nothing holds up, per unit of learning rate (AdamW).',
    default: 0,
    min: 0,
    max: 1,
  }),
  gradientClip: fields.gradientClip(0.5),
  numEnvs: fields.numEnvs(1),
  network: fields.policyNetwork(),
});

export type BcConfig = z.output<typeof bcConfig>;
