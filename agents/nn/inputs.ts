/**
 * The inputs of a gradient step, each declared once: its shape, its type, and what writes it before the step runs. From the
 * one table come the tensors that the step sees and the arrays that the agent fills, under names that the compiler checks.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { EnvSpec } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import { linear } from '#core/schedule.ts';
import type { Step, Tensors } from '#compile/step.ts';
import { drawMasks, maskSize } from './dropout.ts';
import { sizeOf, type NetworkPlan, type Shape } from './spec.ts';

type Dtype = 'float32' | 'int32';
type ArrayOf<D extends Dtype> = D extends 'int32' ? Int32Array : Float32Array;

/** `Agent` is what it is filled from. Methods, because tables hold inputs of any type and any agent's. */
export interface Input<D extends Dtype = Dtype, S extends Shape = Shape, Agent = never> {
  readonly shape: S;
  readonly dtype: D;
  /** Another one's array that is this input, in place of an array of its own. */
  readonly array?: ArrayOf<D> | undefined;
  /** Writes it before every step, from the agent as it is then. Absent where the array is written elsewhere: the table says where. */
  fill?(into: ArrayOf<D>, agent: Agent): void;
}

/** Inputs in the order in which they are filled, which is that of random draws; undefined where a network has no use for one. */
export type InputTable = Readonly<Record<string, Input | undefined>>;

type TensorOf<I> = I extends { readonly shape: infer S }
  ? S extends readonly []
    ? tf.Scalar
    : S extends readonly [number]
      ? tf.Tensor1D
      : S extends readonly [number, number]
        ? tf.Tensor2D
        : tf.Tensor
  : undefined;

/** What a step gets. */
export type InputTensors<T> = { readonly [K in keyof T]: TensorOf<T[K]> };

/** What is filled. */
export type InputArrays<T> = {
  readonly [K in keyof T]: T[K] extends Input<infer D> ? ArrayOf<D> : ArrayOf<Dtype> | undefined;
};

type Fill<D extends Dtype, Agent> = ArrayOf<D> | ((into: ArrayOf<D>, agent: Agent) => void);

/** Real numbers of a shape; `from` is what fills it, or the array that it is. */
export function float32<const S extends Shape, Agent = never>(
  shape: S,
  from?: Fill<'float32', Agent>,
): Input<'float32', S, Agent> {
  return typeof from === 'function'
    ? { shape, dtype: 'float32', fill: from }
    : { shape, dtype: 'float32', array: from };
}

/** A number that may change from step to step: settings are inputs, so that they can be tuned while the agent runs. */
export function scalar<Agent>(value: (agent: Agent) => number): Input<'float32', readonly [], Agent> {
  return {
    shape: [],
    dtype: 'float32',
    fill(into, agent) {
      into[0] = value(agent);
    },
  };
}

/** Observations [B, …obs]. */
export function observations<Agent = never>(
  { observation }: EnvSpec,
  batch: number,
  from?: Fill<'float32', Agent>,
): Input<'float32', readonly [number, ...number[]], Agent> {
  return float32([batch, ...observation.shape], from);
}

/** Actions: indices [B] where they are discrete, else [B, dims]. */
export function actionsTaken<Agent = never>(
  { action }: EnvSpec,
  batch: number,
  fill?: (into: Float32Array | Int32Array, agent: Agent) => void,
): Input<Dtype, Shape, Agent> {
  const filled = fill && { fill };
  return action.kind === 'discrete'
    ? { shape: [batch], dtype: 'int32', ...filled }
    : { shape: [batch, action.low.length], dtype: 'float32', ...filled };
}

/** A batch of B transitions, which `Experience.sample` writes. */
export function transitionInputs(spec: EnvSpec, batch: number) {
  return {
    obs: observations(spec, batch),
    actions: actionsTaken(spec, batch),
    /** Σ γⁱ r over the steps of a transition. */
    rewards: float32([batch]),
    /** γᵏ after k steps, 0 where the episode terminated. */
    discounts: float32([batch]),
    nextObs: observations(spec, batch),
  };
}

/** The dropout masks of a batch, drawn from a stream of the agent's; undefined where no layer drops anything. */
export function dropoutMasks<Agent>(
  plans: readonly NetworkPlan[],
  batch: number,
  rng: (agent: Agent) => Rng,
): Input<'float32', readonly [number], Agent> | undefined {
  const size = maskSize(plans, batch);
  return size > 0 ? float32([size], (into, agent: Agent) => drawMasks(plans, into, rng(agent))) : undefined;
}

/** What `optimizerInputs` are filled from. */
interface Optimized {
  readonly config: {
    readonly learningRate: number;
    readonly learningRateSteps: number;
    readonly gradientClip: number;
  };
  readonly steps: number;
}

/** The optimizer's settings, for agents whose learning rate decays over env steps. */
export function optimizerInputs() {
  return {
    learningRate: scalar(({ config, steps }: Optimized) => decayedRate(config, steps)),
    gradientClip: clipInput(),
  };
}

export type DecayingRate = Pick<Optimized['config'], 'learningRate' | 'learningRateSteps'>;

/** A learning rate that decays linearly to 0 over so much progress, or stays where it has no steps. */
export function decayedRate({ learningRate, learningRateSteps }: DecayingRate, progress: number): number {
  return learningRateSteps > 0 ? learningRate * linear(1, 0, learningRateSteps, progress) : learningRate;
}

/** The largest norm of the gradient: a setting of 0 clips nothing, which is a norm that no gradient has. */
export function clipInput() {
  return scalar(
    ({ config: { gradientClip } }: { readonly config: Pick<Optimized['config'], 'gradientClip'> }) =>
      gradientClip > 0 ? gradientClip : 1e30,
  );
}

/** An array of every input: the one that was given with it, or a new one. */
export function allocateInputs<T extends InputTable>(table: T): InputArrays<T> {
  return Object.fromEntries(
    Object.entries(table).map(([name, input]) => [name, input && (input.array ?? newArray(input))]),
  ) as InputArrays<T>;
}

function newArray({ shape, dtype }: Input): Float32Array | Int32Array {
  return dtype === 'int32' ? new Int32Array(sizeOf(shape)) : new Float32Array(sizeOf(shape));
}

/** The step as the compiler takes it, which knows states and inputs by texts only. `State` names flat blocks. */
export function stepOver<T extends InputTable, State extends string>(
  step: (state: Tensors & Readonly<Record<State, tf.Tensor1D>>, inputs: InputTensors<T>) => ReturnType<Step>,
): Step {
  return step as unknown as Step;
}

/** The record with other values, without those that are undefined. */
export function entries<V, R>(
  record: Readonly<Record<string, V>>,
  make: (value: V) => R,
): Record<string, NonNullable<R>> {
  const made = Object.entries(record).map(([name, value]) => [name, make(value)] as const);
  return Object.fromEntries(made.filter(([, value]) => value !== undefined)) as Record<
    string,
    NonNullable<R>
  >;
}
