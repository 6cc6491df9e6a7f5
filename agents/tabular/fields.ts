/** Settings that tabular agents share beside those of all agents; every function makes fresh fields for one algorithm. */
import { choice, integer, number } from '#core/config.ts';
import * as fields from '#agents/fields.ts';

/** How a quantity changes over time; `visits` is one over the number of visits. */
const SCHEDULES = ['constant', 'linear', 'visits'] as const;
type ScheduleKind = (typeof SCHEDULES)[number];

/** α and its schedule, in env steps or visits of the state-action pair. */
export function stepSizeFields(defaults: { stepSize: number; schedule: ScheduleKind }) {
  return {
    stepSize: number({
      default: defaults.stepSize,
      min: 0,
      max: 1,
      scale: 'log',
      label: 'Step size α',
      theme: 'Learning',
      help: 'Share of the error by which an update moves its estimate: larger learns faster, smaller averages out more noise.',
      live: true,
      when: { field: 'stepSizeSchedule', is: ['constant', 'linear'] },
    }),
    stepSizeSchedule: choice({
      options: SCHEDULES,
      default: defaults.schedule,
      label: 'Step size schedule',
      theme: 'Learning',
      help: 'How α changes: constant, linear down to the final step size, or by visits, 1 / N(s, a) to the given power.',
      live: true,
    }),
    stepSizeEnd: number({
      default: 0.01,
      min: 0,
      max: 1,
      scale: 'log',
      label: 'Final step size',
      theme: 'Learning',
      help: 'Step size at the end of the linear schedule: small ones let the values settle.',
      live: true,
      when: { field: 'stepSizeSchedule', is: ['linear'] },
    }),
    stepSizeSteps: integer({
      default: 100_000,
      min: 1,
      max: 100_000_000,
      scale: 'log',
      unit: 'steps',
      label: 'Step size decay steps',
      theme: 'Learning',
      help: 'Env steps over which the step size decays linearly from α to its final value.',
      live: true,
      when: { field: 'stepSizeSchedule', is: ['linear'] },
    }),
    stepSizePower: number({
      default: 1,
      min: 0.5,
      max: 1,
      label: 'Visit exponent',
      theme: 'Learning',
      help: 'Power of 1 / N(s, a): 1 is the sample average, less weighs recent targets more (Even-Dar & Mansour 2003).',
      live: true,
      when: { field: 'stepSizeSchedule', is: ['visits'] },
    }),
  };
}

/** ε of the ε-greedy policy and its schedule, in env steps or visits of the state. */
export function epsilonFields(defaults: { epsilonStart: number; schedule: ScheduleKind }) {
  return {
    epsilonStart: fields.epsilonStart(defaults.epsilonStart, {
      field: 'epsilonSchedule',
      is: ['constant', 'linear'],
    }),
    epsilonSchedule: choice({
      options: SCHEDULES,
      default: defaults.schedule,
      label: 'ε schedule',
      theme: 'Exploration',
      help: 'How ε changes: constant, linear from the initial to the final ε, or by visits of the state, 1 / N(s).',
      live: true,
    }),
    epsilonEnd: fields.epsilonEnd(0.05, { field: 'epsilonSchedule', is: ['linear'] }),
    epsilonSteps: fields.epsilonSteps(10_000, 1, { field: 'epsilonSchedule', is: ['linear'] }),
  };
}

/** How the table starts, and how many environments fill it together. */
export function tableFields() {
  return {
    initialValue: number({
      default: 0,
      min: -1000,
      max: 1000,
      scale: 'log',
      label: 'Initial value',
      theme: 'Exploration',
      help: 'Value of every entry before its first update; an optimistic one gets every action tried (Sutton & Barto 2018, §2.6).',
    }),
    numEnvs: fields.numEnvs(1),
  };
}

/** What matters most in an agent that learns a table by exploring; ε has its schedule beside it. */
export const mainSettings = [
  'gamma',
  'stepSize',
  'epsilonSchedule',
  'epsilonStart',
  'epsilonEnd',
  'epsilonSteps',
] as const;
