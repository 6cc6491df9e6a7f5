/**
 * Double Q-learning (van Hasselt, 2010), Q-learning without the maximisation bias: Sutton & Barto (2018), §6.7. Two tables;
 * a coin decides which one learns, the action is chosen by it and valued by the other.
 */
import { z } from 'zod';
import { defineAgent, type Metrics } from '#core/agent.ts';
import type { EnvSpec } from '#core/env.ts';
import type { RngStreams, SavableRng } from '#core/rng.ts';
import type { Compute } from '#compile/step.ts';
import { actionValues, randomArgmax, refusesTable } from '../action-values.ts';
import * as fields from '#agents/fields.ts';
import { epsilonFields, mainSettings, stepSizeFields, tableFields } from '../fields.ts';
import { exploring } from '../presets.ts';
import { TableAgent } from '../table-agent.ts';

/** The defaults of Q-learning; each table learns half of the time, so the same steps move it half as far. */
const config = z.object({
  gamma: fields.gamma(0.99),
  ...stepSizeFields({ stepSize: 0.1, schedule: 'constant' }),
  ...epsilonFields({ epsilonStart: 1, schedule: 'linear' }),
  ...tableFields(),
});
type Config = z.output<typeof config>;

/** Two tables, each an unbiased estimate of what the other one chose; acting and inspection use their mean. */
class DoubleQ extends TableAgent<Config> {
  private readonly q1: Float64Array; // [states, actions]
  private readonly q2: Float64Array; // [states, actions]
  private readonly coin: SavableRng;
  protected override readonly kept;

  constructor(spec: EnvSpec, config: Config, streams: RngStreams) {
    super(spec, config, streams, 2);
    this.q1 = actionValues(spec, config.initialValue);
    this.q2 = actionValues(spec, config.initialValue);
    this.coin = streams('coin');
    this.kept = { q1: this.q1, q2: this.q2, coin: this.coin.state };
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
      const before = learner[pair];
      const error = last.reward[i] + this.config.gamma * future - before;
      const change = progress.visit(pair, heads ? 0 : 1) * error;
      learner[pair] = before + change;
      this.q[pair] = (this.q1[pair] + this.q2[pair]) / 2;
      progress.learned(error, before, change, last.reward[i]);
    }
    return progress.advance(last.n);
  }
}

export const doubleQ = defineAgent<Compute, typeof config>({
  id: 'double-q',
  title: 'Double Q-learning',
  group: 'tabular',
  summary:
    'Q-learning with two tables, which removes the maximisation bias (van Hasselt, 2010; Sutton & Barto §6.7).',
  config,
  main: mainSettings,
  presets: {
    ...exploring,
    'sutton-barto': {
      source: 'Sutton & Barto (2018), Figure 6.5',
      config: { gamma: 1, stepSize: 0.1, epsilonStart: 0.1, epsilonSchedule: 'constant' },
    },
  },
  refuses: (spec) => refusesTable(spec, 2),
  slots: (config) => config.numEnvs,
  create: (spec, config, streams) => new DoubleQ(spec, config, streams),
});
