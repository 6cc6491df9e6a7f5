/**
 * Proximal policy optimisation (Schulman et al. 2017), for lists of actions and for numbers: collect a rollout, then take
 * several epochs of clipped gradient steps on it. README.md has the equations.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineAgent, type Agent, type Inspection, type Metrics, type StepBuffers } from '#core/agent.ts';
import { observationSize, type EnvSpec } from '#core/env.ts';
import { InputError, problemOf, type Problem } from '#core/errors.ts';
import { gae } from '#core/returns.ts';
import type { RngStreams } from '#core/rng.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import { batchShapes, descent, descentState, setRates } from '#agents/nn/descent.ts';
import { GradientAgent, type Parts } from '#agents/nn/gradient-agent.ts';
import { createLearner, type StepInputs } from '#agents/nn/learner.ts';
import { optimizerSpec, type OptimizerSpec } from '#agents/nn/optimizers.ts';
import {
  ActorCritic,
  actorCriticNetworks,
  evaluateBatch,
  initialBlock,
  planActorCritic,
  type ActorCriticPlan,
} from '../actor-critic.ts';
import { actorCriticReports, clippedSurrogate, normalised, total, valueLoss } from '../losses.ts';
import { Minibatches } from '../minibatches.ts';
import { actionWidth, RolloutBuffer } from '../rollout.ts';
import { cutOf, memoryShapes, recallsOf, remembers, Sequences } from './sequences.ts';
import { ppoConfig, ppoPresets, type PpoConfig } from './config.ts';

const REPORTS = {
  ...actorCriticReports,
  approxKl: 'train/approx-kl',
  clipFraction: 'train/clip-fraction',
} as const;

const VECTORS = ['oldLogProbs', 'advantages', 'returns', 'oldValues'] as const;
const SCALARS = ['clip', 'entropy', 'value', 'gradientClip', 'learningRate'] as const;

// Networks

function optimizerOf({ optimizerEpsilon }: PpoConfig): OptimizerSpec {
  return optimizerSpec('adam', optimizerEpsilon);
}

/** One gradient step on a minibatch of B steps. */
export function ppoStep(plan: ActorCriticPlan, config: PpoConfig): Step {
  const { length } = cutOf(plan, config);
  return descent(plan.plans, optimizerOf(config), (weights, inputs) => {
    const { oldLogProbs, returns, oldValues, clip, entropy, value } = inputs;
    const advantages = config.normaliseAdvantages ? normalised(inputs['advantages']) : inputs['advantages'];
    const recalls = recallsOf(plan, length, inputs);
    const { policy, values } = evaluateBatch(plan, weights, inputs['obs'], inputs['actions'], recalls);
    const surrogate = clippedSurrogate(policy.logProbs, { oldLogProbs, advantages }, clip);
    const critic = valueLoss(values, { returns, oldValues }, config.clipValue ? clip : undefined);
    return {
      loss: total(surrogate.policyLoss, policy, critic, { entropy, value }),
      ...surrogate,
      valueLoss: critic,
      entropy: tf.mean(policy.entropy),
    };
  });
}

function createPpo(
  spec: EnvSpec,
  config: PpoConfig,
  streams: RngStreams,
  compute: Compute,
): MaybePromise<Ppo> {
  const plan = planActorCritic(spec, config.network, config.shared, config);
  const cut = cutOf(plan, config);
  const learner = createLearner(compute, {
    name: 'ppo',
    step: ppoStep(plan, config),
    ...descentState(optimizerOf(config), initialBlock(plan, streams('initialisation'))),
    inputs: {
      ...batchShapes(spec, cut.batch * cut.length, VECTORS, SCALARS),
      ...memoryShapes(plan, cut),
    },
  });
  return whenReady(learner, (ready) => new Ppo({ spec, config, plan, learner: ready, streams }));
}

