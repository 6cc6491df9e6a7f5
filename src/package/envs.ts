/**
 * `ludus/envs`: the worlds. Make one and step it, list them all, or define one of your own and register it: it is then known by its
 * id wherever those that come with Ludus are.
 */
import type { EnvDefinition } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { VectorEnv } from '#core/vector-env.ts';
import { describeWorld, type WorldEntry } from '#train/catalogue/entries.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { findWorld, parseSeed, resolveWorld, setWeights } from '#train/world/setup.ts';
import { worldId, type OwnWorld } from './own.ts';

/** The zod that tables of parameters are made with: `z.object({ … })` over the fields below. */
export { z } from 'zod';
export { choice, integer, json, number, toggle } from '#core/config.ts';
export { Colour, DrawList } from '#core/draw-list.ts';
export { actionSize, defineEnv, observationSize } from '#core/env.ts';
export type {
  Action,
  ActionSpec,
  EnvDefinition,
  EnvKernel,
  EnvSpec,
  ObservationSpec,
  Place,
  RewardTerm,
  StepEvents,
  Transition,
  TransitionModel,
} from '#core/env.ts';
export { drawActions } from '#core/random-actions.ts';
export { rngStreams, type Rng, type RngStreams, type SavableRng } from '#core/rng.ts';
export type { Columns, ColumnsOf, Snapshot, TypedArray } from '#core/snapshot.ts';
export { actionBuffer, VectorEnv, type ActionBuffer } from '#core/vector-env.ts';
export { registerWorld } from '#train/catalogue/worlds.ts';
export type { WorldEntry } from '#train/catalogue/entries.ts';
export type { OwnWorld } from './own.ts';

/** How a world is made. */
export interface WorldOptions {
  /** Values of its parameters; those not given keep their default. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Weights of its reward terms, by their ids. */
  readonly rewards?: Readonly<Record<string, number>>;
  /** Copies that are stepped together; default 1. */
  readonly slots?: number;
  /** Default 1. */
  readonly seed?: number;
}

/** The ids of all worlds, registered ones included. */
export function worldIds(): readonly string[] {
  return worlds.map(({ id }) => id);
}

/** The definition of a world. Throws an `InputError` that suggests similar ids. */
export function world(id: string): EnvDefinition {
  return findWorld(id);
}

/** What a world is, as plain data: parameters, observation, actions, reward terms, the agent it starts with, known scores. */
export function worldEntry(id: OwnWorld): WorldEntry {
  return describeWorld(findWorld(worldId(id)));
}

/** A world to step: `env.step(actions)`, then read `env.obs`, `env.reward`, `env.terminated` and `env.truncated`. */
export function makeWorld(which: OwnWorld, options: WorldOptions = {}): VectorEnv {
  const { params = {}, rewards = {}, slots = 1, seed = 1 } = options;
  const setup = resolveWorld({ world: worldId(which), params, rewards });
  const env = new VectorEnv(setup.kernel, slots, rngStreams(parseSeed(seed)));
  setWeights(env, setup);
  return env;
}
