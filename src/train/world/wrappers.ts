/** Applies a run's wrappers to its world, in a fixed order, and refuses those that make no sense there. */
import { observationSize, type EnvKernel } from '#core/env.ts';
import { show, type Problem } from '#core/errors.ts';
import { RunningMoments } from '#core/moments.ts';
import { rewardTransform, type RewardTransform } from '#core/reward.ts';
import { child, type Snapshot } from '#core/snapshot.ts';
import { actionRepeat, frameStack, normaliseObservation, oneHot, pixels, timeLimit } from '#core/wrappers.ts';
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
  return [...readerProblems(kernel, setup), ...(workers > 1 ? workerProblems(setup.wrappers) : [])];
}

/** Each worker would normalise by its own statistics, while all of them share parameters. */
function workerProblems(wrappers: Wrappers): readonly Problem[] {
  const expected = 'false where several workers learn together';
  return (['normaliseObservation', 'normaliseReward'] as const)
    .filter((key) => wrappers[key])
    .map((key) => ({ field: `wrap.${key}`, expected, got: 'true' }));
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

/** Empty statistics for what the wrappers normalise. */
export function freshMoments(kernel: EnvKernel, setup: WrapperSetup): Moments {
  const { normaliseObservation: observation, normaliseReward: reward } = setup.wrappers;
  return {
    observation: observation
      ? new RunningMoments(observationSize(wrapActions(kernel, setup).spec))
      : undefined,
    reward: reward ? new RunningMoments(1) : undefined,
  };
}

/** The world as its agent observes it. `moments` are updated by observations while their `learning` is true. */
export function wrapWorld(kernel: EnvKernel, setup: WrapperSetup, moments: Moments): EnvKernel {
  const wrapped = wrapActions(kernel, setup);
  return moments.observation ? normaliseObservation(wrapped, moments.observation) : wrapped;
}

/** The reward transform of n worlds for an agent whose γ is `discount`; undefined if rewards stay as they are. */
export function transformFor(
  n: number,
  { clipReward: clip }: Wrappers,
  { reward: moments }: Moments,
  discount: () => number,
): RewardTransform | undefined {
  return rewardTransform(n, { clip, moments, discount });
}

/** All wrappers except normalisation. */
function wrapActions(kernel: EnvKernel, { wrappers, oneHot: vector }: WrapperSetup): EnvKernel {
  let wrapped = kernel;
  if (wrappers.actionRepeat > 1) wrapped = actionRepeat(wrapped, wrappers.actionRepeat);
  if (wrappers.timeLimit > 0) wrapped = timeLimit(wrapped, wrappers.timeLimit);
  if (wrappers.pixels) wrapped = pixels(wrapped);
  else if (vector && kernel.spec.observation.kind === 'discrete') wrapped = oneHot(wrapped);
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
