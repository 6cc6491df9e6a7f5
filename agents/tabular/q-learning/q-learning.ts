/**
 * Q-learning (Watkins, 1989), off-policy control by one-step temporal differences: Sutton & Barto (2018), §6.5. It behaves
 * ε-greedily and learns the value of the greedy policy.
 */
import { z } from 'zod';
import { defineAgent, type Agent, type Inspection, type Metrics, type StepBuffers } from '#core/agent.ts';
import { actionSize, type EnvSpec } from '#core/env.ts';
import type { RngStreams } from '#core/rng.ts';
import { child, restoreColumns, type Snapshot } from '#core/snapshot.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import type { Compute } from '#compile/step.ts';
import { actionValues, EpsilonGreedy, maxValue, refusesTable } from '../action-values.ts';
import { discountField, epsilonFields, stepSizeFields, tableFields } from '../fields.ts';
import { cliffOfTheBook, exploring } from '../presets.ts';
import { Progress } from '../schedules.ts';
import { Transitions } from '../transitions.ts';

/** ε starts at 1: as long as all values are equal there is no best action to prefer. It never falls to 0 by itself. */
const config = z.object({
  ...discountField(0.99),
  ...stepSizeFields({ stepSize: 0.1, schedule: 'constant' }),
  ...epsilonFields({ epsilonStart: 1, schedule: 'linear' }),
  ...tableFields(),
});
type Config = z.output<typeof config>;

/** One table; what is played and what is learned about are different policies, which the max in `update` decides. */
class QLearning implements Agent {
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

  /** Q(S, A) ← Q(S, A) + α [R + γ max_a Q(S', a) − Q(S, A)], eq. 6.8. */
  update(): Metrics | undefined {
    const { q, actions, progress, last } = this;
    for (let i = 0; i < last.n; i++) {
      const pair = last.state[i] * actions + last.action[i];
      const future = last.terminated[i] ? 0 : maxValue(q, last.next[i], actions);
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
    restoreColumns({ q: this.q }, saved, 'q-learning');
    this.progress.restore(child(saved, 'progress'));
    this.policy.restore(child(saved, 'policy'));
    this.last.restore(child(saved, 'last'));
  }

  dispose(): void {}
}

export const qLearning = defineAgent<Compute, typeof config>({
  id: 'q-learning',
  title: 'Q-learning',
  group: 'tabular',
  summary: 'Learns the value of acting best while it explores (Watkins, 1989; Sutton & Barto §6.5).',
  config,
  presets: {
    ...exploring,
    blackjack: {
      source:
        'tests/learning/tabular-optimum.test.ts, 5 million env steps; off-policy, it may play at random throughout',
      config: { gamma: 1, stepSizeSchedule: 'visits', epsilonStart: 1, epsilonSchedule: 'constant' },
    },
    'sutton-barto': cliffOfTheBook,
  },
  refuses: (spec) => refusesTable(spec),
  slots: (config) => config.worlds,
  create: (spec, config, streams) => new QLearning(spec, config, streams),
});
