/**
 * SARSA (Rummery & Niranjan, 1994), on-policy control by one-step temporal differences: Sutton & Barto (2018), §6.4. The
 * target holds the action really taken next, so a step is learned one step later, except the last of an episode.
 */
import { z } from 'zod';
import { defineAgent, type Metrics } from '#core/agent.ts';
import type { EnvSpec } from '#core/env.ts';
import type { RngStreams } from '#core/rng.ts';
import type { Columns } from '#core/snapshot.ts';
import type { Compute } from '#compile/step.ts';
import { refusesTable } from '../action-values.ts';
import * as fields from '#agents/fields.ts';
import { epsilonFields, mainSettings, stepSizeFields, tableFields } from '../fields.ts';
import { cliffOfTheBook, optimistic } from '../presets.ts';
import { TableAgent } from '../table-agent.ts';

/** ε has to decay for the values to approach those of the greedy policy: they are those of the policy that explores. */
const config = z.object({
  gamma: fields.gamma(0.99),
  ...stepSizeFields({ stepSize: 0.1, schedule: 'constant' }),
  ...epsilonFields({ epsilonStart: 1, schedule: 'linear' }),
  ...tableFields(),
});
type Config = z.output<typeof config>;

/** The step of each slot that waits for its A', in arrays [n]. */
interface Waiting extends Columns {
  readonly waits: Uint8Array;
  readonly pair: Int32Array;
  readonly reward: Float64Array;
}

/** One table, and one step per slot that is not learned yet. */
class Sarsa extends TableAgent<Config> {
  private readonly waiting: Waiting;
  protected override readonly kept;

  constructor(spec: EnvSpec, config: Config, streams: RngStreams) {
    super(spec, config, streams);
    this.waiting = {
      waits: new Uint8Array(config.numEnvs),
      pair: new Int32Array(config.numEnvs),
      reward: new Float64Array(config.numEnvs),
    };
    this.kept = { waiting: this.waiting };
  }

  /** The pair of this step is the (S', A') of the one before; where the time ran out, A' is drawn from the policy instead. */
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
    const before = this.q[pair];
    const error = reward + this.config.gamma * future - before;
    const change = this.progress.visit(pair) * error;
    this.q[pair] = before + change;
    this.progress.learned(error, before, change, reward);
  }
}

export const sarsa = defineAgent<Compute, typeof config>({
  id: 'sarsa',
  title: 'SARSA',
  group: 'tabular',
  summary:
    'Learns the value of the policy that it follows, exploration included (Rummery & Niranjan, 1994; Sutton & Barto §6.4).',
  config,
  main: mainSettings,
  presets: { ...optimistic, 'sutton-barto': cliffOfTheBook },
  refuses: (spec) => refusesTable(spec),
  slots: (config) => config.numEnvs,
  create: (spec, config, streams) => new Sarsa(spec, config, streams),
});
