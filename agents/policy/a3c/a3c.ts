/**
 * Asynchronous advantage actor-critic (Mnih et al. 2016, algorithm S3): several workers play and learn at once, each from a
 * copy of shared parameters that all of them change without waiting. README.md has the equations.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  defineAgent,
  type Agent,
  type AgentSources,
  type Inspection,
  type Metrics,
  type StepBuffers,
} from '#core/agent.ts';
import { soloist, type CrewMember } from '#core/crew.ts';
import { observationSize, type EnvSpec } from '#core/env.ts';
import { problemOf, type Problem } from '#core/errors.ts';
import type { RngStreams } from '#core/rng.ts';
import { linear } from '#core/schedule.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import { withGradient } from '#agents/nn/gradient.ts';
import {
  actionsTaken,
  clipInput,
  float32,
  observations,
  scalar,
  stepOver,
  type InputArrays,
} from '#agents/nn/inputs.ts';
import { block, createLearner, GradientAgent, type Parts } from '#agents/nn/learner.ts';
import { clipByGlobalNorm } from '#agents/nn/optimizers.ts';
import { ActorCritic, evaluateBatch } from '../actor-critic.ts';
import { actorCriticReports, stopped, total } from '../losses.ts';
import { actorCriticNetworks, initialBlock, planActorCritic, type ActorCriticPlan } from '../networks.ts';
import { actionWidth } from '../rollout.ts';
import { a3cConfig, a3cPresets, type A3cConfig } from './config.ts';
import { answerExchange, askingExchange, directExchange, SharedParameters, type Exchange } from './shared.ts';

type Output = keyof typeof actorCriticReports | 'gradient';
const OUTPUTS = [...Object.keys(actorCriticReports), 'gradient'] as readonly Output[];

/** What is kept of the rollout beside its steps: how many, 1 if it is over, and the value of what came after it. */
const LENGTH = 0;
const OVER = 1;
const BOOTSTRAP = 2;

// Gradient step. Up to T steps of one environment.

function a3cInputs(spec: EnvSpec, { steps: T }: A3cConfig) {
  return {
    /** `observe` writes both. */
    obs: observations(spec, T),
    actions: actionsTaken(spec, T),
    returns: float32([T], (into, agent: A3c) => agent.returns(into)),
    /** 1 in the steps that there are. */
    mask: float32([T], (into, { length }: A3c) => into.fill(1, 0, length).fill(0, length)),
    entropyCoefficient: scalar(({ config }: A3c) => config.entropyCoefficient),
    valueCoefficient: scalar(({ config }: A3c) => config.valueCoefficient),
    gradientClip: clipInput(),
  };
}
type A3cInputs = ReturnType<typeof a3cInputs>;

/** Δθ. State: the worker's copy θ′, which stays as it is. */
function a3cStep(plan: ActorCriticPlan): Step {
  return stepOver<A3cInputs, 'params'>((state, inputs) => {
    const { obs, actions, returns, mask } = inputs;
    // Sums over the steps, not means: a short rollout counts less.
    const summed = (each: tf.Tensor): tf.Scalar => tf.sum(tf.mul(mask, each));
    const { gradient, outputs } = withGradient(plan.plans, state.params, (...weights) => {
      const { policy, values } = evaluateBatch(plan, weights, obs, actions);
      const errors = tf.sub(returns, values);
      const policyLoss = tf.neg<tf.Scalar>(summed(tf.mul(stopped(errors), policy.logProbs)));
      const valueLoss = tf.mul<tf.Scalar>(tf.scalar(0.5), summed(tf.square(errors)));
      const entropy = summed(policy.entropy);
      return {
        loss: total(policyLoss, entropy, valueLoss, inputs),
        policyLoss,
        valueLoss,
        entropy: tf.div(entropy, tf.sum(mask)),
      };
    });
    const clipped = clipByGlobalNorm(gradient, inputs.gradientClip);
    return { state, outputs: { ...outputs, gradient: clipped.gradient, gradientNorm: clipped.norm } };
  });
}

interface A3cParts extends Parts<A3cConfig, ActorCriticPlan, A3cInputs> {
  readonly member: CrewMember;
  /** The shared parameters, where this worker sees them: always the leader. */
  readonly shared: SharedParameters | undefined;
}

async function createA3c(
  spec: EnvSpec,
  config: A3cConfig,
  streams: RngStreams,
  compute: Compute,
  { member = soloist() }: AgentSources,
): Promise<A3c> {
  const plan = planActorCritic(spec, config.network, config.shared);
  const params = initialBlock(plan, streams('initialisation'));
  const learner = await createLearner(compute, {
    name: 'a3c',
    step: a3cStep(plan),
    state: { params: block(params) },
    inputs: a3cInputs(spec, config),
    actor: ['params'],
  });
  const memory = member.memory(SharedParameters.bytesFor(plan.size));
  const { decay, optimizerEpsilon: epsilon } = config;
  const shared = memory && new SharedParameters(memory, plan.size, { decay, epsilon });
  if (shared && member.index === 0) {
    shared.params.set(params);
    member.answerWith(answerExchange(shared));
  }
  const agent = new A3c({ spec, config, plan, learner, streams, member, shared });
  await agent.join();
  return agent;
}

