/**
 * PQN (Gallici et al. 2025): Q-learning without replay memory or target network, on rollouts of many worlds; layer
 * normalisation keeps it stable and λ-returns carry rewards back. README.md has the equations.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineAgent, type Agent, type Inspection, type Metrics, type StepBuffers } from '#core/agent.ts';
import { actionSize, observationSize, type EnvSpec } from '#core/env.ts';
import { problemOf, type Problem } from '#core/errors.ts';
import { lambdaReturns } from '#core/returns.ts';
import type { RngStreams } from '#core/rng.ts';
import { linear } from '#core/schedule.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import type { Actor } from '#agents/nn/actor.ts';
import { argmax } from '#agents/nn/choose.ts';
import { needsRows } from '#agents/nn/batch-norm.ts';
import { batchShapes, descent, descentState, setRates } from '#agents/nn/descent.ts';
import { GradientAgent, type Parts } from '#agents/nn/gradient-agent.ts';
import { drawMasks, maskShape } from '#agents/nn/dropout.ts';
import { initialise } from '#agents/nn/init.ts';
import { createLearner, type Learner, type StepInputs } from '#agents/nn/learner.ts';
import { chosen, squared } from '#agents/nn/losses.ts';
import { networkData } from '#agents/nn/network-data.ts';
import { apply } from '#agents/nn/network.ts';
import { optimizerSpec, type OptimizerSpec } from '#agents/nn/optimizers.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { bodyFor, type Layer, type NetworkPlan } from '#agents/nn/spec.ts';
import { needsDiscrete } from '#agents/nn/worlds.ts';
import { Minibatches, minibatchSize } from '#agents/policy/minibatches.ts';
import { RolloutBuffer } from '#agents/policy/rollout.ts';
import { pqnConfig, pqnPresets, type PqnConfig } from './config.ts';

const REPORTS = { loss: 'train/loss', value: 'train/value', gradientNorm: 'train/gradient-norm' } as const;

// Networks

/** `auto` normalises after every layer, before its activation; a network given by hand is taken as it is. */
function planQNetwork(spec: EnvSpec, config: PqnConfig): NetworkPlan {
  const input = spec.observation.shape;
  const body = bodyFor(config.network, input).flatMap((layer): readonly Layer[] =>
    config.network === 'auto' && (layer.kind === 'dense' || layer.kind === 'conv2d')
      ? [
          { ...layer, activation: 'linear', init: 'he' },
          { kind: 'layerNorm', activation: 'relu' },
        ]
      : [layer],
  );
  const plan = planNetwork([...body, { kind: 'dense', units: actionSize(spec) }], input, 'network');
  return needsRows(plan, batchSize(config));
}

/** Steps in a minibatch. */
function batchSize({ numEnvs, steps, minibatches }: PqnConfig): number {
  return minibatchSize(numEnvs * steps, minibatches);
}

function optimizerOf({ optimizerEpsilon }: PqnConfig): OptimizerSpec {
  return optimizerSpec('radam', optimizerEpsilon);
}

/** One gradient step on a minibatch of B steps: ½ (Q(s, a) − G)². */
function pqnStep(plan: NetworkPlan, config: PqnConfig): Step {
  return descent([plan], optimizerOf(config), ([weights], inputs) => {
    const q = chosen(apply(plan, weights, inputs['obs']), inputs['actions']);
    const error = squared(tf.sub(q, inputs['returns']));
    return { loss: tf.mul(tf.scalar(0.5), tf.mean(error)), value: tf.mean(q) };
  });
}

function createPqn(
  spec: EnvSpec,
  config: PqnConfig,
  streams: RngStreams,
  compute: Compute,
): MaybePromise<Pqn> {
  const plan = planQNetwork(spec, config);
  const batch = batchSize(config);
  const learner = createLearner(compute, {
    name: 'pqn',
    step: pqnStep(plan, config),
    ...descentState(optimizerOf(config), initialise(plan, streams('initialisation'))),
    inputs: {
      ...batchShapes(spec, batch, ['returns'], ['gradientClip', 'learningRate']),
      ...maskShape([plan], batch),
    },
  });
  return whenReady(learner, (ready) => new Pqn({ spec, config, plan, learner: ready, streams }));
}

/** Q(s, a), and max Q as the value of a state. */
class QValues {
  q: Float32Array = new Float32Array(0);
  values: Float32Array;
  readonly actions: number;
  private readonly network: Actor;

  constructor(plan: NetworkPlan, learner: Learner, slots: number) {
    this.network = learner.actor(plan, slots);
    this.actions = plan.output[0];
    this.values = new Float32Array(slots);
  }

