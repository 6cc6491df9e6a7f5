/**
 * Proximal policy optimisation (Schulman et al. 2017), for discrete and continuous actions: collect a rollout, then take several
 * epochs of clipped gradient steps on it. README.md has the equations.
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
import { problemOf, refusal, type Problem } from '#core/errors.ts';
import { Minibatches } from '#core/minibatches.ts';
import { gae } from '#core/returns.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import { descend } from '#agents/nn/gradient.ts';
import { actionsTaken, float32, observations, optimizerInputs, scalar, stepOver } from '#agents/nn/inputs.ts';
import { GradientAgent, type Outputs, type Parts, type Training } from '#agents/nn/gradient-agent.ts';
import { block, createLearner } from '#agents/nn/learner.ts';
import { optimizerSpec, optimizerState, type OptimizerSpec } from '#agents/nn/optimizers.ts';
import { ActorCritic, evaluateBatch } from '../actor-critic.ts';
import { actorCriticReports, clamp, normalised, stopped, total, valueLoss } from '../losses.ts';
import { actorCriticNetworks, initialBlock, planActorCritic, type ActorCriticPlan } from '../networks.ts';
import { Novelty } from '../novelty.ts';
import { checkMinibatches, checkNormalised, copyRows, RolloutBuffer, rolloutShape } from '../rollout.ts';
import { cutOf, isRecurrent, recallsOf, sequenceInputs, Sequences } from './sequences.ts';
import { ppoConfig, ppoPresets, type PpoConfig } from './config.ts';

const REPORTS = {
  ...actorCriticReports,
  approxKl: 'train/approx-kl',
  clipFraction: 'train/clip-fraction',
} as const;
type Output = keyof typeof REPORTS;
const METRICS = Object.keys(REPORTS) as readonly Output[];

// Gradient step. B rows of the rollout: a minibatch.

function ppoInputs(spec: EnvSpec, plan: ActorCriticPlan, config: PpoConfig) {
  const cut = cutOf(plan, config);
  const B = cut.batch * cut.length;
  return {
    obs: observations(spec, B, (into, { rollout, rows }: Ppo) => copyRows(rollout.obs, rows, into)),
    actions: actionsTaken(spec, B, (into, { rollout, rows }: Ppo) => copyRows(rollout.actions, rows, into)),
    /** log π_old(a | s) and V_old(s), as they were when the rollout was played. */
    oldLogProbs: float32([B], (into, { rollout, rows }: Ppo) => copyRows(rollout.logProbs, rows, into)),
    oldValues: float32([B], (into, { rollout, rows }: Ppo) => copyRows(rollout.values, rows, into)),
    advantages: float32([B], (into, { advantages, rows }: Ppo) => copyRows(advantages, rows, into)),
    /** The critic's target: A + V_old. */
    returns: float32([B], (into, { advantages, rollout, rows }: Ppo) => {
      for (let k = 0; k < rows.length; k++) into[k] = advantages[rows[k]] + rollout.values[rows[k]];
    }),
    ...sequenceInputs(plan, cut),
    clip: scalar(({ config }: Ppo) => config.clip),
    entropyCoefficient: scalar(({ config }: Ppo) => config.entropyCoefficient),
    valueCoefficient: scalar(({ config }: Ppo) => config.valueCoefficient),
    ...optimizerInputs(),
  };
}
type PpoInputs = ReturnType<typeof ppoInputs>;

function optimizerOf({ optimizerEpsilon }: PpoConfig): OptimizerSpec {
  return optimizerSpec('adam', optimizerEpsilon);
}

