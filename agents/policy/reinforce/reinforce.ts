/**
 * REINFORCE (Williams 1992), with or without a learned baseline: one gradient step on the returns of whole episodes.
 * README.md has the equations.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  defineAgent,
  type Agent,
  type Estimates,
  type Inspection,
  type Metrics,
  type StepBuffers,
} from '#core/agent.ts';
import { observationSize, type EnvSpec } from '#core/env.ts';
import { problemOf } from '#core/errors.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import { descend } from '#agents/nn/gradient.ts';
import { actionsTaken, float32, observations, optimizerInputs, scalar, stepOver } from '#agents/nn/inputs.ts';
import { GradientAgent, type Parts, type Training } from '#agents/nn/gradient-agent.ts';
import { block, createLearner } from '#agents/nn/learner.ts';
import { weightedMean } from '#agents/nn/losses.ts';
import { optimizerSpec, optimizerState, type OptimizerSpec } from '#agents/nn/optimizers.ts';
import { ActorCritic, evaluateBatch } from '../actor-critic.ts';
import { actorCriticReports, total } from '../losses.ts';
import { actorCriticNetworks, initialBlock, planActorCritic, type ActorCriticPlan } from '../networks.ts';
import { actionWidth } from '../rollout.ts';
import { Episodes } from './episodes.ts';
import { reinforceConfig, reinforcePresets, type ReinforceConfig } from './config.ts';

type Output = keyof typeof actorCriticReports;
const METRICS = Object.keys(actorCriticReports) as readonly Output[];

// Gradient step. B rows, of which the first N are the steps of the finished episodes.

/** In the order in which they are filled. Observations and returns are the episodes' own arrays, which costs no copy. */
function reinforceInputs(spec: EnvSpec, { maxSteps: B }: ReinforceConfig, episodes: Episodes) {
  return {
    obs: observations(spec, B, episodes.obs),
    actions: actionsTaken(spec, B, (into) => into.set(episodes.actions)),
    returns: float32([B], episodes.returns),
    /** G − V(s), or G without a baseline. */
    advantages: float32([B], (into, agent: Reinforce) => agent.advantages(into)),
    /** B/N in the rows that are filled, so that a mean over the batch is one over them; else 0. */
    weights: float32([B], (into) => into.fill(0).fill(B / episodes.count, 0, episodes.count)),
    entropyCoefficient: scalar(({ config }: Reinforce) => config.entropyCoefficient),
    /** 0 without a baseline: nothing then reads the value. */
    valueCoefficient: scalar(({ config }: Reinforce) => (config.baseline ? config.valueCoefficient : 0)),
    ...optimizerInputs(),
  };
}
type ReinforceInputs = ReturnType<typeof reinforceInputs>;

function optimizerOf({ optimizerEpsilon }: ReinforceConfig): OptimizerSpec {
  return optimizerSpec('adam', optimizerEpsilon);
}

/** −mean((G − b) log π) and, with a baseline, ½ mean (V − G)². State: `params`, of policy and value, and Adam's moments. */
function reinforceStep(plan: ActorCriticPlan, config: ReinforceConfig): Step {
  const { plans } = plan;
  const optimizer = optimizerOf(config);
  return stepOver<ReinforceInputs, 'params'>((state, inputs) => {
    const { obs, actions, returns, advantages, weights: filled } = inputs;
    const updated = descend({ plans, params: state.params, optimizer, state }, inputs, (...weights) => {
      const { policy, values } = evaluateBatch(plan, weights, obs, actions); // [B]
      const policyLoss = tf.neg<tf.Scalar>(weightedMean(tf.mul(advantages, policy.logProbs), filled));
      const squaredError = tf.square(tf.sub(values, returns)); // [B]
      const valueLoss = tf.mul(tf.scalar(0.5), weightedMean(squaredError, filled));
      const entropy = weightedMean(policy.entropy, filled);
      return { loss: total(policyLoss, entropy, valueLoss, inputs), policyLoss, valueLoss, entropy };
    });
    return { state: { params: updated.params, ...updated.moments }, outputs: updated.outputs };
  });
}

class Reinforce extends GradientAgent<ReinforceConfig, 'exploration'> implements Agent {
  private readonly actor: ActorCritic;
  private readonly episodes: Episodes;
  /** Of the step that is being played: actions as they were drawn, and their log probabilities, which are not used. */
  private readonly drawn: Float32Array;
  private readonly logProbs: Float32Array;
  protected readonly kept;

