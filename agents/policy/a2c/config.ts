/** Settings of A2C and where its presets come from. */
import { z } from 'zod';
import type { AgentPreset } from '#core/agent.ts';
import { toggle } from '#core/config.ts';
import { fields } from '../config.ts';

export const a2cConfig = z.object({
  learningRate: fields.learningRate(7e-4),
  learningRateSteps: fields.learningRateSteps(0),
  gamma: fields.gamma(0.99),
  lambda: fields.lambda(1),
  entropy: fields.entropy(0),
  valueWeight: fields.valueWeight(0.5),
  worlds: fields.worlds(8),
  steps: fields.steps(5),
  normaliseAdvantages: toggle({
    label: 'Normalise advantages',
    help: 'Mean 0 and deviation 1 within every rollout.',
    default: false,
  }),
  gradientClip: fields.gradientClip(0.5),
  optimizerEpsilon: fields.optimizerEpsilon(1e-5),
  network: fields.network(),
  shared: fields.shared(false),
});

export type A2cConfig = z.output<typeof a2cConfig>;

export const a2cPresets: Readonly<Record<string, AgentPreset<z.input<typeof a2cConfig>>>> = {
  sb3: { source: 'Stable-Baselines3 defaults, CartPole-v1 at 500k steps', config: {} },
  'sb3-zoo-pendulum': {
    source: 'RL Baselines3 Zoo, Pendulum-v1 at 1M steps (there with normalised observations)',
    config: {
      gamma: 0.9,
      lambda: 0.9,
      learningRate: 7e-4,
      learningRateSteps: 1_000_000,
      normaliseAdvantages: true,
      valueWeight: 0.4,
      steps: 8,
    },
  },
};
