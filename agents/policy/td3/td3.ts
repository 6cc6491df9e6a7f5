/**
 * TD3 (Fujimoto et al. 2018), of which DDPG (Lillicrap et al. 2016) is a preset: a deterministic policy climbs the value of
 * its own actions. README.md has the equations.
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
import { needsRows } from '#agents/nn/batch-norm.ts';
import { drawMasks, maskShape } from '#agents/nn/dropout.ts';
import { clipLength } from '#agents/nn/descent.ts';
import { GradientAgent, type Parts } from '#agents/nn/gradient-agent.ts';
import { withGradient, type Loss } from '#agents/nn/gradient.ts';
import { initialise } from '#agents/nn/init.ts';
import { createLearner, type StepInputs } from '#agents/nn/learner.ts';
import { networkData } from '#agents/nn/network-data.ts';
import { apply, split, type Weights } from '#agents/nn/network.ts';
import { clipByGlobalNorm, optimize, optimizerSpec, optimizerState } from '#agents/nn/optimizers.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { bodyFor, type Layer, type NetworkPlan } from '#agents/nn/spec.ts';
import { needsBox } from '#agents/nn/worlds.ts';
import { under, within } from '../named.ts';
import { td3Config, td3Presets, type Td3Config } from './config.ts';

const REPORTS = {
  criticLoss: 'train/critic-loss',
  actorLoss: 'train/actor-loss',
  gradientNorm: 'train/gradient-norm',
} as const;

// Networks

interface Td3Plan {
  readonly dims: number;
  readonly actor: NetworkPlan;
  readonly critic: NetworkPlan;
  /** One critic, or two. */
  readonly critics: readonly NetworkPlan[];
  readonly criticSize: number;
}

function planTd3(spec: EnvSpec, config: Td3Config): Td3Plan {
  const dims = actionSize(spec);
  const input = spec.observation.shape;
  const small: Layer = { kind: 'dense', units: 64, activation: 'relu' };
  const body = config.network === 'auto' ? [small, small] : bodyFor(config.network, input);
  const actor = planNetwork([...body, { kind: 'dense', units: dims, activation: 'tanh' }], input, 'network');
  const critic = planNetwork(
    [...body, { kind: 'dense', units: 1 }],
    [observationSize(spec) + dims],
    'network',
  );
  for (const network of [actor, critic]) needsRows(network, config.batchSize);
  const critics = config.twin ? [critic, critic] : [critic];
  return { dims, actor, critic, critics, criticSize: critics.length * critic.size };
}

/**
 * One gradient step on the critics and, where `policyDue` is 1, on the policy and the targets. State: `actor` and `critics`
 * with an optimizer each, and `targetActor`, `targetCritics`.
 */
