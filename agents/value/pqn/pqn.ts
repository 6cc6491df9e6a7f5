/**
 * PQN (Gallici et al. 2025): Q-learning without replay memory or target network, on rollouts of many worlds; layer
 * normalisation keeps it stable and λ-returns carry rewards back. README.md has the equations.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineAgent, type Agent, type Inspection, type Metrics, type StepBuffers } from '#core/agent.ts';
import { actionSize, observationSize, type EnvSpec } from '#core/env.ts';
import { problemOf, type Problem } from '#core/errors.ts';
import { lambdaReturns } from '#core/returns.ts';
import type { RngStreams, SavableRng } from '#core/rng.ts';
import { linear } from '#core/schedule.ts';
import { child, savedArray, savedNumber, type Snapshot } from '#core/snapshot.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import type { Actor } from '#agents/nn/actor.ts';
import { argmax } from '#agents/nn/choose.ts';
import { initialise } from '#agents/nn/init.ts';
import { createLearner, repeat, type Learner } from '#agents/nn/learner.ts';
import { chosen, squared } from '#agents/nn/losses.ts';
import { apply, withGradient } from '#agents/nn/network.ts';
import { clipByGlobalNorm, optimize, optimizerSpec, optimizerState } from '#agents/nn/optimizers.ts';
import { bodyFor, planNetwork, type Layer, type NetworkPlan } from '#agents/nn/spec.ts';
import { needsDiscrete } from '#agents/nn/worlds.ts';
import { RolloutBuffer } from '#agents/policy/rollout.ts';
import { pqnConfig, pqnPresets, type PqnConfig } from './config.ts';

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
  return planNetwork([...body, { kind: 'dense', units: actionSize(spec) }], input, 'network');
}

/** Steps in a minibatch. */
function batchSize({ worlds, steps, minibatches }: PqnConfig): number {
  return Math.max(1, Math.floor((worlds * steps) / minibatches));
}

/** One gradient step on a minibatch of B steps: ½ (Q(s, a) − G)². State: `params`, the optimizer's moments. */
function pqnStep(plan: NetworkPlan, config: PqnConfig): Step {
  const optimizer = optimizerSpec('radam', config.optimizerEpsilon);
  return (state, inputs) => {
    const params = state['params'] as tf.Tensor1D;
    const { gradient, outputs } = withGradient([plan], params, (weights) => {
      const q = chosen(apply(plan, weights, inputs['obs']), inputs['actions']);
      const error = squared(tf.sub(q, inputs['returns']));
      return { loss: tf.mul(tf.scalar(0.5), tf.mean(error)), value: tf.mean(q) };
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
  readonly config: PqnConfig;
  readonly plan: NetworkPlan;
  readonly learner: Learner;
  readonly streams: RngStreams;
}

function createPqn(
  spec: EnvSpec,
  config: PqnConfig,
  streams: RngStreams,
  compute: Compute,
): MaybePromise<Pqn> {
  const plan = planQNetwork(spec, config);
  const batch = batchSize(config);
  const scalar = { shape: [], dtype: 'float32' } as const;
  const optimizer = optimizerState(optimizerSpec('radam', config.optimizerEpsilon), plan.size);
  const learner = createLearner(compute, {
    name: 'pqn',
    step: pqnStep(plan, config),
    state: { params: { shape: [plan.size], dtype: 'float32' }, ...optimizer.shapes },
    initial: { params: initialise(plan, streams('initialisation')), ...optimizer.initial },
    inputs: {
      obs: { shape: [batch, ...spec.observation.shape], dtype: 'float32' },
      actions: { shape: [batch], dtype: 'int32' },
      returns: { shape: [batch], dtype: 'float32' },
      gradientClip: scalar,
      learningRate: scalar,
    },
    actor: ['params'],
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

class Pqn implements Agent {
  private readonly parts: Parts;
  private config: PqnConfig;
  private steps = 0;
  private updates = 0;
  private readonly critic: QValues;
  private readonly rollout: RolloutBuffer;
  private readonly returns: Float32Array;
  /** Rows of the rollout in the order of this epoch. */
  private readonly order: Uint32Array;
  private readonly inputs: Record<string, Float32Array | Int32Array>;
  private readonly rngs: Readonly<Record<'exploration' | 'shuffle', SavableRng>>;

  constructor(parts: Parts) {
    const { spec, config, plan, learner, streams } = parts;
    this.parts = parts;
    this.config = config;
    this.critic = new QValues(plan, learner, config.worlds);
    const observation = observationSize(spec);
    this.rollout = new RolloutBuffer({ steps: config.steps, slots: config.worlds, observation, action: 1 });
    const size = config.steps * config.worlds;
    this.returns = new Float32Array(size);
    this.order = Uint32Array.from({ length: size }, (_, k) => k);
    const batch = batchSize(config);
    this.inputs = {
      obs: new Float32Array(batch * observation),
      actions: new Int32Array(batch),
      returns: new Float32Array(batch),
      gradientClip: new Float32Array(1),
      learningRate: new Float32Array(1),
    };
    this.rngs = { exploration: streams('exploration'), shuffle: streams('shuffle') };
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
    const { config, rollout } = this;
    lambdaReturns(rollout, config.gamma, config.lambda, this.returns);
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
    inputs['gradientClip'][0] = config.gradientClip > 0 ? config.gradientClip : 1e30;
    this.updates++;
    const ran = this.parts.learner.run(inputs, report ? ['loss', 'value', 'gradientNorm'] : []);
    return whenReady(ran, (outputs) => {
      if (!report) return undefined;
      return {
        'train/loss': outputs['loss'][0],
        'train/value': outputs['value'][0],
        'train/gradient-norm': outputs['gradientNorm'][0],
        'train/epsilon': this.epsilon(),
        'train/updates': this.updates,
      };
    });
  }

  /** Copies the rows of a minibatch into the step's inputs. */
  private gather(minibatch: number): void {
    const { inputs, rollout, returns, order } = this;
    const batch = inputs['returns'].length;
    const observation = inputs['obs'].length / batch;
    for (let k = 0; k < batch; k++) {
      const row = order[minibatch * batch + k];
      for (let j = 0; j < observation; j++)
        inputs['obs'][k * observation + j] = rollout.obs[row * observation + j];
      inputs['actions'][k] = rollout.actions[row];
      inputs['returns'][k] = returns[row];
    }
  }

  // Whole life

  tune(config: Readonly<Record<string, unknown>>): void {
    this.config = { ...this.config, ...(config as Partial<PqnConfig>) };
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
  slots: ({ worlds }) => worlds,
  create: createPqn,
});
