/**
 * Expected SARSA (van Seijen et al., 2009), on-policy control without the noise of the next action: Sutton & Barto (2018),
 * §6.6. It behaves ε-greedily and learns the value of that very policy, exploration included.
 */
import { z } from 'zod';
import { defineAgent, type Agent, type Inspection, type Metrics, type StepBuffers } from '#core/agent.ts';
import { actionSize, type EnvSpec } from '#core/env.ts';
import type { RngStreams } from '#core/rng.ts';
import { child, restoreColumns, type Snapshot } from '#core/snapshot.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import type { Compute } from '#compile/step.ts';
import { actionValues, EpsilonGreedy, refusesTable } from '../action-values.ts';
import { discountField, epsilonFields, stepSizeFields, tableFields } from '../fields.ts';
import { cliffOfTheBook, optimistic } from '../presets.ts';
import { Progress } from '../schedules.ts';
import { Transitions } from '../transitions.ts';

/** ε has to fall for the values to approach those of the greedy policy: they are the values of exploring. */
const config = z.object({
  ...discountField(0.99),
  ...stepSizeFields({ stepSize: 0.1, schedule: 'constant' }),
  ...epsilonFields({ epsilonStart: 1, schedule: 'linear' }),
  ...tableFields(),
});
type Config = z.output<typeof config>;

/** One table; differs from Q-learning only in what `update` expects of the next state. */
class ExpectedSarsa implements Agent {
  private readonly config: Config;
  private readonly actions: number;
  private readonly q: Float64Array; // [states × actions]
  private readonly progress: Progress;
  private readonly policy: EpsilonGreedy;
  private readonly last: Transitions;

  /** `config` is copied, for `tune` writes to it. */
  constructor(spec: EnvSpec, config: Config, streams: RngStreams) {
    this.config = { ...config };
    this.actions = actionSize(spec);
    this.q = actionValues(spec, config.initialValue);
    this.progress = new Progress(this.q.length, this.actions, this.config);
    this.policy = new EpsilonGreedy(this.q, this.actions, this.progress, streams('explore'));
    this.last = new Transitions(config.worlds);
  }

  /** ε-greedy with ties broken at random, or greedy with ties going to the lowest index. */
  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    this.policy.act(obs, n, out, mode);
  }

  /** Keeps S, A, R and the true S'; learning waits for `update`. */
  observe(step: StepBuffers): void {
    this.last.copy(step);
  }

  /** Q(S, A) ← Q(S, A) + α [R + γ Σ_a π(a | S') Q(S', a) − Q(S, A)], eq. 6.9. */
  update(): Metrics | undefined {
    const { q, actions, progress, last } = this;
    for (let i = 0; i < last.n; i++) {
      const pair = last.state[i] * actions + last.action[i];
      const future = last.terminated[i] ? 0 : this.policy.expectedValue(last.next[i]);
      const error = last.reward[i] + this.config.gamma * future - q[pair];
      q[pair] += progress.visit(pair) * error;
      progress.learned(error);
    }
    return progress.advance(last.n);
  }

  /** Q(s, ·), the exploring policy as it is now, and max Q(s, ·) as V(s). */
  inspect(obs: Float32Array): Inspection {
    return this.policy.inspect(obs);
  }

  /** Schedules and policy read the same settings, so a change counts from the next step on. */
  tune(config: Readonly<Record<string, unknown>>): void {
    Object.assign(this.config, config);
  }

  /** The last step is in it too: a save between `observe` and `update` loses nothing. */
  snapshot(): Snapshot {
    return {
      config: { ...this.config },
      q: this.q.slice(),
      progress: this.progress.snapshot(),
      policy: this.policy.snapshot(),
      last: this.last.snapshot(),
    };
  }

  restore(saved: Snapshot): void {
    Object.assign(this.config, child(saved, 'config'));
    restoreColumns({ q: this.q }, saved, 'expected-sarsa');
    this.progress.restore(child(saved, 'progress'));
    this.policy.restore(child(saved, 'policy'));
    this.last.restore(child(saved, 'last'));
  }

  dispose(): void {}
}

export const expectedSarsa = defineAgent<Compute, typeof config>({
  id: 'expected-sarsa',
  title: 'Expected SARSA',
  group: 'tabular',
  summary:
    'SARSA with the mean over its next action instead of a draw (van Seijen et al., 2009; Sutton & Barto §6.6).',
  config,
  presets: { ...optimistic, 'sutton-barto': cliffOfTheBook },
  refuses: (spec) => refusesTable(spec),
  slots: (config) => config.worlds,
  create: (spec, config, streams) => new ExpectedSarsa(spec, config, streams),
});
