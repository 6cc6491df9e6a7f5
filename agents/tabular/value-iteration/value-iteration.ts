/**
 * Value iteration (Bellman, 1957), planning with the world's own model: Sutton & Barto (2018), §4.4. One sweep over all
 * states per update, so that the values can be watched as they spread; nothing is learned from the steps it plays.
 */
import { z } from 'zod';
import { defineAgent, type Agent, type Estimates, type Inspection, type Metrics } from '#core/agent.ts';
import { number, toggle } from '#core/config.ts';
import type { EnvSpec, TransitionModel } from '#core/env.ts';
import type { RngStreams, SavableRng } from '#core/rng.ts';
import { child, restoreColumns, savedNumber, type Snapshot } from '#core/snapshot.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import type { Compute } from '#compile/step.ts';
import {
  argmax,
  epsilonGreedy,
  firstRow,
  maxValue,
  randomArgmax,
  refusesTable,
  rowsOf,
} from '../action-values.ts';
import * as fields from '#agents/fields.ts';
import { backup, requireModel, startValue, type FlatModel } from '../flat-model.ts';

/** θ is far below what any policy depends on, so that the values can be compared with recorded ones. */
const config = z.object({
  gamma: fields.gamma(0.99),
  inPlace: toggle({
    default: true,
    label: 'In place',
    theme: 'Planning',
    help: 'Lets a sweep use the values it has just computed instead of those of the last sweep (Sutton & Barto 2018, §4.4).',
    live: true,
  }),
  threshold: number({
    default: 1e-10,
    min: 0,
    max: 1,
    label: 'Stopping threshold θ',
    theme: 'Planning',
    help: 'Change of a value below which planning ends, once a whole sweep changes none by more (Sutton & Barto 2018, §4.4).',
    live: true,
  }),
});
type Config = z.output<typeof config>;

/** V and the look-ahead it was made of; the policy is the best action of the look-ahead. */
class ValueIteration implements Agent {
  private readonly config: Config;
  private readonly model: FlatModel;
  private readonly values: Float64Array; // [states] V
  private readonly q: Float64Array; // [states, actions] the look-ahead of the last sweep
  private readonly ties: SavableRng;
  private sweeps = 0;
  private converged = false;

  constructor(spec: EnvSpec, config: Config, streams: RngStreams, model: TransitionModel | undefined) {
    this.config = { ...config };
    this.model = requireModel(spec, model);
    this.values = new Float64Array(this.model.states);
    this.q = new Float64Array(this.model.states * this.model.actions);
    this.ties = streams('explore');
  }

  /** Exploring only breaks ties at random: before the first sweep all actions are equal. */
  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    const { q, model, ties } = this;
    for (let i = 0; i < n; i++)
      out.discrete[i] =
        mode === 'greedy' ? argmax(q, obs[i], model.actions) : randomArgmax(q, obs[i], model.actions, ties);
  }

  /** Nothing is learned from steps. */
  observe(): void {}

  /** One sweep: V(s) ← max_a Σ p(s', r | s, a) [r + γ V(s')], eq. 4.10; nothing once it has converged. */
  update(): Metrics | undefined {
    if (this.converged) return undefined;
    const { model, values, q, config } = this;
    const { states, actions } = model;
    let delta = 0;
    for (let s = 0; s < states; s++) {
      for (let pair = s * actions; pair < (s + 1) * actions; pair++)
        q[pair] = backup(model, pair, values, config.gamma);
      const best = maxValue(q, s, actions);
      delta = Math.max(delta, Math.abs(best - values[s]));
      if (config.inPlace) values[s] = best;
    }
    if (!config.inPlace) for (let s = 0; s < states; s++) values[s] = maxValue(q, s, actions);
    this.sweeps++;
    this.converged = delta <= config.threshold;
    return { 'plan/sweeps': this.sweeps, 'plan/delta': delta, 'plan/start-value': startValue(model, values) };
  }

  /** The look-ahead of the last sweep, the greedy policy with ties sharing, and V(s). */
  inspect(obs: Float32Array): Inspection {
    return firstRow(this.estimates(obs, 1));
  }

  estimates(obs: Float32Array, n: number): Estimates {
    const { q, model } = this;
    const { actions } = model;
    const probabilities = new Float32Array(n * actions);
    for (let i = 0; i < n; i++) probabilities.set(epsilonGreedy(q, obs[i], actions, 0), i * actions);
    const values = Float64Array.from({ length: n }, (_, i) => this.values[obs[i]]);
    return { actionValues: rowsOf(q, actions, obs, n), probabilities, values };
  }

  /** Another γ is another problem: sweeping starts again from the values there are. */
  tune(config: Readonly<Record<string, unknown>>): void {
    const before = { ...this.config };
    Object.assign(this.config, config);
    if (before.gamma !== this.config.gamma || before.threshold !== this.config.threshold)
      this.converged = false;
  }

  snapshot(): Snapshot {
    const { sweeps, converged } = this;
    return {
      config: { ...this.config },
      values: this.values.slice(),
      q: this.q.slice(),
      ties: this.ties.state.slice(),
      sweeps,
      converged,
    };
  }

  restore(saved: Snapshot): void {
    Object.assign(this.config, child(saved, 'config'));
    restoreColumns({ values: this.values, q: this.q, ties: this.ties.state }, saved, 'value-iteration');
    this.sweeps = savedNumber(saved, 'sweeps');
    this.converged = saved['converged'] === true;
  }

  dispose(): void {}
}

export const valueIteration = defineAgent<Compute, typeof config>({
  id: 'value-iteration',
  title: 'Value iteration',
  group: 'tabular',
  summary:
    "Plans with the world's model, one sweep at a time, to the exact optimum (Bellman, 1957; Sutton & Barto §4.4).",
  config,
  main: ['gamma', 'inPlace', 'threshold'],
  presets: {},
  needs: 'model',
  refuses: (spec) => refusesTable(spec),
  slots: () => 1,
  create: (spec, config, streams, _compute, { model }) => new ValueIteration(spec, config, streams, model),
});
