/**
 * Proximal policy optimisation (Schulman et al. 2017), for lists of actions and for numbers: collect a rollout, then take
 * several epochs of clipped gradient steps on it. README.md has the equations.
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
import { createLearner, repeat, type Learner } from '#agents/nn/learner.ts';
import { withGradient } from '#agents/nn/network.ts';
import { clipByGlobalNorm, optimize, optimizerSpec, optimizerState } from '#agents/nn/optimizers.ts';
import {
  ActorCritic,
  evaluateBatch,
  initialBlock,
  planActorCritic,
  type ActorCriticPlan,
} from '../actor-critic.ts';
import { clippedSurrogate, normalised, total, valueLoss } from '../losses.ts';
import { RolloutBuffer } from '../rollout.ts';
import { ppoConfig, ppoPresets, type PpoConfig } from './config.ts';

/** What one gradient step reports, and the metric it becomes. */
const REPORTS = {
  loss: 'train/loss',
  policyLoss: 'train/policy-loss',
  valueLoss: 'train/value-loss',
  entropy: 'train/entropy',
  approxKl: 'train/approx-kl',
  clipFraction: 'train/clip-fraction',
  gradientNorm: 'train/gradient-norm',
} as const;

// Networks

/** Steps in a minibatch. */
function batchSize({ worlds, steps, minibatches }: PpoConfig): number {
  return Math.max(1, Math.floor((worlds * steps) / minibatches));
}

