/**
 * What the walk over the recordings of algorithms asks of each kind of them, and the helpers that all share. An adapter
 * takes a `Compute`, so that the same numbers are asked of every way of running a step.
 */
import { expect } from 'vitest';
import type { Compute, NamedValues, Runner, Step, TensorShape, Values } from '#compile/step.ts';

/** A recorded tensor, row-major. */
export interface Recorded {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export type AlgorithmRecording = Readonly<Record<string, unknown>> & { readonly about?: string };

export interface AlgorithmAdapter {
  /** The keys whose presence says that a recording is of this kind. */
  readonly keys: readonly string[];
  /** Compares everything in the recording and says what that was; throws at the first difference. */
  check(recording: AlgorithmRecording, compute: Compute): string | Promise<string>;
}

/** 1e-5 relative, as far as float32 can tell: absolute below the largest number of the tensor by six orders. */
export function expectClose(
  got: ArrayLike<number>,
  expected: Recorded,
  where: string,
  relative = 1e-5,
): void {
  expect(got.length, `${where}: length`).toBe(expected.data.length);
  const largest = expected.data.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  for (let k = 0; k < got.length; k++) {
    const want = expected.data[k];
    const allowed = relative * Math.max(Math.abs(want), 0.1 * largest) + 1e-9;
    if (!(Math.abs(got[k] - want) <= allowed))
      expect.fail(`${where}[${k}]: expected ${want}, got ${got[k]} (allowed ±${allowed})`);
  }
}

export function floats(tensor: Recorded): Float32Array {
  return Float32Array.from(tensor.data);
}

export function joined(tensors: readonly Recorded[]): Float32Array {
  return Float32Array.from(tensors.flatMap((tensor) => tensor.data));
}

/** The recorded tensors as one, for comparison with a flat block. */
export function flat(tensors: readonly Recorded[]): Recorded {
  const data = tensors.flatMap((tensor) => tensor.data);
  return { shape: [data.length], data };
}

export interface Feed {
  readonly values: Values;
  readonly shape: readonly number[];
}

export function feed(tensor: Recorded, dtype: 'float32' | 'int32' = 'float32'): Feed {
  return {
    values: dtype === 'int32' ? Int32Array.from(tensor.data) : floats(tensor),
    shape: tensor.shape,
  };
}

export function scalarFeed(value: number): Feed {
  return { values: Float32Array.of(value), shape: [] };
}

type Feeds = Readonly<Record<string, Feed>>;

function shapesOf(feeds: Feeds): Record<string, TensorShape> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { values, shape }]) => [
      name,
      { shape, dtype: values instanceof Int32Array ? 'int32' : 'float32' },
    ]),
  );
}

export function valuesOf(feeds: Feeds): NamedValues {
  return Object.fromEntries(Object.entries(feeds).map(([name, { values }]) => [name, values]));
}

/** A runner for a step whose shapes are those of the given values. */
export async function compiled(compute: Compute, step: Step, state: Feeds, inputs: Feeds): Promise<Runner> {
  const shapes = { state: shapesOf(state), inputs: shapesOf(inputs) };
  return compute.compile('golden', step, shapes, valuesOf(state));
}

/** Runs a step once and gives copies of the outputs named in `read`. */
export async function runOnce(
  compute: Compute,
  step: Step,
  feeds: { readonly state?: Feeds; readonly inputs: Feeds },
  read: readonly string[],
): Promise<NamedValues> {
  const runner = await compiled(compute, step, feeds.state ?? {}, feeds.inputs);
  const outputs = await runner.run(valuesOf(feeds.inputs), read);
  const copies = Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, values.slice()]));
  runner.dispose();
  return copies;
}
