/** Applies a run's wrappers to its world, in a fixed order, and refuses those that make no sense there. */
import { observationSize, type EnvKernel } from '#core/env.ts';
import { show, type Problem } from '#core/errors.ts';
import { Normaliser, RunningMoments } from '#core/moments.ts';
import { rewardTransform } from '#core/reward.ts';
import { child, type Snapshot } from '#core/snapshot.ts';
import type { Transforms } from '#core/vector-env.ts';
import { actionRepeat, frameStack, oneHot, oneHotPlanes, pixels, timeLimit } from '#core/wrappers.ts';
import type { Wrappers } from '../catalogue/wrappers.ts';

/** Statistics of the normalising wrappers, saved with the agent, which cannot read observations without them. */
export interface Moments {
  readonly observation: RunningMoments | undefined;
  readonly reward: RunningMoments | undefined;
}

/** How an agent observes a world: wrapped, with a state index as a one-hot vector unless it is tabular. */
export interface WrapperSetup {
  readonly wrappers: Wrappers;
  readonly oneHot: boolean;
}

/** The wrappers that make no sense with this world and agent. */
export function wrapperProblems(kernel: EnvKernel, setup: WrapperSetup, workers: number): readonly Problem[] {
  return [
    ...readerProblems(kernel, setup),
    ...planeProblems(kernel, setup.wrappers),
    ...(workers > 1 ? workerProblems(setup.wrappers) : []),
  ];
}

/** Each worker would normalise by its own statistics, while all of them share parameters. */
function workerProblems(wrappers: Wrappers): readonly Problem[] {
  const expected = 'false where several workers learn together';
  return (['normaliseObservation', 'normaliseReward'] as const)
    .filter((key) => wrappers[key])
    .map((key) => ({ field: `wrap.${key}`, expected, got: 'true' }));
}

function planeProblems(
  { spec }: EnvKernel,
  { oneHotPlanes: asked, pixels: drawn }: Wrappers,
): readonly Problem[] {
  if (!asked) return [];
  const { observation } = spec;
  const named = observation.kind === 'planes' && observation.values !== undefined;
  if (named && !drawn) return [];
  const expected = drawn ? 'false for a picture' : 'false where the numbers of an observation have no names';
  return [{ field: 'wrap.oneHotPlanes', expected, got: 'true' }];
}

function readerProblems(kernel: EnvKernel, { wrappers, oneHot: vector }: WrapperSetup): readonly Problem[] {
  if (kernel.spec.observation.kind !== 'discrete' || vector || wrappers.pixels) return [];
  const reader = 'for an agent that reads the index of its state';
  const { frameStack: frames, normaliseObservation: normalise } = wrappers;
  return [
    ...(frames > 1 ? [{ field: 'wrap.frameStack', expected: `1 ${reader}`, got: show(frames) }] : []),
    ...(normalise ? [{ field: 'wrap.normaliseObservation', expected: `false ${reader}`, got: 'true' }] : []),
  ];
}

/** Empty statistics for what is normalised. */
export function freshMoments(kernel: EnvKernel, setup: WrapperSetup): Moments {
  const { normaliseObservation: observation, normaliseReward: reward } = setup.wrappers;
  return {
    observation: observation ? new RunningMoments(observationSize(wrapWorld(kernel, setup).spec)) : undefined,
    reward: reward ? new RunningMoments(1) : undefined,
  };
}

/** What n worlds do to rewards and observations for an agent whose γ is `discount`; without one, rewards stay as they are. */
export function transformsFor(
  n: number,
  { clipReward: clip }: Wrappers,
  { observation, reward: moments }: Moments,
  discount?: () => number,
): Transforms {
  return {
    reward: discount && rewardTransform(n, { clip, moments, discount }),
    normaliser: observation && new Normaliser(observation),
  };
}

/** The world as its agent observes it, but for normalisation, which is no wrapper: see `transformsFor`. */
export function wrapWorld(kernel: EnvKernel, { wrappers, oneHot: vector }: WrapperSetup): EnvKernel {
  let wrapped = kernel;
  if (wrappers.actionRepeat > 1) wrapped = actionRepeat(wrapped, wrappers.actionRepeat);
  if (wrappers.timeLimit > 0) wrapped = timeLimit(wrapped, wrappers.timeLimit);
  if (wrappers.pixels) wrapped = pixels(wrapped);
  else if (vector && kernel.spec.observation.kind === 'discrete') wrapped = oneHot(wrapped);
  else if (wrappers.oneHotPlanes) wrapped = oneHotPlanes(wrapped);
  return wrappers.frameStack > 1 ? frameStack(wrapped, wrappers.frameStack) : wrapped;
}

/** Runs a task with the statistics frozen. */
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
