/**
 * Deep Q-learning (Mnih et al. 2015) and its improvements, each a switch: double, dueling, n-step, prioritized, noisy,
 * categorical and quantile returns. All of them together are Rainbow (Hessel et al. 2018). README.md has the equations.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineAgent, type Agent, type Inspection, type Metrics, type StepBuffers } from '#core/agent.ts';
import { actionSize, observationSize, type EnvSpec } from '#core/env.ts';
import { problemOf, type Problem } from '#core/errors.ts';
import { NStep } from '#core/n-step.ts';
import { Replay, replayBatch, type Batch } from '#core/replay.ts';
import type { RngStreams } from '#core/rng.ts';
import { linear, reached } from '#core/schedule.ts';
import { savedNumber, type Snapshot } from '#core/snapshot.ts';
import { SumTree } from '#core/sum-tree.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import { needsDiscrete } from '#agents/nn/worlds.ts';
import type { Actor } from '#agents/nn/actor.ts';
import { argmax } from '#agents/nn/choose.ts';
import { clipLength } from '#agents/nn/descent.ts';
import { GradientAgent, type Parts } from '#agents/nn/gradient-agent.ts';
import { drawMasks, maskShape } from '#agents/nn/dropout.ts';
import { withGradient, type Loss } from '#agents/nn/gradient.ts';
import { initialise } from '#agents/nn/init.ts';
import { createLearner, type StepInputs } from '#agents/nn/learner.ts';
import { weightedMean } from '#agents/nn/losses.ts';
import { networkData } from '#agents/nn/network-data.ts';
import { apply, split, type Weights } from '#agents/nn/network.ts';
import { drawNoise } from '#agents/nn/noise.ts';
import { clipByGlobalNorm, optimize, optimizerState, optimizerSpec } from '#agents/nn/optimizers.ts';
import type { NetworkPlan } from '#agents/nn/spec.ts';
import type { ValueHead } from '../heads.ts';
import { dqnConfig, type DqnConfig } from './config.ts';
import { headOf, planQNetwork } from './network.ts';
import { dqnPresets } from './presets.ts';

const REPORTS = { loss: 'train/loss', value: 'train/value', gradientNorm: 'train/gradient-norm' } as const;

// Networks: network.ts

/**
 * One gradient step. State: `online`, `target` and `average` parameters, the optimizer's moments. Inputs: a batch of B transitions
 * (obs, actions, rewards, discounts, nextObs, weights), noise where layers are noisy, and the scalars of this moment.
 */
export function dqnStep(plan: NetworkPlan, head: ValueHead, actions: number, config: DqnConfig): Step {
  const batch = config.batchSize;
  const optimizer = optimizerSpec(config.optimizer, config.optimizerEpsilon);
  const perAction = (outputs: tf.Tensor): tf.Tensor3D => tf.reshape(outputs, [batch, actions, head.atoms]);
  /** The outputs [B, atoms] of one action per row, by a mask [B, A]: a gather's gradient is slow or missing. */
  const pick = (outputs: tf.Tensor3D, index: tf.Tensor): tf.Tensor2D =>
    tf.sum(
      tf.mul(outputs, tf.reshape(tf.cast(tf.oneHot(index, actions), 'float32'), [batch, actions, 1])),
      1,
    );

  return (state, inputs) => {
    const online = state['online'] as tf.Tensor1D;
    const target = state['target'] as tf.Tensor1D;
    const noise = (draw: number): tf.Tensor1D | undefined =>
      plan.noise > 0 ? tf.slice1d(inputs['noise'] as tf.Tensor1D, draw * plan.noise, plan.noise) : undefined;

    // Targets: r + γᵏ Q⁻(s′, a*), where a* maximises Q⁻, or with double the online Q. No gradient reaches them.
    const valued = (block: tf.Tensor1D, draw: number): tf.Tensor3D =>
      perAction(apply(plan, split([plan], block)[0], inputs['nextObs'], noise(draw)));
    const after = valued(target, 1);
    const chooser = config.double ? valued(online, 2) : after;
    const best = tf.argMax(head.values(chooser), 1);
    const goal = head.target({
      rewards: inputs['rewards'] as tf.Tensor1D,
      discounts: inputs['discounts'] as tf.Tensor1D,
      next: pick(after, best),
    });

    const learn = (weights: Weights): Loss => {
      const all = perAction(apply(plan, weights, inputs['obs'], noise(0)));
      const chosen = pick(all, inputs['actions']);
      return {
        loss: weightedMean(head.losses(chosen, goal), inputs['weights']),
        surprise: head.surprise(chosen, goal),
        value: tf.mean(head.values(tf.reshape(chosen, [batch, 1, head.atoms]))),
      };
    };
    const learned = withGradient([plan], online, learn, inputs['masks']);
    const clipped = clipByGlobalNorm(learned.gradient, inputs['gradientClip']);
    const updated = optimize(optimizer, online, clipped.gradient, inputs['learningRate'], state);
    const next = learned.moveStatistics(updated.params);
    // A rate of 0 keeps the follower as it is, 1 copies the online network, both exactly.
    const follow = (follower: tf.Tensor, rate: tf.Tensor): tf.Tensor =>
      tf.add(tf.mul(follower, tf.sub(tf.scalar(1), rate)), tf.mul(next, rate));
    return {
      state: {
        online: next,
        target: follow(target, inputs['targetRate']),
        average: follow(state['average'], inputs['averageRate']),
        ...updated.state,
      },
      outputs: { ...learned.outputs, gradientNorm: clipped.norm },
    };
  };
}

