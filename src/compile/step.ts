/**
 * The contract between algorithms and what runs them. A step is a pure function over named tensors, written in tfjs-core
 * operations; `compile` turns it into a runner that keeps the state on its device from run to run.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Threads } from '#core/workers.ts';

export type DataType = 'float32' | 'int32' | 'bool';

/** Named tensors, e.g. parameters `online/0/kernel`, moments `adam/m/0/kernel`. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** The next state has the names and shapes of the old one; outputs are what a caller may read. */
export type Step = (
  state: Tensors,
  inputs: Tensors,
) => { readonly state: Tensors; readonly outputs: Tensors };

export interface TensorShape {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** Fixed for the life of a runner. */
export interface StepShapes {
  readonly state: Readonly<Record<string, TensorShape>>;
  readonly inputs: Readonly<Record<string, TensorShape>>;
}

export type Values = Float32Array | Int32Array | Uint8Array;
export type NamedValues = Readonly<Record<string, Values>>;

/** Synchronous on the CPU, a promise on a GPU; `whenReady` takes both, and never waits without need. */
export type MaybePromise<T> = T | Promise<T>;

export interface Runner {
  /**
   * Runs one step: copies the inputs, advances the state, and returns the outputs named in `read`. Reading nothing never waits
   * for a device. The arrays belong to the runner and are valid until the next run.
   */
  run(inputs: NamedValues, read: readonly string[]): MaybePromise<NamedValues>;
  /** Copies the named state tensors one after another into a flat array: how weights reach the actor. */
  readState(names: readonly string[], into: Float32Array): MaybePromise<void>;
  /** Copies of all state tensors. */
  getState(): MaybePromise<NamedValues>;
  /** Replaces state tensors; names not given keep their value. Throws on unknown names and wrong lengths. */
  setState(values: NamedValues): MaybePromise<void>;
  dispose(): void;
}

/** A runner without promises. */
export interface ImmediateRunner extends Runner {
  run(inputs: NamedValues, read: readonly string[]): NamedValues;
  readState(names: readonly string[], into: Float32Array): void;
  getState(): NamedValues;
  setState(values: NamedValues): void;
}

/** Compiles steps for this machine. src/host makes it, the trainer passes it to agents. */
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

/** Calls `use` at once with a value, later with that of a promise. */
export function whenReady<T, R>(value: MaybePromise<T>, use: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(use) : use(value);
}
