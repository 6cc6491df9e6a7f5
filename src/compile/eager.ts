/**
 * Runs steps operation by operation, on the tfjs backend that src/host has chosen: the reference for compiled steps, and the
 * fallback for those that cannot be compiled.
 */
import * as tf from '@tensorflow/tfjs-core';
import { compileInference } from './simd/inference.ts';
import type {
  Compute,
  DataType,
  MaybePromise,
  NamedValues,
  Runner,
  Step,
  StepShapes,
  TensorShape,
  Tensors,
  Values,
} from './step.ts';

/** Backends whose tensors are in this thread's memory. Synchronous reads of a GPU give wrong values or throw. */
const READABLE_AT_ONCE: ReadonlySet<string> = new Set(['cpu', 'wasm']);

/** Runs each step operation by operation on tfjs's current backend, which stays the same; only inference is compiled. */
export function eagerCompute(): Compute {
  const backend = tf.getBackend();
  return {
    label: `eager · ${backend}`,
    compile: (name, step, shapes, initial) =>
      new EagerRunner({ name, step, shapes, atOnce: READABLE_AT_ONCE.has(backend) }, initial),
    infer: (...step) => compileInference('exact', ...step),
  };
}

interface Program {
  readonly name: string;
  readonly step: Step;
  readonly shapes: StepShapes;
  readonly atOnce: boolean;
}

class EagerRunner implements Runner {
  private readonly program: Program;
  private state: Record<string, tf.Tensor>;
  /** The arrays returned by `run`, by output name: made at the first read, then reused. */
  private readonly outputs = new Map<string, Values>();

  constructor(program: Program, initial: NamedValues) {
    this.program = program;
    const { shapes, name } = program;
    this.state = Object.fromEntries(
      Object.entries(shapes.state).map(([key, shape]) => [
        key,
        upload(`${name}.state.${key}`, initial[key], shape),
      ]),
    );
  }

  run(inputs: NamedValues, read: readonly string[]): MaybePromise<NamedValues> {
    const { step, shapes, name, atOnce } = this.program;
    const { next, wanted } = tf.tidy(() => {
      const feeds: Record<string, tf.Tensor> = {};
      for (const [key, shape] of Object.entries(shapes.inputs))
        feeds[key] = upload(`${name}.inputs.${key}`, inputs[key], shape);
      const result = step(this.state, feeds);
      return {
        next: pick(result.state, Object.keys(shapes.state), `${name}.state`),
        wanted: pick(result.outputs, read, `${name}.outputs`),
      };
    });
    this.advance(next);
    const tensors = read.map((key) => wanted[key]);
    if (atOnce) {
      const values = tensors.map((tensor) => tensor.dataSync<DataType>());
      const given = this.give(read, values);
      this.release(tensors);
      return given;
    }
    return read.length === 0
      ? {}
      : readTogether(tensors).then((values) => {
          this.release(tensors);
          return this.give(read, values);
        });
  }

  readState(names: readonly string[], into: Float32Array): MaybePromise<void> {
    const tensors = names.map((key) => this.stateTensor(key));
    const size = tensors.reduce((sum, tensor) => sum + tensor.size, 0);
    if (size !== into.length)
      throw new Error(
        `${this.program.name}: expected room for ${size} numbers of ${names.join(', ')}, got ${into.length}`,
      );
    const write = (values: readonly Values[]): void => {
      let offset = 0;
      for (const array of values) {
        into.set(array, offset);
        offset += array.length;
      }
    };
    if (!this.program.atOnce) return readTogether(tensors).then(write);
    write(tensors.map((tensor) => tensor.dataSync<DataType>()));
  }

  getState(): MaybePromise<NamedValues> {
    const names = Object.keys(this.state);
    const tensors = names.map((key) => this.stateTensor(key));
    const named = (values: readonly Values[]): NamedValues =>
      Object.fromEntries(names.map((key, i) => [key, values[i].slice()]));
    if (!this.program.atOnce) return readTogether(tensors).then(named);
    return named(tensors.map((tensor) => tensor.dataSync<DataType>()));
  }

  setState(values: NamedValues): void {
    const { name, shapes } = this.program;
    const uploads = Object.entries(values).map(([key, value]) => {
      this.stateTensor(key);
      return [key, upload(`${name}.state.${key}`, value, shapes.state[key])] as const;
    });
    this.advance({ ...this.state, ...Object.fromEntries(uploads) });
  }

  dispose(): void {
    for (const tensor of new Set(Object.values(this.state))) tensor.dispose();
    this.state = {};
  }

  /** Makes `next` the state and disposes of the tensors it replaces. */
  private advance(next: Record<string, tf.Tensor>): void {
    const kept = new Set(Object.values(next));
    for (const tensor of new Set(Object.values(this.state))) if (!kept.has(tensor)) tensor.dispose();
    this.state = next;
  }

  /** Disposes of outputs that have been read, unless they are state too. */
  private release(tensors: readonly tf.Tensor[]): void {
    const kept = new Set(Object.values(this.state));
    for (const tensor of new Set(tensors)) if (!kept.has(tensor)) tensor.dispose();
  }

  /** Copies values into the runner's own arrays: on `cpu`, a tensor's data are its live memory. */
  private give(names: readonly string[], values: readonly Values[]): NamedValues {
    const given: Record<string, Values> = {};
    names.forEach((name, i) => {
      let own = this.outputs.get(name);
      if (own?.length !== values[i].length) {
        own = values[i].slice();
        this.outputs.set(name, own);
      } else own.set(values[i]);
      given[name] = own;
    });
    return given;
  }

  private stateTensor(key: string): tf.Tensor {
    const tensor = this.state[key] as tf.Tensor | undefined;
    if (tensor) return tensor;
    throw new Error(
      `${this.program.name}: expected one of the states ${Object.keys(this.state).join(', ')}, got ${key}`,
    );
  }
}

/** A tensor of copied values: tfjs's cpu and webgpu backends keep the caller's array and read it later. */
function upload(where: string, values: Values | undefined, { shape, dtype }: TensorShape): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  if (values?.length !== size)
    throw new Error(
      `${where}: expected ${size} numbers ([${shape.join(', ')}]), got ${values?.length ?? 'nothing'}`,
    );
  return tf.tensor(values.slice(), [...shape], dtype);
}

function pick(tensors: Tensors, names: readonly string[], where: string): Record<string, tf.Tensor> {
  const picked: Record<string, tf.Tensor> = {};
  for (const name of names) {
    const tensor = tensors[name] as tf.Tensor | undefined;
    if (!tensor) throw new Error(`${where}: expected one of ${Object.keys(tensors).join(', ')}, got ${name}`);
    picked[name] = tensor;
  }
  return picked;
}

/** Reads several tensors in one transfer, since each read of a GPU is a round trip. int32 values are exact up to 2²⁴. */
async function readTogether(tensors: readonly tf.Tensor[]): Promise<readonly Values[]> {
  const joined = tf.tidy(() =>
    tf.concat1d(tensors.map((tensor) => tf.cast(tf.reshape<tf.Rank.R1>(tensor, [tensor.size]), 'float32'))),
  );
  const all = (await joined.data()) as Float32Array;
  joined.dispose();
  let offset = 0;
  return tensors.map((tensor) => {
    const part = all.subarray(offset, (offset += tensor.size));
    if (tensor.dtype === 'int32') return Int32Array.from(part);
    return tensor.dtype === 'bool' ? Uint8Array.from(part) : part.slice();
  });
}