function createDqn(
  spec: EnvSpec,
  config: DqnConfig,
  streams: RngStreams,
  compute: Compute,
): MaybePromise<Dqn> {
  const plan = planQNetwork(spec, config);
  const head = headOf(config);
  const { batchSize: batch } = config;
  const vector = { shape: [batch], dtype: 'float32' } as const;
  const scalar = { shape: [], dtype: 'float32' } as const;
  const images = { shape: [batch, ...spec.observation.shape], dtype: 'float32' } as const;
  const optimizer = optimizerState(optimizerSpec(config.optimizer, config.optimizerEpsilon), plan.size);
  const block = { shape: [plan.size], dtype: 'float32' } as const;
  const first = initialise(plan, streams('initialisation'));
  const learner = createLearner(compute, {
    name: 'dqn',
    step: dqnStep(plan, head, actionSize(spec), config),
    state: { online: block, target: block, average: block, ...optimizer.shapes },
    initial: { online: first, target: first, average: first, ...optimizer.initial },
    inputs: {
      obs: images,
      nextObs: images,
      actions: { shape: [batch], dtype: 'int32' },
      rewards: vector,
      discounts: vector,
      weights: vector,
      ...(plan.noise > 0 && { noise: { shape: [3 * plan.noise], dtype: 'float32' } }),
      ...maskShape([plan], batch),
      gradientClip: scalar,
      learningRate: scalar,
      targetRate: scalar,
      averageRate: scalar,
    },
    actor: ['online', 'average'],
    seldom: ['average'],
  });
  return whenReady(learner, (ready) => new Dqn({ spec, config, plan, learner: ready, streams }, head));
}

class Dqn extends GradientAgent<DqnConfig, 'exploration' | 'replay' | 'noise'> implements Agent {
  private readonly plan: NetworkPlan;
  private readonly head: ValueHead;
  private readonly actions: number;
  /** Env steps at the last update of the target network. */
  private targetSteps = 0;

  private readonly replay: Replay;
  private readonly nStep: NStep;
  private readonly batch: Batch;
  private readonly priorities: SumTree | undefined;
  /** Priority of transitions that were never drawn: the largest so far (Schaul et al. 2016, algorithm 1, line 6). */
  private freshPriority = 1;

  /** The noise that acting multiplies by; zeros act with the mean network. */
  private readonly noise: Float32Array;
  private values = new Float32Array(0);
  /** The network that explores, and the moving average of its weights, which plays greedily. */
  private readonly online: Actor;
  private readonly average: Actor;
  protected readonly inputs: StepInputs;
  protected readonly kept;

  constructor(parts: Parts<DqnConfig, NetworkPlan>, head: ValueHead) {
    super(parts, ['exploration', 'replay', 'noise']);
    const { spec, config, plan, learner } = parts;
    this.plan = plan;
    this.head = head;
    this.actions = actionSize(spec);
    const shape = { capacity: config.replaySize, observation: observationSize(spec), actionDims: 0 };
    this.replay = new Replay(shape);
    this.nStep = new NStep(shape, config.numEnvs, config.nStep);
    this.batch = replayBatch(shape, config.batchSize);
    this.priorities = config.prioritized ? new SumTree(config.replaySize) : undefined;
    this.noise = new Float32Array(plan.noise);
    this.online = learner.actor(plan, config.numEnvs, 0, this.noise);
    this.average = learner.actor(plan, config.numEnvs, plan.size, this.noise);
    this.values = new Float32Array(config.numEnvs * this.actions);
    const { obs, nextObs, actions, rewards, discounts } = this.batch;
    const weights = new Float32Array(config.batchSize).fill(1);
    this.inputs = learner.inputs({ obs, nextObs, actions, rewards, discounts, weights });
    this.kept = {
      replay: this.replay,
      nStep: this.nStep,
      ...(this.priorities && { priorities: this.priorities }),
    };
  }