function td3Step(plan: Td3Plan, config: Td3Config): Step {
  const optimizer = optimizerSpec('adam', config.optimizerEpsilon);
  const value = (critic: Weights, obs: tf.Tensor, actions: tf.Tensor): tf.Tensor1D =>
    tf.reshape(apply(plan.critic, critic, tf.concat([obs, actions], 1)), [config.batchSize]);
  return (state, inputs) => {
    const actor = state['actor'] as tf.Tensor1D;
    const critics = state['critics'] as tf.Tensor1D;
    const { obs, nextObs, policyDue, targetRate, learningRate } = inputs;

    // Targets: r + γᵏ min Q⁻(s′, π⁻(s′) + cut-off noise).
    const [targetActor] = split([plan.actor], state['targetActor'] as tf.Tensor1D);
    const targetCritics = split(plan.critics, state['targetCritics'] as tf.Tensor1D);
    const one = tf.scalar(1);
    const smoothed = tf.add(apply(plan.actor, targetActor, nextObs), inputs['noise']);
    const nextActions = tf.minimum(tf.maximum(smoothed, tf.scalar(-1)), one);
    const nextValues = targetCritics.map((critic) => value(critic, nextObs, nextActions));
    const lowest = nextValues.reduce((a, b) => tf.minimum(a, b));
    const goal = tf.add(inputs['rewards'], tf.mul(inputs['discounts'], lowest));

    const judge = (...weights: readonly Weights[]): Loss => {
      const misses = weights.map((critic) =>
        tf.mean(tf.square(tf.sub(value(critic, obs, inputs['actions']), goal))),
      );
      return { loss: misses.reduce<tf.Tensor>((a, b) => tf.add(a, b), tf.scalar(0)) as tf.Scalar };
    };
    const learned = withGradient(plan.critics, critics, judge, inputs['criticMasks']);
    const clipped = clipByGlobalNorm(learned.gradient, inputs['gradientClip']);
    const own = within('critics/', state);
    const steppedCritics = optimize(optimizer, critics, clipped.gradient, learningRate, own);
    const newCritics = learned.moveStatistics(steppedCritics.params);

    // The policy climbs the first critic as it now is.
    const [first] = split(plan.critics, newCritics);
    const climb = (weights: Weights): Loss => ({
      loss: tf.neg<tf.Scalar>(tf.mean(value(first, obs, apply(plan.actor, weights, obs)))),
    });
    const climbed = withGradient([plan.actor], actor, climb, inputs['actorMasks']);
    const clippedActor = clipByGlobalNorm(climbed.gradient, inputs['gradientClip']);
    const ownActor = within('actor/', state);
    const newActor = optimize(optimizer, actor, clippedActor.gradient, learningRate, ownActor);

    // `due` is 0 or 1, so that what is not due stays exactly as it is.
    const mix = (old: tf.Tensor, next: tf.Tensor, share: tf.Tensor): tf.Tensor =>
      tf.add(tf.mul(old, tf.sub(one, share)), tf.mul(next, share));
    const policy = mix(actor, climbed.moveStatistics(newActor.params), policyDue);
    const moments = Object.fromEntries(
      Object.entries(newActor.state).map(([name, next]) => [name, mix(ownActor[name], next, policyDue)]),
    );
    const rate = tf.mul(policyDue, targetRate);
    return {
      state: {
        actor: policy,
        critics: newCritics,
        targetActor: mix(state['targetActor'], policy, rate),
        targetCritics: mix(state['targetCritics'], newCritics, rate),
        ...under('critics/', steppedCritics.state),
        ...under('actor/', moments),
      },
      outputs: {
        criticLoss: learned.outputs.loss,
        actorLoss: climbed.outputs.loss,
        gradientNorm: clipped.norm,
      },
    };
  };
}

function createTd3(
  spec: EnvSpec,
  config: Td3Config,
  streams: RngStreams,
  compute: Compute,
): MaybePromise<Td3> {
  const plan = planTd3(spec, config);
  const { batchSize: batch } = config;
  const vector = { shape: [batch], dtype: 'float32' } as const;
  const scalar = { shape: [], dtype: 'float32' } as const;
  const images = { shape: [batch, ...spec.observation.shape], dtype: 'float32' } as const;
  const rows = { shape: [batch, plan.dims], dtype: 'float32' } as const;
  const rng = streams('initialisation');
  const actor = initialise(plan.actor, rng);
  const critics = Float32Array.from(plan.critics.flatMap((critic) => [...initialise(critic, rng)]));
  const optimizer = optimizerSpec('adam', config.optimizerEpsilon);
  const ofActor = optimizerState(optimizer, plan.actor.size);
  const ofCritics = optimizerState(optimizer, plan.criticSize);
  const actorBlock = { shape: [plan.actor.size], dtype: 'float32' } as const;
  const criticBlock = { shape: [plan.criticSize], dtype: 'float32' } as const;
  const learner = createLearner(compute, {
    name: 'td3',
    step: td3Step(plan, config),
    state: {
      actor: actorBlock,
      targetActor: actorBlock,
      critics: criticBlock,
      targetCritics: criticBlock,
      ...under('actor/', ofActor.shapes),
      ...under('critics/', ofCritics.shapes),
    },
    initial: {
      actor,
      targetActor: actor,
      critics,
      targetCritics: critics,
      ...under('actor/', ofActor.initial),
      ...under('critics/', ofCritics.initial),
    },
    inputs: {
      obs: images,
      nextObs: images,
      actions: rows,
      noise: rows,
      rewards: vector,
      discounts: vector,
      ...maskShape(plan.critics, batch, 'criticMasks'),
      ...maskShape([plan.actor], batch, 'actorMasks'),
      gradientClip: scalar,
      learningRate: scalar,
      targetRate: scalar,
      policyDue: scalar,
    },
    actor: ['actor'],
  });
  return whenReady(learner, (ready) => new Td3({ spec, config, plan, learner: ready, streams }));
}

