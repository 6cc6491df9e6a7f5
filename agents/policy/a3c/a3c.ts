/**
 * Asynchronous advantage actor-critic (Mnih et al. 2016, algorithm S3): several workers play and learn at once, each by a copy
 * θ′ of the parameters θ, which all of them update without waiting for each other. README.md has the equations.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  defineAgent,
  type Agent,
  type AgentSources,
  type Estimates,
  type Inspection,
  type Metrics,
  type StepBuffers,
} from '#core/agent.ts';
import { observationSize, type EnvSpec } from '#core/env.ts';
import { problemOf, type Problem } from '#core/errors.ts';
import type { RngStreams } from '#core/rng.ts';
import { linear } from '#core/schedule.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { soleWorker, type WorkerContext } from '#core/workers.ts';
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
import { GradientAgent, type Parts } from '#agents/nn/gradient-agent.ts';
import { block, createLearner } from '#agents/nn/learner.ts';
import { clipByGlobalNorm } from '#agents/nn/optimizers.ts';
import { ActorCritic, evaluateBatch } from '../actor-critic.ts';
import { actorCriticReports, stopped, total } from '../losses.ts';
import { actorCriticNetworks, initialBlock, planActorCritic, type ActorCriticPlan } from '../networks.ts';
import { actionWidth } from '../rollout.ts';
import { a3cConfig, a3cPresets, type A3cConfig } from './config.ts';
import { SharedParameters } from './shared.ts';

type Output = keyof typeof actorCriticReports | 'gradient';
const OUTPUTS = [...Object.keys(actorCriticReports), 'gradient'] as readonly Output[];

/** What is kept of a rollout beside its steps: their number t − t_start, 1 once it is over, and the R that it ends with. */
const LENGTH = 0;
const OVER = 1;
const BOOTSTRAP = 2;

// Gradient step. T = t_max rows: the steps of a rollout, and empty ones.

function a3cInputs(spec: EnvSpec, { steps: T }: A3cConfig) {
  return {
    /** `observe` writes both. */
    obs: observations(spec, T),
    actions: actionsTaken(spec, T),
    returns: float32([T], (into, agent: A3c) => agent.returns(into)),
    /** 1 in the rows that were played. */
    mask: float32([T], (into, { length }: A3c) => into.fill(1, 0, length).fill(0, length)),
    entropyCoefficient: scalar(({ config }: A3c) => config.entropyCoefficient),
    valueCoefficient: scalar(({ config }: A3c) => config.valueCoefficient),
    gradientClip: clipInput(),
  };
}
type A3cInputs = ReturnType<typeof a3cInputs>;

/** dθ of a rollout. State: θ′ [P], which stays as it is. */
function a3cStep(plan: ActorCriticPlan): Step {
  return stepOver<A3cInputs, 'params'>((state, inputs) => {
    const { obs, actions, returns, mask } = inputs;
    // Sums over the steps, not means: a short rollout counts less.
    const summed = (each: tf.Tensor): tf.Scalar => tf.sum(tf.mul(mask, each));
    const { gradient, outputs } = withGradient(plan.plans, state.params, (...weights) => {
      const { policy, values } = evaluateBatch(plan, weights, obs, actions);
      const advantages = tf.sub(returns, values); // [T]: R − V(s; θ′)
      const policyLoss = tf.neg<tf.Scalar>(summed(tf.mul(stopped(advantages), policy.logProbs)));
      const valueLoss = tf.mul<tf.Scalar>(tf.scalar(0.5), summed(tf.square(advantages)));
      const entropy = summed(policy.entropy);
      return {
        loss: total(policyLoss, entropy, valueLoss, inputs),
        policyLoss,
        valueLoss,
        entropy: tf.div(entropy, tf.sum(mask)),
      };
    });
    const clipped = clipByGlobalNorm(gradient, inputs.gradientClip); // [P]
    return { state, outputs: { ...outputs, gradient: clipped.gradient, gradientNorm: clipped.norm } };
  });
}

interface A3cParts extends Parts<A3cConfig, ActorCriticPlan, A3cInputs> {
  readonly worker: WorkerContext;
  readonly shared: SharedParameters;
}

async function createA3c(
  spec: EnvSpec,
  config: A3cConfig,
  streams: RngStreams,
  compute: Compute,
  { worker = soleWorker() }: AgentSources,
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
  const { decay, optimizerEpsilon: epsilon } = config;
  const memory = worker.memory(SharedParameters.bytesFor(plan.size));
  const shared = new SharedParameters(memory, plan.size, { decay, epsilon });
  // The leader is made first: the others find its initial θ.
  if (worker.index === 0) shared.params.set(params);
  const agent = new A3c({ spec, config, plan, learner, streams, worker, shared });
  await agent.synchronise();
  return agent;
}

