/** Steps of known size for benchmarks and tests: whole updates (forward, backward, Adam over one flat block) and inference. */
import * as tf from '@tensorflow/tfjs-core';
import type { NamedValues, Step, StepShapes, TensorShape } from './step.ts';

/** What a runner is made from, and inputs to run it on. */
export interface Example {
  readonly step: Step;
  readonly shapes: StepShapes;
  readonly initial: NamedValues;
  readonly inputs: NamedValues;
}

/** Images are NHWC, convolutions unpadded and followed by a ReLU; so are dense layers, except the last. */
export type ExampleLayer =
  | { readonly kind: 'dense'; readonly units: number }
  | { readonly kind: 'conv'; readonly filters: number; readonly size: number }
  | { readonly kind: 'pool'; readonly size: number };

export interface ExampleNetwork {
  readonly input: readonly number[];
  readonly layers: readonly ExampleLayer[];
  readonly batch: number;
  readonly loss: 'squared' | 'cross-entropy';
  /** Share of the inputs that are 1, the others 0, as arcade planes are; without it inputs are uniform in [−1, 1). */
  readonly density?: number;
}

/** `sizes` from input to output, e.g. 4-64-64-2, trained on squared errors. */
export function denseNetwork(sizes: readonly number[], batch: number): ExampleNetwork {
  const layers = sizes.slice(1).map((units) => ({ kind: 'dense', units }) as const);
  return { input: [sizes[0]], layers, batch, loss: 'squared' };
}

interface Parameter {
  readonly offset: number;
  readonly shape: readonly number[];
}

/** Parameters in the order of their layers, with their offsets in the flat block, and the number of outputs. */
function planParameters(network: ExampleNetwork): { params: Parameter[]; size: number; outputs: number } {
  const params: Parameter[] = [];
  let size = 0;
  let shape = network.input;
  const add = (...shapes: readonly (readonly number[])[]): void => {
    for (const of of shapes) {
      params.push({ offset: size, shape: of });
      size += sizeOf(of);
    }
  };
  for (const layer of network.layers)
    switch (layer.kind) {
      case 'dense':
        add([sizeOf(shape), layer.units], [layer.units]);
        shape = [layer.units];
        break;
      case 'conv':
        add([layer.size, layer.size, shape[2], layer.filters], [layer.filters]);
        shape = [shape[0] - layer.size + 1, shape[1] - layer.size + 1, layer.filters];
        break;
      case 'pool':
        shape = [Math.floor(shape[0] / layer.size), Math.floor(shape[1] / layer.size), shape[2]];
        break;
    }
  return { params, size, outputs: shape[0] };
}

/** x [batch, …input] → [batch, outputs] */
function forward(network: ExampleNetwork, weights: readonly tf.Tensor[], x: tf.Tensor): tf.Tensor2D {
  let y = x;
  let next = 0;
  const last = network.layers.length - 1;
  network.layers.forEach((layer, i) => {
    switch (layer.kind) {
      case 'dense': {
        const rows = tf.reshape<tf.Rank.R2>(y, [y.shape[0], sizeOf(y.shape.slice(1))]);
        const sum = tf.add(tf.matMul(rows, weights[next] as tf.Tensor2D), weights[next + 1]);
        y = i === last ? sum : tf.relu(sum);
        next += 2;
        break;
      }
      case 'conv':
        y = tf.conv2d(y as tf.Tensor4D, weights[next] as tf.Tensor4D, 1, 'valid');
        y = tf.relu(tf.add(y, weights[next + 1]));
        next += 2;
        break;
      case 'pool':
        y = tf.maxPool(y as tf.Tensor4D, layer.size, layer.size, 'valid');
        break;
    }
  });
  return y as tf.Tensor2D;
}

function lossOf(kind: ExampleNetwork['loss'], outputs: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  switch (kind) {
    case 'squared':
      return tf.mean(tf.squaredDifference(outputs, targets));
    case 'cross-entropy':
      return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(outputs)), 1)));
  }
}

