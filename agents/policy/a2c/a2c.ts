/**
 * Advantage actor-critic (Mnih et al. 2016, synchronous): one gradient step on every rollout, which is short and then
 * discarded. README.md has the equations.
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
import { problemOf, type Problem } from '#core/errors.ts';
import { gae } from '#core/returns.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import { descend } from '#agents/nn/gradient.ts';
import {
  actionsTaken,
  float32,
  observations,
  optimizerInputs,
  scalar,
  stepOver,
  type InputArrays,
} from '#agents/nn/inputs.ts';
import { GradientAgent, type Parts, type Training } from '#agents/nn/gradient-agent.ts';
import { block, createLearner } from '#agents/nn/learner.ts';
import { optimizerState, type OptimizerSpec } from '#agents/nn/optimizers.ts';
import { ActorCritic, evaluateBatch } from '../actor-critic.ts';
import { actorCriticReports, normalised, policyGradient, total, valueLoss } from '../losses.ts';
import { actorCriticNetworks, initialBlock, planActorCritic, type ActorCriticPlan } from '../networks.ts';
import { checkNormalised, RolloutBuffer, rolloutShape } from '../rollout.ts';
import { a2cConfig, a2cPresets, type A2cConfig } from './config.ts';

type Output = keyof typeof actorCriticReports;
const METRICS = Object.keys(actorCriticReports) as readonly Output[];

// Gradient step. B = T · E rows: the whole rollout in its own order.

function a2cInputs(spec: EnvSpec, { numEnvs, steps }: A2cConfig) {
  const B = numEnvs * steps;
  return {
    obs: observations(spec, B, (into, { rollout }: A2c) => into.set(rollout.obs)),
    actions: actionsTaken(spec, B, (into, { rollout }: A2c) => into.set(rollout.actions)),
    /** GAE: `gradientSteps`. */
    advantages: float32([B]),
    /** A + V, the critic's target. */
    returns: float32([B], (into, { rollout, inputs: { advantages } }: A2c) => {
      for (let k = 0; k < into.length; k++) into[k] = advantages[k] + rollout.values[k];
    }),
    entropyCoefficient: scalar(({ config }: A2c) => config.entropyCoefficient),
    valueCoefficient: scalar(({ config }: A2c) => config.valueCoefficient),
    ...optimizerInputs(),
  };
}
type A2cInputs = ReturnType<typeof a2cInputs>;

/** Plain RMSProp, as the paper has it. */
function optimizerOf({ optimizerEpsilon: epsilon }: A2cConfig): OptimizerSpec {
  return { kind: 'rmsprop', decay: 0.99, epsilon, centred: false };
}

/** −mean(A log π) − c_e H + c_v ½ mean (V − R)². State: the `params` of policy and value, RMSProp's moments. */
function a2cStep(plan: ActorCriticPlan, config: A2cConfig): Step {
  const { plans } = plan;
  const optimizer = optimizerOf(config);
  return stepOver<A2cInputs, 'params'>((state, inputs) => {
    const advantages = config.normaliseAdvantages ? normalised(inputs.advantages) : inputs.advantages; // [B]
    const updated = descend({ plans, params: state.params, optimizer, state }, inputs, (...weights) => {
      const { policy, values } = evaluateBatch(plan, weights, inputs.obs, inputs.actions); // [B]
      const policyLoss = policyGradient(policy.logProbs, advantages);
      const critic = valueLoss(values, inputs.returns);
      const entropy = tf.mean(policy.entropy);
      return { loss: total(policyLoss, entropy, critic, inputs), policyLoss, valueLoss: critic, entropy };
    });
    return { state: { params: updated.params, ...updated.moments }, outputs: updated.outputs };
  });
}

class A2c extends GradientAgent<A2cConfig, 'exploration'> implements Agent {
  readonly inputs: InputArrays<A2cInputs>;
  /** T steps of E environments. */
  readonly rollout: RolloutBuffer;
  private readonly actor: ActorCritic;
  protected readonly kept;

  constructor(parts: Parts<A2cConfig, ActorCriticPlan, A2cInputs>) {
    super(parts, ['exploration']);
    const { spec, config, plan, learner } = parts;
    this.inputs = learner.inputs;
    this.actor = new ActorCritic(plan, learner, config.numEnvs);
    this.rollout = new RolloutBuffer(rolloutShape(spec, config));
    this.kept = { rollout: this.rollout };
  }

  // Act

  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    const { actor } = this;
    actor.forward(obs, n);
    if (mode === 'greedy') return actor.greedy(n, out);
    const { actions, logProbs, values } = this.rollout.pending;
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
  }

  // Update

  update(): MaybePromise<Metrics | undefined> {
    return this.rollout.full ? this.train(this.gradientSteps()) : undefined;
  }

  /** One step on the whole rollout, whose advantages are written where the step reads them. */
  private *gradientSteps(): Training<Output> {
    const { config, rollout, inputs } = this;
    gae(rollout, config.gamma, config.lambda, inputs.advantages);
    this.learner.fillInputs(this);
    const outputs = yield this.step(METRICS);
    rollout.clear();
    return this.report(actorCriticReports, outputs);
  }
}

/** A2C plays every world; refused are networks that do not fit, and advantages that would all be 0. */
function refuses(spec: EnvSpec, config: A2cConfig): Problem | undefined {
  return problemOf(() => {
    planActorCritic(spec, config.network, config.shared);
    if (config.normaliseAdvantages) checkNormalised(1, { count: config.numEnvs * config.steps });
  });
}

export const a2c = defineAgent<Compute, typeof a2cConfig>({
  id: 'a2c',
  title: 'A2C',
  group: 'policy',
  summary:
    'An actor learns from a critic, one step per short rollout of many environments (Mnih et al. 2016).',
  config: a2cConfig,
  main: ['learningRate', 'gamma', 'entropyCoefficient', 'numEnvs', 'steps', 'network'],
  presets: a2cPresets,
  refuses,
  networks: (spec, config) => actorCriticNetworks(planActorCritic(spec, config.network, config.shared)),
  slots: ({ numEnvs }) => numEnvs,
  create(spec, config, streams, compute) {
    const plan = planActorCritic(spec, config.network, config.shared);
    const params = initialBlock(plan, streams('initialisation'));
    const learner = createLearner(compute, {
      name: 'a2c',
      step: a2cStep(plan, config),
      state: { params: block(params), ...optimizerState(optimizerOf(config), plan.size) },
      inputs: a2cInputs(spec, config),
      actor: ['params'],
    });
    return whenReady(learner, (ready) => new A2c({ spec, config, plan, learner: ready, streams }));
  },
});
