/** Settings of REINFORCE. */
import { z } from 'zod';
import type { AgentPreset } from '#core/agent.ts';
import { integer, toggle } from '#core/config.ts';
import { fields } from '../config.ts';

export const reinforceConfig = z.object({
  learningRate: fields.learningRate(2e-3),
  learningRateSteps: fields.learningRateSteps(0),
  gamma: fields.gamma(0.99),
  entropy: fields.entropy(0),
  baseline: toggle({
    label: 'Baseline',
    help: 'Subtract a learned value from the return: the same gradient on average, with less noise.',
    default: true,
  }),
  valueWeight: fields.valueWeight(0.5),
  normaliseReturns: toggle({
    label: 'Normalise advantages',
    help: 'Mean 0 and deviation 1 within every update.',
    default: true,
  }),
  episodes: integer({
    label: 'Episodes per update',
    help: 'Finished episodes that an update learns from.',
    default: 4,
    min: 1,
    max: 1024,
    scale: 'log',
    live: true,
  }),
  longest: integer({
    label: 'Steps per update at most',
    help: 'An update comes early where its episodes have this many steps; an episode longer than this learns from its beginning.',
    unit: 'steps',
    default: 1024,
    min: 16,
    max: 65_536,
    scale: 'log',
  }),
  worlds: fields.worlds(4),
  gradientClip: fields.gradientClip(1),
  optimizerEpsilon: fields.optimizerEpsilon(1e-8),
  network: fields.network(),
});

export type ReinforceConfig = z.output<typeof reinforceConfig>;

export const reinforcePresets: Readonly<Record<string, AgentPreset<z.input<typeof reinforceConfig>>>> = {
  plain: {
    source: 'Williams 1992: no baseline, one episode per update',
    config: { baseline: false, normaliseReturns: false, episodes: 1, worlds: 1, learningRate: 5e-4 },
  },
};
