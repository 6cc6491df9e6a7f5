/**
 * REINFORCE (Williams 1992), with or without a learned baseline: one gradient step on the returns of whole episodes.
 * README.md has the equations.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineAgent, type Agent, type Inspection, type Metrics, type StepBuffers } from '#core/agent.ts';
import { observationSize, type EnvSpec } from '#core/env.ts';
import { problemOf, type Problem } from '#core/errors.ts';
import type { RngStreams, SavableRng } from '#core/rng.ts';
import { linear } from '#core/schedule.ts';
import { child, savedArray, savedNumber, type Snapshot } from '#core/snapshot.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import { createLearner, type Learner } from '#agents/nn/learner.ts';
import { withGradient } from '#agents/nn/network.ts';
import { clipByGlobalNorm, optimize, optimizerState, optimizerSpec } from '#agents/nn/optimizers.ts';
import {
  ActorCritic,
  evaluateBatch,
  initialBlock,
  planActorCritic,
  type ActorCriticPlan,
} from '../actor-critic.ts';
import { weightedMean } from '#agents/nn/losses.ts';
import { Episodes } from './episodes.ts';
import { reinforceConfig, reinforcePresets, type ReinforceConfig } from './config.ts';

/** What a gradient step reports, and the metric it becomes. */
const REPORTS = {
  loss: 'train/loss',
  policyLoss: 'train/policy-loss',
  valueLoss: 'train/value-loss',
  entropy: 'train/entropy',
  gradientNorm: 'train/gradient-norm',
} as const;

// Networks

/**
 * One gradient step on the B rows of finished episodes, of which `weights` marks those that are filled (1/N each, times B).
 * Loss: −mean(A log π) − c_e · entropy + c_v · ½ mean (V − G)². State: `params`, the optimizer's moments.
 */
