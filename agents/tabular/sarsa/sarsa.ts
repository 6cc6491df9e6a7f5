/**
 * SARSA (Rummery & Niranjan, 1994), on-policy control by one-step temporal differences: Sutton & Barto (2018), §6.4. The
 * target holds the action really taken next, so a step is learned one step later, except the last of an episode.
 */
import { z } from 'zod';
import { defineAgent, type Agent, type Inspection, type Metrics, type StepBuffers } from '#core/agent.ts';
import { actionSize, type EnvSpec } from '#core/env.ts';
import type { RngStreams } from '#core/rng.ts';
import { child, copyColumns, restoreColumns, type Snapshot } from '#core/snapshot.ts';
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

/** The step of each slot that waits for its A', in arrays [n]. */
interface Waiting {
  readonly waits: Uint8Array;
  readonly pair: Int32Array;
  readonly reward: Float64Array;
}

/** One table, and one step per slot that is not learned yet. */
class Sarsa implements Agent {
  private readonly config: Config;
  private readonly actions: number;
  private readonly q: Float64Array; // [states × actions]
  private readonly progress: Progress;
  private readonly policy: EpsilonGreedy;
  private readonly last: Transitions;
  private readonly waiting: Waiting;

  /** `config` is copied, for `tune` writes to it. */
  constructor(spec: EnvSpec, config: Config, streams: RngStreams) {
    this.config = { ...config };
    this.actions = actionSize(spec);
    this.q = actionValues(spec, config.initialValue);
    this.progress = new Progress(this.q.length, this.actions, this.config);
    this.policy = new EpsilonGreedy(this.q, this.actions, this.progress, streams('explore'));
    this.last = new Transitions(config.worlds);
    this.waiting = {
      waits: new Uint8Array(config.worlds),
      pair: new Int32Array(config.worlds),
      reward: new Float64Array(config.worlds),
    };
  }

  /** ε-greedy with ties broken at random, or greedy with ties going to the lowest index. */
  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    this.policy.act(obs, n, out, mode);
  }

  /** Keeps S, A, R and the true S'; learning waits for `update`. */
  observe(step: StepBuffers): void {
    this.last.copy(step);
  }

  /** The pair of this step is the (S', A') of the one before; where the time ran out, A' is drawn, for nobody takes it. */
  update(): Metrics | undefined {
    const { q, actions, last, waiting } = this;
    for (let i = 0; i < last.n; i++) {
      const pair = last.state[i] * actions + last.action[i];
      if (waiting.waits[i]) this.learn(waiting.pair[i], waiting.reward[i], q[pair]);
      if (last.terminated[i]) this.learn(pair, last.reward[i], 0);
      else if (last.ended[i]) {
        const next = last.next[i];
        this.learn(pair, last.reward[i], q[next * actions + this.policy.sample(next)]);
      }
      waiting.waits[i] = last.ended[i] ? 0 : 1;
      waiting.pair[i] = pair;
      waiting.reward[i] = last.reward[i];
    }
    return this.progress.advance(last.n);
  }

  /** Q(S, A) ← Q(S, A) + α [R + γ Q(S', A') − Q(S, A)], eq. 6.7. */
  private learn(pair: number, reward: number, future: number): void {
    const error = reward + this.config.gamma * future - this.q[pair];
    this.q[pair] += this.progress.visit(pair) * error;
    this.progress.learned(error);
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
      waiting: copyColumns({ ...this.waiting }),
    };
  }

  restore(saved: Snapshot): void {
    Object.assign(this.config, child(saved, 'config'));
    restoreColumns({ q: this.q }, saved, 'sarsa');
    this.progress.restore(child(saved, 'progress'));
    this.policy.restore(child(saved, 'policy'));
    this.last.restore(child(saved, 'last'));
    restoreColumns({ ...this.waiting }, child(saved, 'waiting'), 'sarsa.waiting');
  }

  dispose(): void {}
}

export const sarsa = defineAgent<Compute, typeof config>({
  id: 'sarsa',
  title: 'SARSA',
  group: 'tabular',
  summary:
    'Learns the value of how it really acts, exploration included (Rummery & Niranjan, 1994; Sutton & Barto §6.4).',
  config,
  presets: { ...optimistic, 'sutton-barto': cliffOfTheBook },
  refuses: (spec) => refusesTable(spec),
  slots: (config) => config.worlds,
  create: (spec, config, streams) => new Sarsa(spec, config, streams),
});
