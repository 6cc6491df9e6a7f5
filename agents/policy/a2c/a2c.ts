/**
 * Advantage actor-critic (Mnih et al. 2016, synchronous): one gradient step on every rollout, which is short and then thrown
 * away. README.md has the equations.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineAgent, type Agent, type Inspection, type Metrics, type StepBuffers } from '#core/agent.ts';
import { observationSize, type EnvSpec } from '#core/env.ts';
import { problemOf, type Problem } from '#core/errors.ts';
import { gae } from '#core/returns.ts';
import type { RngStreams, SavableRng } from '#core/rng.ts';
import { linear } from '#core/schedule.ts';
import { child, savedArray, savedNumber, type Snapshot } from '#core/snapshot.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import { createLearner, type Learner } from '#agents/nn/learner.ts';
import { withGradient } from '#agents/nn/network.ts';
import { clipByGlobalNorm, optimize, optimizerState, type OptimizerSpec } from '#agents/nn/optimizers.ts';
import {
  ActorCritic,
  evaluateBatch,
  initialBlock,
  planActorCritic,
  type ActorCriticPlan,
} from '../actor-critic.ts';
import { normalised, policyGradient, total, valueLoss } from '../losses.ts';
import { RolloutBuffer } from '../rollout.ts';
import { a2cConfig, a2cPresets, type A2cConfig } from './config.ts';

/** What a gradient step reports, and the metric it becomes. */
const REPORTS = {
  loss: 'train/loss',
  policyLoss: 'train/policy-loss',
  valueLoss: 'train/value-loss',
  entropy: 'train/entropy',
  gradientNorm: 'train/gradient-norm',
} as const;

/** Plain RMSProp, as the paper has it. */
function optimizerOf({ optimizerEpsilon: epsilon }: A2cConfig): OptimizerSpec {
  return { kind: 'rmsprop', decay: 0.99, epsilon, centred: false };
}

// Networks

/** One gradient step on a rollout of B steps. State: `params`, the optimizer's moments. */
function a2cStep(plan: ActorCriticPlan, config: A2cConfig): Step {
  const optimizer = optimizerOf(config);
  return (state, inputs) => {
    const params = state['params'] as tf.Tensor1D;
    const { returns, entropy, value } = inputs;
    const advantages = config.normaliseAdvantages ? normalised(inputs['advantages']) : inputs['advantages'];
    const { gradient, outputs } = withGradient(plan.plans, params, (...weights) => {
      const { policy, values } = evaluateBatch(plan, weights, inputs['obs'], inputs['actions']);
      const policyLoss = policyGradient(policy.logProbs, advantages);
      const critic = valueLoss(values, { returns, oldValues: returns }, undefined);
      return {
        loss: total(policyLoss, policy, critic, { entropy, value }),
        policyLoss,
        valueLoss: critic,
        entropy: tf.mean(policy.entropy),
      };
    });
    const clipped = clipByGlobalNorm(gradient, inputs['gradientClip']);
    const updated = optimize(optimizer, params, clipped.gradient, inputs['learningRate'], state);
    return {
      state: { params: updated.params, ...updated.state },
      outputs: { ...outputs, gradientNorm: clipped.norm },
    };
  };
}

interface Parts {
  readonly spec: EnvSpec;
  readonly config: A2cConfig;
  readonly plan: ActorCriticPlan;
  readonly learner: Learner;
  readonly streams: RngStreams;
}

function createA2c(
  spec: EnvSpec,
  config: A2cConfig,
  streams: RngStreams,
  compute: Compute,
): MaybePromise<A2c> {
  const plan = planActorCritic(spec, config.network, config.shared);
  const batch = config.worlds * config.steps;
  const vector = { shape: [batch], dtype: 'float32' } as const;
  const scalar = { shape: [], dtype: 'float32' } as const;
  const optimizer = optimizerState(optimizerOf(config), plan.size);
  const learner = createLearner(compute, {
    name: 'a2c',
    step: a2cStep(plan, config),
    state: { params: { shape: [plan.size], dtype: 'float32' }, ...optimizer.shapes },
    initial: { params: initialBlock(plan, streams('initialisation')), ...optimizer.initial },
    inputs: {
      obs: { shape: [batch, ...spec.observation.shape], dtype: 'float32' },
      actions:
        spec.action.kind === 'discrete'
          ? { shape: [batch], dtype: 'int32' }
          : { shape: [batch, plan.outputs], dtype: 'float32' },
      advantages: vector,
      returns: vector,
      entropy: scalar,
      value: scalar,
      gradientClip: scalar,
      learningRate: scalar,
    },
    actor: ['params'],
  });
  return whenReady(learner, (ready) => new A2c({ spec, config, plan, learner: ready, streams }));
}

