/** Settings of PQN and where its presets come from. */
import { z } from 'zod';
import type { AgentPreset } from '#core/agent.ts';
import { integer, json, number } from '#core/config.ts';
import { BODY_EXPECTED, bodySchema } from '#agents/nn/spec.ts';
import { fields } from '#agents/policy/config.ts';

export const pqnConfig = z.object({
  learningRate: fields.learningRate(1e-3),
  learningRateSteps: fields.learningRateSteps(0),
  gamma: fields.gamma(0.99),
  lambda: fields.lambda(0.65),
  epsilonStart: number({
    label: 'Exploration at first',
    help: 'Share of random actions at the first step.',
    default: 1,
    min: 0,
    max: 1,
    live: true,
  }),
  epsilonEnd: number({
    label: 'Exploration at last',
    help: 'Share of random actions once the schedule has ended.',
    default: 0.05,
    min: 0,
    max: 1,
    live: true,
  }),
  epsilonSteps: integer({
    label: 'Exploration falls over',
    help: 'Env steps over which exploration falls in a straight line.',
    unit: 'steps',
    default: 50_000,
    min: 0,
    max: 1_000_000_000,
    live: true,
  }),
  worlds: fields.worlds(32),
  steps: fields.steps(32),
  epochs: integer({
    label: 'Epochs',
    help: 'How often every step of a rollout is learned from.',
    default: 2,
    min: 1,
    max: 100,
  }),
  minibatches: integer({
    label: 'Minibatches',
    help: 'Parts that a rollout is cut into for gradient steps.',
    default: 8,
    min: 1,
    max: 256,
    scale: 'log',
  }),
  gradientClip: fields.gradientClip(10),
  optimizerEpsilon: fields.optimizerEpsilon(1e-8),
  network: json(bodySchema, {
    label: 'Network',
    help: 'Hidden layers. auto: 120-84 for vectors, 16 filters and 128 units for planes, each normalised.',
    default: 'auto',
    expected: BODY_EXPECTED,
  }),
});

export type PqnConfig = z.output<typeof pqnConfig>;

export const pqnPresets: Readonly<Record<string, AgentPreset<z.input<typeof pqnConfig>>>> = {
  cleanrl: {
    source: 'CleanRL pqn.py, for classic control at 500k steps',
    config: {
      learningRate: 2.5e-4,
      learningRateSteps: 500_000,
      worlds: 4,
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
      worlds: 128,
      steps: 32,
      epochs: 2,
      minibatches: 32,
      epsilonSteps: 1_000_000,
    },
  },
  arcade: {
    source: 'the same with schedules for 2M steps',
    config: {
      learningRate: 5e-4,
      learningRateSteps: 2_000_000,
      worlds: 128,
      steps: 32,
      epochs: 2,
      minibatches: 32,
      epsilonSteps: 200_000,
    },
  },
};
