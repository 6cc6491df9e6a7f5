/**
 * REINFORCE (Williams 1992), with or without a learned baseline: one gradient step on the returns of whole episodes.
 * README.md has the equations.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineAgent, type Agent, type Inspection, type Metrics, type StepBuffers } from '#core/agent.ts';
import { observationSize, type EnvSpec } from '#core/env.ts';
import { problemOf, type Problem } from '#core/errors.ts';
import type { RngStreams } from '#core/rng.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import { batchShapes, descent, descentState, setRates } from '#agents/nn/descent.ts';
import { GradientAgent, type Parts } from '#agents/nn/gradient-agent.ts';
import { createLearner, type StepInputs } from '#agents/nn/learner.ts';
import { weightedMean } from '#agents/nn/losses.ts';
import { optimizerSpec, type OptimizerSpec } from '#agents/nn/optimizers.ts';
import {
  ActorCritic,
  actorCriticNetworks,
  evaluateBatch,
  initialBlock,
  planActorCritic,
  type ActorCriticPlan,
} from '../actor-critic.ts';
import { actorCriticReports } from '../losses.ts';
import { actionWidth } from '../rollout.ts';
import { Episodes } from './episodes.ts';
import { reinforceConfig, reinforcePresets, type ReinforceConfig } from './config.ts';

const VECTORS = ['advantages', 'weights', 'returns'] as const;
const SCALARS = ['entropy', 'value', 'gradientClip', 'learningRate'] as const;

// Networks

function optimizerOf({ optimizerEpsilon }: ReinforceConfig): OptimizerSpec {
  return optimizerSpec('adam', optimizerEpsilon);
}

/**
 * One gradient step on the B rows of finished episodes, of which `weights` marks those that are filled (1/N each, times B).
 * Loss: −mean(A log π) − c_e · entropy + c_v · ½ mean (V − G)².
 */
function reinforceStep(plan: ActorCriticPlan, config: ReinforceConfig): Step {
  return descent(plan.plans, optimizerOf(config), (weights, inputs) => {
    const { returns, advantages, weights: filled } = inputs;
    const { policy, values } = evaluateBatch(plan, weights, inputs['obs'], inputs['actions']);
    const policyLoss = tf.neg<tf.Scalar>(weightedMean(tf.mul(advantages, policy.logProbs), filled));
    const error = tf.square(tf.sub(values, returns));
    const valueLoss = tf.mul(tf.scalar(0.5), weightedMean(error, filled));
    const entropy = weightedMean(policy.entropy, filled);
    const rewarded = tf.sub(policyLoss, tf.mul(inputs['entropy'], entropy));
    const loss = tf.add<tf.Scalar>(rewarded, tf.mul(inputs['value'], valueLoss));
    return { loss, policyLoss, valueLoss, entropy };
  });
}

function createReinforce(
  spec: EnvSpec,
  config: ReinforceConfig,
  streams: RngStreams,
  compute: Compute,
): MaybePromise<Reinforce> {
  const plan = planActorCritic(spec, config.network, false);
  const learner = createLearner(compute, {
    name: 'reinforce',
    step: reinforceStep(plan, config),
    ...descentState(optimizerOf(config), initialBlock(plan, streams('initialisation'))),
    inputs: batchShapes(spec, config.maxSteps, VECTORS, SCALARS),
  });
  return whenReady(learner, (ready) => new Reinforce({ spec, config, plan, learner: ready, streams }));
}

class Reinforce extends GradientAgent<ReinforceConfig, 'exploration'> implements Agent {
  private readonly actor: ActorCritic;
  private readonly episodes: Episodes;
  /** Of the step that is being played: actions as they were drawn, and their log probabilities, which nobody needs. */
  private readonly drawn: Float32Array;
  private readonly logProbs: Float32Array;
  protected readonly inputs: StepInputs;
  protected readonly kept;

  constructor(parts: Parts<ReinforceConfig, ActorCriticPlan>) {
    super(parts, ['exploration']);
    const { spec, config, plan, learner } = parts;
    const { numEnvs, maxSteps } = config;
    this.actor = new ActorCritic(plan, learner, numEnvs);
    this.episodes = new Episodes({
      slots: numEnvs,
      longest: maxSteps,
      observation: observationSize(spec),
      action: actionWidth(spec),
    });
    this.drawn = new Float32Array(numEnvs * actionWidth(spec));
    this.logProbs = new Float32Array(numEnvs);
    this.inputs = learner.inputs({ obs: this.episodes.obs, returns: this.episodes.returns });
    this.kept = { episodes: this.episodes, drawn: this.drawn };
  }

  // Act

  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    this.actor.look(obs, n);
    if (mode === 'greedy') this.actor.greedy(n, out);
    else this.actor.sample(n, this.rngs.exploration, out, this.drawn, this.logProbs);
  }

  inspect(obs: Float32Array): Inspection {
    const { value, ...rest } = this.actor.inspect(obs);
    return { ...rest, ...(this.config.baseline && value !== undefined && { value }) };
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
    if (episodes.finished < config.episodes && episodes.count < config.maxSteps) return undefined;
    this.fillBatch();
    inputs['entropy'][0] = config.entropyCoefficient;
    inputs['value'][0] = config.baseline ? config.valueCoefficient : 0;
    setRates(inputs, config, this.steps);
    return whenReady(
      this.descend(1, () => this.gradientStep(actorCriticReports)),
      (metrics) => {
        episodes.clear();
        return metrics;
      },
    );
  }

  /** Advantages, and which rows count: obs and returns are the episodes' own arrays. */
  private fillBatch(): void {
    const { episodes, config, inputs } = this;
    const { count, returns } = episodes;
    const { advantages, weights, actions } = inputs;
    actions.set(episodes.actions);
    if (config.baseline) this.actor.look(episodes.obs, count);
    for (let k = 0; k < count; k++) advantages[k] = returns[k] - (config.baseline ? this.actor.values[k] : 0);
    if (config.normaliseAdvantages) normalise(advantages as Float32Array, count);
    weights.fill(0);
    weights.fill(weights.length / count, 0, count);
    advantages.fill(0, count);
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
  networks: (spec, config) => actorCriticNetworks(planActorCritic(spec, config.network, false)),
  slots: ({ numEnvs }) => numEnvs,
  create: createReinforce,
});
