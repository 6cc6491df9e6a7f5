/**
 * Soft actor-critic (Haarnoja et al. 2018; for discrete actions Christodoulou 2019): maximises reward and entropy from a replay
 * memory, with two critics and a learned temperature. README.md has the equations.
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
import type { EnvSpec } from '#core/env.ts';
import { Experience } from '#core/experience.ts';
import type { Rng } from '#core/rng.ts';
import { gradientStepsDue } from '#core/schedule.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import type { Actor } from '#agents/nn/actor.ts';
import { argmax } from '#core/argmax.ts';
import { probabilities, sampleCategorical } from '#agents/nn/distributions.ts';
import { descend } from '#agents/nn/gradient.ts';
import type { Inspector } from '#agents/nn/inspector.ts';
import { clipInput, dropoutMasks, float32, scalar, stepOver, transitionInputs } from '#agents/nn/inputs.ts';
import { GradientAgent, type Outputs, type Parts, type Training } from '#agents/nn/gradient-agent.ts';
import { block, createLearner } from '#agents/nn/learner.ts';
import { split, type Weights } from '#agents/nn/network.ts';
import { optimizerSpec, optimizerState, type OptimizerSpec } from '#agents/nn/optimizers.ts';
import { eachMean, logProbSlopes, saliencyOf } from '#agents/nn/saliency.ts';
import { ActionBox } from '../box.ts';
import { Critics } from '../critics.ts';
import { stopped } from '../losses.ts';
import { sacConfig, sacPresets, type SacConfig } from './config.ts';
import {
  initialSac,
  logStdOf,
  planSac,
  qValue,
  refusesSac,
  sacNetworks,
  softValue,
  type SacPlan,
} from './networks.ts';

const REPORTS = {
  criticLoss: 'train/critic-loss',
  actorLoss: 'train/actor-loss',
  entropy: 'train/entropy',
  alpha: 'train/temperature',
  gradientNorm: 'train/gradient-norm',
} as const;
type Output = keyof typeof REPORTS;
const METRICS = Object.keys(REPORTS) as readonly Output[];

// Gradient step. B transitions, D dims of a continuous action.

function sacInputs(spec: EnvSpec, { discrete, dims, plans }: SacPlan, { batchSize: B }: SacConfig) {
  /** ε of the actions that are drawn in s and in s′. */
  const normals = discrete
    ? undefined
    : float32([B, dims], (into, { rngs }: Sac) => drawNormals(into, rngs.noise));
  return {
    ...transitionInputs(spec, B),
    noise: normals,
    nextNoise: normals,
    masks: dropoutMasks(plans, B, ({ rngs }: Sac) => rngs.noise),
    learningRate: scalar(({ config }: Sac) => config.learningRate),
    gradientClip: clipInput(),
    targetRate: scalar(({ config }: Sac) => config.targetRate),
  };
}
type SacInputs = ReturnType<typeof sacInputs>;

function drawNormals(into: Float32Array, rng: Rng): void {
  for (let k = 0; k < into.length; k++) into[k] = rng.normal();
}

function optimizerOf({ optimizerEpsilon }: SacConfig): OptimizerSpec {
  return optimizerSpec('adam', optimizerEpsilon);
}

/**
 * Policy, critics and temperature in one step. State: `params` (policy, two critics, log α), `targets` (two critics), the
 * optimizer's moments. The losses do not reach into each other's parameters, so one optimizer does.
 */
