/**
 * Config fields that tabular agents share, so that a slider means the same thing for each of them. Every function makes
 * fresh fields with the defaults that fit the algorithm.
 */
import { choice, integer, number } from '#core/config.ts';

/** How a quantity changes over time; `visits` is one over the number of visits. */
const SCHEDULES = ['constant', 'linear', 'visits'] as const;
type ScheduleKind = (typeof SCHEDULES)[number];

/** γ. */
export function discountField(gamma: number) {
  return {
    gamma: number({
      default: gamma,
      min: 0,
      max: 1,
      label: 'Discount γ',
      help: 'What a reward one step later is worth today. Near 1 looks far ahead; 1 counts every reward in full.',
      live: true,
    }),
  };
}

/** α and its schedule, in env steps or visits of the state-action pair. */
export function stepSizeFields(defaults: { stepSize: number; schedule: ScheduleKind }) {
  return {
    stepSize: number({
      default: defaults.stepSize,
      min: 0,
      max: 1,
      label: 'Step size α',
      help: 'How far an estimate moves towards each new target. Large learns fast, small averages chance away.',
      live: true,
    }),
    stepSizeSchedule: choice({
      options: SCHEDULES,
      default: defaults.schedule,
      label: 'Step size over time',
      help: 'constant; linear from α to its end value; or visits: 1 / visits of the state and action, to the given power.',
      live: true,
    }),
    stepSizeEnd: number({
      default: 0.01,
      min: 0,
      max: 1,
      label: 'Step size at last',
      help: 'Where the linear schedule arrives and stays.',
      live: true,
    }),
    stepSizeSteps: integer({
      default: 100_000,
      min: 1,
      max: 100_000_000,
      scale: 'log',
      unit: 'env steps',
      label: 'Step size falls over',
      help: 'How long the linear schedule takes.',
      live: true,
    }),
    stepSizePower: number({
      default: 1,
      min: 0.5,
      max: 1,
      label: 'Power of visits',
      help: 'The visits schedule is 1 / visits to this power: 1 averages all targets alike, less forgets the early ones.',
      live: true,
    }),
  };
}

/** ε of the ε-greedy policy and its schedule, in env steps or visits of the state. */
export function epsilonFields(defaults: { epsilonStart: number; schedule: ScheduleKind }) {
  return {
    epsilonStart: number({
      default: defaults.epsilonStart,
      min: 0,
      max: 1,
      label: 'Exploration at first',
      help: 'ε: how often an action is drawn at random instead of the best one known.',
      live: true,
    }),
    epsilonSchedule: choice({
      options: SCHEDULES,
      default: defaults.schedule,
      label: 'Exploration over time',
      help: 'constant; linear from ε to its end value; or visits: 1 / visits of the state.',
      live: true,
    }),
    epsilonEnd: number({
      default: 0.05,
      min: 0,
      max: 1,
      label: 'Exploration at last',
      help: 'Where the linear schedule arrives and stays.',
      live: true,
    }),
    epsilonSteps: integer({
      default: 10_000,
      min: 1,
      max: 100_000_000,
      scale: 'log',
      unit: 'env steps',
      label: 'Exploration falls over',
      help: 'How long the linear schedule takes.',
      live: true,
    }),
  };
}

/** The first value of every table entry, and how many copies of the world fill the table together. */
export function tableFields() {
  return {
    initialValue: number({
      default: 0,
      min: -1000,
      max: 1000,
      label: 'Initial value',
      help: 'What every action is believed to be worth before it was tried. Above the truth is optimism: everything gets tried.',
    }),
    worlds: integer({
      default: 1,
      min: 1,
      max: 1024,
      scale: 'log',
      label: 'Worlds',
      help: 'Copies of the world that are played side by side and fill one table.',
    }),
  };
}
