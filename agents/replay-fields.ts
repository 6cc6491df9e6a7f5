/** Settings of learning from a replay buffer, as in fields.ts. */
import type { z } from 'zod';
import { integer, number } from '#core/config.ts';

type NumberField = z.ZodDefault<z.ZodNumber>;

export function batchSize(value: number): NumberField {
  return integer({
    label: 'Batch size',
    theme: 'Replay',
    help: 'Transitions drawn from the replay buffer per gradient step: larger batches give smoother, slower steps.',
    default: value,
    min: 1,
    max: 4096,
    scale: 'log',
  });
}

export function trainEvery(value: number): NumberField {
  return integer({
    label: 'Train every',
    theme: 'Replay',
    help: 'Env steps between two rounds of gradient steps: a shorter interval learns more per step played, but takes longer.',
    unit: 'steps',
    default: value,
    min: 1,
    max: 100_000,
    scale: 'log',
    live: true,
  });
}

export function gradientSteps(value: number): NumberField {
  return integer({
    label: 'Gradient steps',
    theme: 'Replay',
    help: 'Gradient steps in each round of training.',
    default: value,
    min: 1,
    max: 10_000,
    scale: 'log',
    live: true,
  });
}

export function learningStarts(value: number, help: string): NumberField {
  return integer({
    label: 'Learning starts',
    theme: 'Replay',
    help,
    unit: 'steps',
    default: value,
    min: 1,
    max: 1_000_000,
    scale: 'log',
  });
}

export function randomSteps(value: number): NumberField {
  return learningStarts(
    value,
    'Env steps of uniformly random actions that fill the replay buffer before learning starts.',
  );
}

export function replaySize(value: number): NumberField {
  return integer({
    label: 'Replay buffer size',
    theme: 'Replay',
    help: 'Transitions that are kept to learn from; a new one overwrites the oldest (Lin 1992).',
    default: value,
    min: 16,
    max: 2_000_000,
    scale: 'log',
  });
}

export function softTargetRate(value: number): NumberField {
  return targetRate(
    value,
    'How far the target networks move towards the learned ones at every update; 1 copies them (Lillicrap et al. 2016).',
  );
}

export function targetRate(value: number, help: string): NumberField {
  return number({
    label: 'Target update rate τ',
    theme: 'Targets',
    help,
    default: value,
    min: 0.0001,
    max: 1,
    scale: 'log',
    live: true,
  });
}
