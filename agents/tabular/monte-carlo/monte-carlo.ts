/**
 * Monte-Carlo control, on-policy and first-visit, for ε-soft policies: Sutton & Barto (2018), §5.4. Nothing is learned until
 * an episode ends; then every pair moves towards the return that followed its first visit.
 */
import { z } from 'zod';
import { defineAgent, type Metrics } from '#core/agent.ts';
import { integer } from '#core/config.ts';
import type { EnvSpec } from '#core/env.ts';
import type { RngStreams } from '#core/rng.ts';
import type { Compute } from '#compile/step.ts';
import { refusesTable } from '../action-values.ts';
import * as fields from '#agents/fields.ts';
import { epsilonFields, mainSettings, stepSizeFields, tableFields } from '../fields.ts';
import { TableAgent } from '../table-agent.ts';
import { Episode } from './episode.ts';

/** A constant step size forgets the returns of earlier, worse policies; `visits` would weigh them all alike. */
const config = z.object({
  gamma: fields.gamma(0.99),
  ...stepSizeFields({ stepSize: 0.1, schedule: 'constant' }),
  ...epsilonFields({ epsilonStart: 1, schedule: 'linear' }),
  horizon: integer({
    default: 10_000,
    min: 1,
    max: 1_000_000,
    scale: 'log',
    unit: 'steps',
    label: 'Max episode length',
    theme: 'Data collection',
    help: 'Steps after which an episode that is still running is learned from as if it had been truncated.',
  }),
  ...tableFields(),
});
type Config = z.output<typeof config>;

/** One table, and the whole running episode of every slot. */
class MonteCarlo extends TableAgent<Config> {
  private readonly episodes: readonly Episode[]; // [slots]
  protected override readonly kept;
  private readonly first: Int32Array; // [states, actions] scratch of `learn`: index of the first visit, −1 between calls

  constructor(spec: EnvSpec, config: Config, streams: RngStreams) {
    super(spec, config, streams);
    this.episodes = Array.from({ length: config.numEnvs }, () => new Episode());
    this.kept = { episodes: this.episodes };
    this.first = new Int32Array(this.q.length).fill(-1);
  }

  /** Adds the step to its episode; where that ended, learns from it. A truncated one bootstraps from V_π(S'). */
  update(): Metrics | undefined {
    const { actions, last } = this;
    for (let i = 0; i < last.n; i++) {
      const episode = this.episodes[i];
      episode.push(last.state[i] * actions + last.action[i], last.reward[i]);
      if (!last.ended[i] && episode.length < this.config.horizon) continue;
      this.learn(episode, last.terminated[i] ? 0 : this.policy.expectedValue(last.next[i]));
      episode.length = 0;
    }
    return this.progress.advance(last.n);
  }

  /** G ← γ G + R from the last step to the first; Q(S, A) ← Q(S, A) + α [G − Q(S, A)] at first visits only. */
  private learn(episode: Episode, future: number): void {
    const { q, first, progress } = this;
    const { pairs, rewards, length } = episode;
    for (let t = 0; t < length; t++) if (first[pairs[t]] < 0) first[pairs[t]] = t;
    let g = future;
    for (let t = length - 1; t >= 0; t--) {
      g = this.config.gamma * g + rewards[t];
      const pair = pairs[t];
      if (first[pair] !== t) continue;
      first[pair] = -1;
      const before = q[pair];
      const error = g - before;
      const change = progress.visit(pair) * error;
      q[pair] = before + change;
      progress.learned(error, before, change, rewards[t]);
    }
  }
}

export const monteCarlo = defineAgent<Compute, typeof config>({
  id: 'monte-carlo',
  title: 'Monte-Carlo control',
  group: 'tabular',
  summary: 'Averages the returns of whole episodes, first-visit and on-policy (Sutton & Barto §5.4).',
  config,
  main: mainSettings,
  presets: {
    'frozen-lake': {
      source: 'tests/learning/tabular-optimum.test.ts, 3 million env steps to the best policy with ε = 0.1',
      config: {
        stepSize: 0.05,
        stepSizeSchedule: 'linear',
        stepSizeEnd: 0.001,
        stepSizeSteps: 3_000_000,
        epsilonStart: 0.1,
        epsilonSchedule: 'constant',
      },
    },
    'sutton-barto': {
      source: 'Sutton & Barto (2018), §5.4: returns are averaged; ε = 0.1 is ours',
      config: { gamma: 1, stepSizeSchedule: 'visits', epsilonStart: 0.1, epsilonSchedule: 'constant' },
    },
  },
  refuses: (spec) => refusesTable(spec),
  slots: (config) => config.numEnvs,
  create: (spec, config, streams) => new MonteCarlo(spec, config, streams),
});
