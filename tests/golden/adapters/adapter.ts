/**
 * What the walk over the recordings asks of each kind of them. An adapter knows one reference's file format and how its
 * worlds are called here; everything about a recording (world, parameters, draws) comes from inside the file.
 */
import type { EnvKernel } from '#core/env.ts';
import type { Columns } from '#core/snapshot.ts';
import { parseConfig } from '#core/config.ts';
import { worlds } from '#train/catalogue/worlds.ts';

/** A parsed recording. At least one of the three keys that name a world is there. */
export interface Recording {
  /** Gymnasium's id, e.g. `CartPole-v1`. */
  readonly gymnasium?: string;
  /** Minigrid's id, e.g. `MiniGrid-DoorKey-8x8-v0`. */
  readonly minigrid?: string;
  /** The recorder's own name, e.g. `minatar/breakout`. */
  readonly env?: string;
  /** The reference's constructor arguments, as it spells them. */
  readonly kwargs?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** How a replay went; a difference is thrown, not returned. */
export type Outcome =
  | { readonly kind: 'passed'; /** What was compared: `36 episodes, 8619 steps`. */ readonly what: string }
  | { readonly kind: 'not built yet'; readonly world: string };

export interface Adapter {
  /** Whether a recording is of this kind, whatever world it is of. */
  claims(recording: Recording): boolean;
  /** Replays all of it and throws at the first difference, saying where. */
  replay(recording: Recording): Outcome;
}

/** The kernel of a registered world with the given parameters, or undefined if there is no such world yet. */
export function kernelOf<S extends Columns>(
  id: string,
  params: Readonly<Record<string, unknown>> = {},
): EnvKernel<S> | undefined {
  const definition = worlds.find((world) => world.id === id);
  return definition?.create(parseConfig(definition.params, params, id)) as EnvKernel<S> | undefined;
}

/** `is_slippery` → `isSlippery`: the reference's arguments under our parameters' names, where only the spelling differs. */
export function camelKeys(kwargs: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(kwargs).map(([key, value]) => [
      key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}

/** Σ weight · event under the spec's default weights, in double precision. */
export function defaultReward(kernel: EnvKernel, events: Float64Array): number {
  return kernel.spec.rewards.reduce((sum, term, k) => sum + term.weight * events[k], 0);
}