class A2c implements Agent {
  private readonly parts: Parts;
  private config: A2cConfig;
  private steps = 0;
  private updates = 0;
  private readonly actor: ActorCritic;
  private readonly rollout: RolloutBuffer;
  private readonly advantages: Float32Array;
  private readonly inputs: Record<string, Float32Array | Int32Array>;
  private readonly rngs: Readonly<Record<'exploration', SavableRng>>;

  constructor(parts: Parts) {
    const { spec, config, plan, learner, streams } = parts;
    this.parts = parts;
    this.config = config;
    this.actor = new ActorCritic(plan, learner, config.worlds);
    const observation = observationSize(spec);
    const action = spec.action.kind === 'discrete' ? 1 : plan.outputs;
    this.rollout = new RolloutBuffer({ steps: config.steps, slots: config.worlds, observation, action });
    const size = config.steps * config.worlds;
    this.advantages = new Float32Array(size);
    const batch = config.worlds * config.steps;
    this.inputs = {
      obs: new Float32Array(batch * observation),
      actions: spec.action.kind === 'discrete' ? new Int32Array(batch) : new Float32Array(batch * action),
      advantages: this.advantages,
      returns: new Float32Array(batch),
      entropy: new Float32Array(1),
      value: new Float32Array(1),
      gradientClip: new Float32Array(1),
      learningRate: new Float32Array(1),
    };
    this.rngs = { exploration: streams('exploration') };
  }

  // Act

  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    this.actor.look(obs, n);
    if (mode === 'greedy') this.actor.greedy(n, out);
    else
      this.rollout.act(this.actor, n, (drawn, logProbs) =>
        this.actor.sample(n, this.rngs.exploration, out, drawn, logProbs),
      );
  }

  inspect(obs: Float32Array): Inspection {
    this.actor.look(obs, 1);
    const probabilities = this.actor.probabilities();
    return { value: this.actor.values[0], ...(probabilities && { probabilities }) };
  }

  // Observe

  observe(step: StepBuffers): void {
    this.steps += step.n;
    this.rollout.observe(step, this.actor);
  }

  // Update

  update(): MaybePromise<Metrics | undefined> {
    if (!this.rollout.full) return undefined;
    const { config, rollout, inputs, advantages } = this;
    gae(rollout, config.gamma, config.lambda, advantages);
    for (let k = 0; k < advantages.length; k++) inputs['returns'][k] = advantages[k] + rollout.values[k];
    // The whole rollout is the batch, in its own order.
    inputs['obs'].set(rollout.obs);
    inputs['actions'].set(rollout.actions);
    const rate = config.learningRateSteps > 0 ? linear(1, 0, config.learningRateSteps, this.steps) : 1;
    inputs['learningRate'][0] = config.learningRate * rate;
    inputs['entropy'][0] = config.entropy;
    inputs['value'][0] = config.valueWeight;
    inputs['gradientClip'][0] = config.gradientClip > 0 ? config.gradientClip : 1e30;
    this.updates++;
    return whenReady(this.parts.learner.run(inputs, Object.keys(REPORTS)), (outputs) => {
      const metrics = Object.entries(REPORTS).map(([name, metric]) => [metric, outputs[name][0]]);
      rollout.clear();
      return whenReady(
        this.parts.learner.sync(),
        () => ({ ...Object.fromEntries(metrics), 'train/updates': this.updates }) as Metrics,
      );
    });
  }

  // Whole life

  tune(config: Readonly<Record<string, unknown>>): void {
    this.config = { ...this.config, ...(config as Partial<A2cConfig>) };
  }

  snapshot(): MaybePromise<Snapshot> {
    return whenReady(this.parts.learner.snapshot(), (learner) => ({
      learner,
      steps: this.steps,
      updates: this.updates,
      rollout: this.rollout.snapshot(),
      rngs: Object.fromEntries(Object.entries(this.rngs).map(([name, rng]) => [name, rng.state.slice()])),
    }));
  }

  restore(saved: Snapshot): MaybePromise<void> {
    this.steps = savedNumber(saved, 'steps');
    this.updates = savedNumber(saved, 'updates');
    this.rollout.restore(child(saved, 'rollout'));
    for (const [name, rng] of Object.entries(this.rngs))
      rng.state.set(savedArray(child(saved, 'rngs'), name));
    return this.parts.learner.restore(child(saved, 'learner'));
  }

  dispose(): void {
    this.parts.learner.dispose();
  }
}

/** A2C plays every world; only a network that does not fit is refused. */
function refuses(spec: EnvSpec, config: A2cConfig): Problem | undefined {
  return problemOf(() => planActorCritic(spec, config.network, config.shared));
}

export const a2c = defineAgent<Compute, typeof a2cConfig>({
  id: 'a2c',
  title: 'A2C',
  group: 'policy',
  summary: 'An actor learns from a critic, one step per short rollout of many worlds (Mnih et al. 2016).',
  config: a2cConfig,
  presets: a2cPresets,
  refuses,
  slots: ({ worlds }) => worlds,
  create: createA2c,
});