  constructor(parts: Parts<ReinforceConfig, ActorCriticPlan, ReinforceInputs>, episodes: Episodes) {
    super(parts, ['exploration']);
    const { spec, config, plan, learner } = parts;
    this.actor = new ActorCritic(plan, learner, config.numEnvs);
    this.episodes = episodes;
    this.drawn = new Float32Array(config.numEnvs * actionWidth(spec));
    this.logProbs = new Float32Array(config.numEnvs);
    this.kept = { episodes, drawn: this.drawn };
  }

  // Act

  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    this.actor.forward(obs, n);
    if (mode === 'greedy') this.actor.greedy(n, out);
    else this.actor.sample(n, this.rngs.exploration, out, this.drawn, this.logProbs);
  }

  inspect(obs: Float32Array): Inspection {
    const { value, ...rest } = this.actor.inspect(obs);
    return { ...rest, ...(this.config.baseline && value !== undefined && { value }) };
  }

  estimates(obs: Float32Array, n: number): Estimates {
    const { values, ...rest } = this.actor.estimates(obs, n);
    return { ...rest, ...(this.config.baseline && values && { values }) };
  }

  saliency(obs: Float32Array): Float32Array {
    return this.actor.saliency(obs);
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
    const { episodes, config } = this;
    // The batch may be full before there are enough episodes.
    const due = episodes.finished >= config.episodes || episodes.count >= config.maxSteps;
    return due ? this.train(this.gradientSteps()) : undefined;
  }

  /** One step on the finished episodes, which are then forgotten; running ones continue. */
  private *gradientSteps(): Training<Output> {
    this.learner.fillInputs(this);
    const outputs = yield this.step(METRICS);
    this.episodes.clear();
    return this.report(actorCriticReports, outputs);
  }

  /** Writes them into the rows of finished episodes, and 0 into the others. V is the value as it is now. */
  advantages(into: Float32Array): void {
    const { episodes, config, actor } = this;
    const { count, returns } = episodes;
    if (config.baseline) actor.forward(episodes.obs, count);
    for (let k = 0; k < count; k++) into[k] = returns[k] - (config.baseline ? actor.values[k] : 0);
    // A single step has no spread: normalised, it would teach nothing.
    if (config.normaliseAdvantages && count > 1) normalise(into, count);
    into.fill(0, count);
  }
}

/** Mean 0 and standard deviation 1 over the first `count` numbers. */
function normalise(x: Float32Array, count: number): void {
  let mean = 0;
  for (let k = 0; k < count; k++) mean += x[k] / count;
  let variance = 0;
  for (let k = 0; k < count; k++) variance += (x[k] - mean) ** 2 / count;
  const scale = 1 / (Math.sqrt(variance) + 1e-8);
  for (let k = 0; k < count; k++) x[k] = (x[k] - mean) * scale;
}

export const reinforce = defineAgent<Compute, typeof reinforceConfig>({
  id: 'reinforce',
  title: 'REINFORCE',
  group: 'policy',
  summary: 'Reinforces the actions of episodes in proportion to the return that followed (Williams 1992).',
  config: reinforceConfig,
  main: ['learningRate', 'gamma', 'baseline', 'entropyCoefficient', 'episodes', 'network'],
  presets: reinforcePresets,
  refuses: (spec, config) => problemOf(() => planActorCritic(spec, config.network, false)),
  networks: (spec, config) => actorCriticNetworks(planActorCritic(spec, config.network, false)),
  slots: ({ numEnvs }) => numEnvs,
  create(spec, config, streams, compute) {
    const plan = planActorCritic(spec, config.network, false);
    const params = initialBlock(plan, streams('initialisation'));
    const episodes = new Episodes({
      slots: config.numEnvs,
      maxSteps: config.maxSteps,
      observation: observationSize(spec),
      action: actionWidth(spec),
    });
    const learner = createLearner(compute, {
      name: 'reinforce',
      step: reinforceStep(plan, config),
      state: { params: block(params), ...optimizerState(optimizerOf(config), plan.size) },
      inputs: reinforceInputs(spec, config, episodes),
      actor: ['params'],
    });
    return whenReady(
      learner,
      (ready) => new Reinforce({ spec, config, plan, learner: ready, streams }, episodes),
    );
  },
});
