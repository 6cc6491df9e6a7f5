/**
 * The wrappers of a run: how its agent meets the world, whatever the world. One table like those of worlds and agents, so
 * that the page, the command line and a link can set them; the wrappers themselves are in src/core/wrappers.ts.
 */
import { z } from 'zod';
import { integer, number, toggle } from '#core/config.ts';
import { observationSize, type EnvKernel } from '#core/env.ts';
import { show, type Problem } from '#core/errors.ts';
import { RunningMoments } from '#core/moments.ts';
import { child, type Snapshot } from '#core/snapshot.ts';
import {
  actionRepeat,
  clipReward,
  frameStack,
  normaliseObservation,
  normaliseReward,
  oneHot,
  pixels,
  timeLimit,
} from '#core/wrappers.ts';

export const wrapperTable = z.object({
  actionRepeat: integer({
    label: 'Action repeat',
    help: 'World steps for which an action is kept; the agent sees only the last of them.',
    unit: 'steps',
    default: 1,
    min: 1,
    max: 64,
  }),
  timeLimit: integer({
    label: 'Time limit',
    help: "The agent's steps after which an episode is cut off. 0 keeps the world's own limit.",
    unit: 'steps',
    default: 0,
    min: 0,
    max: 1_000_000,
    scale: 'log',
  }),
  pixels: toggle({
    label: 'See the picture',
    help: 'The agent sees the world as a grey picture of 84 × 84 points. Stack frames to let it see motion.',
    default: false,
  }),
  frameStack: integer({
    label: 'Frame stack',
    help: 'Observations that the agent sees at once, the newest last.',
    default: 1,
    min: 1,
    max: 16,
  }),
  normaliseObservation: toggle({
    label: 'Normalise observations',
    help: 'Shifts and scales every number to mean 0 and variance 1 of all that was seen so far.',
    default: false,
  }),
  clipReward: number({
    label: 'Clip rewards at',
    help: 'Largest reward, up or down, that the agent gets for a step. 0 clips nothing. Evaluations count the whole reward.',
    default: 0,
    min: 0,
    max: 1000,
  }),
  normaliseReward: toggle({
    label: 'Normalise rewards',
    help: 'Divides rewards by the deviation of the discounted return so far. Evaluations count the whole reward.',
    default: false,
  }),
});

export type Wrappers = z.output<typeof wrapperTable>;

/** What normalisation has learned; it is saved with the agent, which makes no sense of observations without it. */
export interface Moments {
  readonly observation: RunningMoments | undefined;
  readonly reward: RunningMoments | undefined;
}

/** How an agent sees a world: wrapped, and a bare state index as a one-hot vector if it cannot read one. */
export interface WrapperSetup {
  readonly wrappers: Wrappers;
  readonly oneHot: boolean;
}

/** Which wrappers make no sense together with this world and agent. */
export function wrapperProblems(kernel: EnvKernel, view: WrapperSetup, workers: number): readonly Problem[] {
  return [...readerProblems(kernel, view), ...(workers > 1 ? workerProblems(view.wrappers) : [])];
}

/** Workers would each normalise by what they saw themselves, and share parameters that mean different things. */
function workerProblems(wrappers: Wrappers): readonly Problem[] {
  const expected = 'false where several workers learn together';
  return (['normaliseObservation', 'normaliseReward'] as const)
    .filter((key) => wrappers[key])
    .map((key) => ({ field: `wrap.${key}`, expected, got: 'true' }));
}

function readerProblems(kernel: EnvKernel, { wrappers, oneHot: vector }: WrapperSetup): readonly Problem[] {
  if (kernel.spec.observation.kind !== 'discrete' || vector || wrappers.pixels) return [];
  const reader = 'for an agent that reads the number of its state';
  const { frameStack: frames, normaliseObservation: normalise } = wrappers;
  return [
    ...(frames > 1 ? [{ field: 'wrap.frameStack', expected: `1 ${reader}`, got: show(frames) }] : []),
    ...(normalise ? [{ field: 'wrap.normaliseObservation', expected: `false ${reader}`, got: 'true' }] : []),
  ];
}

/** Untouched moments for what a view normalises. */
export function freshMoments(kernel: EnvKernel, view: WrapperSetup): Moments {
  const { normaliseObservation: observation, normaliseReward: reward } = view.wrappers;
  return {
    observation: observation
      ? new RunningMoments(observationSize(wrapActions(kernel, view).spec))
      : undefined,
    reward: reward ? new RunningMoments(1) : undefined,
  };
}

/** The world as an agent trains in it. `moments` learn from what is seen as long as their `learning` is true. */
export function wrapForTraining(kernel: EnvKernel, view: WrapperSetup, moments: Moments): EnvKernel {
  const { clipReward: most } = view.wrappers;
  let wrapped = wrapForEvaluation(kernel, view, moments);
  if (most > 0) wrapped = clipReward(wrapped, -most, most);
  return moments.reward ? normaliseReward(wrapped, moments.reward) : wrapped;
}

/** The world as the same agent is evaluated in it: seen alike, but with the rewards as they are. */
export function wrapForEvaluation(kernel: EnvKernel, view: WrapperSetup, moments: Moments): EnvKernel {
  const wrapped = wrapActions(kernel, view);
  return moments.observation ? normaliseObservation(wrapped, moments.observation) : wrapped;
}

/** Everything but what has to learn first. */
function wrapActions(kernel: EnvKernel, { wrappers, oneHot: vector }: WrapperSetup): EnvKernel {
  let wrapped = kernel;
  if (wrappers.actionRepeat > 1) wrapped = actionRepeat(wrapped, wrappers.actionRepeat);
  if (wrappers.timeLimit > 0) wrapped = timeLimit(wrapped, wrappers.timeLimit);
  if (wrappers.pixels) wrapped = pixels(wrapped);
  else if (vector && kernel.spec.observation.kind === 'discrete') wrapped = oneHot(wrapped);
  return wrappers.frameStack > 1 ? frameStack(wrapped, wrappers.frameStack) : wrapped;
}

/** Does something without learning from what is seen meanwhile. */
export function withoutLearning<T>(moments: Moments, task: () => T): T {
  const all = [moments.observation, moments.reward].filter((each) => each !== undefined);
  for (const each of all) each.learning = false;
  try {
    return task();
  } finally {
    for (const each of all) each.learning = true;
  }
}

export function saveMoments({ observation, reward }: Moments): Snapshot {
  return {
    ...(observation && { observation: observation.snapshot() }),
    ...(reward && { reward: reward.snapshot() }),
  };
}

export function restoreMoments({ observation, reward }: Moments, saved: Snapshot): void {
  observation?.restore(child(saved, 'observation'));
  reward?.restore(child(saved, 'reward'));
}
