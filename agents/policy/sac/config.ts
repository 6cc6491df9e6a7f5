/** Settings of SAC and where its presets come from. */
import { z } from 'zod';
import type { AgentPreset } from '#core/agent.ts';
import { integer, json, number } from '#core/config.ts';
import { BODY_EXPECTED, bodySchema } from '#agents/nn/spec.ts';
import { fields } from '../config.ts';

export const sacConfig = z.object({
  learningRate: fields.learningRate(1e-3),
  gamma: fields.gamma(0.99),
  targetRate: number({
    label: 'Target network rate',
    help: 'Share of the critics that their targets take over at every gradient step.',
    default: 0.005,
    min: 0.0001,
    max: 1,
    scale: 'log',
    live: true,
  }),
  temperature: number({
    label: 'Temperature α at first',
    help: 'What a nat of entropy is worth beside the reward; it then learns itself.',
    default: 1,
    min: 0.0001,
    max: 100,
    scale: 'log',
  }),
  targetEntropy: number({
    label: 'Target entropy',
    help: 'How undecided the policy should stay: times −1 per number of an action, or the share of the log of a list of actions.',
    default: 0.5,
    min: 0,
    max: 4,
  }),
  batchSize: integer({
    label: 'Batch',
    help: 'Transitions per gradient step.',
    default: 128,
    min: 1,
    max: 4096,
    scale: 'log',
  }),
  trainEvery: integer({
    label: 'Train every',
    help: 'Env steps between two rounds of gradient steps.',
    unit: 'steps',
    default: 1,
    min: 1,
    max: 100_000,
    scale: 'log',
    live: true,
  }),
  gradientSteps: integer({
    label: 'Gradient steps',
    help: 'Gradient steps per round.',
    default: 1,
    min: 1,
    max: 10_000,
    scale: 'log',
    live: true,
  }),
  learningStarts: integer({
    label: 'Learning starts at',
    help: 'Env steps of random actions that only fill the replay memory.',
    unit: 'steps',
    default: 500,
    min: 1,
    max: 1_000_000,
    scale: 'log',
  }),
  replaySize: integer({
    label: 'Replay memory',
    help: 'Transitions that are kept; the oldest is overwritten.',
    default: 100_000,
    min: 16,
    max: 2_000_000,
    scale: 'log',
  }),
  gradientClip: fields.gradientClip(0),
  optimizerEpsilon: fields.optimizerEpsilon(1e-8),
  worlds: fields.worlds(1),
  network: json(bodySchema, {
    label: 'Network',
    help: 'Hidden layers of policy and critics. auto: 64-64 for vectors, 16 filters and 128 units for planes.',
    default: 'auto',
    expected: BODY_EXPECTED,
  }),
});

export type SacConfig = z.output<typeof sacConfig>;

const dense = { kind: 'dense', units: 256, activation: 'relu' } as const;

export const sacPresets: Readonly<Record<string, AgentPreset<z.input<typeof sacConfig>>>> = {
  'sb3-zoo': {
    source: 'RL Baselines3 Zoo, Pendulum-v1 at 20k steps',
    config: {
      learningRate: 1e-3,
      batchSize: 256,
      learningStarts: 100,
      replaySize: 1_000_000,
      targetEntropy: 1,
      network: [dense, dense],
    },
  },
};