  // Act

  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    const explore = mode === 'explore';
    if (explore) drawNoise(this.noise, this.rngs.noise);
    else this.noise.fill(0);
    const values = this.qValues(obs, n, explore ? this.online : this.average);
    const epsilon = explore ? this.epsilon() : 0;
    const { exploration } = this.rngs;
    for (let i = 0; i < n; i++)
      out.discrete[i] =
        epsilon > 0 && exploration.uniform() < epsilon
          ? exploration.integer(this.actions)
          : argmax(values, i * this.actions, this.actions);
  }

  /** Q(s, a) [n × A] by the given network. */
  private qValues(obs: Float32Array, n: number, network: Actor): Float32Array {
    if (this.values.length < n * this.actions) this.values = new Float32Array(n * this.actions);
    const outputs = network.run(obs, n);
    this.head.valuesOf(outputs, n * this.actions, this.values);
    return this.values;
  }

  private epsilon(): number {
    const { epsilonStart, epsilonEnd, epsilonSteps } = this.config;
    return linear(epsilonStart, epsilonEnd, epsilonSteps, this.steps);
  }

  private learningRate(): number {
    const { learningRate, learningRateEnd, learningRateSteps } = this.config;
    if (learningRateSteps === 0) return learningRate;
    return linear(learningRate, learningRateEnd, learningRateSteps, this.steps);
  }

  inspect(obs: Float32Array): Inspection {
    this.noise.fill(0);
    const actionValues = this.qValues(obs, 1, this.average).slice(0, this.actions);
    return { actionValues, value: Math.max(...actionValues) };
  }

  // Observe

  observe(step: StepBuffers): void {
    this.steps += step.n;
    this.nStep.observe(step, this.config.gamma, this.replay, (row) =>
      this.priorities?.set(row, this.freshPriority),
    );
  }

  // Update

  update(): MaybePromise<Metrics | undefined> {
    const { learningStarts, trainEvery, targetEvery, gradientSteps, numEnvs } = this.config;
    if (this.steps < learningStarts || this.replay.size === 0) return undefined;
    const times = reached(trainEvery, this.steps, numEnvs) * gradientSteps;
    if (times === 0) return undefined;
    const targetDue = this.steps - this.targetSteps >= targetEvery;
    if (targetDue) this.targetSteps = this.steps;
    const { priorities } = this;
    const readers = priorities && {
      surprise: (values: Float32Array) => this.reprioritize(priorities, values),
    };
    const done = this.descend(times, (_, last) => {
      this.drawBatch(last && targetDue);
      return this.gradientStep(last ? REPORTS : undefined, readers);
    });
    return whenReady(
      done,
      (metrics) =>
        metrics && {
          ...metrics,
          'train/epsilon': this.epsilon(),
          'train/learning-rate': this.learningRate(),
        },
    );
  }

  /** Draws a minibatch and its noise, and sets the scalars of this moment. */
  private drawBatch(updateTarget: boolean): void {
    const { config, inputs, batch, priorities } = this;
    if (priorities) this.drawByPriority(priorities);
    else this.replay.sample(batch, config.gamma, this.rngs.replay);
    if (this.noise.length > 0) drawNoise(inputs['noise'] as Float32Array, this.rngs.noise);
    drawMasks([this.plan], inputs['masks'], this.rngs.noise);
    inputs['learningRate'][0] = this.learningRate();
    inputs['gradientClip'][0] = clipLength(config.gradientClip);
    inputs['averageRate'][0] = config.averageRate;
    inputs['targetRate'][0] = updateTarget ? config.targetRate : 0;
  }

  private drawByPriority(priorities: SumTree): void {
    const { batch, config } = this;
    const beta = linear(config.importanceStart, 1, config.importanceSteps, this.steps);
    priorities.sample(batch.rows, this.rngs.replay);
    priorities.weights(batch.rows, this.replay.size, beta, this.inputs['weights'] as Float32Array);
    this.replay.gather(batch, config.gamma);
  }

  private reprioritize(priorities: SumTree, surprise: Float32Array): void {
    for (let k = 0; k < surprise.length; k++) {
      const priority = (Math.max(surprise[k], 0) + 1e-6) ** this.config.priorityExponent;
      priorities.set(this.batch.rows[k], priority);
      this.freshPriority = Math.max(this.freshPriority, priority);
    }
  }

  // Whole life

  override snapshot(): MaybePromise<Snapshot> {
    const { targetSteps, freshPriority } = this;
    return whenReady(super.snapshot(), (saved) => ({ ...saved, targetSteps, freshPriority }));
  }

  override restore(saved: Snapshot): MaybePromise<void> {
    this.targetSteps = savedNumber(saved, 'targetSteps');
    this.freshPriority = savedNumber(saved, 'freshPriority');
    return super.restore(saved);
  }
}

/** Why the DQN family cannot play a world: it has to compare all actions. */
function refuses(spec: EnvSpec, config: DqnConfig): Problem | undefined {
  const { distribution, lowestReturn, highestReturn } = config;
  if (distribution === 'categorical' && lowestReturn >= highestReturn)
    return {
      field: 'highestReturn',
      expected: `more than the lowest return, ${lowestReturn}`,
      got: String(highestReturn),
    };
  return needsDiscrete(spec) ?? problemOf(() => planQNetwork(spec, config));
}

export const dqn = defineAgent<Compute, typeof dqnConfig>({
  id: 'dqn',
  title: 'DQN',
  group: 'value',
  summary: 'Learns what each action is worth from a memory of transitions (Mnih et al. 2015).',
  config: dqnConfig,
  presets: dqnPresets,
  refuses,
  networks: (spec, config) => [
    networkData(
      'q',
      planQNetwork(spec, config),
      { name: 'average', offset: 0 },
      { name: 'online', offset: 0 },
      { name: 'target', offset: 0 },
    ),
  ],
  slots: ({ numEnvs }) => numEnvs,
  create: createDqn,
});