/** One gradient step on a minibatch of B steps. State: `params`, the optimizer's moments. */
export function ppoStep(plan: ActorCriticPlan, config: PpoConfig): Step {
  const optimizer = optimizerSpec('adam', config.optimizerEpsilon);
  return (state, inputs) => {
    const params = state['params'] as tf.Tensor1D;
    const { oldLogProbs, returns, oldValues, clip, entropy, value } = inputs;
    const advantages = config.normaliseAdvantages ? normalised(inputs['advantages']) : inputs['advantages'];
    const { gradient, outputs } = withGradient(plan.plans, params, (...weights) => {
      const { policy, values } = evaluateBatch(plan, weights, inputs['obs'], inputs['actions']);
      const surrogate = clippedSurrogate(policy.logProbs, { oldLogProbs, advantages }, clip);
      const critic = valueLoss(values, { returns, oldValues }, config.clipValue ? clip : undefined);
      return {
        loss: total(surrogate.policyLoss, policy, critic, { entropy, value }),
        ...surrogate,
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
  readonly config: PpoConfig;
  readonly plan: ActorCriticPlan;
  readonly learner: Learner;
  readonly streams: RngStreams;
}

function createPpo(
  spec: EnvSpec,
  config: PpoConfig,
  streams: RngStreams,
  compute: Compute,
): MaybePromise<Ppo> {
  const plan = planActorCritic(spec, config.network, config.shared);
  const batch = batchSize(config);
  const vector = { shape: [batch], dtype: 'float32' } as const;
  const scalar = { shape: [], dtype: 'float32' } as const;
  const optimizer = optimizerState(optimizerSpec('adam', config.optimizerEpsilon), plan.size);
  const learner = createLearner(compute, {
    name: 'ppo',
    step: ppoStep(plan, config),
    state: { params: { shape: [plan.size], dtype: 'float32' }, ...optimizer.shapes },
    initial: { params: initialBlock(plan, streams('initialisation')), ...optimizer.initial },
    inputs: {
      obs: { shape: [batch, ...spec.observation.shape], dtype: 'float32' },
      actions:
        spec.action.kind === 'discrete'
          ? { shape: [batch], dtype: 'int32' }
          : { shape: [batch, plan.outputs], dtype: 'float32' },
      oldLogProbs: vector,
      advantages: vector,
      returns: vector,
      oldValues: vector,
      clip: scalar,
      entropy: scalar,
      value: scalar,
      gradientClip: scalar,
      learningRate: scalar,
    },
    actor: ['params'],
  });
  return whenReady(learner, (ready) => new Ppo({ spec, config, plan, learner: ready, streams }));
}

class Ppo implements Agent {
  private readonly parts: Parts;
  private config: PpoConfig;
  private steps = 0;
  private updates = 0;
  private readonly actor: ActorCritic;
  private readonly rollout: RolloutBuffer;
  private readonly advantages: Float32Array;
  /** Rows of the rollout in the order of this epoch. */
  private readonly order: Uint32Array;
  private readonly inputs: Record<string, Float32Array | Int32Array>;
  private readonly rngs: Readonly<Record<'exploration' | 'shuffle', SavableRng>>;

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
    this.order = Uint32Array.from({ length: size }, (_, k) => k);
    const batch = batchSize(config);
    this.inputs = {
      obs: new Float32Array(batch * observation),
      actions: spec.action.kind === 'discrete' ? new Int32Array(batch) : new Float32Array(batch * action),
      oldLogProbs: new Float32Array(batch),
      advantages: new Float32Array(batch),
      returns: new Float32Array(batch),
      oldValues: new Float32Array(batch),
      clip: new Float32Array(1),
      entropy: new Float32Array(1),
      value: new Float32Array(1),
      gradientClip: new Float32Array(1),
      learningRate: new Float32Array(1),
    };
    this.rngs = { exploration: streams('exploration'), shuffle: streams('shuffle') };
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
    const { config, rollout } = this;
    gae(rollout, config.gamma, config.lambda, this.advantages);
    const perEpoch = Math.min(config.minibatches, rollout.steps * rollout.slots);
    let metrics: Metrics | undefined;
    const steps = repeat(config.epochs * perEpoch, (k) => {
      if (k % perEpoch === 0) this.shuffle();
      const last = k === config.epochs * perEpoch - 1;
      return whenReady(this.gradientStep(k % perEpoch, last), (report) => {
        metrics = report;
      });
    });
    return whenReady(
      whenReady(steps, () => this.parts.learner.sync()),
      () => {
        rollout.clear();
        return metrics;
      },
    );
  }

  /** Fisher and Yates' shuffle of the order from where the last one left it. */
  private shuffle(): void {
    const { order } = this;
    for (let k = order.length - 1; k > 0; k--) {
      const other = this.rngs.shuffle.integer(k + 1);
      [order[k], order[other]] = [order[other], order[k]];
    }
  }

  private gradientStep(minibatch: number, report: boolean): MaybePromise<Metrics | undefined> {
    this.gather(minibatch);
    const { inputs, config } = this;
    const rate = config.learningRateSteps > 0 ? linear(1, 0, config.learningRateSteps, this.steps) : 1;
    inputs['learningRate'][0] = config.learningRate * rate;
    inputs['clip'][0] = config.clip;
    inputs['entropy'][0] = config.entropy;
    inputs['value'][0] = config.valueWeight;
    inputs['gradientClip'][0] = config.gradientClip > 0 ? config.gradientClip : 1e30;
    this.updates++;
    const ran = this.parts.learner.run(inputs, report ? Object.keys(REPORTS) : []);
    return whenReady(ran, (outputs) => {
      if (!report) return undefined;
      const metrics = Object.entries(REPORTS).map(([name, metric]) => [metric, outputs[name][0]]);
      return { ...Object.fromEntries(metrics), 'train/updates': this.updates } as Metrics;
    });
  }

  /** Copies the rows of a minibatch into the step's inputs. */
  private gather(minibatch: number): void {
    const { inputs, rollout, advantages, order } = this;
    const batch = inputs['returns'].length;
    const observation = inputs['obs'].length / batch;
    const action = inputs['actions'].length / batch;
    for (let k = 0; k < batch; k++) {
      const row = order[minibatch * batch + k];
      for (let j = 0; j < observation; j++)
        inputs['obs'][k * observation + j] = rollout.obs[row * observation + j];
      for (let j = 0; j < action; j++) inputs['actions'][k * action + j] = rollout.actions[row * action + j];
      inputs['oldLogProbs'][k] = rollout.logProbs[row];
      inputs['advantages'][k] = advantages[row];
      inputs['returns'][k] = advantages[row] + rollout.values[row];
      inputs['oldValues'][k] = rollout.values[row];
    }
  }

  // Whole life

  tune(config: Readonly<Record<string, unknown>>): void {
    this.config = { ...this.config, ...(config as Partial<PpoConfig>) };
  }

  snapshot(): MaybePromise<Snapshot> {
    return whenReady(this.parts.learner.snapshot(), (learner) => ({
      learner,
      steps: this.steps,
      updates: this.updates,
      order: this.order.slice(),
      rollout: this.rollout.snapshot(),
      rngs: Object.fromEntries(Object.entries(this.rngs).map(([name, rng]) => [name, rng.state.slice()])),
    }));
  }

  restore(saved: Snapshot): MaybePromise<void> {
    this.steps = savedNumber(saved, 'steps');
    this.updates = savedNumber(saved, 'updates');
    this.order.set(savedArray(saved, 'order'));
    this.rollout.restore(child(saved, 'rollout'));
    for (const [name, rng] of Object.entries(this.rngs))
      rng.state.set(savedArray(child(saved, 'rngs'), name));
    return this.parts.learner.restore(child(saved, 'learner'));
  }

  dispose(): void {
    this.parts.learner.dispose();
  }
}

/** PPO plays every world; only a network that does not fit is refused. */
function refuses(spec: EnvSpec, config: PpoConfig): Problem | undefined {
  return problemOf(() => planActorCritic(spec, config.network, config.shared));
}

export const ppo = defineAgent<Compute, typeof ppoConfig>({
  id: 'ppo',
  title: 'PPO',
  group: 'policy',
  summary: 'Improves its policy by small, clipped steps on what it just lived (Schulman et al. 2017).',
  config: ppoConfig,
  presets: ppoPresets,
  refuses,
  slots: ({ worlds }) => worlds,
  create: createPpo,
});
