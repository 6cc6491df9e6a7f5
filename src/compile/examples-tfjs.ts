/**
 * The benchmark's networks in tfjs as its users write them: a variable per parameter, `tf.train.adam`, `minimize`. The other
 * side of the comparison is our step, which has one flat block of parameters.
 */
import * as tf from '@tensorflow/tfjs-core';
import { exampleParts, type Example, type ExampleNetwork } from './examples.ts';

/** One run on tfjs's current backend, and what frees its tensors. */
export interface UsersRun extends Disposable {
  readonly run: () => void;
}

/** One update: loss, gradients, Adam at learning rate 0.001. Reads nothing back, like the compiled step in the benchmark. */
export function usersUpdate(network: ExampleNetwork, { inputs, shapes }: Example): UsersRun {
  const { parameters, forward, loss } = exampleParts(network);
  const weights = parameters.map(({ shape, values }) => tf.variable(tf.tensor(values, [...shape])));
  const optimizer = tf.train.adam(1e-3);
  const tensorOf = (name: string): tf.Tensor => tf.tensor(inputs[name], [...shapes.inputs[name].shape]);
  return {
    run: () =>
      tf.tidy(() => {
        const [x, y] = [tensorOf('x'), tensorOf('y')];
        optimizer.minimize(() => loss(forward(weights, x), y), false, weights);
      }),
    [Symbol.dispose]: () => {
      optimizer.dispose();
      tf.dispose(weights);
    },
  };
}

/** One inference, with its outputs read. */
export function usersInference(network: ExampleNetwork, { inputs, shapes }: Example): UsersRun {
  const { parameters, forward } = exampleParts(network);
  const weights = parameters.map(({ shape, values }) => tf.tensor(values, [...shape]));
  return {
    run: () => {
      tf.tidy(() => void forward(weights, tf.tensor(inputs['x'], [...shapes.inputs['x'].shape])).dataSync());
    },
    [Symbol.dispose]: () => tf.dispose(weights),
  };
}
