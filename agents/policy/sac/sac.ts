/**
 * Soft actor-critic (Haarnoja et al. 2018; for lists of actions Christodoulou 2019): maximises reward and entropy from a
 * replay memory, with two critics and a temperature that learns itself. README.md has the equations.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineAgent, type Agent, type Inspection, type Metrics, type StepBuffers } from '#core/agent.ts';
import { actionSize, observationSize, type EnvSpec } from '#core/env.ts';
import { problemOf, type Problem } from '#core/errors.ts';
import { NStep } from '#core/n-step.ts';
import { Replay, replayBatch, type Batch } from '#core/replay.ts';
import type { RngStreams } from '#core/rng.ts';
import { reached } from '#core/schedule.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import type { Actor } from '#agents/nn/actor.ts';
import { argmax } from '#agents/nn/choose.ts';
import { probabilities, sampleCategorical } from '#agents/nn/distributions.ts';
import { drawMasks, maskShape } from '#agents/nn/dropout.ts';
import { clipLength } from '#agents/nn/descent.ts';
import { GradientAgent, type Parts } from '#agents/nn/gradient-agent.ts';
import { withGradient, type Loss } from '#agents/nn/gradient.ts';
import { createLearner, type StepInputs } from '#agents/nn/learner.ts';
import { networkData } from '#agents/nn/network-data.ts';
import { split, type Weights } from '#agents/nn/network.ts';
import { clipByGlobalNorm, optimize, optimizerSpec, optimizerState } from '#agents/nn/optimizers.ts';
import { stopped } from '../losses.ts';
import { sacConfig, sacPresets, type SacConfig } from './config.ts';
import { initialSac, LOG_STD_RANGE, planSac, softValue, takenValue, type SacPlan } from './policy.ts';

const REPORTS = {
  criticLoss: 'train/critic-loss',
  actorLoss: 'train/actor-loss',
  entropy: 'train/entropy',
  alpha: 'train/temperature',
  gradientNorm: 'train/gradient-norm',
} as const;

// Networks: policy.ts

/**
 * One gradient step on policy, critics and temperature together. State: `params` (policy, two critics, log α), `targets`
 * (two critics), the optimizer's moments. The losses do not reach into each other's parameters, so one optimizer does.
 */
function sacStep(plan: SacPlan, config: SacConfig): Step {
  const optimizer = optimizerSpec('adam', config.optimizerEpsilon);
  return (state, inputs) => {
    const params = state['params'] as tf.Tensor1D;
    const targets = state['targets'] as tf.Tensor1D;
    const [actor, q1, q2, logAlpha] = split(plan.plans, params);
    const alpha = tf.exp(logAlpha[0]);

    // Targets: r + γᵏ E[min Q⁻(s′, a′) − α log π(a′ | s′)].
    const targetCritics = split([plan.critic, plan.critic], targets);
    const after = softValue(
      plan,
      { actor, critics: targetCritics, alpha },
      inputs['nextObs'],
      inputs['nextNoise'],
    );
    const goal = tf.add(inputs['rewards'], tf.mul(inputs['discounts'], after.value));

    const learn = (...[actorNow, q1Now, q2Now, logAlphaNow]: readonly Weights[]): Loss => {
      const miss = (critic: Weights): tf.Tensor =>
        tf.mean(tf.square(tf.sub(takenValue(plan, critic, inputs['obs'], inputs['actions']), goal)));
      const criticLoss = tf.mul(tf.scalar(0.5), tf.add(miss(q1Now), miss(q2Now)));
      const now = softValue(
        plan,
        { actor: actorNow, critics: [q1, q2], alpha },
        inputs['obs'],
        inputs['noise'],
      );
      const actorLoss = tf.neg<tf.Scalar>(tf.mean(now.value));
      const missing = tf.add(tf.mean(stopped(now.logProb)), tf.scalar(plan.targetEntropy));
      const alphaLoss = tf.neg(tf.mul(tf.sum(logAlphaNow[0]), missing));
      const loss = tf.add<tf.Scalar>(tf.add(criticLoss, actorLoss), alphaLoss);
      return { loss, criticLoss, actorLoss, entropy: tf.neg(tf.mean(now.logProb)) };
    };
    const learned = withGradient(plan.plans, params, learn, inputs['masks']);
    const clipped = clipByGlobalNorm(learned.gradient, inputs['gradientClip']);
    const updated = optimize(optimizer, params, clipped.gradient, inputs['learningRate'], state);
    const next = learned.moveStatistics(updated.params);
    const critics = tf.slice1d(next, plan.actor.size, 2 * plan.critic.size);
    const rate = inputs['targetRate'];
    const kept = tf.mul(targets, tf.sub(tf.scalar(1), rate));
    return {
      state: { params: next, targets: tf.add(kept, tf.mul(critics, rate)), ...updated.state },
      outputs: { ...learned.outputs, alpha: tf.sum(alpha), gradientNorm: clipped.norm },
    };
  };
}