function reinforceStep(plan: ActorCriticPlan, config: ReinforceConfig): Step {
  const optimizer = optimizerSpec('adam', config.optimizerEpsilon);
  return (state, inputs) => {
    const params = state['params'] as tf.Tensor1D;
    const { returns, advantages, weights: filled } = inputs;
    const { gradient, outputs } = withGradient(plan.plans, params, (...weights) => {
      const { policy, values } = evaluateBatch(plan, weights, inputs['obs'], inputs['actions']);
      const policyLoss = tf.neg<tf.Scalar>(weightedMean(tf.mul(advantages, policy.logProbs), filled));
      const error = tf.square(tf.sub(values, returns));
      const valueLoss = tf.mul(tf.scalar(0.5), weightedMean(error, filled));
      const entropy = weightedMean(policy.entropy, filled);
      const rewarded = tf.sub(policyLoss, tf.mul(inputs['entropy'], entropy));
      const loss = tf.add<tf.Scalar>(rewarded, tf.mul(inputs['value'], valueLoss));
      return { loss, policyLoss, valueLoss, entropy };
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
  readonly config: ReinforceConfig;
  readonly plan: ActorCriticPlan;
  readonly learner: Learner;
  readonly streams: RngStreams;
}

function createReinforce(
  spec: EnvSpec,
  config: ReinforceConfig,
  streams: RngStreams,
  compute: Compute,
): MaybePromise<Reinforce> {
  const plan = planActorCritic(spec, config.network, false);
  const batch = config.longest;
  const vector = { shape: [batch], dtype: 'float32' } as const;
  const scalar = { shape: [], dtype: 'float32' } as const;
  const optimizer = optimizerState(optimizerSpec('adam', config.optimizerEpsilon), plan.size);
  const learner = createLearner(compute, {
    name: 'reinforce',
    step: reinforceStep(plan, config),
    state: { params: { shape: [plan.size], dtype: 'float32' }, ...optimizer.shapes },
    initial: { params: initialBlock(plan, streams('initialisation')), ...optimizer.initial },
    inputs: {
      obs: { shape: [batch, ...spec.observation.shape], dtype: 'float32' },
      actions:
        spec.action.kind === 'discrete'
          ? { shape: [batch], dtype: 'int32' }
          : { shape: [batch, plan.outputs], dtype: 'float32' },
      advantages: vector,
      weights: vector,
      returns: vector,
      entropy: scalar,
      value: scalar,
      gradientClip: scalar,
      learningRate: scalar,
    },
    actor: ['params'],
  });
  return whenReady(learner, (ready) => new Reinforce({ spec, config, plan, learner: ready, streams }));
}

class Reinforce implements Agent {
  private readonly parts: Parts;
  private config: ReinforceConfig;
  private steps = 0;
  private updates = 0;
  private readonly actor: ActorCritic;
  private readonly episodes: Episodes;
  /** Of the step that is being played: actions as they were drawn, and their log probabilities, which nobody needs. */
  private readonly drawn: Float32Array;
  private readonly logProbs: Float32Array;
  private readonly inputs: Record<string, Float32Array | Int32Array>;
  private readonly rngs: Readonly<Record<'exploration', SavableRng>>;

  constructor(parts: Parts) {
    const { spec, config, plan, learner, streams } = parts;
    this.parts = parts;
    this.config = config;
    this.actor = new ActorCritic(plan, learner, config.worlds);
    const observation = observationSize(spec);
    const action = spec.action.kind === 'discrete' ? 1 : plan.outputs;
    this.episodes = new Episodes({ slots: config.worlds, longest: config.longest, observation, action });
    this.drawn = new Float32Array(config.worlds * action);
    this.logProbs = new Float32Array(config.worlds);
    const batch = config.longest;
    this.inputs = {
      obs: this.episodes.obs,
      actions: spec.action.kind === 'discrete' ? new Int32Array(batch) : new Float32Array(batch * action),
      advantages: new Float32Array(batch),
      returns: this.episodes.returns,
      weights: new Float32Array(batch),
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
    else this.actor.sample(n, this.rngs.exploration, out, this.drawn, this.logProbs);
  }

  inspect(obs: Float32Array): Inspection {
    this.actor.look(obs, 1);
    const probabilities = this.actor.probabilities();
    return {
      ...(this.config.baseline && { value: this.actor.values[0] }),
      ...(probabilities && { probabilities }),
    };
  }

  // Observe

  observe(step: StepBuffers): void {
    this.steps += step.n;
    const size = step.obs.length / step.n;
    this.episodes.observe(step, this.drawn, this.config.gamma, (obs, slot) =>
      this.config.baseline ? this.actor.value(obs.subarray(slot * size, (slot + 1) * size)) : 0,
    );
  }

  // Update

  update(): MaybePromise<Metrics | undefined> {
    const { episodes, config, inputs } = this;
    if (episodes.finished < config.episodes && episodes.count < config.longest) return undefined;
    this.fillBatch();
    const rate = config.learningRateSteps > 0 ? linear(1, 0, config.learningRateSteps, this.steps) : 1;
    inputs['learningRate'][0] = config.learningRate * rate;
    inputs['entropy'][0] = config.entropy;
    inputs['value'][0] = config.baseline ? config.valueWeight : 0;
    inputs['gradientClip'][0] = config.gradientClip > 0 ? config.gradientClip : 1e30;
    this.updates++;
    return whenReady(this.parts.learner.run(inputs, Object.keys(REPORTS)), (outputs) => {
      const metrics = Object.entries(REPORTS).map(([name, metric]) => [metric, outputs[name][0]]);
      episodes.clear();
      return whenReady(
        this.parts.learner.sync(),
        () => ({ ...Object.fromEntries(metrics), 'train/updates': this.updates }) as Metrics,
      );
    });
  }

  /** Advantages, and which rows count: obs and returns are the episodes' own arrays. */
  private fillBatch(): void {
    const { episodes, config, inputs } = this;
    const { count, returns } = episodes;
    const { advantages, weights, actions } = inputs;
    actions.set(episodes.actions);
    if (config.baseline) this.actor.look(episodes.obs, count);
    for (let k = 0; k < count; k++) advantages[k] = returns[k] - (config.baseline ? this.actor.values[k] : 0);
    if (config.normaliseReturns) normalise(advantages as Float32Array, count);
    weights.fill(0);
    weights.fill(weights.length / count, 0, count);
    advantages.fill(0, count);
  }

  // Whole life

  tune(config: Readonly<Record<string, unknown>>): void {
    this.config = { ...this.config, ...(config as Partial<ReinforceConfig>) };
  }

  snapshot(): MaybePromise<Snapshot> {
    return whenReady(this.parts.learner.snapshot(), (learner) => ({
      learner,
      steps: this.steps,
      updates: this.updates,
      episodes: this.episodes.snapshot(),
      drawn: this.drawn.slice(),
      rngs: Object.fromEntries(Object.entries(this.rngs).map(([name, rng]) => [name, rng.state.slice()])),
    }));
  }

  restore(saved: Snapshot): MaybePromise<void> {
    this.steps = savedNumber(saved, 'steps');
    this.updates = savedNumber(saved, 'updates');
    this.episodes.restore(child(saved, 'episodes'));
    this.drawn.set(savedArray(saved, 'drawn'));
    for (const [name, rng] of Object.entries(this.rngs))
      rng.state.set(savedArray(child(saved, 'rngs'), name));
    return this.parts.learner.restore(child(saved, 'learner'));
  }

  dispose(): void {
    this.parts.learner.dispose();
  }
}

/** Mean 0 and deviation 1 over the first `count` numbers. */
function normalise(x: Float32Array, count: number): void {
  let mean = 0;
  for (let k = 0; k < count; k++) mean += x[k] / count;
  let variance = 0;
  for (let k = 0; k < count; k++) variance += (x[k] - mean) ** 2 / count;
  const scale = 1 / (Math.sqrt(variance) + 1e-8);
  for (let k = 0; k < count; k++) x[k] = (x[k] - mean) * scale;
}

/** REINFORCE plays every world; only a network that does not fit is refused. */
function refuses(spec: EnvSpec, config: ReinforceConfig): Problem | undefined {
  return problemOf(() => planActorCritic(spec, config.network, false));
}

export const reinforce = defineAgent<Compute, typeof reinforceConfig>({
  id: 'reinforce',
  title: 'REINFORCE',
  group: 'policy',
  summary: 'Makes what led to high returns likelier, episode by episode (Williams 1992).',
  config: reinforceConfig,
  presets: reinforcePresets,
  refuses,
  slots: ({ worlds }) => worlds,
  create: createReinforce,
});
