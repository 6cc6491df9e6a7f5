/** Settings of PQN and where its presets come from. */
import { z } from 'zod';
import type { AgentPreset } from '#core/agent.ts';
import { number } from '#core/config.ts';
import * as fields from '#agents/fields.ts';

export const pqnConfig = z.object({
  learningRate: fields.learningRate(1e-3),
  learningRateSteps: fields.learningRateSteps(0),
  gamma: fields.gamma(0.99),
  lambda: number({
    label: 'Return λ',
    theme: 'Targets',
    help: 'How far λ-returns look before they bootstrap: 0 one step, 1 to the end of the rollout (Sutton & Barto 2018, §12.1).',
    default: 0.65,
    min: 0,
    max: 1,
    live: true,
  }),
  epsilonStart: fields.epsilonStart(1, { field: 'epsilonSteps', above: 0 }),
  epsilonEnd: fields.epsilonEnd(0.05),
  epsilonSteps: fields.epsilonSteps(50_000),
  numEnvs: fields.numEnvs(32),
  steps: fields.steps(32),
  epochs: fields.epochs(2),
  minibatches: fields.minibatches(8),
  gradientClip: fields.gradientClip(10),
  optimizerEpsilon: fields.optimizerEpsilon(1e-8),
  network: fields.network(`120-84 for vectors, ${fields.IMAGES}, each normalised`),
});

export type PqnConfig = z.output<typeof pqnConfig>;

export const pqnPresets: Readonly<Record<string, AgentPreset<z.input<typeof pqnConfig>>>> = {
  cleanrl: {
    source: 'CleanRL pqn.py, for classic control at 500k steps',
    config: {
      learningRate: 2.5e-4,
      learningRateSteps: 500_000,
      numEnvs: 4,
      steps: 128,
      epochs: 4,
      minibatches: 4,
      epsilonSteps: 250_000,
    },
  },
  'cart-pole': {
    source: 'our setting for CartPole at 500k steps',
    config: { learningRateSteps: 500_000 },
  },
  minatar: {
    source: "purejaxql pqn_minatar.yaml, for MinAtar's games at 10M steps",
    config: {
      learningRate: 5e-4,
      learningRateSteps: 10_000_000,
      numEnvs: 128,
      steps: 32,
      epochs: 2,
      minibatches: 32,
      epsilonSteps: 1_000_000,
    },
  },
  arcade: {
    source: 'minatar with schedules for 2M steps',
    config: {
      learningRate: 5e-4,
      learningRateSteps: 2_000_000,
      numEnvs: 128,
      steps: 32,
      epochs: 2,
      minibatches: 32,
      epsilonSteps: 200_000,
    },
  },
};