class A3c extends GradientAgent<A3cConfig, 'exploration'> implements Agent {
  private readonly member: CrewMember;
  private readonly exchange: Exchange;
  private readonly actor: ActorCritic;
  /** θ′ on its way from the shared parameters to the learner, and Δθ on its way back. */
  private readonly params: Float32Array;
  private gradient: Float32Array;
  private readonly row: Float32Array;
  private readonly drawn: Float32Array;
  private readonly logProb = new Float32Array(1);
  private readonly rewards: Float32Array;
  private readonly rollout = new Float64Array(3);
  private readonly inputs: InputArrays<A3cInputs>;
  protected readonly kept;

  constructor(parts: A3cParts) {
    super(parts, ['exploration']);
    const { spec, config, plan, learner, member, shared } = parts;
    this.member = member;
    this.exchange = shared ? directExchange(shared) : askingExchange(member, plan.size);
    this.actor = new ActorCritic(plan, learner, 1);
    this.params = new Float32Array(plan.size);
    this.gradient = new Float32Array(plan.size);
    this.row = new Float32Array(observationSize(spec));
    this.drawn = new Float32Array(actionWidth(spec));
    this.rewards = new Float32Array(config.steps);
    this.inputs = learner.inputs;
    const { rewards, rollout } = this;
    const { obs, actions } = this.inputs;
    // What is shared belongs to all, and the leader saves it.
    const own = member.index === 0 && shared ? { shared } : {};
    this.kept = { obs, actions, rewards, rollout, ...own };
  }

  /** Takes over the parameters as they are now. */
  join(): MaybePromise<void> {
    return this.handIn(0);
  }

  // Act

  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    this.actor.forward(obs, n);
    if (mode === 'greedy') this.actor.greedy(n, out);
    else this.actor.sample(n, this.rngs.exploration, out, this.drawn, this.logProb);
  }

  inspect(obs: Float32Array): Inspection {
    return this.actor.inspect(obs);
  }

  // Observe

  observe(step: StepBuffers): void {
    const { inputs, row, drawn, rollout } = this;
    const at = rollout[LENGTH]++;
    // The others have played as many.
    this.steps += this.member.size;
    inputs.obs.set(step.obs, at * row.length);
    inputs.actions.set(drawn, at * drawn.length);
    this.rewards[at] = step.reward[0];
    const ended = step.terminated[0] | step.truncated[0];
    if (!ended && at + 1 < this.rewards.length) return;
    rollout[OVER] = 1;
    // A terminated episode is worth nothing more; one that was cut off or goes on is worth what the critic says.
    row.set(ended ? step.finalObs : step.nextObs);
    rollout[BOOTSTRAP] = step.terminated[0] ? 0 : this.actor.value(row);
  }

  // Update

  update(): MaybePromise<Metrics | undefined> {
    if (!this.rollout[OVER]) return undefined;
    const { learningRate, learningRateSteps } = this.config;
    const left = learningRateSteps > 0 ? linear(1, 0, learningRateSteps, this.steps) : 1;
    const before = this.updates;
    this.learner.fillInputs(this);
    this.rollout.fill(0);
    return whenReady(this.step(OUTPUTS), (outputs) => {
      const metrics = this.report(actorCriticReports, outputs);
      this.gradient = outputs.gradient;
      return whenReady(this.handIn(learningRate * left), () => ({
        ...metrics,
        'train/updates': this.updates,
        'train/staleness': Math.max(0, this.updates - before - 1),
      }));
    });
  }

  /** Steps of the rollout. */
  get length(): number {
    return this.rollout[LENGTH];
  }

  /** Writes the discounted returns of the rollout's steps. */
  returns(into: Float32Array): void {
    for (let k = this.length - 1, future = this.rollout[BOOTSTRAP]; k >= 0; k--)
      into[k] = future = this.rewards[k] + this.config.gamma * future;
  }

  /** Applies the gradient to the shared parameters, takes these as they are by now and acts by them. */
  private handIn(rate: number): MaybePromise<void> {
    return whenReady(this.exchange.push(this.gradient, rate, this.params), (updates) => {
      this.updates = updates;
      return this.learner.restore({ params: this.params });
    });
  }
}

/** A3C plays every world; only a network that does not fit is refused. */
function refuses(spec: EnvSpec, config: A3cConfig): Problem | undefined {
  return problemOf(() => planActorCritic(spec, config.network, config.shared));
}

export const a3c = defineAgent<Compute, typeof a3cConfig>({
  id: 'a3c',
  title: 'A3C',
  group: 'policy',
  summary: 'Several workers learn at once and share their parameters without waiting (Mnih et al. 2016).',
  config: a3cConfig,
  presets: a3cPresets,
  refuses,
  networks: (spec, config) =>
    actorCriticNetworks(planActorCritic(spec, config.network, config.shared), ['shared', 'learner']),
  slots: () => 1,
  crew: ({ workers }) => workers,
  create: createA3c,
});
