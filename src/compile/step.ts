/**
 * The contract between algorithms and the ways of running them. A step is a pure function over named tensors, written in
 * tfjs-core operations; `compile` turns it into a runner that keeps the state on its device from run to run.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Threads } from '#core/workers.ts';

export type DataType = 'float32' | 'int32' | 'bool';

/** Named tensors, e.g. parameters `online/0/kernel`, moments `adam/m/0/kernel`. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** The pure step: the next state has the same names and shapes; outputs are what a caller may read. */
export type Step = (
  state: Tensors,
  inputs: Tensors,
) => { readonly state: Tensors; readonly outputs: Tensors };

export interface TensorShape {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** What a step takes: shapes are fixed for the life of a runner. */
export interface StepShapes {
  readonly state: Readonly<Record<string, TensorShape>>;
  readonly inputs: Readonly<Record<string, TensorShape>>;
}

export type Values = Float32Array | Int32Array | Uint8Array;
export type NamedValues = Readonly<Record<string, Values>>;

/** A value that is there at once on the CPU and later on a GPU. `whenReady` handles both without a needless wait. */
export type MaybePromise<T> = T | Promise<T>;

export interface Runner {
  /**
   * Runs one step: takes the inputs (copied before it returns), advances the state, and gives the outputs named in `read`.
   * Reading nothing never waits for a device. The arrays given back are the runner's own and valid until the next run.
   */
  run(inputs: NamedValues, read: readonly string[]): MaybePromise<NamedValues>;
  /** Copies the named state tensors, one after another, into one flat array: how weights reach the actor. */
  readState(names: readonly string[], into: Float32Array): MaybePromise<void>;
  /** Copies of all state tensors. */
  getState(): MaybePromise<NamedValues>;
  /** Replaces state tensors; names not given keep their value. Throws on unknown names and wrong lengths. */
  setState(values: NamedValues): MaybePromise<void>;
  dispose(): void;
}

/** A runner that never makes anyone wait. */
export interface ImmediateRunner extends Runner {
  run(inputs: NamedValues, read: readonly string[]): NamedValues;
  readState(names: readonly string[], into: Float32Array): void;
  getState(): NamedValues;
  setState(values: NamedValues): void;
}

/** How steps are compiled on this machine; made by src/host, handed to agents by the trainer. */
export interface Compute {
  /** Which executor and backend runs the steps, for the top bar: `eager · wasm`, `simd`. */
  readonly label: string;
  /** Builds a runner with the given initial state. `name` is for error messages and `explain`. */
  compile(name: string, step: Step, shapes: StepShapes, initial: NamedValues): MaybePromise<Runner>;
  /**
   * Compiles a step that runs at once on the CPU, wherever learning runs: how agents act on batches of a fixed size. Throws
   * an `InputError` that says why a step cannot be compiled.
   */
  infer(name: string, step: Step, shapes: StepShapes, initial: NamedValues): ImmediateRunner;
  /** Other threads of this machine, for agents that learn in several; absent where there are none. */
  readonly threads?: Threads;
}

/** Goes on at once with a value, later with a promise. */
export function whenReady<T, R>(value: MaybePromise<T>, use: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(use) : use(value);
}
