/** Recorded advantages and returns, losses of policy-gradient agents with their gradients, and whole updates of PPO. */
import * as tf from '@tensorflow/tfjs-core';
import { categorical, gaussian } from '#agents/nn/distributions.ts';
import { optimizerSpec, optimizerState } from '#agents/nn/optimizers.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { normalised, policyGradient, total, valueLoss } from '#agents/policy/losses.ts';
import { ppoConfig } from '#agents/policy/ppo/config.ts';
import { clippedSurrogate, ppoStep } from '#agents/policy/ppo/ppo.ts';
import { gae, lambdaReturns } from '#core/returns.ts';
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

export const advantages: AlgorithmAdapter = {
  keys: ['gae', 'lambdaReturns', 'vtrace'],
  check(recording) {
    const r = recording as unknown as Tensors;
    const { gamma, lam } = recording as unknown as Record<'gamma' | 'lam', number>;
    const [steps, slots] = r['rewards'].shape;
    const rollout = {
      steps,
      slots,
      rewards: floats(r['rewards']),
      values: floats(r['values']),
      nextValues: floats(r['nextValues']),
      terminated: Uint8Array.from(r['terminated'].data),
      truncated: Uint8Array.from(r['truncated'].data),
    };
    const got = new Float32Array(steps * slots);
    gae(rollout, gamma, lam, got);
    expectClose(got, r['gae'], 'gae');
    expectClose(
      got.map((advantage, k) => advantage + rollout.values[k]),
      r['returns'],
      'returns',
    );
    lambdaReturns(rollout, gamma, lam, got);
    expectClose(got, r['lambdaReturns'], 'lambdaReturns');
    // No agent has V-trace targets yet, so that there is nothing to compare the recorded ones with.
    return 'GAE, λ-returns; V-trace skipped: no agent uses it';
  },
};

interface Settings {
  readonly clip: number;
  readonly vfCoef: number;
  readonly entCoef: number;
}

export const policyLosses: AlgorithmAdapter = {
  keys: ['ppo.plain', 'a2c', 'reinforce', 'gaussian'],
  async check(recording, compute) {
    const r = recording as unknown as Tensors & Settings;
    const parts = recording as unknown as {
      readonly ppo: Readonly<Record<'plain' | 'full', Tensors>>;
      readonly a2c: Tensors;
      readonly reinforce: Tensors;
      readonly gaussian: Tensors;
    };
    const inputs = {
      ...Object.fromEntries(
        ['logits', 'values', 'oldLogProbs', 'advantages', 'returns', 'oldValues'].map((k) => [k, feed(r[k])]),
      ),
      actions: feed(r['actions'], 'int32'),
      clip: scalarFeed(r.clip),
      entropyCoefficient: scalarFeed(r.entCoef),
      valueCoefficient: scalarFeed(r.vfCoef),
    };
    for (const [name, step, expected] of [
      ['ppo.plain', ppoLoss(false), parts.ppo.plain],
      ['ppo.full', ppoLoss(true), parts.ppo.full],
      ['a2c', a2cLoss, parts.a2c],
      ['reinforce', reinforceLoss, parts.reinforce],
    ] as const) {
      const got = await runOnce(compute, step, { inputs }, Object.keys(expected));
      for (const key of Object.keys(expected)) expectClose(got[key], expected[key], `${name}.${key}`);
    }
    const g = parts.gaussian;
    const gaussianInputs = {
      mean: feed(g['mean']),
      logStd: feed(g['logStd']),
      actions: feed(g['actions']),
      advantages: feed(r['advantages']),
    };
    const names = ['logProb', 'entropy', 'surrogate', 'gradMean', 'gradLogStd'];
    const got = await runOnce(compute, gaussianLoss, { inputs: gaussianInputs }, names);
    for (const key of names) expectClose(got[key], g[key], `gaussian.${key}`);
    return 'PPO, A2C, REINFORCE, normal policies';
  },
};

type Inputs = Parameters<Step>[1];

/** The loss and its parts as functions of logits and values, with their gradients. */
function withGradients(
  inputs: Inputs,
  loss: (logits: tf.Tensor, values: tf.Tensor) => Record<string, tf.Tensor>,
): ReturnType<Step> {
  const { logits, values } = inputs;
  const [gradLogits, gradValues] = tf.grads((l, v) =>
    // The value takes part even where the loss leaves it out, so that its gradient exists.
    tf.add(loss(l, v)['loss'], tf.mul(tf.scalar(0), tf.sum(v))),
  )([logits, values]);
  return { state: {}, outputs: { ...loss(logits, values), gradLogits, gradValues } };
}

function coefficients(inputs: Inputs): Parameters<typeof total>[3] {
  return {
    entropyCoefficient: inputs['entropyCoefficient'],
    valueCoefficient: inputs['valueCoefficient'],
  };
}

