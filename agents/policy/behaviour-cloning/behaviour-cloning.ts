/**
 * Behaviour cloning (Pomerleau 1989): a policy fitted to recorded play by supervised learning. README.md has the equations.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Estimates, Inspection, Metrics } from '#core/agent.ts';
import { defineCloner, type Demonstrations, type FittedPolicy } from '#core/fit.ts';
import type { EnvSpec } from '#core/env.ts';
import { problemOf, type Problem } from '#core/errors.ts';
import { Minibatches, minibatchSize } from '#core/minibatches.ts';
import type { RngStreams } from '#core/rng.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import { categorical, gaussian } from '#agents/nn/distributions.ts';
import { descend } from '#agents/nn/gradient.ts';
import {
  actionsTaken,
  observations,
  clipInput,
  decayedRate,
  scalar,
  stepOver,
  type InputArrays,
} from '#agents/nn/inputs.ts';
import { GradientAgent, type Outputs, type Parts, type Training } from '#agents/nn/gradient-agent.ts';
import { block, createLearner } from '#agents/nn/learner.ts';
import { apply } from '#agents/nn/network.ts';
import { optimizerState, type OptimizerSpec } from '#agents/nn/optimizers.ts';
import { ActorCritic } from '../actor-critic.ts';
import { actorCriticNetworks, initialBlock, planPolicy, type ActorCriticPlan } from '../networks.ts';
import { actionWidth } from '../rollout.ts';
import { bcConfig, type BcConfig } from './config.ts';
import { Examples } from './examples.ts';
import { HeldOut, LEAST_LOG_STD } from './held-out.ts';

type Output = 'loss' | 'fit' | 'gradientNorm';
const METRICS: readonly Output[] = ['loss', 'fit', 'gradientNorm'];

/** What a gradient step reports of its batch: accuracy for discrete actions, mean absolute error for boxes. */
function reportsFor({ action }: EnvSpec): Readonly<Record<Output, string>> {
  const fit = action.kind === 'discrete' ? { fit: 'train/accuracy' } : { fit: 'train/error' };
  return { loss: 'train/loss', ...fit, gradientNorm: 'train/gradient-norm' };
}

// Networks

/** Kingma & Ba 2015 with decoupled decay (Loshchilov & Hutter 2019). */
function optimizerOf({ weightDecay }: BcConfig): OptimizerSpec {
  return { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay };
}

/** B demonstrated steps; `Examples.gather` writes them. */
function bcInputs(spec: EnvSpec, B: number) {
  return {
    obs: observations(spec, B),
    actions: actionsTaken(spec, B),
    learningRate: scalar(({ config, updates }: BehaviourCloning) => decayedRate(config, updates)),
    gradientClip: clipInput(),
  };
}
type BcInputs = ReturnType<typeof bcInputs>;

/** −mean log π(a | s). State: the `params` of the policy, the optimizer's moments. */
function bcStep(plan: ActorCriticPlan, config: BcConfig): Step {
  const { plans } = plan;
  const optimizer = optimizerOf(config);
  return stepOver<BcInputs, 'params'>((state, inputs) => {
    const { obs, actions } = inputs;
    const updated = descend({ plans, params: state.params, optimizer, state }, inputs, (...weights) => {
      const outputs = apply(plans[0], weights[0], obs);
      if (plan.action.kind === 'discrete') {
        const { logProbs } = categorical(outputs, actions);
        // Correct if no other action is more probable.
        const best = tf.max(tf.logSoftmax(outputs), 1);
        const right = tf.cast(tf.greaterEqual(logProbs, best), 'float32');
        return { loss: tf.neg(tf.mean(logProbs)), fit: tf.mean(right) };
      }
      const logStd = tf.maximum(weights[1][0], tf.scalar(LEAST_LOG_STD));
      const { logProbs } = gaussian(outputs, logStd, actions);
      return { loss: tf.neg(tf.mean(logProbs)), fit: tf.mean(tf.abs(tf.sub(outputs, actions))) };
    });
    return { state: { params: updated.params, ...updated.moments }, outputs: updated.outputs };
  });
}

/** Gradient steps of an epoch over this many demonstrated steps. */
function batchesOf(steps: number, { batchSize }: BcConfig): number {
  return Math.max(1, Math.round(steps / batchSize));
}

