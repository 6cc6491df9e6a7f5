/** Recorded optimizers: the parameters after each of several steps, and gradients clipped to a global norm. */
import type * as tf from '@tensorflow/tfjs-core';
import { clipByGlobalNorm, optimize, optimizerState, type OptimizerSpec } from '#agents/nn/optimizers.ts';
import type { Compute, Step } from '#compile/step.ts';
import { expect } from 'vitest';
import {
  compiled,
  expectClose,
  feed,
  runOnce,
  scalarFeed,
  type AlgorithmAdapter,
  type Recorded,
} from './adapter.ts';

interface Case {
  readonly spec: OptimizerSpec;
  readonly learningRate: number;
}

const adam = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 } as const;
const rmsprop = { kind: 'rmsprop', decay: 0.95, epsilon: 0.01, centred: false } as const;

/** The recording's settings, from its `about`. */
const cases: Readonly<Record<string, Case>> = {
  sgd: { spec: { kind: 'sgd' }, learningRate: 0.1 },
  momentum: { spec: { kind: 'momentum', momentum: 0.9, nesterov: false }, learningRate: 0.1 },
  nesterov: { spec: { kind: 'momentum', momentum: 0.9, nesterov: true }, learningRate: 0.1 },
  adam: { spec: adam, learningRate: 0.01 },
  adamw: { spec: { ...adam, weightDecay: 0.05 }, learningRate: 0.01 },
  rmsprop: { spec: rmsprop, learningRate: 0.01 },
  rmspropCentered: { spec: { ...rmsprop, centred: true }, learningRate: 0.01 },
  adagrad: { spec: { kind: 'adagrad', epsilon: 1e-7 }, learningRate: 0.1 },
  adadelta: { spec: { kind: 'adadelta', decay: 0.95, epsilon: 1e-6 }, learningRate: 1 },
};

const clipping: Step = (_, inputs) => ({
  state: {},
  outputs: { ...clipByGlobalNorm(inputs['gradient'] as tf.Tensor1D, inputs['limit']) },
});

export const optimizers: AlgorithmAdapter = {
  keys: ['initial', 'gradients', 'after', 'clip'],
  async check(recording, compute) {
    const initial = recording['initial'] as Recorded;
    const gradients = recording['gradients'] as readonly Recorded[];
    const after = recording['after'] as Readonly<Record<string, readonly Recorded[]>>;
    for (const [name, expected] of Object.entries(after)) {
      expect(Object.keys(cases), `the recorded optimizers`).toContain(name);
      await checkOptimizer(name, { initial, gradients, expected }, compute);
    }
    const clip = recording['clip'] as { readonly maxNorm: number; readonly clipped: readonly Recorded[] };
    for (const [k, gradient] of gradients.entries()) {
      const inputs = { gradient: feed(gradient), limit: scalarFeed(clip.maxNorm) };
      const got = await runOnce(compute, clipping, { inputs }, ['gradient']);
      expectClose(got['gradient'], clip.clipped[k], `clip.${k}`);
    }
    return `${Object.keys(after).join(', ')}, clipping`;
  },
};

async function checkOptimizer(
  name: string,
  run: {
    readonly initial: Recorded;
    readonly gradients: readonly Recorded[];
    readonly expected: readonly Recorded[];
  },
  compute: Compute,
): Promise<void> {
  const { spec, learningRate } = cases[name];
  const step: Step = (state, inputs) => {
    const params = state['params'] as tf.Tensor1D;
    const next = optimize(spec, params, inputs['gradient'] as tf.Tensor1D, inputs['learningRate'], state);
    return { state: { params: next.params, ...next.state }, outputs: { params: next.params } };
  };
  const state = optimizerState(spec, run.initial.data.length);
  const rate = scalarFeed(learningRate);
  const first = { gradient: feed(run.gradients[0]), learningRate: rate };
  const runner = await compiled(compute, step, { params: feed(run.initial), ...state }, first);
  for (const [k, gradient] of run.gradients.entries()) {
    const inputs = { gradient: feed(gradient).values, learningRate: rate.values };
    const { params } = await runner.run(inputs, ['params']);
    expectClose(params, run.expected[k], `${name} after ${k + 1} steps`);
  }
  runner.dispose();
}
