/** Settings of A3C and where its presets come from. */
import { z } from 'zod';
import type { AgentPreset } from '#core/agent.ts';
import { integer, number } from '#core/config.ts';
import * as fields from '#agents/fields.ts';

export const a3cConfig = z.object({
  workers: integer({
    label: 'Workers',
    theme: 'Data collection',
    help: 'Threads that update the same parameters without waiting (Mnih et al. 2016); with more than one, runs differ even with the same seed.',
    default: 2,
    min: 1,
    max: 64,
    scale: 'log',
  }),
  steps: integer({
    label: 'Steps per update',
    theme: 'Data collection',
    help: 'Steps after which a worker updates, unless its episode ends first: t_max of Mnih et al. 2016.',
    unit: 'steps',
    default: 20,
    min: 1,
    max: 1024,
    scale: 'log',
  }),
  learningRate: fields.learningRate(1e-3),
  learningRateSteps: fields.learningRateSteps(0),
  gamma: fields.gamma(0.99),
  entropyCoefficient: fields.entropyCoefficient(0.01),
  valueCoefficient: fields.valueCoefficient(0.5),
  gradientClip: fields.gradientClip(0),
  decay: number({
    label: 'RMSProp decay α',
    theme: 'Optimizer',
    help: 'Decay of the mean squared gradient that all workers share: nearer 1 averages over more updates (Mnih et al. 2016).',
    default: 0.99,
    min: 0,
    max: 0.9999,
    scale: 'complement',
  }),
  optimizerEpsilon: number({
    label: 'RMSProp ε',
    theme: 'Optimizer',
    help: 'Added to the mean squared gradient under the root: large values approach plain gradient descent (Mnih et al. 2016).',
    default: 1e-5,
    min: 1e-10,
    max: 1,
    scale: 'log',
  }),
  network: fields.policyNetwork(),
  shared: fields.shared(true),
});

export type A3cConfig = z.output<typeof a3cConfig>;

export const a3cPresets: Readonly<Record<string, AgentPreset<z.input<typeof a3cConfig>>>> = {
  'cart-pole': {
    source: 'chosen here on seeds 101 to 105, CartPole-v1 at 500k steps',
    config: { learningRateSteps: 500_000 },
  },
  mnih: {
    source:
      'Mnih et al. 2016, section 5.1 and supplement 8, with 4 workers for 16; the learning rate, drawn there from 1e-4 to 1e-2 and falling to 0 over the run, is the middle of that and falls over 1M steps; ε is not given there',
    config: { workers: 4, steps: 5, learningRate: 1e-3, learningRateSteps: 1_000_000 },
  },
};
