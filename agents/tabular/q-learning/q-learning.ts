/**
 * Q-learning (Watkins, 1989), off-policy control by one-step temporal differences: Sutton & Barto (2018), §6.5. It behaves
 * ε-greedily and learns the value of the greedy policy.
 */
import { z } from 'zod';
import { defineAgent, type Metrics } from '#core/agent.ts';
import type { Compute } from '#compile/step.ts';
import { maxValue, refusesTable } from '../action-values.ts';
import * as fields from '#agents/fields.ts';
import { epsilonFields, mainSettings, stepSizeFields, tableFields } from '../fields.ts';
import { cliffOfTheBook, exploring } from '../presets.ts';
import { TableAgent } from '../table-agent.ts';

/** ε starts at 1: as long as all values are equal there is no best action to prefer. */
const config = z.object({
  gamma: fields.gamma(0.99),
  ...stepSizeFields({ stepSize: 0.1, schedule: 'constant' }),
  ...epsilonFields({ epsilonStart: 1, schedule: 'linear' }),
  ...tableFields(),
});
type Config = z.output<typeof config>;

/** One table; what is played and what is learned about are different policies, which the max in `update` decides. */
class QLearning extends TableAgent<Config> {
  /** Q(S, A) ← Q(S, A) + α [R + γ max_a Q(S', a) − Q(S, A)], eq. 6.8. */
  update(): Metrics | undefined {
    const { q, actions, progress, last } = this;
    for (let i = 0; i < last.n; i++) {
      const pair = last.state[i] * actions + last.action[i];
      const future = last.terminated[i] ? 0 : maxValue(q, last.next[i], actions);
      const before = q[pair];
      const error = last.reward[i] + this.config.gamma * future - before;
      const change = progress.visit(pair) * error;
      q[pair] = before + change;
      progress.learned(error, before, change, last.reward[i]);
    }
    return progress.advance(last.n);
  }
}

export const qLearning = defineAgent<Compute, typeof config>({
  id: 'q-learning',
  title: 'Q-learning',
  group: 'tabular',
  summary: 'Learns the values of the greedy policy while it explores (Watkins, 1989; Sutton & Barto §6.5).',
  config,
  main: mainSettings,
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
  slots: (config) => config.numEnvs,
  create: (spec, config, streams) => new QLearning(spec, config, streams),
});