class Td3 extends GradientAgent<Td3Config, 'exploration' | 'replay' | 'noise'> implements Agent {
  private readonly plan: Td3Plan;
  private readonly replay: Replay;
  private readonly transitions: NStep;
  private readonly batch: Batch;
  private readonly actor: Actor;
  /** Half the box and its middle, per dim. */
  private readonly half: readonly number[];
  private readonly middle: readonly number[];
  protected readonly inputs: StepInputs;
  protected readonly kept;

  constructor(parts: Parts<Td3Config, Td3Plan>) {
    super(parts, ['exploration', 'replay', 'noise']);
    const { spec, config, plan, learner } = parts;
    this.plan = plan;
    const shape = {
      capacity: config.replaySize,
      observation: observationSize(spec),
      actionDims: plan.dims,
    };
    this.replay = new Replay(shape);
    this.transitions = new NStep(shape, config.numEnvs, 1);
    this.batch = replayBatch(shape, config.batchSize);
    this.actor = learner.actor(plan.actor, config.numEnvs);
    const { low, high } = spec.action as Extract<EnvSpec['action'], { kind: 'box' }>;
    this.half = low.map((least, d) => (high[d] - least) / 2);
    this.middle = low.map((least, d) => (high[d] + least) / 2);
    const { obs, nextObs, actions, rewards, discounts } = this.batch;
    this.inputs = learner.inputs({ obs, nextObs, actions, rewards, discounts });
    this.kept = { replay: this.replay, transitions: this.transitions };
  }

  // Act

  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    const { dims } = this.plan;
    const policy = this.actor.run(obs, n);
    const { exploration } = this.rngs;
    for (let k = 0; k < n * dims; k++) {
      let x = policy[k];
      if (mode === 'explore')
        x =
          this.steps < this.config.learningStarts
            ? 2 * exploration.uniform() - 1
            : Math.min(1, Math.max(-1, x + this.config.explorationNoise * exploration.normal()));
      out.box[k] = this.middle[k % dims] + this.half[k % dims] * x;
    }
  }

  inspect(): Inspection {
    return {};
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
    const { config, inputs, batch, half, middle } = this;
    this.replay.sample(batch, config.gamma, this.rngs.replay);
    const { targetNoise, targetNoiseClip: most } = config;
    const { actions } = batch;
    for (let k = 0; k < actions.length; k++) {
      const dim = k % half.length;
      actions[k] = (actions[k] - middle[dim]) / half[dim];
      inputs['noise'][k] = Math.min(most, Math.max(-most, targetNoise * this.rngs.noise.normal()));
    }
    drawMasks(this.plan.critics, inputs['criticMasks'], this.rngs.noise);
    drawMasks([this.plan.actor], inputs['actorMasks'], this.rngs.noise);
    inputs['learningRate'][0] = config.learningRate;
    inputs['gradientClip'][0] = clipLength(config.gradientClip);
    inputs['targetRate'][0] = config.targetRate;
    inputs['policyDue'][0] = (this.updates + 1) % config.policyDelay === 0 ? 1 : 0;
  }
}

/** Why TD3 cannot play a world: its actions are numbers, and its critics take observation and action as one list. */
function refuses(spec: EnvSpec, config: Td3Config): Problem | undefined {
  if (spec.observation.kind === 'planes')
    return {
      field: 'world',
      expected: 'observations that are a list of numbers',
      got: `${spec.id}, with planes`,
    };
  return needsBox(spec) ?? problemOf(() => planTd3(spec, config));
}

export const td3 = defineAgent<Compute, typeof td3Config>({
  id: 'td3',
  title: 'TD3',
  group: 'policy',
  summary: 'A deterministic policy climbs the lower of two critics; DDPG is a preset (Fujimoto et al. 2018).',
  config: td3Config,
  presets: td3Presets,
  refuses,
  networks(spec, config) {
    const { actor, critics } = planTd3(spec, config);
    return [
      networkData('policy', actor, { name: 'actor', offset: 0 }, { name: 'targetActor', offset: 0 }),
      ...critics.map((critic, k) =>
        networkData(
          `critic-${k + 1}`,
          critic,
          { name: 'critics', offset: k * critic.size },
          { name: 'targetCritics', offset: k * critic.size },
        ),
      ),
    ];
  },
  slots: ({ numEnvs }) => numEnvs,
  create: createTd3,
});
