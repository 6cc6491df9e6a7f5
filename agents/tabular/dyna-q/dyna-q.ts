/**
 * Dyna-Q (Sutton, 1990): Q-learning that also learns a model and replays it between steps, Sutton & Barto (2018), §8.2.
 * With `planning` prioritized it updates first where most would change: prioritized sweeping, §8.4.
 */
import { z } from 'zod';
import { defineAgent, type Metrics } from '#core/agent.ts';
import { choice, integer, number } from '#core/config.ts';
import type { EnvSpec } from '#core/env.ts';
import type { RngStreams, SavableRng } from '#core/rng.ts';
import type { Compute } from '#compile/step.ts';
import { maxValue, refusesTable, stateCount } from '../action-values.ts';
import * as fields from '#agents/fields.ts';
import { epsilonFields, stepSizeFields, tableFields } from '../fields.ts';
import { TableAgent } from '../table-agent.ts';
import { LearnedModel } from './learned-model.ts';
import { PairQueue } from './pair-queue.ts';

/** The defaults of Q-learning, and how much is planned between two steps of the world. */
const config = z.object({
  gamma: fields.gamma(0.99),
  planning: choice({
    options: ['random', 'prioritized'],
    default: 'random',
    label: 'Planning',
    theme: 'Planning',
    help: 'Which pairs are updated from the model: random ones, or first those that change most (prioritized, Moore & Atkeson 1993).',
  }),
  planningSteps: integer({
    default: 10,
    off: 0,
    min: 0,
    max: 1000,
    label: 'Planning steps n',
    theme: 'Planning',
    help: 'Updates from the learned model per env step; without any, random planning is Q-learning (Sutton & Barto 2018, §8.2).',
    live: true,
  }),
  priorityThreshold: number({
    default: 0.0001,
    min: 0,
    max: 10,
    label: 'Priority threshold θ',
    theme: 'Planning',
    help: 'Change of a value below which prioritized planning skips a pair (Sutton & Barto 2018, §8.4).',
    live: true,
    when: { field: 'planning', is: ['prioritized'] },
  }),
  ...stepSizeFields({ stepSize: 0.1, schedule: 'constant' }),
  ...epsilonFields({ epsilonStart: 1, schedule: 'linear' }),
  ...tableFields(),
});
type Config = z.output<typeof config>;

/** One table, a model of the world that fills with experience, and a queue that only prioritized planning uses. */
class DynaQ extends TableAgent<Config> {
  private readonly model: LearnedModel;
  private readonly queue: PairQueue;
  private readonly planner: SavableRng;
  protected override readonly kept;

  constructor(spec: EnvSpec, config: Config, streams: RngStreams) {
    super(spec, config, streams);
    this.model = new LearnedModel(stateCount(spec), this.actions);
    this.queue = new PairQueue(config.planning === 'prioritized' ? this.q.length : 0);
    this.planner = streams('planning');
    this.kept = { model: this.model, queue: this.queue, planner: this.planner.state };
  }

  /** One step of learning from the world (eq. 6.8), or a place in the queue for it; then planning. */
  update(): Metrics | undefined {
    const { q, actions, progress, last, model } = this;
    const prioritized = this.config.planning === 'prioritized';
    for (let i = 0; i < last.n; i++) {
      const pair = last.state[i] * actions + last.action[i];
      const future = last.terminated[i] ? 0 : maxValue(q, last.next[i], actions);
      const before = q[pair];
      const error = last.reward[i] + this.config.gamma * future - before;
      const stepSize = progress.visit(pair);
      model.add(pair, last.reward[i], last.next[i], last.terminated[i]);
      if (prioritized) {
        this.enqueue(pair);
        this.sweep();
        progress.learned(error, before, q[pair] - before, last.reward[i]);
      } else {
        const change = stepSize * error;
        q[pair] = before + change;
        progress.learned(error, before, change, last.reward[i]);
        this.replay();
      }
    }
    return progress.advance(last.n);
  }

  /** n updates of pairs tried before, Dyna-Q's step (f). */
  private replay(): void {
    for (let k = 0; k < this.config.planningSteps; k++) this.plan(this.model.sample(this.planner));
  }

  /** Up to n updates in the order of priority; pairs that lead to a changed state are looked at again, §8.4 step (g). */
  private sweep(): void {
    const { model, queue, actions } = this;
    for (let k = 0; k < this.config.planningSteps; k++) {
      const pair = queue.pop();
      if (pair < 0) return;
      this.plan(pair);
      const { pair: from, nextInto } = model.outcomes;
      const state = (pair - (pair % actions)) / actions;
      for (let at = model.into[state]; at >= 0; at = nextInto[at]) this.enqueue(from[at]);
    }
  }

  private enqueue(pair: number): void {
    const error = this.model.expectedTarget(pair, this.q, this.config.gamma) - this.q[pair];
    if (Math.abs(error) > this.config.priorityThreshold) this.queue.push(pair, Math.abs(error));
  }

  /** Q(S, A) ← Q(S, A) + α [Σ p(s', r | S, A) (r + γ max_a Q(s', a)) − Q(S, A)], the expected update of §8.5. */
  private plan(pair: number): void {
    const target = this.model.expectedTarget(pair, this.q, this.config.gamma);
    this.q[pair] += this.progress.stepSize(pair) * (target - this.q[pair]);
  }
}

export const dynaQ = defineAgent<Compute, typeof config>({
  id: 'dyna-q',
  title: 'Dyna-Q',
  group: 'tabular',
  summary:
    'Q-learning that also learns from a model of what it has seen (Sutton, 1990; Sutton & Barto §8.2, prioritized: §8.4).',
  config,
  main: ['gamma', 'stepSize', 'planningSteps', 'epsilonStart', 'epsilonEnd', 'epsilonSteps'],
  presets: {
    'frozen-lake': {
      source: 'tests/learning/tabular-optimum.test.ts, 200 000 env steps',
      config: {},
    },
    'cliff-walking': {
      source: 'tests/learning/tabular-optimum.test.ts, 30 000 env steps',
      config: { gamma: 1, stepSize: 0.5, epsilonSteps: 15_000, epsilonEnd: 0 },
    },
    taxi: {
      source: 'tests/learning/tabular-optimum.test.ts, 200 000 env steps',
      config: { gamma: 1, stepSize: 0.5, epsilonSteps: 100_000, epsilonEnd: 0.01 },
    },
    'sutton-barto': {
      source: 'Sutton & Barto (2018), Example 8.1, with 50 planning steps',
      config: {
        gamma: 0.95,
        stepSize: 0.1,
        epsilonStart: 0.1,
        epsilonSchedule: 'constant',
        planningSteps: 50,
      },
    },
  },
  refuses: (spec) => refusesTable(spec, 2),
  slots: (config) => config.numEnvs,
  create: (spec, config, streams) => new DynaQ(spec, config, streams),
});