/** Schulman et al. 2017, eq. 9, on a minibatch. State: the `params` of policy and value, Adam's moments. */
export function ppoStep(plan: ActorCriticPlan, config: PpoConfig): Step {
  const { plans } = plan;
  const optimizer = optimizerOf(config);
  return stepOver<PpoInputs, 'params'>((state, inputs) => {
    const { obs, actions, oldLogProbs, oldValues, returns, clip } = inputs;
    // Per minibatch, as in OpenAI's baselines.
    const advantages = config.normaliseAdvantages ? normalised(inputs.advantages) : inputs.advantages; // [B]
    const recalls = recallsOf(cutOf(plan, config), inputs);
    const updated = descend({ plans, params: state.params, optimizer, state }, inputs, (...weights) => {
      const { policy, values } = evaluateBatch(plan, weights, obs, actions, recalls); // [B]
      const surrogate = clippedSurrogate(policy.logProbs, { oldLogProbs, advantages }, clip);
      const critic = valueLoss(values, returns, config.clipValue ? { oldValues, clip } : undefined);
      const entropy = tf.mean(policy.entropy);
      return {
        loss: total(surrogate.policyLoss, entropy, critic, inputs),
        ...surrogate,
        valueLoss: critic,
        entropy,
      };
    });
    return { state: { params: updated.params, ...updated.moments }, outputs: updated.outputs };
  });
}

/** −mean(min(ρA, clip(ρ, 1 ± c) A)): Schulman et al. 2017, eq. 7; with how far the policy has moved. Arguments [B]. */
export function clippedSurrogate(
  logProbs: tf.Tensor,
  { oldLogProbs, advantages }: { readonly oldLogProbs: tf.Tensor; readonly advantages: tf.Tensor },
  clip: tf.Tensor,
): Record<'policyLoss' | 'approxKl' | 'clipFraction', tf.Scalar> {
  const one = tf.scalar(1);
  const logRatio = tf.sub(logProbs, oldLogProbs);
  const ratio = tf.exp(logRatio); // ρ [B]
  const within = clamp(ratio, tf.sub(one, clip), tf.add(one, clip));
  const moved = tf.abs(tf.sub(stopped(ratio), one));
  return {
    policyLoss: tf.neg(tf.mean(tf.minimum(tf.mul(advantages, ratio), tf.mul(advantages, within)))),
    // Schulman's unbiased estimate of KL(old ‖ new): (ρ − 1) − log ρ.
    approxKl: tf.mean(tf.sub(tf.sub(stopped(ratio), one), stopped(logRatio))),
    clipFraction: tf.mean(tf.cast(tf.greater(moved, clip), 'float32')),
  };
}

class Ppo extends GradientAgent<PpoConfig, 'exploration' | 'shuffle'> implements Agent {
  readonly rollout: RolloutBuffer;
  /** GAE of the rollout [T, E]. */
  readonly advantages: Float32Array;
  /** What epochs go over: rows, or sequences of rows where a network is recurrent. */
  readonly sequences: Sequences;
  /** The rollout's rows in the minibatch. */
  rows: Uint32Array = new Uint32Array(0);
  private readonly actor: ActorCritic;
  private readonly novelty: Novelty | undefined;
  private readonly minibatches: Minibatches;
  protected readonly kept;

  constructor(parts: Parts<PpoConfig, ActorCriticPlan, PpoInputs>) {
    super(parts, ['exploration', 'shuffle']);
    const { spec, config, plan, learner } = parts;
    this.actor = new ActorCritic(plan, learner, config.numEnvs);
    this.novelty = config.noveltyBonus > 0 ? new Novelty(config.numEnvs) : undefined;
    this.rollout = new RolloutBuffer(rolloutShape(spec, config));
    this.advantages = new Float32Array(config.steps * config.numEnvs);
    this.sequences = new Sequences(this.rollout, plan, cutOf(plan, config));
    this.minibatches = new Minibatches(this.sequences.count, config.minibatches, this.rngs.shuffle);
    const recurrent = { hidden: this.actor.hidden, starts: this.sequences.starts };
    const { rollout, minibatches, novelty } = this;
    // Hidden states and counts are part of a checkpoint only where there are any.
    this.kept = {
      rollout,
      order: minibatches.order,
      ...(isRecurrent(plan) && recurrent),
      ...(novelty && { novelty: novelty.columns }),
    };
  }

  // Act