function createBc(
  spec: EnvSpec,
  config: BcConfig,
  streams: RngStreams,
  compute: Compute,
  demonstrations: Demonstrations,
): MaybePromise<BehaviourCloning> {
  const plan = planPolicy(spec, config.network);
  const examples = new Examples(spec, demonstrations, config.heldOut);
  const rows = examples.learned.length;
  const learner = createLearner(compute, {
    name: 'bc',
    step: bcStep(plan, config),
    state: {
      params: block(initialBlock(plan, streams('initialisation'))),
      ...optimizerState(optimizerOf(config), plan.size),
    },
    inputs: bcInputs(spec, minibatchSize(rows, batchesOf(rows, config))),
    actor: ['params'],
  });
  return whenReady(
    learner,
    (ready) => new BehaviourCloning({ spec, config, plan, learner: ready, streams }, examples),
  );
}

class BehaviourCloning extends GradientAgent<BcConfig, 'exploration' | 'shuffle'> implements FittedPolicy {
  private readonly actor: ActorCritic;
  private readonly dataSet: Examples;
  private readonly heldOut: HeldOut;
  private readonly minibatches: Minibatches;
  private readonly reports: Readonly<Record<Output, string>>;
  /** For sampling actions, which do not affect learning. */
  private readonly drawn: Float32Array;
  private readonly logProbs: Float32Array;
  private readonly inputs: InputArrays<BcInputs>;
  protected readonly kept;

  constructor(parts: Parts<BcConfig, ActorCriticPlan, BcInputs>, examples: Examples) {
    super(parts, ['exploration', 'shuffle']);
    const { spec, config, plan, learner } = parts;
    const { length } = examples.learned;
    this.actor = new ActorCritic(plan, learner, config.numEnvs);
    this.dataSet = examples;
    this.heldOut = new HeldOut(this.actor, examples);
    this.minibatches = new Minibatches(length, batchesOf(length, config), this.rngs.shuffle);
    this.reports = reportsFor(spec);
    this.drawn = new Float32Array(config.numEnvs * actionWidth(spec));
    this.logProbs = new Float32Array(config.numEnvs);
    this.inputs = learner.inputs;
    this.kept = { order: this.minibatches.order };
  }

  // Act

  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    this.actor.forward(obs, n);
    if (mode === 'greedy') this.actor.greedy(n, out);
    else this.actor.sample(n, this.rngs.exploration, out, this.drawn, this.logProbs);
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

  // Fit

  get batchSize(): number {
    return this.minibatches.size;
  }

  get examples(): number {
    return this.updates * this.minibatches.size;
  }

  get finished(): boolean {
    return this.epoch >= this.config.epochs;
  }

  fit(): MaybePromise<Metrics | undefined> {
    const before = this.epoch;
    const left = this.config.epochs * this.minibatches.count - this.updates;
    const times = Math.min(this.config.gradientSteps, left);
    if (times <= 0) return undefined;
    return whenReady(this.train(this.gradientSteps(times)), (metrics) => ({
      ...metrics,
      'train/epoch': this.epoch,
      ...(this.epoch > before && this.heldOut.measure(this.reports.fit)),
    }));
  }

  private *gradientSteps(times: number): Training<Output> {
    let outputs: Outputs<Output> | undefined;
    for (let k = 1; k <= times; k++) {
      this.dataSet.gather(this.minibatches.rows(this.updates), this.inputs.obs, this.inputs.actions);
      this.learner.fillInputs(this);
      outputs = yield this.step(k === times ? METRICS : []);
    }
    return this.report(this.reports, outputs);
  }

  protected override get decayedOver(): number {
    return this.updates;
  }

  /** Times that all demonstrations have been learned from. */
  private get epoch(): number {
    return Math.floor(this.updates / this.minibatches.count);
  }
}

/** Behaviour cloning plays every world; only a network that does not fit is refused. */
function refuses(spec: EnvSpec, config: BcConfig): Problem | undefined {
  return problemOf(() => planPolicy(spec, config.network));
}

export const behaviourCloning = defineCloner<Compute, typeof bcConfig>({
  id: 'bc',
  title: 'Behaviour cloning',
  group: 'policy',
  summary: 'Learns to do what a recording shows, by supervision alone (Pomerleau 1989).',
  config: bcConfig,
  main: ['learningRate', 'epochs', 'batchSize', 'heldOut', 'network'],
  presets: {},
  refuses,
  networks: (spec, config) => actorCriticNetworks(planPolicy(spec, config.network)),
  slots: ({ numEnvs }) => numEnvs,
  create: createBc,
});
