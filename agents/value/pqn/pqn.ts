/**
 * PQN (Gallici et al. 2025): Q-learning without replay buffer or target network, on rollouts of many environments; layer
 * normalisation keeps it stable and λ-returns carry rewards back. README.md has the equations.
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
import { actionSize, type EnvSpec } from '#core/env.ts';
import { problemOf } from '#core/errors.ts';
import { Minibatches, minibatchSize } from '#core/minibatches.ts';
import { lambdaReturns } from '#core/returns.ts';
import { linear } from '#core/schedule.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import type { Actor } from '#agents/nn/actor.ts';
import { needsRows } from '#agents/nn/batch-norm.ts';
import { argmax } from '#core/argmax.ts';
import { descend } from '#agents/nn/gradient.ts';
import { initialise } from '#agents/nn/init.ts';
import type { Inspector } from '#agents/nn/inspector.ts';
import {
  actionsTaken,
  dropoutMasks,
  float32,
  observations,
  optimizerInputs,
  stepOver,
} from '#agents/nn/inputs.ts';
import { GradientAgent, type Outputs, type Parts, type Training } from '#agents/nn/gradient-agent.ts';
import { block, createLearner, type Learner } from '#agents/nn/learner.ts';
import { chosen, squared } from '#agents/nn/losses.ts';
import { networkData } from '#agents/nn/network-data.ts';
import { apply } from '#agents/nn/network.ts';
import { optimizerSpec, optimizerState, type OptimizerSpec } from '#agents/nn/optimizers.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { saliencyOf } from '#agents/nn/saliency.ts';
import { bodyFor, type Layer, type NetworkPlan } from '#agents/nn/spec.ts';
import { needsDiscrete } from '#agents/nn/worlds.ts';
import { checkMinibatches, copyRows, RolloutBuffer, rolloutShape } from '#agents/policy/rollout.ts';
import { pqnConfig, pqnPresets, type PqnConfig } from './config.ts';

const REPORTS = { loss: 'train/loss', value: 'train/value', gradientNorm: 'train/gradient-norm' } as const;
type Output = keyof typeof REPORTS;
const METRICS = Object.keys(REPORTS) as readonly Output[];

// Networks

/** `auto` normalises every layer before its activation; a network given by hand is taken as it is. */
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

function batchSize({ numEnvs, steps, minibatches }: PqnConfig): number {
  return minibatchSize(numEnvs * steps, minibatches);
}

// Gradient step. B rows of the rollout: a minibatch.

function pqnInputs(spec: EnvSpec, plan: NetworkPlan, config: PqnConfig) {
  const B = batchSize(config);
  return {
    obs: observations(spec, B, (into, { rollout, rows }: Pqn) => copyRows(rollout.obs, rows, into)),
    actions: actionsTaken(spec, B, (into, { rollout, rows }: Pqn) => copyRows(rollout.actions, rows, into)),
    /** λ-returns, by Q as it was when the rollout was played. */
    returns: float32([B], (into, { returns, rows }: Pqn) => copyRows(returns, rows, into)),
    masks: dropoutMasks([plan], B, ({ rngs }: Pqn) => rngs.dropout),
    ...optimizerInputs(),
  };
}
type PqnInputs = ReturnType<typeof pqnInputs>;

function optimizerOf({ optimizerEpsilon }: PqnConfig): OptimizerSpec {
  return optimizerSpec('radam', optimizerEpsilon);
}

/** ½ mean (Q(s, a) − G)². State: the `params` of Q, RAdam's moments. */
function pqnStep(plan: NetworkPlan, config: PqnConfig): Step {
  const optimizer = optimizerOf(config);
  return stepOver<PqnInputs, 'params'>((state, inputs) => {
    const { obs, actions, returns } = inputs;
    const updated = descend({ plans: [plan], params: state.params, optimizer, state }, inputs, (weights) => {
      const q = chosen(apply(plan, weights, obs), actions); // [B]
      const squaredError = squared(tf.sub(q, returns)); // [B]
      return { loss: tf.mul(tf.scalar(0.5), tf.mean(squaredError)), value: tf.mean(q) };
    });
    return { state: { params: updated.params, ...updated.moments }, outputs: updated.outputs };
  });
}

/** Q(s, a), and max Q as the value of a state. */
class QValues {
  q: Float32Array = new Float32Array(0); // [n, A]
  values: Float32Array; // [n]
  readonly actions: number;
  private readonly network: Actor;

  constructor(plan: NetworkPlan, learner: Learner, slots: number) {
    this.network = learner.actor(plan, slots);
    this.actions = plan.output[0];
    this.values = new Float32Array(slots);
  }

  /** Runs the network on obs [n, observation]. */
  forward(obs: Float32Array, n: number): void {
    if (this.values.length < n) this.values = new Float32Array(n);
    this.q = this.network.run(obs, n);
    for (let i = 0; i < n; i++) {
      const from = i * this.actions;
      this.values[i] = this.q[from + argmax(this.q, from, this.actions)];
    }
  }

  /** max Q(s, ·) of one observation; overwrites `q` and `values`. */
  value(obs: Float32Array): number {
    this.forward(obs, 1);
    return this.values[0];
  }
}

