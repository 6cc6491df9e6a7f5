/**
 * The wrappers that are available for every world: a config table like those of worlds and agents, so that the page, the
 * command line and links can set them. src/train/world/wrappers.ts applies them.
 */
import { z } from 'zod';
import { integer, number, toggle } from '#core/config.ts';

export const wrapperTable = z.object({
  actionRepeat: integer({
    label: 'Action repeat',
    help: 'World steps for which each action is repeated; the agent observes only the last of them (Mnih et al. 2015).',
    unit: 'steps',
    default: 1,
    off: 1,
    min: 1,
    max: 64,
    scale: 'log',
  }),
  timeLimit: integer({
    label: 'Time limit',
    help: "Steps of the agent after which an episode is truncated; off keeps the world's own limit.",
    unit: 'steps',
    default: 0,
    off: 0,
    min: 0,
    max: 1_000_000,
    scale: 'log',
  }),
  pixels: toggle({
    label: 'Pixels',
    help: 'Shows the agent the picture of the world in 84 × 84 grey pixels; stack frames to make motion visible (Mnih et al. 2015).',
    default: false,
  }),
  oneHotPlanes: toggle({
    label: 'One-hot planes',
    help: 'Shows whole numbers that stand for things, as in MiniGrid, as a plane of zeros and ones for each thing; more work per step.',
    default: false,
  }),
  frameStack: integer({
    label: 'Frame stack',
    help: 'Number of recent observations that are stacked into one, the newest last (Mnih et al. 2015).',
    default: 1,
    off: 1,
    min: 1,
    max: 16,
  }),
  normaliseObservation: toggle({
    label: 'Normalise observations',
    help: 'Shifts and scales every number to mean 0 and variance 1 over all observations so far.',
    default: false,
  }),
  clipReward: number({
    label: 'Clip rewards at',
    help: 'Largest size of a reward that the agent learns from (Mnih et al. 2015); returns always show the full reward.',
    default: 0,
    off: 0,
    min: 0,
    max: 1000,
    scale: 'log',
  }),
  normaliseReward: toggle({
    label: 'Normalise rewards',
    help: 'Divides rewards by the standard deviation of the discounted return so far; returns always show the full reward.',
    default: false,
  }),
});

export type Wrappers = z.output<typeof wrapperTable>;