function sacStep(plan: SacPlan, config: SacConfig): Step {
  const { plans } = plan;
  const optimizer = optimizerOf(config);
  return stepOver<SacInputs, 'params' | 'targets'>((state, inputs) => {
    const { params, targets } = state;
    const { obs, actions, nextObs, targetRate } = inputs;
    // These take no gradient: the losses below get weights of their own.
    const [actor, q1, q2, logAlpha] = split(plans, params);
    const alpha = tf.exp(logAlpha[0]);

    // Targets: r + γᵏ E[min Q⁻(s′, a′) − α log π(a′ | s′)].
    const targetCritics = split([plan.critic, plan.critic], targets);
    const next = softValue(plan, { actor, critics: targetCritics, alpha }, nextObs, inputs.nextNoise);
    const tdTarget = tf.add(inputs.rewards, tf.mul(inputs.discounts, next.value)); // [B]

    const updated = descend({ plans, params, optimizer, state }, inputs, (...weights) => {
      const [actorNow, q1Now, q2Now, logAlphaNow] = weights;
      const squaredError = (critic: Weights): tf.Tensor =>
        tf.mean(tf.square(tf.sub(qValue(plan, critic, obs, actions), tdTarget)));
      const criticLoss = tf.mul(tf.scalar(0.5), tf.add(squaredError(q1Now), squaredError(q2Now)));
      const now = softValue(plan, { actor: actorNow, critics: [q1, q2], alpha }, obs, inputs.noise);
      // The policy climbs the critics as they were before this step.
      const actorLoss = tf.neg<tf.Scalar>(tf.mean(now.value));
      // log α grows while the entropy is below its target.
      const missing = tf.add(tf.mean(stopped(now.logProb)), tf.scalar(plan.targetEntropy));
      const alphaLoss = tf.neg(tf.mul(tf.sum(logAlphaNow[0]), missing));
      const loss = tf.add<tf.Scalar>(tf.add(criticLoss, actorLoss), alphaLoss);
      return { loss, criticLoss, actorLoss, entropy: tf.neg(tf.mean(now.logProb)) };
    });
    const critics = tf.slice1d(updated.params, plan.actor.size, 2 * plan.critic.size);
    // Polyak averaging of the target critics.
    const kept = tf.mul(targets, tf.sub(tf.scalar(1), targetRate));
    return {
      state: {
        params: updated.params,
        targets: tf.add(kept, tf.mul(critics, targetRate)),
        ...updated.moments,
      },
      outputs: { ...updated.outputs, alpha: tf.sum(alpha) },
    };
  });
}

class Sac extends GradientAgent<SacConfig, 'exploration' | 'replay' | 'noise'> implements Agent {
  private readonly plan: SacPlan;
  private readonly box: ActionBox;
  private readonly experience: Experience;
  private readonly actor: Actor;
  private readonly critics: Critics;
  /** [numEnvs, dims] the noise of continuous actions, kept for `noiseSteps` steps. */
  private readonly noise: Float64Array;
  /** Made when it is first asked for. */
  private inspector: Inspector | undefined;
  protected readonly kept;

  constructor(parts: Parts<SacConfig, SacPlan, SacInputs>) {
    super(parts, ['exploration', 'replay', 'noise']);
    const { spec, config, plan, learner, normaliser } = parts;
    this.plan = plan;
    this.box = new ActionBox(spec.action);
    this.experience = new Experience(spec, config, learner.inputs, normaliser);
    this.actor = learner.actor(plan.actor, config.numEnvs);
    this.critics = new Critics({ learner, plans: [plan.critic, plan.critic], offset: plan.actor.size });
    this.noise = new Float64Array(config.numEnvs * plan.dims);
    const { replay, nStep } = this.experience;
    this.kept = { replay, transitions: nStep, ...(config.noiseSteps > 1 && { noise: this.noise }) };
  }

