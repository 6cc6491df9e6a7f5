/**
 * TD3 (Fujimoto et al. 2018), of which DDPG (Lillicrap et al. 2016) is a preset: a deterministic policy climbs the value of its
 * own actions. README.md has the equations.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineAgent, type Agent, type Inspection, type Metrics, type StepBuffers } from '#core/agent.ts';
import type { EnvSpec } from '#core/env.ts';
import { Experience } from '#core/experience.ts';
import { gradientStepsDue } from '#core/schedule.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise, type Step } from '#compile/step.ts';
import type { Actor } from '#agents/nn/actor.ts';
import { descend } from '#agents/nn/gradient.ts';
import { initialise } from '#agents/nn/init.ts';
import type { Inspector } from '#agents/nn/inspector.ts';
import { clipInput, dropoutMasks, float32, scalar, stepOver, transitionInputs } from '#agents/nn/inputs.ts';
import { GradientAgent, type Outputs, type Parts, type Training } from '#agents/nn/gradient-agent.ts';
import { block, createLearner } from '#agents/nn/learner.ts';
import { apply, split, type Weights } from '#agents/nn/network.ts';
import { optimizerSpec, optimizerState, type OptimizerSpec } from '#agents/nn/optimizers.ts';
import { eachMean, saliencyOf } from '#agents/nn/saliency.ts';
import { ActionBox } from '../box.ts';
import { Critics } from '../critics.ts';
import { td3Config, td3Presets, type Td3Config } from './config.ts';
import { planTd3, refusesTd3, td3Networks, type Td3Plan } from './networks.ts';

const REPORTS = {
  criticLoss: 'train/critic-loss',
  actorLoss: 'train/actor-loss',
  gradientNorm: 'train/gradient-norm',
} as const;
type Output = keyof typeof REPORTS;
const METRICS = Object.keys(REPORTS) as readonly Output[];

// Gradient step. B transitions, D dims of an action.

function td3Inputs(spec: EnvSpec, { dims, actor, critics }: Td3Plan, { batchSize: B }: Td3Config) {
  return {
    ...transitionInputs(spec, B),
    /** Clipped, on the target action. */
    noise: float32([B, dims], (into, { config, rngs }: Td3) => {
      const { targetNoise, targetNoiseClip: most } = config;
      for (let k = 0; k < into.length; k++)
        into[k] = Math.min(most, Math.max(-most, targetNoise * rngs.noise.normal()));
    }),
    criticMasks: dropoutMasks(critics, B, ({ rngs }: Td3) => rngs.noise),
    actorMasks: dropoutMasks([actor], B, ({ rngs }: Td3) => rngs.noise),
    learningRate: scalar(({ config }: Td3) => config.learningRate),
    gradientClip: clipInput(),
    targetRate: scalar(({ config }: Td3) => config.targetRate),
    /** 1 where this step moves the policy and the targets too, else 0. */
    policyDue: scalar(({ config, updates }: Td3) => ((updates + 1) % config.policyDelay === 0 ? 1 : 0)),
  };
}
type Td3Inputs = ReturnType<typeof td3Inputs>;

function optimizerOf({ optimizerEpsilon }: Td3Config): OptimizerSpec {
  return optimizerSpec('adam', optimizerEpsilon);
}

/**
 * The critics and, where it is due, the policy and the targets. State: `actor` and `critics`, the moments of an optimizer each,
 * `targetActor`, `targetCritics`.
 */
function td3Step(plan: Td3Plan, config: Td3Config): Step {
  const optimizer = optimizerOf(config);
  const qValue = (critic: Weights, obs: tf.Tensor, actions: tf.Tensor): tf.Tensor1D =>
    tf.reshape(apply(plan.critic, critic, tf.concat([obs, actions], 1)), [config.batchSize]);
  return stepOver<Td3Inputs, 'actor' | 'critics' | 'targetActor' | 'targetCritics'>((state, inputs) => {
    const { obs, actions, nextObs, learningRate, gradientClip, policyDue, targetRate } = inputs;
    const one = tf.scalar(1);

    // Targets: r + γᵏ min Q⁻(s′, π⁻(s′) + clipped noise).
    const [targetActor] = split([plan.actor], state.targetActor);
    const targetCritics = split(plan.critics, state.targetCritics);
    const smoothed = tf.add(apply(plan.actor, targetActor, nextObs), inputs.noise); // [B, D]
    const nextActions = tf.minimum(tf.maximum(smoothed, tf.scalar(-1)), one);
    const nextValues = targetCritics.map((critic) => qValue(critic, nextObs, nextActions)); // [B] each
    const lowest = nextValues.reduce((a, b) => tf.minimum(a, b));
    const tdTarget = tf.add(inputs.rewards, tf.mul(inputs.discounts, lowest)); // [B]

    const critics = descend(
      { plans: plan.critics, params: state.critics, optimizer, state: within('critics/', state) },
      { learningRate, gradientClip, masks: inputs.criticMasks },
      (...weights) => {
        const losses = weights.map((critic) =>
          tf.mean(tf.square(tf.sub(qValue(critic, obs, actions), tdTarget))),
        );
        return { loss: losses.reduce<tf.Tensor>((a, b) => tf.add(a, b), tf.scalar(0)) as tf.Scalar };
      },
    );

    // The policy climbs the first critic as it now is.
    const [first] = split(plan.critics, critics.params);
    const ownState = within('actor/', state);
    const actor = descend(
      { plans: [plan.actor], params: state.actor, optimizer, state: ownState },
      { learningRate, gradientClip, masks: inputs.actorMasks },
      (weights) => ({
        loss: tf.neg<tf.Scalar>(tf.mean(qValue(first, obs, apply(plan.actor, weights, obs)))),
      }),
    );

    // A share of 0 leaves the old as it is, exactly.
    const mix = (old: tf.Tensor, next: tf.Tensor, share: tf.Tensor): tf.Tensor =>
      tf.add(tf.mul(old, tf.sub(one, share)), tf.mul(next, share));
    const policy = mix(state.actor, actor.params, policyDue);
    const moments = Object.entries(actor.moments).map(
      ([name, next]) => [name, mix(ownState[name], next, policyDue)] as const,
    );
    const rate = tf.mul(policyDue, targetRate);
    return {
      state: {
        actor: policy,
        critics: critics.params,
        targetActor: mix(state.targetActor, policy, rate),
        targetCritics: mix(state.targetCritics, critics.params, rate),
        ...under('critics/', critics.moments),
        ...under('actor/', Object.fromEntries(moments)),
      },
      outputs: {
        criticLoss: critics.outputs.loss,
        actorLoss: actor.outputs.loss,
        gradientNorm: critics.outputs.gradientNorm,
      },
    };
  });
}