/** One update: loss, gradient, Adam (Kingma & Ba 2015) at learning rate 0.001. Output: `loss`. */
export function updateExample(network: ExampleNetwork): Example {
  const { params, size, outputs } = planParameters(network);
  const step: Step = (state, { x, y }) => {
    const block = state['params'] as tf.Tensor1D;
    const weights = params.map(({ offset, shape }) =>
      tf.reshape(tf.slice1d(block, offset, sizeOf(shape)), [...shape]),
    );
    const { value, grads } = tf.valueAndGrads((...own: tf.Tensor[]) =>
      lossOf(network.loss, forward(network, own, x), y),
    )(weights);
    const gradient = tf.concat1d(grads.map((grad) => tf.reshape<tf.Rank.R1>(grad, [grad.size])));
    return { state: adam(block, gradient, state), outputs: { loss: value } };
  };
  const block = { shape: [size], dtype: 'float32' } as const;
  const scalar = { shape: [], dtype: 'float32' } as const;
  const { x, inputs } = inputOf(network);
  const targets = new Float32Array(network.batch * outputs);
  for (let i = 0; i < network.batch; i++) targets[i * outputs + (i % outputs)] = 1;
  return {
    step,
    shapes: {
      state: { params: block, m: block, v: block, correction1: scalar, correction2: scalar },
      inputs: { x, y: { shape: [network.batch, outputs], dtype: 'float32' } },
    },
    initial: {
      params: initialParameters(params, size),
      m: new Float32Array(size),
      v: new Float32Array(size),
      correction1: new Float32Array(1),
      correction2: new Float32Array(1),
    },
    inputs: { x: inputs, y: targets },
  };
}

function adam(
  params: tf.Tensor,
  gradient: tf.Tensor,
  state: Readonly<Record<string, tf.Tensor>>,
): Record<string, tf.Tensor> {
  const m = average(state['m'], gradient, 0.9);
  const v = average(state['v'], tf.square(gradient), 0.999);
  const correction1 = average(state['correction1'], tf.scalar(1), 0.9);
  const correction2 = average(state['correction2'], tf.scalar(1), 0.999);
  const root = tf.add(tf.sqrt(tf.div(v, correction2)), 1e-8);
  const change = tf.mul(tf.div(tf.div(m, correction1), root), 1e-3);
  return { params: tf.sub(params, change), m, v, correction1, correction2 };
}

/** An exponential moving average. */
function average(old: tf.Tensor, value: tf.Tensor, decay: number): tf.Tensor {
  return tf.add(tf.mul(old, decay), tf.mul(value, 1 - decay));
}

/** A parameter tensor of its own, with the example's initial values. */
export interface ExampleParameter {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The example's parts, for code that puts them together in its own way. */
export interface ExampleParts {
  readonly parameters: readonly ExampleParameter[];
  readonly forward: (weights: readonly tf.Tensor[], x: tf.Tensor) => tf.Tensor2D;
  readonly loss: (outputs: tf.Tensor, targets: tf.Tensor) => tf.Scalar;
}

export function exampleParts(network: ExampleNetwork): ExampleParts {
  const { params, size } = planParameters(network);
  const block = initialParameters(params, size);
  return {
    parameters: params.map(({ offset, shape }) => ({
      shape,
      values: block.slice(offset, offset + sizeOf(shape)),
    })),
    forward: (weights, x) => forward(network, weights, x),
    loss: (outputs, targets) => lossOf(network.loss, outputs, targets),
  };
}

/** The network alone: input `x`, output `y`. */
export function inferenceExample(network: ExampleNetwork): Example {
  const { params, size } = planParameters(network);
  const { x, inputs } = inputOf(network);
  return {
    step: (state, given) => {
      const block = state['params'] as tf.Tensor1D;
      const weights = params.map(({ offset, shape }) =>
        tf.reshape(tf.slice1d(block, offset, sizeOf(shape)), [...shape]),
      );
      return { state, outputs: { y: forward(network, weights, given['x']) } };
    },
    shapes: { state: { params: { shape: [size], dtype: 'float32' } }, inputs: { x } },
    initial: { params: initialParameters(params, size) },
    inputs: { x: inputs },
  };
}

/** A fixed batch, and its shape. */
function inputOf({ batch, input, density }: ExampleNetwork): { x: TensorShape; inputs: Float32Array } {
  const number = numbers();
  const inputs = Float32Array.from({ length: batch * sizeOf(input) }, () => {
    const value = number();
    if (density === undefined) return value;
    return Math.abs(value) < density ? 1 : 0;
  });
  return { x: { shape: [batch, ...input], dtype: 'float32' }, inputs };
}

/** Uniform within ±1/√fan-in; biases too. */
function initialParameters(params: readonly Parameter[], size: number): Float32Array {
  const number = numbers();
  const block = new Float32Array(size);
  params.forEach(({ offset, shape }, i) => {
    const kernel = params[i - (i % 2)].shape;
    const bound = 1 / Math.sqrt(sizeOf(kernel.slice(0, -1)));
    for (let k = 0; k < sizeOf(shape); k++) block[offset + k] = bound * number();
  });
  return block;
}

/** Fixed numbers in [−1, 1): the example is the same every time (Lehmer's generator, Park & Miller 1988). */
function numbers(): () => number {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