function ppoLoss(full: boolean): Step {
  return (_, inputs) =>
    withGradients(inputs, (logits, values) => {
      const policy = categorical(logits, inputs['actions']);
      const advantages = full ? normalised(inputs['advantages']) : inputs['advantages'];
      const { oldLogProbs, returns, oldValues, clip } = inputs;
      const entropy = tf.mean(policy.entropy);
      const surrogate = clippedSurrogate(policy.logProbs, { oldLogProbs, advantages }, clip);
      const critic = valueLoss(values, returns, full ? { oldValues, clip } : undefined);
      return {
        loss: total(surrogate.policyLoss, entropy, critic, coefficients(inputs)),
        ...surrogate,
        valueLoss: critic,
        entropy,
      };
    });
}

const a2cLoss: Step = (_, inputs) =>
  withGradients(inputs, (logits, values) => {
    const policy = categorical(logits, inputs['actions']);
    const critic = valueLoss(values, inputs['returns']);
    const policyLoss = policyGradient(policy.logProbs, inputs['advantages']);
    return { loss: total(policyLoss, tf.mean(policy.entropy), critic, coefficients(inputs)) };
  });

const reinforceLoss: Step = (_, inputs) =>
  withGradients(inputs, (logits) => ({
    loss: policyGradient(categorical(logits, inputs['actions']).logProbs, inputs['returns']),
  }));

/** The recorded surrogate is mean(A log π), what REINFORCE climbs. */
const gaussianLoss: Step = (_, inputs) => {
  const { mean, logStd, actions, advantages } = inputs;
  const surrogate = (m: tf.Tensor, s: tf.Tensor): tf.Tensor =>
    tf.neg(policyGradient(gaussian(m, s, actions).logProbs, advantages));
  const [gradMean, gradLogStd] = tf.grads(surrogate)([mean, logStd]);
  const policy = gaussian(mean, logStd, actions);
  return {
    state: {},
    outputs: {
      logProb: policy.logProbs,
      entropy: tf.mean(policy.entropy),
      surrogate: surrogate(mean, logStd),
      gradMean,
      gradLogStd,
    },
  };
};

interface PpoUpdate {
  readonly loss: Recorded;
  readonly gradNorm: Recorded;
  readonly actor: readonly Recorded[];
  readonly critic: readonly Recorded[];
}

/** The sizes of a dense stack from its recorded kernels and biases. */
function sizesOf(params: readonly Recorded[]): readonly number[] {
  return [params[0].shape[0], ...params.filter((_, k) => k % 2 === 1).map((bias) => bias.shape[0])];
}

export const ppoUpdates: AlgorithmAdapter = {
  keys: ['actor', 'critic', 'steps.0.gradNorm'],
  async check(recording, compute) {
    const r = recording as unknown as {
      readonly actor: readonly Recorded[];
      readonly critic: readonly Recorded[];
    };
    const updates = recording['steps'] as readonly (PpoUpdate & Tensors)[];
    const [actor, critic] = [r.actor, r.critic].map((params) => {
      const sizes = sizesOf(params);
      return planNetwork(stack(sizes, 'tanh'), [sizes[0]], 'network');
    });
    const names = Array.from({ length: actor.output[0] }, (_, k) => `${k}`);
    const size = actor.size + critic.size;
    const plan = {
      action: { kind: 'discrete', names },
      outputs: names.length,
      shared: false,
      critic: true,
      plans: [actor, critic],
      size,
    } as const;
    const state = {
      params: { values: joined([...r.actor, ...r.critic]), shape: [size] },
      ...optimizerState(optimizerSpec('adam', 1e-5), size),
    };
    const inputsOf = (update: Tensors): Record<string, Feed> => ({
      obs: feed(update['obs']),
      actions: feed(update['actions'], 'int32'),
      oldLogProbs: feed(update['oldLogProbs']),
      advantages: feed(update['advantages']),
      returns: feed(update['returns']),
      oldValues: feed(update['returns']),
      clip: scalarFeed(0.2),
      entropyCoefficient: scalarFeed(0.01),
      valueCoefficient: scalarFeed(0.5),
      gradientClip: scalarFeed(0.5),
      learningRate: scalarFeed(2.5e-4),
    });
    const step = ppoStep(plan, ppoConfig.parse({}));
    const runner = await compiled(compute, step, state, inputsOf(updates[0]));
    for (const [k, update] of updates.entries()) {
      const got = await runner.run(valuesOf(inputsOf(update)), ['loss', 'gradientNorm']);
      expectClose(got['loss'], update.loss, `update ${k + 1}: loss`);
      expectClose(got['gradientNorm'], update.gradNorm, `update ${k + 1}: gradient norm`);
      const { params } = await runner.getState();
      expectClose(params, flat([...update.actor, ...update.critic]), `update ${k + 1}: parameters`);
    }
    runner.dispose();
    return `${updates.length} updates of PPO`;
  },
};