function createSac(
  spec: EnvSpec,
  config: SacConfig,
  streams: RngStreams,
  compute: Compute,
): MaybePromise<Sac> {
  const plan = planSac(spec, config);
  const { batchSize: batch } = config;
  const vector = { shape: [batch], dtype: 'float32' } as const;
  const scalar = { shape: [], dtype: 'float32' } as const;
  const images = { shape: [batch, ...spec.observation.shape], dtype: 'float32' } as const;
  const rows = { shape: [batch, plan.dims], dtype: 'float32' } as const;
  const optimizer = optimizerState(optimizerSpec('adam', config.optimizerEpsilon), plan.size);
  const params = initialSac(plan, config, streams('initialisation'));
  const targets = params.slice(plan.actor.size, plan.actor.size + 2 * plan.critic.size);
  const learner = createLearner(compute, {
    name: 'sac',
    step: sacStep(plan, config),
    state: {
      params: { shape: [plan.size], dtype: 'float32' },
      targets: { shape: [targets.length], dtype: 'float32' },
      ...optimizer.shapes,
    },
    initial: { params, targets, ...optimizer.initial },
    inputs: {
      obs: images,
      nextObs: images,
      actions: plan.discrete ? { shape: [batch], dtype: 'int32' } : rows,
      rewards: vector,
      discounts: vector,
      ...(!plan.discrete && { noise: rows, nextNoise: rows }),
      ...maskShape(plan.plans, batch),
      gradientClip: scalar,
      learningRate: scalar,
      targetRate: scalar,
    },
    actor: ['params'],
  });
  return whenReady(learner, (ready) => new Sac({ spec, config, plan, learner: ready, streams }));
}

class Sac extends GradientAgent<SacConfig, 'exploration' | 'replay' | 'noise'> implements Agent {
  private readonly plan: SacPlan;
  private readonly replay: Replay;
  private readonly transitions: NStep;
  private readonly batch: Batch;
  private readonly actor: Actor;
  /** Half the box and its middle, per dim. */
  private readonly half: readonly number[];
  private readonly middle: readonly number[];
  protected readonly inputs: StepInputs;
  protected readonly kept;

  constructor(parts: Parts<SacConfig, SacPlan>) {
    super(parts, ['exploration', 'replay', 'noise']);
    const { spec, config, plan, learner } = parts;
    this.plan = plan;
    const actionDims = plan.discrete ? 0 : plan.dims;
    const shape = { capacity: config.replaySize, observation: observationSize(spec), actionDims };
    this.replay = new Replay(shape);
    this.transitions = new NStep(shape, config.numEnvs, 1);
    this.batch = replayBatch(shape, config.batchSize);
    this.actor = learner.actor(plan.actor, config.numEnvs);
    const { action } = spec;
    this.half = action.kind === 'box' ? action.low.map((low, d) => (action.high[d] - low) / 2) : [];
    this.middle = action.kind === 'box' ? action.low.map((low, d) => (action.high[d] + low) / 2) : [];
    const { obs, nextObs, actions, rewards, discounts } = this.batch;
    this.inputs = learner.inputs({ obs, nextObs, actions, rewards, discounts });
    this.kept = { replay: this.replay, transitions: this.transitions };
  }