class Ppo extends GradientAgent<PpoConfig, 'exploration' | 'shuffle'> implements Agent {
  private readonly actor: ActorCritic;
  private readonly rollout: RolloutBuffer;
  private readonly advantages: Float32Array;
  private readonly sequences: Sequences;
  private readonly minibatches: Minibatches;
  protected readonly inputs: StepInputs;
  protected readonly kept;

  constructor(parts: Parts<PpoConfig, ActorCriticPlan>) {
    super(parts, ['exploration', 'shuffle']);
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
    this.sequences = new Sequences(this.rollout, plan, cutOf(plan, config));
    this.minibatches = new Minibatches(this.sequences.count, config.minibatches, this.rngs.shuffle);
    this.inputs = learner.inputs();
    const remembered = { hidden: this.actor.hidden, starts: this.sequences.starts };
    this.kept = {
      rollout: this.rollout,
      order: this.minibatches.order,
      ...(remembers(plan) && remembered),
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
      actor.look(obs, n, actor.recall(n, begins));
      actor.greedy(n, out);
      return;
    }
    this.sequences.begin(rollout.filled, actor.hidden);
    actor.look(obs, n);
    rollout.act(actor, n, (drawn, logProbs) => actor.sample(n, this.rngs.exploration, out, drawn, logProbs));
  }

  inspect(obs: Float32Array): Inspection {
    return this.actor.inspect(obs);
  }

  // Observe

  observe(step: StepBuffers): void {
    this.steps += step.n;
    this.rollout.observe(step, this.actor);
    for (let i = 0; i < step.n; i++) if (step.terminated[i] | step.truncated[i]) this.actor.hidden.forget(i);
  }

  // Update

  update(): MaybePromise<Metrics | undefined> {
    if (!this.rollout.full) return undefined;
    const { config, rollout, minibatches } = this;
    gae(rollout, config.gamma, config.lambda, this.advantages);
    const done = this.descend(config.epochs * minibatches.count, (k, last) => {
      this.gather(this.sequences.gather(minibatches.rows(k), this.inputs));
      return this.gradientStep(last ? REPORTS : undefined);
    });
    return whenReady(done, (metrics) => {
      rollout.clear();
      return metrics;
    });
  }

  /** Copies a minibatch and the scalars of this moment into the step's inputs. */
  private gather(rows: Uint32Array): void {
    const { inputs, rollout, advantages, config } = this;
    rollout.gather(rows, inputs['obs'], inputs['actions']);
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k];
      inputs['oldLogProbs'][k] = rollout.logProbs[row];
      inputs['advantages'][k] = advantages[row];
      inputs['returns'][k] = advantages[row] + rollout.values[row];
      inputs['oldValues'][k] = rollout.values[row];
    }
    inputs['clip'][0] = config.clip;
    inputs['entropy'][0] = config.entropyCoefficient;
    inputs['value'][0] = config.valueCoefficient;
    setRates(inputs, config, this.steps);
  }
}

/** PPO plays every world; a network that does not fit is refused, and sequences that do not. */
function refuses(spec: EnvSpec, config: PpoConfig): Problem | undefined {
  return problemOf(() => {
    const plan = planActorCritic(spec, config.network, config.shared, config);
    const { steps, sequenceLength } = config;
    if (steps % cutOf(plan, config).length === 0) return;
    const expected = `a number that divides the ${steps} steps per rollout`;
    throw new InputError([{ field: 'sequenceLength', expected, got: String(sequenceLength) }]);
  });
}

export const ppo = defineAgent<Compute, typeof ppoConfig>({
  id: 'ppo',
  title: 'PPO',
  group: 'policy',
  summary: 'Improves its policy by small, clipped steps on what it just lived (Schulman et al. 2017).',
  config: ppoConfig,
  presets: ppoPresets,
  refuses,
  networks: (spec, config) =>
    actorCriticNetworks(planActorCritic(spec, config.network, config.shared, config)),
  slots: ({ numEnvs }) => numEnvs,
  create: createPpo,
});