class A3c extends GradientAgent<A3cConfig, 'exploration'> implements Agent {
  private readonly workers: number;
  private readonly shared: SharedParameters;
  private readonly actor: ActorCritic;
  /** θ′ on its way to the learner: [P]. */
  private readonly params: Float32Array;
  /** [observation] The last of a rollout; and what was drawn for the action of this step: [1] an index, or [dims]. */
  private readonly row: Float32Array;
  private readonly drawn: Float32Array;
  private readonly logProb = new Float32Array(1);
  /** [T] */
  private readonly rewards: Float32Array;
  private readonly rollout = new Float64Array(3);
  private readonly inputs: InputArrays<A3cInputs>;
  protected readonly kept;

  constructor(parts: A3cParts) {
    super(parts, ['exploration']);
    const { spec, config, plan, learner, worker, shared } = parts;
    this.workers = worker.size;
    this.shared = shared;
    this.actor = new ActorCritic(plan, learner, 1);
    this.params = new Float32Array(plan.size);
    this.row = new Float32Array(observationSize(spec));
    this.drawn = new Float32Array(actionWidth(spec));
    this.rewards = new Float32Array(config.steps);
    this.inputs = learner.inputs;
    const { rewards, rollout } = this;
    const { obs, actions } = this.inputs;
    // The leader saves what belongs to all.
    this.kept = { obs, actions, rewards, rollout, ...(worker.index === 0 && { shared }) };
  }

  /** θ′ ← θ. `updates` then counts those of all workers. */
  synchronise(): MaybePromise<void> {
    this.updates = this.shared.copyTo(this.params);
    return this.learner.restore({ params: this.params });
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

  estimates(obs: Float32Array, n: number): Estimates {
    return this.actor.estimates(obs, n);
  }

  saliency(obs: Float32Array): Float32Array {
    return this.actor.saliency(obs);
  }

  // Observe

  observe(step: StepBuffers): void {
    const { inputs, row, drawn, rollout } = this;
    const t = rollout[LENGTH]++;
    // The paper's T: the other workers have played as many steps.
    this.steps += this.workers;
    inputs.obs.set(step.obs, t * row.length);
    inputs.actions.set(drawn, t * drawn.length);
    this.rewards[t] = step.reward[0];
    const ended = step.terminated[0] | step.truncated[0];
    const tMax = this.rewards.length;
    if (!ended && t + 1 < tMax) return;
    rollout[OVER] = 1;
    row.set(ended ? step.finalObs : step.nextObs);
    // 0 for a terminal state; a truncated episode would have continued.
    rollout[BOOTSTRAP] = step.terminated[0] ? 0 : this.actor.value(row);
  }

  // Update

  /** The end of a rollout in algorithm S3: dθ at θ′, the asynchronous update of θ by it, then θ′ ← θ. */
  update(): MaybePromise<Metrics | undefined> {
    const { config, rollout, shared } = this;
    if (!rollout[OVER]) return undefined;
    this.learner.fillInputs(this);
    rollout.fill(0);
    const { learningRate, learningRateSteps } = config;
    const left = learningRateSteps > 0 ? linear(1, 0, learningRateSteps, this.steps) : 1;
    const before = this.updates;
    return whenReady(this.step(OUTPUTS), (outputs) => {
      const metrics = this.report(actorCriticReports, outputs);
      if (left > 0) shared.apply(outputs.gradient, learningRate * left);
      return whenReady(this.synchronise(), () => ({
        ...metrics,
        'train/updates': this.updates,
        // Without the worker's own, which is missing where the learning rate has come to 0.
        'train/staleness': Math.max(0, this.updates - before - 1),
      }));
    });
  }

  /** Steps of the rollout. */
  get length(): number {
    return this.rollout[LENGTH];
  }

  /** Writes the returns R ← r + γR of the rollout, from its last step back. */
  returns(into: Float32Array): void {
    for (let i = this.length - 1, R = this.rollout[BOOTSTRAP]; i >= 0; i--)
      into[i] = R = this.rewards[i] + this.config.gamma * R;
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
  main: ['learningRate', 'gamma', 'entropyCoefficient', 'workers', 'steps', 'network'],
  presets: a3cPresets,
  refuses,
  networks: (spec, config) =>
    actorCriticNetworks(planActorCritic(spec, config.network, config.shared), ['shared', 'learner']),
  slots: () => 1,
  workers: ({ workers }) => workers,
  create: createA3c,
});
