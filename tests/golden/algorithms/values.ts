/** Recorded targets and losses of value-based agents, and whole updates of double DQN. */
import { expect } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { dqnConfig } from '#agents/value/dqn/config.ts';
import { dqnStep } from '#agents/value/dqn/step.ts';
import { categoricalHead, quantileHead, quantileHuber, scalarHead } from '#agents/value/dqn/q-network.ts';
import { optimizerSpec, optimizerState } from '#agents/nn/optimizers.ts';
import { chosen, weightedMean } from '#agents/nn/losses.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { SumTree } from '#core/sum-tree.ts';
import type { Step } from '#compile/step.ts';
import {
  compiled,
  expectClose,
  feed,
  flat,
  floats,
  joined,
  runOnce,
  scalarFeed,
  valuesOf,
  type AlgorithmAdapter,
  type Feed,
  type Recorded,
} from './adapter.ts';
import { stack } from './networks.ts';

type Tensors = Readonly<Record<string, Recorded>>;

/** γ where the episode goes on, 0 where it terminated. */
function discountsOf(terminated: Recorded, gamma: number): Feed {
  return {
    values: Float32Array.from(terminated.data, (ended) => (ended ? 0 : gamma)),
    shape: terminated.shape,
  };
}

export const tdTargets: AlgorithmAdapter = {
  keys: ['dqnTarget', 'doubleDqnTarget'],
  async check(recording, compute) {
    const r = recording as unknown as Tensors;
    const head = scalarHead('huber');
    const step: Step = (_, inputs) => {
      const rewards = inputs['rewards'] as tf.Tensor1D;
      const discounts = inputs['discounts'] as tf.Tensor1D;
      const target = (chooser: tf.Tensor): tf.Tensor => {
        const next = chosen(inputs['qTargetNext'], tf.argMax(chooser, 1));
        return head.target({ rewards, discounts, next: tf.reshape(next, [-1, 1]) });
      };
      const dqnTarget = target(inputs['qTargetNext']);
      const q = tf.reshape<tf.Rank.R2>(chosen(inputs['q'], inputs['actions']), [-1, 1]);
      const huber = head.losses(q, dqnTarget);
      return {
        state: {},
        outputs: {
          dqnTarget,
          doubleDqnTarget: target(inputs['qOnlineNext']),
          tdError: tf.sub(tf.squeeze(q, [1]), dqnTarget),
          huber,
          weightedHuber: weightedMean(huber, inputs['weights']),
        },
      };
    };
    const inputs = {
      qOnlineNext: feed(r['qOnlineNext']),
      qTargetNext: feed(r['qTargetNext']),
      q: feed(r['q']),
      actions: feed(r['actions'], 'int32'),
      rewards: feed(r['rewards']),
      weights: feed(r['weights']),
      discounts: discountsOf(r['terminated'], recording['gamma'] as number),
    };
    const names = ['dqnTarget', 'doubleDqnTarget', 'tdError', 'huber', 'weightedHuber'];
    const got = await runOnce(compute, step, { inputs }, names);
    for (const name of names) expectClose(got[name], r[name], name);
    return names.join(', ');
  },
};

export const c51: AlgorithmAdapter = {
  keys: ['projected', 'crossEntropy', 'vMin'],
  async check(recording, compute) {
    const r = recording as unknown as Tensors;
    const { atoms, vMin, vMax, gamma } = recording as unknown as Record<
      'atoms' | 'vMin' | 'vMax' | 'gamma',
      number
    >;
    const head = categoricalHead(atoms, vMin, vMax);
    const step: Step = (_, inputs) => {
      // The head's target takes logits; softmax of a log probability is the probability.
      const target = head.target({
        rewards: inputs['rewards'] as tf.Tensor1D,
        discounts: inputs['discounts'] as tf.Tensor1D,
        next: tf.log(inputs['nextProbs'] as tf.Tensor2D),
      });
      const losses = (logits: tf.Tensor): tf.Tensor1D => head.losses(logits as tf.Tensor2D, target);
      const gradLogits = tf.grad((logits) => tf.mean(losses(logits)))(inputs['logits']);
      return {
        state: {},
        outputs: { projected: target, crossEntropy: losses(inputs['logits']), gradLogits },
      };
    };
    const inputs = {
      nextProbs: feed(r['nextProbs']),
      rewards: feed(r['rewards']),
      discounts: discountsOf(r['terminated'], gamma),
      logits: feed(r['logits']),
    };
    const names = ['projected', 'crossEntropy', 'gradLogits'];
    const got = await runOnce(compute, step, { inputs }, names);
    for (const name of names) expectClose(got[name], r[name], name);
    return `projection and loss over ${atoms} atoms`;
  },
};