class Pqn extends GradientAgent<PqnConfig, 'exploration' | 'shuffle' | 'dropout'> implements Agent {
  readonly rollout: RolloutBuffer;
  /** λ-returns of the rollout [T, E]. */
  readonly returns: Float32Array;
  /** Of the rollout, those that the step learns from. */
  rows: Uint32Array = new Uint32Array(0);
  private readonly plan: NetworkPlan;
  private readonly critic: QValues;
  /** Made when it is first asked for. */
  private inspector: Inspector | undefined;
  private readonly minibatches: Minibatches;
  protected readonly kept;

  constructor(parts: Parts<PqnConfig, NetworkPlan, PqnInputs>) {
    super(parts, ['exploration', 'shuffle', 'dropout']);
    const { spec, config, plan, learner } = parts;
    const { numEnvs, steps } = config;
    this.plan = plan;
    this.critic = new QValues(plan, learner, numEnvs);
    this.rollout = new RolloutBuffer(rolloutShape(spec, config));
    this.returns = new Float32Array(steps * numEnvs);
    this.minibatches = new Minibatches(steps * numEnvs, config.minibatches, this.rngs.shuffle);
    this.kept = { rollout: this.rollout, order: this.minibatches.order };
  }

  // Act

  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    const { critic, rollout } = this;
    critic.forward(obs, n);
    const epsilon = mode === 'explore' ? this.epsilon() : 0;
    const { exploration } = this.rngs;
    for (let i = 0; i < n; i++)
      out.discrete[i] =
        epsilon > 0 && exploration.uniform() < epsilon
          ? exploration.integer(critic.actions)
          : argmax(critic.q, i * critic.actions, critic.actions);
    if (mode === 'greedy') return;
    // For `observe`: the value is that of the greedy action, whichever is taken.
    const { actions, values } = rollout.pending;
    for (let i = 0; i < n; i++) {
      actions[i] = out.discrete[i];
      values[i] = critic.values[i];
    }
  }

  private epsilon(): number {
    const { epsilonStart, epsilonEnd, epsilonSteps } = this.config;
    return linear(epsilonStart, epsilonEnd, epsilonSteps, this.steps);
  }

  inspect(obs: Float32Array): Inspection {
    this.critic.forward(obs, 1);
    return { actionValues: this.critic.q.slice(0, this.critic.actions), value: this.critic.values[0] };
  }

  estimates(obs: Float32Array, n: number): Estimates {
    this.critic.forward(obs, n);
    const { q, actions, values } = this.critic;
    return { actionValues: q.slice(0, n * actions), values: values.slice(0, n) };
  }

  saliency(obs: Float32Array): Float32Array {
    this.critic.forward(obs, 1);
    const { q, actions } = this.critic;
    const chosen = new Float32Array(actions);
    chosen[argmax(q, 0, actions)] = 1;
    this.inspector ??= this.learner.inspector(this.plan);
    return saliencyOf(this.inspector, obs, chosen);
  }

  // Observe

  observe(step: StepBuffers): void {
    this.steps += step.n;
    this.rollout.observe(step, this.critic);
  }

  // Update

  update(): MaybePromise<Metrics | undefined> {
    return this.rollout.full ? this.train(this.gradientSteps()) : undefined;
  }

  private *gradientSteps(): Training<Output> {
    const { config, rollout, minibatches } = this;
    lambdaReturns(rollout, config.gamma, config.lambda, this.returns);
    const times = config.epochs * minibatches.count;
    let outputs: Outputs<Output> | undefined;
    for (let k = 0; k < times; k++) {
      this.rows = minibatches.rows(k);
      this.learner.fillInputs(this);
      outputs = yield this.step(k === times - 1 ? METRICS : []);
    }
    rollout.clear();
    return { ...this.report(REPORTS, outputs), 'train/epsilon': this.epsilon() };
  }
}

export const pqn = defineAgent<Compute, typeof pqnConfig>({
  id: 'pqn',
  title: 'PQN',
  group: 'value',
  summary:
    'Q-learning on many environments at once, without replay buffer or target network (Gallici et al. 2025).',
  config: pqnConfig,
  main: ['learningRate', 'gamma', 'lambda', 'epsilonSteps', 'numEnvs', 'network'],
  presets: pqnPresets,
  // It has to compare all actions.
  refuses: (spec, config) =>
    needsDiscrete(spec) ??
    problemOf(() => {
      checkMinibatches(config.minibatches, { count: config.numEnvs * config.steps });
      planQNetwork(spec, config);
    }),
  networks: (spec, config) => [networkData('q', planQNetwork(spec, config), { name: 'params', offset: 0 })],
  slots: ({ numEnvs }) => numEnvs,
  create(spec, config, streams, compute) {
    const plan = planQNetwork(spec, config);
    const params = initialise(plan, streams('initialisation'));
    const learner = createLearner(compute, {
      name: 'pqn',
      step: pqnStep(plan, config),
      state: { params: block(params), ...optimizerState(optimizerOf(config), plan.size) },
      inputs: pqnInputs(spec, plan, config),
      actor: ['params'],
    });
    return whenReady(learner, (ready) => new Pqn({ spec, config, plan, learner: ready, streams }));
  },
});
