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
      label: 'Step size α',
      help: 'Share of the error by which an update moves its estimate. Larger learns faster, smaller averages out more noise.',
      live: true,
      when: { field: 'stepSizeSchedule', is: ['constant', 'linear'] },
    }),
    stepSizeSchedule: choice({
      options: SCHEDULES,
      default: defaults.schedule,
      label: 'Step size schedule',
      help: 'constant; linear from α to the final step size; or visits: 1 / N(s, a) to the given power.',
      live: true,
    }),
    stepSizeEnd: number({
      default: 0.01,
      min: 0,
      max: 1,
      label: 'Final step size',
      help: 'Value at the end of the linear step size schedule.',
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
      help: 'Env steps that the linear step size schedule takes.',
      live: true,
      when: { field: 'stepSizeSchedule', is: ['linear'] },
    }),
    stepSizePower: number({
      default: 1,
      min: 0.5,
      max: 1,
      label: 'Visit exponent',
      help: 'Exponent of the visits schedule: 1 is the sample average, less weighs recent targets more.',
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
      help: 'constant; linear from the initial to the final ε; or visits: 1 / N(s).',
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
      help: 'Value of every entry before its first update. Above the true values it is optimistic, so that every action gets tried (Sutton & Barto 2018, §2.6).',
    }),
    numEnvs: fields.numEnvs(1),
  };
}
