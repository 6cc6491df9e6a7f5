/** Settings of REINFORCE. */
import { z } from 'zod';
import type { AgentPreset } from '#core/agent.ts';
import { integer, toggle } from '#core/config.ts';
import * as fields from '#agents/fields.ts';

export const reinforceConfig = z.object({
  learningRate: fields.learningRate(2e-3),
  learningRateSteps: fields.learningRateSteps(0),
  gamma: fields.gamma(0.99),
  entropyCoefficient: fields.entropyCoefficient(0),
  baseline: toggle({
    label: 'Baseline',
    theme: 'Values and advantages',
    help: 'Subtracts a learned state value from the return: the same expected gradient with less variance (Williams 1992).',
    default: true,
  }),
  valueCoefficient: fields.valueCoefficient(0.5, { field: 'baseline', is: [true] }),
  normaliseAdvantages: fields.normaliseAdvantages(
    true,
    'Scales the advantages of an update to mean 0 and standard deviation 1, if it has more than one step.',
  ),
  episodes: integer({
    label: 'Episodes per update',
    theme: 'Data collection',
    help: 'Finished episodes that are collected before an update: more give a steadier gradient, but fewer updates.',
    default: 4,
    min: 1,
    max: 1024,
    scale: 'log',
    live: true,
  }),
  maxSteps: integer({
    label: 'Max steps per update',
    theme: 'Data collection',
    help: 'Steps of finished episodes after which an update comes early; a longer episode is cut here.',
    unit: 'steps',
    default: 1024,
    min: 16,
    max: 65_536,
    scale: 'log',
    formerly: ['longest'],
  }),
  numEnvs: fields.numEnvs(4),
  gradientClip: fields.gradientClip(1),
  optimizerEpsilon: fields.optimizerEpsilon(1e-8),
  network: fields.policyNetwork(),
});

export type ReinforceConfig = z.output<typeof reinforceConfig>;

export const reinforcePresets: Readonly<Record<string, AgentPreset<z.input<typeof reinforceConfig>>>> = {
  plain: {
    source: 'Williams 1992: no baseline, one episode per update',
    config: { baseline: false, normaliseAdvantages: false, episodes: 1, numEnvs: 1, learningRate: 5e-4 },
  },
};
