/** Settings of TD3, of which DDPG is a preset, and where the presets come from. */
import { z } from 'zod';
import type { AgentPreset } from '#core/agent.ts';
import { integer, number, toggle } from '#core/config.ts';
import { sacConfig } from '../sac/config.ts';
import { fields } from '../config.ts';

const { gamma, targetRate, batchSize, trainEvery, gradientSteps, learningStarts, replaySize, network } =
  sacConfig.shape;

export const td3Config = z.object({
  learningRate: fields.learningRate(1e-3),
  gamma,
  targetRate,
  exploration: number({
    label: 'Exploration noise',
    help: 'Deviation of the noise on every action, in units of half the box.',
    default: 0.1,
    min: 0,
    max: 2,
    live: true,
  }),
  twin: toggle({
    label: 'Two critics',
    help: 'Believe the lower of two critics; off is DDPG.',
    default: true,
  }),
  policyEvery: integer({
    label: 'Policy every',
    help: 'Gradient steps of the critics per step of the policy and the targets; 1 is DDPG.',
    default: 2,
    min: 1,
    max: 100,
    live: true,
  }),
  smoothing: number({
    label: 'Target smoothing',
    help: 'Deviation of the noise on the target action, in units of half the box; 0 is DDPG.',
    default: 0.2,
    min: 0,
    max: 2,
    live: true,
  }),
  smoothingClip: number({
    label: 'Smoothing at most',
    help: 'The noise on the target action is cut off here.',
    default: 0.5,
    min: 0,
    max: 2,
    live: true,
  }),
  batchSize,
  trainEvery,
  gradientSteps,
  learningStarts,
  replaySize,
  gradientClip: fields.gradientClip(0),
  optimizerEpsilon: fields.optimizerEpsilon(1e-8),
  worlds: fields.worlds(1),
  network,
});

export type Td3Config = z.output<typeof td3Config>;

export const td3Presets: Readonly<Record<string, AgentPreset<z.input<typeof td3Config>>>> = {
  ddpg: {
    source: 'Lillicrap et al. 2016, on our settings: one critic, no delay, no smoothing',
    config: { twin: false, policyEvery: 1, smoothing: 0 },
  },
};
