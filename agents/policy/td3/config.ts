/** Settings of TD3, of which DDPG is a preset. */
import { z } from 'zod';
import type { AgentPreset } from '#core/agent.ts';
import { integer, number, toggle } from '#core/config.ts';
import * as fields from '#agents/fields.ts';
import * as replay from '#agents/replay-fields.ts';

export const td3Config = z.object({
  learningRate: fields.learningRate(1e-3),
  gamma: fields.gamma(0.99),
  targetRate: replay.softTargetRate(0.005),
  explorationNoise: number({
    label: 'Exploration noise',
    theme: 'Exploration',
    help: 'Standard deviation of the noise on every action, in halves of the action range (Fujimoto et al. 2018).',
    default: 0.1,
    min: 0,
    max: 2,
    scale: 'log',
    live: true,
    formerly: ['exploration'],
  }),
  twin: toggle({
    label: 'Twin critics',
    theme: 'Targets',
    help: 'Takes the lower value of two critics as target, against overestimation (Fujimoto et al. 2018); DDPG has one critic.',
    default: true,
  }),
  policyDelay: integer({
    label: 'Policy delay',
    theme: 'Learning',
    help: 'Gradient steps of the critics per step of the policy and the targets (Fujimoto et al. 2018); 1 in DDPG.',
    default: 2,
    min: 1,
    max: 100,
    scale: 'log',
    live: true,
    formerly: ['policyEvery'],
  }),
  targetNoise: number({
    label: 'Target policy noise',
    theme: 'Targets',
    help: 'Standard deviation of the noise on the target action, in halves of the action range (Fujimoto et al. 2018); off in DDPG.',
    default: 0.2,
    off: 0,
    min: 0,
    max: 2,
    scale: 'log',
    live: true,
    formerly: ['smoothing'],
  }),
  targetNoiseClip: number({
    label: 'Target noise clip',
    theme: 'Targets',
    help: 'Largest size of the noise on the target action, in halves of the action range (Fujimoto et al. 2018).',
    default: 0.5,
    min: 0,
    max: 2,
    live: true,
    formerly: ['smoothingClip'],
    when: { field: 'targetNoise', above: 0 },
  }),
  batchSize: replay.batchSize(128),
  trainEvery: replay.trainEvery(1),
  gradientSteps: replay.gradientSteps(1),
  learningStarts: replay.randomSteps(500),
  replaySize: replay.replaySize(100_000),
  gradientClip: fields.gradientClip(0),
  optimizerEpsilon: fields.optimizerEpsilon(1e-8),
  numEnvs: fields.numEnvs(1),
  network: fields.network('64-64'),
});

export type Td3Config = z.output<typeof td3Config>;

export const td3Presets: Readonly<Record<string, AgentPreset<z.input<typeof td3Config>>>> = {
  ddpg: {
    source: 'Lillicrap et al. 2016, on our settings: one critic, no delay, no target noise',
    config: { twin: false, policyDelay: 1, targetNoise: 0 },
  },
};
