/**
 * Q(λ) (Watkins, 1989), Q-learning whose errors also reach the pairs that led here: Sutton & Barto (2018), §12.10, in its
 * tabular form. Traces are cut where the agent explores, for what follows no longer tells about the greedy policy.
 */
import { z } from 'zod';
import { defineAgent, type Estimates, type Metrics, type StepBuffers } from '#core/agent.ts';
import { choice, number } from '#core/config.ts';
import type { EnvSpec } from '#core/env.ts';
import type { RngStreams } from '#core/rng.ts';
import type { Compute } from '#compile/step.ts';
import { maxValue, refusesTable, rowsOf } from '../action-values.ts';
import * as fields from '#agents/fields.ts';
import { epsilonFields, stepSizeFields, tableFields } from '../fields.ts';
import { exploring } from '../presets.ts';
import { TableAgent } from '../table-agent.ts';
import { Traces } from './traces.ts';

/** The defaults of Q-learning, and how far an error reaches back. */
const config = z.object({
  gamma: fields.gamma(0.99),
  lambda: number({
    default: 0.9,
    min: 0,
    max: 1,
    label: 'Trace decay λ',
    theme: 'Targets',
    help: 'How far back a TD error reaches: 0 is Q-learning, 1 the whole run of greedy actions (Watkins 1989).',
    live: true,
  }),
  traces: choice({
    options: ['replacing', 'accumulating'],
    default: 'replacing',
    label: 'Traces',
    theme: 'Targets',
    help: 'What a repeated visit does to a trace: reset it to 1 (replacing, Singh & Sutton 1996) or raise it by 1 (accumulating).',
    live: true,
    when: { field: 'lambda', above: 0 },
  }),
  ...stepSizeFields({ stepSize: 0.1, schedule: 'constant' }),
  ...epsilonFields({ epsilonStart: 1, schedule: 'linear' }),
  ...tableFields(),
});
type Config = z.output<typeof config>;

/** One table, and per slot the pairs that the present error can still reach. */
class QLambda extends TableAgent<Config> {
  private readonly greedy: Uint8Array; // [slots] 1: A was a best action of S when it was taken
  private readonly traces: readonly Traces[]; // [slots]
  protected override readonly kept;

  constructor(spec: EnvSpec, config: Config, streams: RngStreams) {
    super(spec, config, streams);
    this.greedy = new Uint8Array(config.numEnvs);
    this.traces = Array.from({ length: config.numEnvs }, () => new Traces(this.q.length));
    this.kept = { greedy: this.greedy, traces: this.traces };
  }

  override estimates(obs: Float32Array, n: number): Estimates {
    const traces = rowsOf(this.traces[0].strength, this.actions, obs, n);
    return { ...super.estimates(obs, n), traces };
  }

  /** Whether an action was greedy is asked here, while Q still is what the action was chosen by. */
  override observe(step: StepBuffers): void {
    const { q, actions, last, greedy } = this;
    last.copy(step);
    for (let i = 0; i < last.n; i++)
      greedy[i] = q[last.state[i] * actions + last.action[i]] === maxValue(q, last.state[i], actions) ? 1 : 0;
  }

  /**
   * e ← γ λ e if A is greedy, else 0; then e(S, A) is raised, δ = R + γ max_a Q(S', a) − Q(S, A), and Q ← Q + α δ e for all
   * pairs, each with its own α. After the last step of an episode no trace remains.
   */
  update(): Metrics | undefined {
    const { q, actions, progress, last } = this;
    const { gamma, lambda } = this.config;
    for (let i = 0; i < last.n; i++) {
      const traces = this.traces[i];
      if (this.greedy[i]) traces.decay(gamma * lambda);
      else traces.clear();
      const pair = last.state[i] * actions + last.action[i];
      traces.visit(pair, this.config.traces);
      const future = last.terminated[i] ? 0 : maxValue(q, last.next[i], actions);
      const before = q[pair];
      const error = last.reward[i] + gamma * future - before;
      progress.visit(pair);
      for (let k = 0; k < traces.count; k++) {
        const other = traces.active[k];
        q[other] += progress.stepSize(other) * error * traces.strength[other];
      }
      if (last.ended[i]) traces.clear();
      progress.learned(error, before, q[pair] - before, last.reward[i]);
    }
    return progress.advance(last.n);
  }
}

export const qLambda = defineAgent<Compute, typeof config>({
  id: 'q-lambda',
  title: 'Q(λ)',
  group: 'tabular',
  summary:
    'Q-learning with eligibility traces: one TD error updates the whole way that led there (Watkins, 1989; Sutton & Barto §12.10).',
  config,
  main: ['gamma', 'stepSize', 'lambda', 'epsilonStart', 'epsilonEnd', 'epsilonSteps'],
  presets: exploring,
  refuses: (spec, config) => refusesTable(spec, config.numEnvs),
  slots: (config) => config.numEnvs,
  create: (spec, config, streams) => new QLambda(spec, config, streams),
});