  // Act

  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    const { plan } = this;
    const explore = mode === 'explore';
    const random = explore && this.steps < this.config.learningStarts;
    const policy = this.actor.run(obs, n);
    for (let i = 0; i < n; i++)
      if (plan.discrete) out.discrete[i] = this.chooseIndex(policy, i * plan.dims, explore, random);
      else
        for (let d = 0; d < plan.dims; d++)
          out.box[i * plan.dims + d] = this.chooseNumber(policy, i, d, explore);
  }

  private chooseIndex(policy: Float32Array, from: number, explore: boolean, random: boolean): number {
    const { dims } = this.plan;
    if (random) return this.rngs.exploration.integer(dims);
    return explore
      ? sampleCategorical(policy, from, dims, this.rngs.exploration)
      : argmax(policy, from, dims);
  }

  private chooseNumber(policy: Float32Array, row: number, dim: number, explore: boolean): number {
    const { dims } = this.plan;
    const { exploration } = this.rngs;
    const from = row * 2 * dims;
    let x = Math.tanh(policy[from + dim]);
    if (explore && this.steps < this.config.learningStarts) x = 2 * exploration.uniform() - 1;
    else if (explore) {
      const [low, high] = LOG_STD_RANGE;
      const logStd = low + 0.5 * (high - low) * (Math.tanh(policy[from + dims + dim]) + 1);
      x = Math.tanh(policy[from + dim] + Math.exp(logStd) * exploration.normal());
    }
    return this.middle[dim] + this.half[dim] * x;
  }

  inspect(obs: Float32Array): Inspection {
    const { plan } = this;
    const policy = this.actor.run(obs, 1);
    return plan.discrete ? { probabilities: probabilities(policy, plan.dims) } : {};
  }

  // Observe

  observe(step: StepBuffers): void {
    this.steps += step.n;
    this.transitions.observe(step, this.config.gamma, this.replay, () => {});
  }

  // Update

  update(): MaybePromise<Metrics | undefined> {
    const { learningStarts, trainEvery, gradientSteps, numEnvs } = this.config;
    if (this.steps < learningStarts) return undefined;
    const times = reached(trainEvery, this.steps, numEnvs) * gradientSteps;
    if (times === 0) return undefined;
    return this.descend(times, (_, last) => {
      this.drawBatch();
      return this.gradientStep(last ? REPORTS : undefined);
    });
  }

  /** Draws a minibatch and its noise, and sets the scalars of this moment. */
  private drawBatch(): void {
    const { config, inputs, batch, plan } = this;
    this.replay.sample(batch, config.gamma, this.rngs.replay);
    this.intoUnits();
    if (!plan.discrete)
      for (const name of ['noise', 'nextNoise'] as const)
        for (let k = 0; k < inputs[name].length; k++) inputs[name][k] = this.rngs.noise.normal();
    drawMasks(plan.plans, inputs['masks'], this.rngs.noise);
    inputs['learningRate'][0] = config.learningRate;
    inputs['gradientClip'][0] = clipLength(config.gradientClip);
    inputs['targetRate'][0] = config.targetRate;
  }

  /** The batch's actions from the world's numbers to −1 … 1, in place. */
  private intoUnits(): void {
    const { half, middle } = this;
    const { actions } = this.batch;
    if (half.length === 0) return;
    for (let k = 0; k < actions.length; k++) {
      const dim = k % half.length;
      actions[k] = (actions[k] - middle[dim]) / half[dim];
    }
  }
}

/** SAC plays every world, except that critics of numbers take observation and action as one list. */
function refuses(spec: EnvSpec, config: SacConfig): Problem | undefined {
  if (spec.action.kind === 'box' && spec.observation.kind === 'planes')
    return {
      field: 'world',
      expected: 'observations that are a list of numbers',
      got: `${spec.id}, with ${actionSize(spec)} numbers to choose from planes`,
    };
  return problemOf(() => planSac(spec, config));
}

export const sac = defineAgent<Compute, typeof sacConfig>({
  id: 'sac',
  title: 'SAC',
  group: 'policy',
  summary: 'Earns reward while staying as undecided as it can, from a replay memory (Haarnoja et al. 2018).',
  config: sacConfig,
  presets: sacPresets,
  refuses,
  networks(spec, config) {
    const { actor, critic } = planSac(spec, config);
    const critics = [0, critic.size].map((offset, k) =>
      networkData(
        `critic-${k + 1}`,
        critic,
        { name: 'params', offset: actor.size + offset },
        { name: 'targets', offset },
      ),
    );
    return [networkData('policy', actor, { name: 'params', offset: 0 }), ...critics];
  },
  slots: ({ numEnvs }) => numEnvs,
  create: createSac,
});