  look(obs: Float32Array, n: number): void {
    if (this.values.length < n) this.values = new Float32Array(n);
    this.q = this.network.run(obs, n);
    for (let i = 0; i < n; i++) {
      const from = i * this.actions;
      this.values[i] = this.q[from + argmax(this.q, from, this.actions)];
    }
  }

  value(obs: Float32Array): number {
    this.look(obs, 1);
    return this.values[0];
  }
}

class Pqn extends GradientAgent<PqnConfig, 'exploration' | 'shuffle' | 'dropout'> implements Agent {
  private readonly plan: NetworkPlan;
  private readonly critic: QValues;
  private readonly rollout: RolloutBuffer;
  private readonly returns: Float32Array;
  private readonly minibatches: Minibatches;
  protected readonly inputs: StepInputs;
  protected readonly kept;

  constructor(parts: Parts<PqnConfig, NetworkPlan>) {
    super(parts, ['exploration', 'shuffle', 'dropout']);
    const { spec, config, plan, learner } = parts;
    const { numEnvs, steps } = config;
    this.plan = plan;
    this.critic = new QValues(plan, learner, numEnvs);
    this.rollout = new RolloutBuffer({
      steps,
      slots: numEnvs,
      observation: observationSize(spec),
      action: 1,
    });
    this.returns = new Float32Array(steps * numEnvs);
    this.minibatches = new Minibatches(steps * numEnvs, config.minibatches, this.rngs.shuffle);
    this.inputs = learner.inputs();
    this.kept = { rollout: this.rollout, order: this.minibatches.order };
  }

  // Act

  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    const { critic } = this;
    critic.look(obs, n);
    const epsilon = mode === 'explore' ? this.epsilon() : 0;
    const { exploration } = this.rngs;
    for (let i = 0; i < n; i++)
      out.discrete[i] =
        epsilon > 0 && exploration.uniform() < epsilon
          ? exploration.integer(critic.actions)
          : argmax(critic.q, i * critic.actions, critic.actions);
    if (mode === 'explore')
      this.rollout.act(critic, n, (drawn) => {
        for (let i = 0; i < n; i++) drawn[i] = out.discrete[i];
      });
  }

  private epsilon(): number {
    const { epsilonStart, epsilonEnd, epsilonSteps } = this.config;
    return linear(epsilonStart, epsilonEnd, epsilonSteps, this.steps);
  }

  inspect(obs: Float32Array): Inspection {
    this.critic.look(obs, 1);
    return { actionValues: this.critic.q.slice(0, this.critic.actions), value: this.critic.values[0] };
  }

  // Observe

  observe(step: StepBuffers): void {
    this.steps += step.n;
    this.rollout.observe(step, this.critic);
  }

  // Update

  update(): MaybePromise<Metrics | undefined> {
    if (!this.rollout.full) return undefined;
    const { config, rollout, minibatches } = this;
    lambdaReturns(rollout, config.gamma, config.lambda, this.returns);
    const done = this.descend(config.epochs * minibatches.count, (k, last) => {
      this.gather(minibatches.rows(k));
      return this.gradientStep(last ? REPORTS : undefined);
    });
    return whenReady(done, (metrics) => {
      rollout.clear();
      return metrics && { ...metrics, 'train/epsilon': this.epsilon() };
    });
  }

  /** Copies a minibatch and the scalars of this moment into the step's inputs. */
  private gather(rows: Uint32Array): void {
    const { inputs, rollout, returns } = this;
    rollout.gather(rows, inputs['obs'], inputs['actions']);
    for (let k = 0; k < rows.length; k++) inputs['returns'][k] = returns[rows[k]];
    drawMasks([this.plan], inputs['masks'], this.rngs.dropout);
    setRates(inputs, this.config, this.steps);
  }
}

/** Why PQN cannot play a world: it has to compare all actions. */
function refuses(spec: EnvSpec, config: PqnConfig): Problem | undefined {
  return needsDiscrete(spec) ?? problemOf(() => planQNetwork(spec, config));
}

export const pqn = defineAgent<Compute, typeof pqnConfig>({
  id: 'pqn',
  title: 'PQN',
  group: 'value',
  summary: 'Q-learning on many worlds at once, without memory or target network (Gallici et al. 2025).',
  config: pqnConfig,
  presets: pqnPresets,
  refuses,
  networks: (spec, config) => [networkData('q', planQNetwork(spec, config), { name: 'params', offset: 0 })],
  slots: ({ numEnvs }) => numEnvs,
  create: createPqn,
});
