/**
 * Double Q-learning (van Hasselt, 2010), Q-learning without the maximisation bias: Sutton & Barto (2018), §6.7. Two tables;
 * a coin decides which one learns, the action is chosen by it and valued by the other.
 */
import { z } from 'zod';
import { defineAgent, type Agent, type Inspection, type Metrics, type StepBuffers } from '#core/agent.ts';
import { actionSize, type EnvSpec } from '#core/env.ts';
import type { RngStreams, SavableRng } from '#core/rng.ts';
import { child, restoreColumns, type Snapshot } from '#core/snapshot.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import type { Compute } from '#compile/step.ts';
import { actionValues, EpsilonGreedy, randomArgmax, refusesTable } from '../action-values.ts';
import { discountField, epsilonFields, stepSizeFields, tableFields } from '../fields.ts';
import { exploring } from '../presets.ts';
import { Progress } from '../schedules.ts';
import { Transitions } from '../transitions.ts';

/** The defaults of Q-learning; each table learns half of the time, so the same steps move it half as far. */
const config = z.object({
  ...discountField(0.99),
  ...stepSizeFields({ stepSize: 0.1, schedule: 'constant' }),
  ...epsilonFields({ epsilonStart: 1, schedule: 'linear' }),
  ...tableFields(),
});
type Config = z.output<typeof config>;

/** Costs two tables and gives unbiased values of what the other table chose; the mean of both is what is shown. */
class DoubleQ implements Agent {
  private readonly config: Config;
  private readonly actions: number;
  private readonly q1: Float64Array; // [states × actions]
  private readonly q2: Float64Array; // [states × actions]
  private readonly mean: Float64Array; // [states × actions] (Q1 + Q2) / 2, which it behaves by
  private readonly progress: Progress;
  private readonly policy: EpsilonGreedy;
  private readonly coin: SavableRng;
  private readonly last: Transitions;

  /** `config` is copied, for `tune` writes to it. */
  constructor(spec: EnvSpec, config: Config, streams: RngStreams) {
    this.config = { ...config };
    this.actions = actionSize(spec);
    this.q1 = actionValues(spec, config.initialValue);
    this.q2 = actionValues(spec, config.initialValue);
    this.mean = actionValues(spec, config.initialValue);
    this.progress = new Progress(this.mean.length, this.actions, this.config, 2);
    this.policy = new EpsilonGreedy(this.mean, this.actions, this.progress, streams('explore'));
    this.coin = streams('coin');
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

  /** Q1(S, A) ← Q1(S, A) + α [R + γ Q2(S', argmax_a Q1(S', a)) − Q1(S, A)], eq. 6.10, or with the tables exchanged. */
  update(): Metrics | undefined {
    const { actions, progress, last, coin } = this;
    for (let i = 0; i < last.n; i++) {
      const heads = coin.integer(2) === 0;
      const learner = heads ? this.q1 : this.q2;
      const judge = heads ? this.q2 : this.q1;
      const pair = last.state[i] * actions + last.action[i];
      const next = last.next[i];
      const future = last.terminated[i]
        ? 0
        : judge[next * actions + randomArgmax(learner, next, actions, coin)];
      const error = last.reward[i] + this.config.gamma * future - learner[pair];
      learner[pair] += progress.visit(pair, heads ? 0 : 1) * error;
      this.mean[pair] = (this.q1[pair] + this.q2[pair]) / 2;
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
      q1: this.q1.slice(),
      q2: this.q2.slice(),
      mean: this.mean.slice(),
      progress: this.progress.snapshot(),
      policy: this.policy.snapshot(),
      coin: this.coin.state.slice(),
      last: this.last.snapshot(),
    };
  }

  restore(saved: Snapshot): void {
    Object.assign(this.config, child(saved, 'config'));
    const { q1, q2, mean } = this;
    restoreColumns({ q1, q2, mean, coin: this.coin.state }, saved, 'double-q');
    this.progress.restore(child(saved, 'progress'));
    this.policy.restore(child(saved, 'policy'));
    this.last.restore(child(saved, 'last'));
  }

  dispose(): void {}
}

export const doubleQ = defineAgent<Compute, typeof config>({
  id: 'double-q',
  title: 'Double Q-learning',
  group: 'tabular',
  summary:
    'Two tables check each other, so that luck is not taken for worth (van Hasselt, 2010; Sutton & Barto §6.7).',
  config,
  presets: {
    ...exploring,
    'sutton-barto': {
      source: 'Sutton & Barto (2018), Figure 6.5',
      config: { gamma: 1, stepSize: 0.1, epsilonStart: 0.1, epsilonSchedule: 'constant' },
    },
  },
  refuses: (spec) => refusesTable(spec, 2),
  slots: (config) => config.worlds,
  create: (spec, config, streams) => new DoubleQ(spec, config, streams),
});
