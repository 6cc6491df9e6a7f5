/** Settings of A2C and where its presets come from. */
import { z } from 'zod';
import type { AgentPreset } from '#core/agent.ts';
import * as fields from '#agents/fields.ts';

export const a2cConfig = z.object({
  learningRate: fields.learningRate(7e-4),
  learningRateSteps: fields.learningRateSteps(0),
  gamma: fields.gamma(0.99),
  lambda: fields.gaeLambda(1),
  entropyCoefficient: fields.entropyCoefficient(0),
  valueCoefficient: fields.valueCoefficient(0.5),
  numEnvs: fields.numEnvs(8),
  steps: fields.steps(5),
  normaliseAdvantages: fields.normaliseAdvantages(
    false,
    'Scales the advantages of a rollout to mean 0 and standard deviation 1; the rollout must have more than one step.',
  ),
  gradientClip: fields.gradientClip(0.5),
  optimizerEpsilon: fields.optimizerEpsilon(1e-5),
  network: fields.policyNetwork(),
  shared: fields.shared(false),
});

export type A2cConfig = z.output<typeof a2cConfig>;

export const a2cPresets: Readonly<Record<string, AgentPreset<z.input<typeof a2cConfig>>>> = {
  sb3: { source: 'Stable-Baselines3 defaults, CartPole-v1 at 500k steps', config: {} },
  'sb3-zoo-pendulum': {
    source: 'RL Baselines3 Zoo, Pendulum-v1 at 1M steps (where observations are normalised)',
    config: {
      gamma: 0.9,
      lambda: 0.9,
      learningRate: 7e-4,
      learningRateSteps: 1_000_000,
      normaliseAdvantages: true,
      valueCoefficient: 0.4,
      steps: 8,
    },
  },
};
