/**
 * Settings with which tabular learners reach the optimum of Gymnasium's toy worlds; tests/learning/tabular-optimum.test.ts
 * holds every learner to them. Off-policy learners explore with a decaying ε; on-policy ones, whose values include their
 * exploration, start from optimistic values instead and never explore at random (Sutton & Barto, 2018, §2.6).
 */

const source = 'tests/learning/tabular-optimum.test.ts';

/** For Q-learning and its variants. A million env steps, on the cliff 200 000. */
export const exploring = {
  'frozen-lake': {
    source,
    config: {
      gamma: 0.99,
      stepSize: 0.2,
      stepSizeSchedule: 'linear',
      stepSizeEnd: 0.002,
      stepSizeSteps: 1_000_000,
      epsilonSteps: 1_000_000,
    },
  },
  'cliff-walking': {
    source,
    config: { gamma: 1, stepSize: 0.5, epsilonSteps: 150_000, epsilonEnd: 0 },
  },
  taxi: {
    source,
    config: { gamma: 1, stepSize: 0.5, epsilonSteps: 500_000, epsilonEnd: 0.01 },
  },
} as const;

/** For SARSA and expected SARSA. A million env steps, on the cliff 50 000. */
export const optimistic = {
  'frozen-lake': {
    source,
    config: {
      gamma: 0.99,
      stepSize: 0.1,
      stepSizeSchedule: 'linear',
      stepSizeEnd: 0.001,
      stepSizeSteps: 1_000_000,
      epsilonStart: 0,
      epsilonSchedule: 'constant',
      initialValue: 1,
    },
  },
  'cliff-walking': {
    source,
    config: { gamma: 1, stepSize: 0.3, epsilonStart: 0, epsilonSchedule: 'constant' },
  },
  taxi: {
    source,
    config: { gamma: 1, stepSize: 0.3, epsilonStart: 0, epsilonSchedule: 'constant', initialValue: 20 },
  },
} as const;

/** The cliff of Sutton & Barto, where an explorer's policy shows; the book gives ε, the step size is ours. */
export const cliffOfTheBook = {
  source: 'Sutton & Barto (2018), Example 6.6; the step size is ours',
  config: { gamma: 1, stepSize: 0.5, epsilonStart: 0.1, epsilonSchedule: 'constant' },
} as const;