export const quantile: AlgorithmAdapter = {
  keys: ['theta', 'target', 'kappa'],
  async check(recording, compute) {
    const r = recording as unknown as Tensors;
    const kappa = recording['kappa'] as number;
    const head = quantileHead(r['theta'].shape[1], kappa);
    const step: Step = (_, inputs) => {
      const losses = (theta: tf.Tensor): tf.Tensor1D => head.losses(theta as tf.Tensor2D, inputs['target']);
      const grad = tf.grad((theta) => tf.mean(losses(theta)))(inputs['theta']);
      const direct = quantileHuber(inputs['theta'] as tf.Tensor2D, inputs['target'] as tf.Tensor2D, kappa);
      return { state: {}, outputs: { loss: direct, grad } };
    };
    const inputs = { theta: feed(r['theta']), target: feed(r['target']) };
    const got = await runOnce(compute, step, { inputs }, ['loss', 'grad']);
    expectClose(got['loss'], r['loss'], 'loss');
    expectClose(got['grad'], r['grad'], 'grad');
    return 'quantile Huber loss and gradient';
  },
};

interface DqnUpdate {
  readonly loss: Recorded;
  readonly gradNorm: Recorded;
  readonly tdErrors: Recorded;
  readonly params: readonly Recorded[];
}

export const dqnUpdates: AlgorithmAdapter = {
  keys: ['sizes', 'targetParams', 'steps.0.tdErrors'],
  async check(recording, compute) {
    const sizes = recording['sizes'] as readonly number[];
    const steps = recording['steps'] as readonly (DqnUpdate & Tensors)[];
    const batchSize = steps[0]['obs'].shape[0];
    const plan = planNetwork(stack(sizes, 'relu'), [sizes[0]], 'network');
    const config = dqnConfig.parse({ batchSize, double: true, optimizerEpsilon: 1e-7 });
    const step = dqnStep(plan, scalarHead('huber'), sizes[sizes.length - 1], config);
    const block = (params: unknown): Feed => ({ values: joined(params as Recorded[]), shape: [plan.size] });
    const state = {
      online: block(recording['params']),
      target: block(recording['targetParams']),
      average: block(recording['params']),
      ...optimizerState(optimizerSpec('adam', 1e-7), plan.size),
    };
    const inputsOf = (update: Tensors): Record<string, Feed> => ({
      obs: feed(update['obs']),
      nextObs: feed(update['nextObs']),
      actions: feed(update['actions'], 'int32'),
      rewards: feed(update['rewards']),
      weights: feed(update['weights']),
      discounts: {
        values: floats(update['discounts']).map((d, k) => (update['terminated'].data[k] ? 0 : d)),
        shape: [batchSize],
      },
      gradientClip: scalarFeed(10),
      learningRate: scalarFeed(1e-3),
      targetRate: scalarFeed(0),
      averageRate: scalarFeed(1),
    });
    const runner = await compiled(compute, step, state, inputsOf(steps[0]));
    for (const [k, update] of steps.entries()) {
      const names = ['loss', 'priority', 'gradientNorm'];
      const got = await runner.run(valuesOf(inputsOf(update)), names);
      const where = `update ${k + 1}`;
      expectClose(got['loss'], update.loss, `${where}: loss`);
      expectClose(got['gradientNorm'], update.gradNorm, `${where}: gradient norm`);
      const errors = { ...update.tdErrors, data: update.tdErrors.data.map(Math.abs) };
      expectClose(got['priority'], errors, `${where}: |TD error|`);
      const params = await runner.getState();
      expectClose(params['online'], flat(update.params), `${where}: parameters`);
      expectClose(params['target'], flat(recording['targetParams'] as Recorded[]), `${where}: target`);
    }
    runner.dispose();
    return `${steps.length} updates of double DQN`;
  },
};

export const prioritizedReplay: AlgorithmAdapter = {
  keys: ['priorities', 'weightsMaxNormalised', 'masses'],
  check(recording) {
    const r = recording as unknown as Tensors;
    const { alpha, beta } = recording as unknown as Record<'alpha' | 'beta', number>;
    const size = r['priorities'].data.length;
    const tree = new SumTree(size);
    r['priorities'].data.forEach((priority, row) => tree.set(row, priority ** alpha));
    const rows = Int32Array.from({ length: size }, (_, row) => row);
    expectClose(
      Float64Array.from(rows, (row) => tree.at(row) / tree.total),
      r['probabilities'],
      'probabilities',
    );
    const weights = new Float32Array(size);
    tree.weights(rows, size, beta, weights);
    expectClose(weights, r['weightsMaxNormalised'], 'weights');
    const found = r['masses'].data.map((mass) => tree.find(mass));
    expect(found, 'indices').toEqual(recording['indices']);
    return 'probabilities, weights, stratified rows';
  },
};
