/**
 * Expected SARSA (van Seijen et al., 2009), on-policy control without the noise of the next action: Sutton & Barto (2018),
 * §6.6. It behaves ε-greedily and learns the value of that very policy, exploration included.
 */
import { z } from 'zod';
import { defineAgent, type Metrics } from '#core/agent.ts';
import type { Compute } from '#compile/step.ts';
import { refusesTable } from '../action-values.ts';
import * as fields from '#agents/fields.ts';
import { epsilonFields, mainSettings, stepSizeFields, tableFields } from '../fields.ts';
import { cliffOfTheBook, optimistic } from '../presets.ts';
import { TableAgent } from '../table-agent.ts';

/** As in SARSA, the values are those of the exploring policy: ε decays by default. */
const config = z.object({
  gamma: fields.gamma(0.99),
  ...stepSizeFields({ stepSize: 0.1, schedule: 'constant' }),
  ...epsilonFields({ epsilonStart: 1, schedule: 'linear' }),
  ...tableFields(),
});
type Config = z.output<typeof config>;

/** One table; differs from Q-learning only in what `update` expects of the next state. */
class ExpectedSarsa extends TableAgent<Config> {
  /** Q(S, A) ← Q(S, A) + α [R + γ Σ_a π(a | S') Q(S', a) − Q(S, A)], eq. 6.9. */
  update(): Metrics | undefined {
    const { q, actions, progress, last } = this;
    for (let i = 0; i < last.n; i++) {
      const pair = last.state[i] * actions + last.action[i];
      const future = last.terminated[i] ? 0 : this.policy.expectedValue(last.next[i]);
      const before = q[pair];
      const error = last.reward[i] + this.config.gamma * future - before;
      const change = progress.visit(pair) * error;
      q[pair] = before + change;
      progress.learned(error, before, change, last.reward[i]);
    }
    return progress.advance(last.n);
  }
}

export const expectedSarsa = defineAgent<Compute, typeof config>({
  id: 'expected-sarsa',
  title: 'Expected SARSA',
  group: 'tabular',
  summary:
    'SARSA with the expectation over the next action instead of a sample (van Seijen et al., 2009; Sutton & Barto §6.6).',
  config,
  main: mainSettings,
  presets: { ...optimistic, 'sutton-barto': cliffOfTheBook },
  refuses: (spec) => refusesTable(spec),
  slots: (config) => config.numEnvs,
  create: (spec, config, streams) => new ExpectedSarsa(spec, config, streams),
});