  act(
    obs: Float32Array,
    n: number,
    out: ActionBuffer,
    mode: 'explore' | 'greedy',
    begins?: Uint8Array,
  ): void {
    const { actor, rollout } = this;
    if (mode === 'greedy') {
      actor.forward(obs, n, actor.greedyState(n, begins));
      actor.greedy(n, out);
      return;
    }
    const { actions, logProbs, values } = rollout.pending;
    // Before the networks advance it.
    this.sequences.begin(rollout.filled, actor.hidden);
    actor.forward(obs, n);
    actor.sample(n, this.rngs.exploration, out, actions, logProbs);
    for (let i = 0; i < n; i++) values[i] = actor.values[i];
  }

  inspect(obs: Float32Array): Inspection {
    return this.actor.inspect(obs);
  }

  estimates(obs: Float32Array, n: number): Estimates {
    return this.actor.estimates(obs, n);
  }

  saliency(obs: Float32Array): Float32Array {
    return this.actor.saliency(obs);
  }

  // Observe

  observe(step: StepBuffers): void {
    this.steps += step.n;
    this.rollout.observe(step, this.actor);
    const { rollout, config } = this;
    this.novelty?.reward(step, config.noveltyBonus, rollout.rewards, (rollout.filled - 1) * step.n);
    // After the rollout has asked for the values of last observations, which belong to the old episodes.
    for (let i = 0; i < step.n; i++) if (step.terminated[i] | step.truncated[i]) this.actor.hidden.forget(i);
  }

  // Update

  update(): MaybePromise<Metrics | undefined> {
    return this.rollout.full ? this.train(this.gradientSteps()) : undefined;
  }

  /** Every epoch goes over the whole rollout in another order. */
  private *gradientSteps(): Training<Output> {
    const { config, rollout, minibatches, sequences } = this;
    gae(rollout, config.gamma, config.lambda, this.advantages);
    const times = config.epochs * minibatches.count;
    let outputs: Outputs<Output> | undefined;
    for (let k = 0; k < times; k++) {
      this.rows = sequences.rowsOf(minibatches.rows(k));
      this.learner.fillInputs(this);
      outputs = yield this.step(k === times - 1 ? METRICS : []);
    }
    rollout.clear();
    return this.report(REPORTS, outputs);
  }
}

/** PPO plays every world; refused are networks that do not fit, and rollouts that cannot be cut as asked. */
function refuses(spec: EnvSpec, config: PpoConfig): Problem | undefined {
  return problemOf(() => {
    const plan = planActorCritic(spec, config.network, config.shared, config);
    const { steps, sequenceLength, minibatches } = config;
    const cut = cutOf(plan, config);
    if (steps % cut.length !== 0) {
      const expected = `a number that divides the ${steps} steps per rollout`;
      throw refusal('sequenceLength', expected, String(sequenceLength));
    }
    checkMinibatches(minibatches, cut);
    if (config.normaliseAdvantages) checkNormalised(minibatches, cut);
  });
}

export const ppo = defineAgent<Compute, typeof ppoConfig>({
  id: 'ppo',
  title: 'PPO',
  group: 'policy',
  summary: 'Improves its policy by small, clipped steps on fresh rollouts (Schulman et al. 2017).',
  config: ppoConfig,
  main: ['learningRate', 'gamma', 'clip', 'entropyCoefficient', 'numEnvs', 'network'],
  presets: ppoPresets,
  refuses,
  networks: (spec, config) =>
    actorCriticNetworks(planActorCritic(spec, config.network, config.shared, config)),
  slots: ({ numEnvs }) => numEnvs,
  create(spec, config, streams, compute) {
    const plan = planActorCritic(spec, config.network, config.shared, config);
    const params = initialBlock(plan, streams('initialisation'));
    const learner = createLearner(compute, {
      name: 'ppo',
      step: ppoStep(plan, config),
      state: { params: block(params), ...optimizerState(optimizerOf(config), plan.size) },
      inputs: ppoInputs(spec, plan, config),
      actor: ['params'],
    });
    return whenReady(learner, (ready) => new Ppo({ spec, config, plan, learner: ready, streams }));
  },
});
