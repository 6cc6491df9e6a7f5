/**
 * Deep Q-learning (Mnih et al. 2015) and its improvements, each a switch: double, dueling, n-step, prioritized, noisy,
 * categorical and quantile returns. All of them together are Rainbow (Hessel et al. 2018). README.md has the equations.
 */
import {
  defineAgent,
  type Agent,
  type BatchUpdate,
  type Estimates,
  type Inspection,
  type Metrics,
  type StepBuffers,
} from '#core/agent.ts';
import { actionSize } from '#core/env.ts';
import { Experience } from '#core/experience.ts';
import { gradientStepsDue, linear } from '#core/schedule.ts';
import { savedNumber, type Snapshot } from '#core/snapshot.ts';
import { SumTree } from '#core/sum-tree.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { whenReady, type Compute, type MaybePromise } from '#compile/step.ts';
import { argmax } from '#core/argmax.ts';
import { initialise } from '#agents/nn/init.ts';
import type { InputArrays } from '#agents/nn/inputs.ts';
import { GradientAgent, type Outputs, type Parts, type Training } from '#agents/nn/gradient-agent.ts';
import { block, createLearner } from '#agents/nn/learner.ts';
import { optimizerSpec, optimizerState } from '#agents/nn/optimizers.ts';
import type { NetworkPlan } from '#agents/nn/spec.ts';
import { dqnConfig, type DqnConfig } from './config.ts';
import { dqnPresets } from './presets.ts';
import { QValues } from './q-values.ts';
import { dqnInputs, dqnStep, type DqnInputs } from './step.ts';
import { planQNetwork, qNetworks, refusesQNetwork, valueHead, type ValueHead } from './q-network.ts';

const REPORTS = { loss: 'train/loss', value: 'train/value', gradientNorm: 'train/gradient-norm' } as const;
type Output = keyof typeof REPORTS | 'priority';
const METRICS: readonly Output[] = ['loss', 'value', 'gradientNorm'];

export class Dqn extends GradientAgent<DqnConfig, 'exploration' | 'replay' | 'noise'> implements Agent {
  private readonly q: QValues;
  private readonly inputs: InputArrays<DqnInputs>;
  private readonly experience: Experience;
  /** The input `weights` [B]: 1 unless replay is prioritized. */
  private readonly importance: Float32Array;
  /** Priorities of the buffer's rows, where replay is prioritized. */
  private readonly priorities: SumTree | undefined;
  /** Priority of transitions that have not been drawn: the largest so far (Schaul et al. 2016, algorithm 1, line 6). */
  private maxPriority = 1;
  /** Env steps at the last update of the target network, and whether the next gradient step makes one. */
  private targetSteps = 0;
  targetDue = false;
  protected readonly kept;

  constructor(parts: Parts<DqnConfig, NetworkPlan, DqnInputs>, head: ValueHead) {
    super(parts, ['exploration', 'replay', 'noise']);
    const { spec, config, plan, learner, normaliser } = parts;
    this.q = new QValues(plan, head, learner, config.numEnvs);
    this.experience = new Experience(spec, config, learner.inputs, normaliser);
    this.inputs = learner.inputs;
    this.importance = learner.inputs.weights.fill(1);
    this.priorities = config.prioritized ? new SumTree(config.replaySize) : undefined;
    const { priorities } = this;
    const { replay, nStep } = this.experience;
    this.kept = { replay, nStep, ...(priorities && { priorities }) };
  }