  // Act

  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    const { discrete, dims } = this.plan;
    const explore = mode === 'explore';
    if (explore && !discrete && Math.floor(this.steps / n) % this.config.noiseSteps === 0) this.drawNoise();
    const policy = this.actor.run(obs, n);
    for (let i = 0; i < n; i++)
      if (discrete) out.discrete[i] = this.discreteAction(policy, i * dims, explore);
      else
        for (let d = 0; d < dims; d++)
          out.box[i * dims + d] = this.box.toWorld(d, this.continuousAction(policy, i, d, explore));
  }

  /** Uniformly random until learning starts, then from π(· | s); greedily its mode. */
  private discreteAction(policy: Float32Array, from: number, explore: boolean): number {
    const { dims } = this.plan;
    const { exploration } = this.rngs;
    if (!explore) return argmax(policy, from, dims);
    return this.steps < this.config.learningStarts
      ? exploration.integer(dims)
      : sampleCategorical(policy, from, dims, exploration);
  }

  /** The same of one dim, in −1 … 1; greedily tanh of the mean. */
  private continuousAction(policy: Float32Array, row: number, dim: number, explore: boolean): number {
    const { dims } = this.plan;
    const mean = policy[row * 2 * dims + dim];
    if (!explore) return Math.tanh(mean);
    const noise = this.noise[row * dims + dim];
    if (this.steps < this.config.learningStarts) return noise;
    return Math.tanh(mean + Math.exp(logStdOf(policy[row * 2 * dims + dims + dim])) * noise);
  }

  /** Uniform in −1 … 1 until learning starts, then normal. */
  private drawNoise(): void {
    const { exploration } = this.rngs;
    const random = this.steps < this.config.learningStarts;
    for (let k = 0; k < this.noise.length; k++)
      this.noise[k] = random ? 2 * exploration.uniform() - 1 : exploration.normal();
  }

  inspect(obs: Float32Array): Inspection {
    const { dims, discrete } = this.plan;
    if (discrete) {
      const policy = probabilities(this.actor.run(obs, 1), dims);
      return { probabilities: policy, value: this.critics.ofPolicy(obs, policy, 1)[0] };
    }
    const mode = this.actor.run(obs, 1).slice(0, dims).map(Math.tanh);
    return { value: this.critics.ofActions(obs, mode, 1)[0] };
  }

  estimates(obs: Float32Array, n: number): Estimates {
    const { discrete, dims } = this.plan;
    if (!discrete) return {};
    const policy = this.actor.run(obs, n);
    const rows = new Float32Array(n * dims);
    for (let i = 0; i < n; i++)
      rows.set(probabilities(policy.subarray(i * dims, (i + 1) * dims), dims), i * dims);
    return { probabilities: rows, values: this.critics.ofPolicy(obs, rows, n) };
  }

  saliency(obs: Float32Array): Float32Array {
    const { discrete, dims, actor } = this.plan;
    const inspector = (this.inspector ??= this.learner.inspector(actor));
    if (!discrete) return saliencyOf(inspector, obs, eachMean(dims, 2 * dims), dims);
    const policy = this.actor.run(obs, 1);
    return saliencyOf(
      inspector,
      obs,
      logProbSlopes(probabilities(policy, dims), argmax(policy, 0, dims), dims),
    );
  }

  // Observe

  observe(step: StepBuffers): void {
    this.steps += step.n;
    this.experience.observe(step, this.config.gamma);
  }

  // Update

  update(): MaybePromise<Metrics | undefined> {
    const times = gradientStepsDue(this.config, this.steps);
    return times > 0 ? this.train(this.gradientSteps(times)) : undefined;
  }

  /** Policy, critics, temperature and target critics all move at every step. */
  private *gradientSteps(times: number): Training<Output> {
    const { experience, box, config, rngs } = this;
    let outputs: Outputs<Output> | undefined;
    for (let k = 1; k <= times; k++) {
      experience.sample(config.gamma, rngs.replay);
      box.normalise(experience.batch.actions);
      this.learner.fillInputs(this);
      outputs = yield this.step(k === times ? METRICS : []);
    }
    return this.report(REPORTS, outputs);
  }
}

export const sac = defineAgent<Compute, typeof sacConfig>({
  id: 'sac',
  title: 'SAC',
  group: 'policy',
  summary: 'Maximises reward and the entropy of its policy, from a replay buffer (Haarnoja et al. 2018).',
  config: sacConfig,
  main: ['learningRate', 'gamma', 'targetEntropy', 'targetRate', 'batchSize', 'network'],
  presets: sacPresets,
  refuses: refusesSac,
  networks: sacNetworks,
  transitions: ({ replaySize }) => replaySize,
  slots: ({ numEnvs }) => numEnvs,
  create(spec, config, streams, compute, { normaliser }) {
    const plan = planSac(spec, config);
    const params = initialSac(plan, config, streams('initialisation'));
    const targets = params.slice(plan.actor.size, plan.actor.size + 2 * plan.critic.size);
    const learner = createLearner(compute, {
      name: 'sac',
      step: sacStep(plan, config),
      state: {
        params: block(params),
        targets: block(targets),
        ...optimizerState(optimizerOf(config), plan.size),
      },
      inputs: sacInputs(spec, plan, config),
      actor: ['params'],
    });
    return whenReady(
      learner,
      (ready) => new Sac({ spec, config, plan, learner: ready, streams, normaliser }),
    );
  },
});