/** `m` → `actor/m`. */
function under<T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [prefix + name, value]));
}

/** `actor/m` → `m`, and nothing that is not under the prefix. */
function within<T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}

class Td3 extends GradientAgent<Td3Config, 'exploration' | 'replay' | 'noise'> implements Agent {
  private readonly plan: Td3Plan;
  private readonly dims: number;
  private readonly box: ActionBox;
  private readonly experience: Experience;
  private readonly actor: Actor;
  private readonly critics: Critics;
  /** Made when it is first asked for. */
  private inspector: Inspector | undefined;
  protected readonly kept;

  constructor(parts: Parts<Td3Config, Td3Plan, Td3Inputs>) {
    super(parts, ['exploration', 'replay', 'noise']);
    const { spec, config, plan, learner, normaliser } = parts;
    this.plan = plan;
    this.dims = plan.dims;
    this.box = new ActionBox(spec.action);
    this.experience = new Experience(spec, config, learner.inputs, normaliser);
    this.actor = learner.actor(plan.actor, config.numEnvs);
    this.critics = new Critics({ learner, plans: plan.critics, offset: plan.actor.size });
    this.kept = { replay: this.experience.replay, transitions: this.experience.nStep };
  }

  // Act

  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    const { dims, box, config } = this;
    const { exploration } = this.rngs;
    const policy = this.actor.run(obs, n);
    for (let k = 0; k < n * dims; k++) {
      let x = policy[k];
      // Uniform until learning starts, then the policy's with normal noise.
      if (mode === 'explore')
        x =
          this.steps < config.learningStarts
            ? 2 * exploration.uniform() - 1
            : Math.min(1, Math.max(-1, x + config.explorationNoise * exploration.normal()));
      out.box[k] = box.toWorld(k % dims, x);
    }
  }

  /** A deterministic policy has no probabilities to show. */
  inspect(obs: Float32Array): Inspection {
    const action = this.actor.run(obs, 1).slice(0, this.dims);
    return { value: this.critics.ofActions(obs, action, 1)[0] };
  }

  saliency(obs: Float32Array): Float32Array {
    const { dims, learner, plan } = this;
    this.inspector ??= learner.inspector(plan.actor);
    return saliencyOf(this.inspector, obs, eachMean(dims, dims), dims);
  }

  // Observe

  observe(step: StepBuffers): void {
    this.steps += step.n;
    this.experience.observe(step, this.config.gamma);
  }

  // Update

  update(): MaybePromise<Metrics | undefined> {
    const times = gradientStepsDue(this.config, this.steps);
    return times > 0 ? this.train(this.gradientSteps(times)) : undefined;
  }

  /** The critics move at every step, the policy and the targets at those in which `policyDue` is 1. */
  private *gradientSteps(times: number): Training<Output> {
    const { experience, box, config, rngs } = this;
    let outputs: Outputs<Output> | undefined;
    for (let k = 1; k <= times; k++) {
      experience.sample(config.gamma, rngs.replay);
      box.normalise(experience.batch.actions);
      this.learner.fillInputs(this);
      outputs = yield this.step(k === times ? METRICS : []);
    }
    return this.report(REPORTS, outputs);
  }
}

export const td3 = defineAgent<Compute, typeof td3Config>({
  id: 'td3',
  title: 'TD3',
  group: 'policy',
  summary: 'A deterministic policy climbs the lower of two critics; DDPG is a preset (Fujimoto et al. 2018).',
  config: td3Config,
  main: ['learningRate', 'gamma', 'explorationNoise', 'targetRate', 'batchSize', 'network'],
  presets: td3Presets,
  refuses: refusesTd3,
  networks: td3Networks,
  transitions: ({ replaySize }) => replaySize,
  slots: ({ numEnvs }) => numEnvs,
  create(spec, config, streams, compute, { normaliser }) {
    const plan = planTd3(spec, config);
    const rng = streams('initialisation');
    const actor = block(initialise(plan.actor, rng));
    const critics = block(Float32Array.from(plan.critics.flatMap((critic) => [...initialise(critic, rng)])));
    const optimizer = optimizerOf(config);
    const learner = createLearner(compute, {
      name: 'td3',
      step: td3Step(plan, config),
      state: {
        actor,
        targetActor: actor,
        critics,
        targetCritics: critics,
        ...under('actor/', optimizerState(optimizer, actor.values.length)),
        ...under('critics/', optimizerState(optimizer, critics.values.length)),
      },
      inputs: td3Inputs(spec, plan, config),
      actor: ['actor', 'critics'],
      seldom: ['critics'],
    });
    return whenReady(
      learner,
      (ready) => new Td3({ spec, config, plan, learner: ready, streams, normaliser }),
    );
  },
});
