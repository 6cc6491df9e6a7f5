/**
 * Advantage actor-critic (Mnih et al. 2016, synchronous): one gradient step on every rollout, which is short and then thrown
 * away. README.md has the equations.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineAgent, type Agent, type Inspection, type Metrics, type StepBuffers } from '#core/agent.ts';
import { observationSize, type EnvSpec } from '#core/env.ts';
import { problemOf, type Problem } from '#core/errors.ts';
import { gae } from '#core/returns.ts';
import type { RngStreams } from '#core/rng.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import { batchShapes, descent, descentState, setRates } from '#agents/nn/descent.ts';
import { GradientAgent, type Parts } from '#agents/nn/gradient-agent.ts';
import { createLearner, type StepInputs } from '#agents/nn/learner.ts';
import type { OptimizerSpec } from '#agents/nn/optimizers.ts';
import {
  ActorCritic,
  actorCriticNetworks,
  evaluateBatch,
  initialBlock,
  planActorCritic,
  type ActorCriticPlan,
} from '../actor-critic.ts';
import { actorCriticReports, normalised, policyGradient, total, valueLoss } from '../losses.ts';
import { actionWidth, RolloutBuffer } from '../rollout.ts';
import { a2cConfig, a2cPresets, type A2cConfig } from './config.ts';

const VECTORS = ['advantages', 'returns'] as const;
const SCALARS = ['entropy', 'value', 'gradientClip', 'learningRate'] as const;

// Networks

/** Plain RMSProp, as the paper has it. */
function optimizerOf({ optimizerEpsilon: epsilon }: A2cConfig): OptimizerSpec {
  return { kind: 'rmsprop', decay: 0.99, epsilon, centred: false };
}

/** One gradient step on a rollout of B steps. */
function a2cStep(plan: ActorCriticPlan, config: A2cConfig): Step {
  return descent(plan.plans, optimizerOf(config), (weights, inputs) => {
    const { returns, entropy, value } = inputs;
    const advantages = config.normaliseAdvantages ? normalised(inputs['advantages']) : inputs['advantages'];
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
}

function createA2c(
  spec: EnvSpec,
  config: A2cConfig,
  streams: RngStreams,
  compute: Compute,
): MaybePromise<A2c> {
  const plan = planActorCritic(spec, config.network, config.shared);
  const learner = createLearner(compute, {
    name: 'a2c',
    step: a2cStep(plan, config),
    ...descentState(optimizerOf(config), initialBlock(plan, streams('initialisation'))),
    inputs: batchShapes(spec, config.numEnvs * config.steps, VECTORS, SCALARS),
  });
  return whenReady(learner, (ready) => new A2c({ spec, config, plan, learner: ready, streams }));
}

class A2c extends GradientAgent<A2cConfig, 'exploration'> implements Agent {
  private readonly actor: ActorCritic;
  private readonly rollout: RolloutBuffer;
  private readonly advantages: Float32Array;
  protected readonly inputs: StepInputs;
  protected readonly kept;

  constructor(parts: Parts<A2cConfig, ActorCriticPlan>) {
    super(parts, ['exploration']);
    const { spec, config, plan, learner } = parts;
    const { numEnvs, steps } = config;
    this.actor = new ActorCritic(plan, learner, numEnvs);
    this.rollout = new RolloutBuffer({
      steps,
      slots: numEnvs,
      observation: observationSize(spec),
      action: actionWidth(spec),
    });
    this.advantages = new Float32Array(steps * numEnvs);
    this.inputs = learner.inputs({ advantages: this.advantages });
    this.kept = { rollout: this.rollout };
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
    return this.actor.inspect(obs);
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
    inputs['entropy'][0] = config.entropyCoefficient;
    inputs['value'][0] = config.valueCoefficient;
    setRates(inputs, config, this.steps);
    return whenReady(
      this.descend(1, () => this.gradientStep(actorCriticReports)),
      (metrics) => {
        rollout.clear();
        return metrics;
      },
    );
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
  networks: (spec, config) => actorCriticNetworks(planActorCritic(spec, config.network, config.shared)),
  slots: ({ numEnvs }) => numEnvs,
  create: createA2c,
});