  // Act

  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    const explore = mode === 'explore';
    const { q } = this;
    const values = explore ? q.exploring(obs, n, this.rngs.noise) : q.greedy(obs, n);
    const epsilon = explore ? this.epsilon() : 0;
    const { exploration } = this.rngs;
    for (let i = 0; i < n; i++)
      out.discrete[i] =
        epsilon > 0 && exploration.uniform() < epsilon
          ? exploration.integer(q.actions)
          : argmax(values, i * q.actions, q.actions);
  }

  private epsilon(): number {
    const { epsilonStart, epsilonEnd, epsilonSteps } = this.config;
    return linear(epsilonStart, epsilonEnd, epsilonSteps, this.steps);
  }

  inspect(obs: Float32Array): Inspection {
    const { actionValues, values } = this.q.estimates(obs, 1);
    return { actionValues, value: values[0] };
  }

  estimates(obs: Float32Array, n: number): Estimates {
    return this.q.estimates(obs, n);
  }

  saliency(obs: Float32Array): Float32Array {
    return this.q.saliency(obs);
  }

  lastUpdate(): BatchUpdate | undefined {
    return this.updates > 0 ? this.q.surprise(this.inputs) : undefined;
  }

  // Observe

  observe(step: StepBuffers): void {
    this.steps += step.n;
    this.experience.observe(step, this.config.gamma, (row) => this.priorities?.set(row, this.maxPriority));
  }

  // Update

  update(): MaybePromise<Metrics | undefined> {
    const times = gradientStepsDue(this.config, this.steps);
    // While n-step returns are still being gathered there may be nothing to sample.
    return times > 0 && this.experience.replay.size > 0 ? this.train(this.gradientSteps(times)) : undefined;
  }

  /** A round: sample, fill, step, report. Its last step updates the target network, where that is due. */
  private *gradientSteps(times: number): Training<Output> {
    const targetDue = this.steps - this.targetSteps >= this.config.targetEvery;
    if (targetDue) this.targetSteps = this.steps;
    // Reading makes a GPU wait: metrics are read once, priorities after every step, because the next draw needs them.
    const always: readonly Output[] = this.priorities ? ['priority'] : [];
    const atLast = [...METRICS, ...always];
    let outputs: Outputs<Output> | undefined;
    for (let k = 1; k <= times; k++) {
      this.targetDue = targetDue && k === times;
      this.sample();
      this.learner.fillInputs(this);
      outputs = yield this.step(k === times ? atLast : always);
      if (this.priorities) this.updatePriorities(this.priorities, outputs.priority);
    }
    return {
      ...this.report(REPORTS, outputs),
      'train/epsilon': this.epsilon(),
      'train/learning-rate': this.learningRate(),
    };
  }

  /** Draws a batch of transitions, evenly or by priority, with importance weights (Schaul et al. 2016, §3.4). */
  private sample(): void {
    const { experience, config, priorities, rngs } = this;
    if (!priorities) return experience.sample(config.gamma, rngs.replay);
    const { replay, batch } = experience;
    const beta = linear(config.importanceStart, 1, config.importanceSteps, this.steps);
    priorities.sample(batch.rows, rngs.replay);
    priorities.weights(batch.rows, replay.size, beta, this.importance);
    replay.gather(batch, config.gamma);
  }

  /** pᵢ = (|δᵢ| + 10⁻⁶)^α, ibid. §3.3. */
  private updatePriorities(priorities: SumTree, errors: Float32Array): void {
    const { rows } = this.experience.batch;
    for (let k = 0; k < errors.length; k++) {
      const priority = (Math.max(errors[k], 0) + 1e-6) ** this.config.priorityExponent;
      priorities.set(rows[k], priority);
      this.maxPriority = Math.max(this.maxPriority, priority);
    }
  }

  learningRate(): number {
    const { learningRate, learningRateEnd, learningRateSteps } = this.config;
    if (learningRateSteps === 0) return learningRate;
    return linear(learningRate, learningRateEnd, learningRateSteps, this.steps);
  }

  // Checkpoints

  override snapshot(lean = false): MaybePromise<Snapshot> {
    const { targetSteps, maxPriority: freshPriority } = this;
    return whenReady(super.snapshot(lean), (saved) => ({ ...saved, targetSteps, freshPriority }));
  }

  override restore(saved: Snapshot): MaybePromise<void> {
    this.targetSteps = savedNumber(saved, 'targetSteps');
    this.maxPriority = savedNumber(saved, 'freshPriority');
    return super.restore(saved);
  }
}

export const dqn = defineAgent<Compute, typeof dqnConfig>({
  id: 'dqn',
  title: 'DQN',
  group: 'value',
  summary: 'Learns what each action is worth from a replay buffer of transitions (Mnih et al. 2015).',
  config: dqnConfig,
  main: ['learningRate', 'gamma', 'epsilonSteps', 'epsilonEnd', 'nStep', 'network'],
  presets: dqnPresets,
  refuses: refusesQNetwork,
  networks: qNetworks,
  transitions: ({ replaySize }) => replaySize,
  slots: ({ numEnvs }) => numEnvs,
  create(spec, config, streams, compute, { normaliser }) {
    const plan = planQNetwork(spec, config);
    const head = valueHead(config);
    const params = block(initialise(plan, streams('initialisation')));
    const moments = optimizerState(optimizerSpec(config.optimizer, config.optimizerEpsilon), plan.size);
    const learner = createLearner(compute, {
      name: 'dqn',
      step: dqnStep(plan, head, actionSize(spec), config),
      state: { online: params, target: params, average: params, ...moments },
      inputs: dqnInputs(spec, plan, config),
      actor: ['online', 'average'],
      seldom: ['average'],
    });
    return whenReady(
      learner,
      (ready) => new Dqn({ spec, config, plan, learner: ready, streams, normaliser }, head),
    );
  },
});
