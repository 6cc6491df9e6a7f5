/** Recorded networks: dense stacks and convolutions with their gradients, noisy and dueling layers. */
import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from '#agents/nn/gradient.ts';
import { apply, combineStreams, split } from '#agents/nn/network.ts';
import { signedRoot } from '#agents/nn/noise.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import type { Layer } from '#agents/nn/spec.ts';
import { squared } from '#agents/nn/losses.ts';
import type { Step } from '#compile/step.ts';
import { Forward } from '#tests/parity/forward.ts';
import {
  expectClose,
  feed,
  flat,
  floats,
  joined,
  runOnce,
  type AlgorithmAdapter,
  type Recorded,
} from './adapter.ts';

interface MlpCase {
  readonly sizes: readonly number[];
  readonly params: readonly Recorded[];
  readonly x: Recorded;
  readonly y: Recorded;
  readonly out: Recorded;
  readonly loss: Recorded;
  readonly grads: readonly Recorded[];
  readonly gradX: Recorded;
}

/** A dense stack with one activation and a linear last layer, as the recordings have them. */
export function stack(sizes: readonly number[], activation: 'relu' | 'tanh'): readonly Layer[] {
  return sizes
    .slice(1)
    .map((units, k) =>
      k === sizes.length - 2 ? { kind: 'dense', units } : { kind: 'dense', units, activation },
    );
}

export const mlp: AlgorithmAdapter = {
  keys: ['cases.0.sizes', 'cases.0.gradX'],
  async check(recording, compute) {
    const cases = recording['cases'] as readonly MlpCase[];
    for (const [index, { sizes, params, x, y, out, loss, grads, gradX }] of cases.entries()) {
      const plan = planNetwork(stack(sizes, 'relu'), [sizes[0]], 'network');
      const step: Step = (_, inputs) => {
        const block = inputs['params'] as tf.Tensor1D;
        const error = (weights: readonly tf.Tensor[], batch: tf.Tensor): tf.Scalar =>
          tf.mean(squared(tf.sub(apply(plan, weights, batch), inputs['y'])));
        const { gradient, outputs } = withGradient([plan], block, (weights) => ({
          loss: error(weights, inputs['x']),
          out: apply(plan, weights, inputs['x']),
        }));
        const [weights] = split([plan], block);
        const gradX = tf.grad((batch) => error(weights, batch))(inputs['x']);
        return { state: {}, outputs: { ...outputs, gradient, gradX } };
      };
      const inputs = {
        params: { values: joined(params), shape: [plan.size] },
        x: feed(x),
        y: feed(y),
      };
      const got = await runOnce(compute, step, { inputs }, ['loss', 'out', 'gradient', 'gradX']);
      expectClose(got['out'], out, `cases.${index}.out`);
      expectClose(got['loss'], loss, `cases.${index}.loss`);
      expectClose(got['gradient'], flat(grads), `cases.${index}.grads`);
      expectClose(got['gradX'], gradX, `cases.${index}.gradX`);
      const plain = new Forward(plan, x.shape[0]).run(joined(params), floats(x), x.shape[0]);
      expectClose(plain, out, `cases.${index}.out by the plain forward`);
    }
    return `${cases.length} networks with gradients`;
  },
};

interface ConvCase {
  readonly stride: number;
  readonly padding: 'valid' | 'same';
  readonly x: Recorded;
  readonly kernel: Recorded;
  readonly bias: Recorded;
  readonly out: Recorded;
  readonly dy: Recorded;
  readonly gradX: Recorded;
  readonly gradKernel: Recorded;
  readonly gradBias: Recorded;
}

