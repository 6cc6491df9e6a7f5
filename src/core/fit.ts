/**
 * The contract of a learner that is fitted to a data set, one minibatch at a time, instead of learning from its own steps.
 * A fitted policy can play its world, which is how it is evaluated.
 */
import type { z } from 'zod';
import type { DefinitionBase, Learner, Metrics, Player } from './agent.ts';
import type { EnvSpec } from './env.ts';
import type { RngStreams } from './rng.ts';
import type { ActionBuffer } from './vector-env.ts';

export interface Fitter extends Learner {
  /** Examples that one gradient step learns from. */
  readonly batchSize: number;
  /** Examples learned from so far, counted each time they are used. */
  readonly examples: number;
  /** Whether all epochs are over; `fit` then does nothing until `tune` raises their number. */
  readonly finished: boolean;
  /** Does some gradient steps, one minibatch each. Returns a promise only if the device is asynchronous. */
  fit(): Metrics | undefined | Promise<Metrics | undefined>;
}

export interface FittedPolicy extends Fitter, Player {}

/** Whole episodes of recorded play, observed as the policy observes its world: the data set of behaviour cloning. */
export interface Demonstrations {
  /** [steps × observation] */
  readonly obs: Float32Array;
  /** [steps], in the array that the world's actions use. */
  readonly actions: ActionBuffer;
  /** [episodes + 1] the step at which each episode begins, and the number of steps. */
  readonly starts: Int32Array;
}

/** A policy that is fitted to demonstrations. `Compute` is what src/compile offers; core does not look inside. */
export interface ClonerDefinition<Compute, C extends z.ZodObject = z.ZodObject> extends DefinitionBase<C> {
  readonly kind: 'cloner';
  readonly needs: 'demonstrations';
  /** `spec` is the world as the policy sees it, wrappers included. */
  create(
    spec: EnvSpec,
    config: z.output<C>,
    streams: RngStreams,
    compute: Compute,
    demonstrations: Demonstrations,
  ): FittedPolicy | Promise<FittedPolicy>;
}

/** `defineAgent` for cloners. */
export function defineCloner<Compute, C extends z.ZodObject>(
  definition: Omit<ClonerDefinition<Compute, C>, 'kind' | 'needs'>,
): ClonerDefinition<Compute> {
  return { kind: 'cloner', needs: 'demonstrations', ...definition };
}
