/**
 * The contract of a world. A world consists of rules and a drawing; the loop, time limits, auto-reset, reward weights and
 * statistics are the framework's, so that none of them is written twice.
 */
import type { z } from 'zod';
import type { DrawList } from './draw-list.ts';
import { refusal, show } from './errors.ts';
import type { Rng } from './rng.ts';
import type { Columns } from './snapshot.ts';

/** What an agent sees. `discrete`: one number, the index of one of `states` states (see `oneHot` in wrappers.ts). */
export type ObservationSpec =
  | {
      readonly kind: 'vector';
      readonly shape: readonly [number];
      /** What its numbers are. */
      readonly names?: readonly string[];
      /** Of a state's index: 1 there, 0 elsewhere. */
      readonly oneHot?: true;
    }
  | {
      readonly kind: 'planes';
      readonly shape: readonly [height: number, width: number, channels: number];
      /** What its channels are. */
      readonly names?: readonly string[];
      /** What whole numbers of a channel stand for, from 0; absent where they are amounts. */
      readonly values?: readonly (readonly string[] | undefined)[];
      /** Its first axis is the column, from left to right, and its second the row, from the top. */
      readonly columnsFirst?: true;
      /** Of a picture: its numbers are whole multiples of 1/levels from 0 to 1. */
      readonly levels?: number;
      /** Stretched over the picture, its cells lie on what they are about. */
      readonly overPicture?: true;
    }
  | { readonly kind: 'discrete'; readonly shape: readonly [1]; readonly states: number };

/** What an agent may do: one of the named actions, or a point of a box. */
export type ActionSpec =
  | { readonly kind: 'discrete'; readonly names: readonly string[] }
  | { readonly kind: 'box'; readonly low: readonly number[]; readonly high: readonly number[] };

/** A named part of the reward: reward = Σ weight · event. The default weights give the reference's reward exactly. */
export interface RewardTerm {
  readonly id: string;
  readonly label: string;
  readonly weight: number;
  /** What makes the event happen and its size. */
  readonly help: string;
}

export interface EnvSpec {
  /** Kebab-case, e.g. `cart-pole`. */
  readonly id: string;
  /** Raised by every change in behaviour, never by one in speed or looks. */
  readonly version: number;
  readonly title: string;
  readonly observation: ObservationSpec;
  readonly action: ActionSpec;
  readonly rewards: readonly RewardTerm[];
  /** Steps after which an episode is truncated (never terminated); 0 means no limit. */
  readonly maxSteps: number;
  /** Real-time speed for human play, in steps per second. */
  readonly fps: number;
  /**
   * `KeyboardEvent.code` → action index, for human play. In a box, 2d is dimension d at its low end and 2d + 1 at its
   * high end, all others in the middle.
   */
  readonly keys: Readonly<Record<string, number>>;
  /**
   * Names of the numbers of which a user's reward may be a function: what `measure` writes, or without it the numbers of the
   * observation. Wrappers leave them as they are.
   */
  readonly quantities?: readonly string[];
  /**
   * Of a world whose picture has these cells, of one unit each, in its upper left corner, and whose quantities x and y are the
   * agent's column and row.
   */
  readonly grid?: { readonly width: number; readonly height: number };
}

/** The action of one slot: an index where actions are discrete, a row of numbers (a view, do not keep) where a box. */
export type Action = number | Float32Array;

/** What one step of one slot produced. The caller zeroes it before the step and owns it. */
export interface StepEvents {
  /** One entry per reward term of the spec, in its order. */
  readonly events: Float64Array;
  /** The world itself ended the episode. Time limits are the framework's, see `maxSteps`. */
  terminated: boolean;
}

/** A cell of a picture, from its top left corner, in world units. */
export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * The rules of one world for n independent slots, over a struct of arrays: slot i reads and writes element (or row) i only.
 * Saving a world therefore needs no code. Nothing but `allocate` may allocate.
 */
export interface EnvKernel<S extends Columns = Columns, A extends Action = Action> {
  readonly spec: EnvSpec;
  allocate(n: number): S;
  /** Starts a new episode in slot i. */
  reset(s: S, i: number, rng: Rng): void;
  /** Plays one action; sets events and `terminated` on `out`. Not called on an ended episode by the framework. */
  step(s: S, i: number, action: A, rng: Rng, out: StepEvents): void;
  /** Writes the observation of slot i, row-major, all of its numbers. */
  observe(s: S, i: number, into: Float32Array, offset: number): void;
  /**
   * Brings an observation up to date, for worlds of which little changes in a step: `into` holds what the last `refresh` of
   * slot i wrote there, zeros if there was none, and then what `observe` would write. What was written is part of the state.
   */
  refresh?(s: S, i: number, into: Float32Array, offset: number): void;
  /** Writes the spec's `quantities` of slot i, where they are not the numbers of the observation. */
  measure?(s: S, i: number, into: Float32Array): void;
  draw(s: S, i: number, list: DrawList): void;
  /** For tabular worlds: the complete Markov decision process. */
  model?(): TransitionModel;
  /**
   * For tabular worlds that draw their states as cells: writes the cell of `state` and returns true; false where it has none.
   * Of states that share a cell, those have it that differ from `current`, the state on the picture, in nothing but the cell.
   * Terminal states have none: there is nothing to expect of them.
   */
  place?(state: number, current: number, out: Place): boolean;
}

/** One possible outcome of an action. `reward` is under the default weights. */
export interface Transition {
  readonly probability: number;
  readonly next: number;
  readonly reward: number;
  readonly terminated: boolean;
}

/** P[s][a], and the distribution of first states. */
export interface TransitionModel {
  readonly states: number;
  readonly actions: number;
  readonly initial: readonly number[];
  transitions(state: number, action: number): readonly Transition[];
}

/** A world in the catalogue: its id, the config table of its parameters and how to create its kernel. */
export interface EnvDefinition<P extends z.ZodObject = z.ZodObject> {
  readonly id: string;
  readonly title: string;
  /** Its group in the picker. */
  readonly group: 'sanity' | 'grid' | 'control' | 'arcade' | 'field' | 'board';
  /** One sentence for the picker. */
  readonly summary: string;
  readonly params: P;
  create(params: z.output<P>): EnvKernel;
}

/** Ties a definition's table and its kernel's state to its `create`, then forgets the type parameters. */
export function defineEnv<P extends z.ZodObject, S extends Columns, A extends Action>(
  definition: Omit<EnvDefinition<P>, 'create'> & { create(params: z.output<P>): EnvKernel<S, A> },
): EnvDefinition {
  return definition;
}

/** How many numbers one observation has. */
export function observationSize(spec: EnvSpec): number {
  const { kind, shape } = spec.observation as { readonly kind: string; readonly shape?: readonly number[] };
  // Worlds of users are not always written in TypeScript.
  if (!Array.isArray(shape)) {
    const expected = `a list of lengths${kind === 'discrete' ? ', [1] of a discrete observation' : ''}`;
    throw refusal(`${spec.id}.observation.shape`, expected, show(shape));
  }
  return shape.reduce((product, size) => product * size, 1);
}

/** How many actions there are (discrete) or how many numbers an action has (box). */
export function actionSize(spec: EnvSpec): number {
  return spec.action.kind === 'discrete' ? spec.action.names.length : spec.action.low.length;
}