export const conv: AlgorithmAdapter = {
  keys: ['cases.0.kernel', 'maxPool'],
  async check(recording, compute) {
    const cases = recording['cases'] as readonly ConvCase[];
    for (const [index, one] of cases.entries()) {
      const { x, kernel, bias, dy, stride, padding } = one;
      const layer: Layer = {
        kind: 'conv2d',
        filters: kernel.shape[3],
        size: kernel.shape[0],
        stride,
        padding,
        activation: 'relu',
      };
      const plan = planNetwork([layer], x.shape.slice(1), 'network');
      const step: Step = (_, inputs) => {
        const [gradX, gradKernel, gradBias] = tf.grads((image, k, b) => apply(plan, [k, b], image))(
          [inputs['x'], inputs['kernel'], inputs['bias']],
          inputs['dy'],
        );
        const weights = [inputs['kernel'], inputs['bias']];
        return {
          state: {},
          outputs: { out: apply(plan, weights, inputs['x']), gradX, gradKernel, gradBias },
        };
      };
      const names = ['out', 'gradX', 'gradKernel', 'gradBias'] as const;
      const inputs = { x: feed(x), kernel: feed(kernel), bias: feed(bias), dy: feed(dy) };
      const got = await runOnce(compute, step, { inputs }, names);
      for (const name of names) expectClose(got[name], one[name], `cases.${index}.${name}`);
      const plain = new Forward(plan, x.shape[0]).run(joined([kernel, bias]), floats(x), x.shape[0]);
      expectClose(plain, one.out, `cases.${index}.out by the plain forward`);
    }
    await checkPool(recording['maxPool'] as PoolCase, compute);
    return `${cases.length} convolutions and max pooling with gradients`;
  },
};

type PoolCase = Readonly<Record<'x' | 'out' | 'dy' | 'gradX', Recorded>>;

async function checkPool(pool: PoolCase, compute: Parameters<AlgorithmAdapter['check']>[1]): Promise<void> {
  const plan = planNetwork([{ kind: 'maxPool', size: 2 }], pool.x.shape.slice(1), 'network');
  const step: Step = (_, inputs) => ({
    state: {},
    outputs: {
      out: apply(plan, [], inputs['x']),
      gradX: tf.grad((x) => apply(plan, [], x))(inputs['x'], inputs['dy']),
    },
  });
  const got = await runOnce(compute, step, { inputs: { x: feed(pool.x), dy: feed(pool.dy) } }, [
    'out',
    'gradX',
  ]);
  expectClose(got['out'], pool.out, 'maxPool.out');
  expectClose(got['gradX'], pool.gradX, 'maxPool.gradX');
  const plain = new Forward(plan, pool.x.shape[0]).run(new Float32Array(0), floats(pool.x), pool.x.shape[0]);
  expectClose(plain, pool.out, 'maxPool.out by the plain forward');
}

export const noisyDueling: AlgorithmAdapter = {
  keys: ['muW', 'epsIn', 'advantage'],
  async check(recording, compute) {
    const { muW, sigmaW, muB, sigmaB, epsIn, epsOut, x, y, value, advantage, q } =
      recording as unknown as Readonly<Record<string, Recorded>>;
    const [inputs, outputs] = muW.shape;
    const plan = planNetwork([{ kind: 'noisy', units: outputs }], [inputs], 'network');
    const noise = Float32Array.from([...epsIn.data, ...epsOut.data], signedRoot);
    const weights = [muW, muB, sigmaW, sigmaB];
    const actions = advantage.shape[1];
    const step: Step = (_, feeds) => ({
      state: {},
      outputs: {
        y: apply(
          plan,
          split([plan], feeds['block'] as tf.Tensor1D)[0],
          feeds['x'],
          feeds['noise'] as tf.Tensor1D,
        ),
        q: combineStreams(feeds['value'], feeds['advantage'], actions, 1),
      },
    });
    const feeds = {
      block: { values: joined(weights), shape: [plan.size] },
      noise: { values: noise, shape: [noise.length] },
      x: feed(x),
      value: feed(value),
      advantage: feed(advantage),
    };
    const got = await runOnce(compute, step, { inputs: feeds }, ['y', 'q']);
    expectClose(got['y'], y, 'y');
    expectClose(got['q'], q, 'q');
    const plain = new Forward(plan, x.shape[0], noise).run(joined(weights), floats(x), x.shape[0]);
    expectClose(plain, y, 'y by the plain forward');
    return 'a noisy layer and dueling streams';
  },
};
