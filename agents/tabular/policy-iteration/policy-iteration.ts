/**
 * Policy iteration (Howard, 1960), planning with the world's own model: Sutton & Barto (2018), §4.3. Every update is one
 * sweep of evaluation or one improvement of the policy, so that the two can be watched in turn.
 */
import { z } from 'zod';
import { defineAgent, type Agent, type Estimates, type Inspection, type Metrics } from '#core/agent.ts';
import { integer, number } from '#core/config.ts';
import type { EnvSpec, TransitionModel } from '#core/env.ts';
import { child, restoreColumns, savedNumber, type Snapshot } from '#core/snapshot.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import type { Compute } from '#compile/step.ts';
import { argmax, firstRow, refusesTable } from '../action-values.ts';
import * as fields from '#agents/fields.ts';
import { backup, evaluationSweep, requireModel, startValue, type FlatModel } from '../flat-model.ts';

/** The cap on sweeps only matters where a policy has no finite value: with γ = 1, one that never arrives. */
const config = z.object({
  gamma: fields.gamma(0.99),
  threshold: number({
    default: 1e-10,
    min: 0,
    max: 1,
    label: 'Evaluation threshold θ',
    theme: 'Planning',
    help: 'Change of a value below which the evaluation of a policy ends, once a whole sweep changes none by more.',
    live: true,
  }),
  evaluationSweeps: integer({
    default: 1000,
    min: 1,
    max: 100_000,
    scale: 'log',
    label: 'Max evaluation sweeps',
    theme: 'Planning',
    help: 'Sweeps after which the policy is improved in any case; 1 is close to value iteration (Puterman & Shin 1978).',
    live: true,
  }),
});
type Config = z.output<typeof config>;

/** V, π, and which of the two phases it is in; the model is read-only. */
class PolicyIteration implements Agent {
  private readonly config: Config;
  private readonly model: FlatModel;
  private readonly values: Float64Array; // [states] V
  private readonly policy: Int32Array; // [states] π
  private readonly lookahead: Float64Array; // [actions] scratch
  private sweeps = 0;
  private sweepsOfPolicy = 0;
  private improvements = 0;
  private evaluated = false;
  private stable = false;

  constructor(spec: EnvSpec, config: Config, model: TransitionModel | undefined) {
    this.config = { ...config };
    this.model = requireModel(spec, model);
    this.values = new Float64Array(this.model.states);
    this.policy = new Int32Array(this.model.states);
    this.lookahead = new Float64Array(this.model.actions);
  }

  /** The policy is a table of its own, the same in both modes. */
  act(obs: Float32Array, n: number, out: ActionBuffer): void {
    for (let i = 0; i < n; i++) out.discrete[i] = this.policy[obs[i]];
  }

  /** Nothing is learned from steps. */
  observe(): void {}

  /** Evaluates until the values converge or the sweeps are used up, then improves; nothing once π is stable. */
  update(): Metrics | undefined {
    if (this.stable) return undefined;
    const { config } = this;
    if (!this.evaluated && this.sweepsOfPolicy < config.evaluationSweeps) return this.evaluate();
    return this.improve();
  }

  /** One sweep: V(s) ← Σ p(s', r | s, π(s)) [r + γ V(s')], step 2 of the algorithm on p. 80. */
  private evaluate(): Metrics {
    const { model, policy, values, config } = this;
    const delta = evaluationSweep(model, policy, values, config.gamma);
    this.sweeps++;
    this.sweepsOfPolicy++;
    this.evaluated = delta <= config.threshold;
    return {
      'plan/sweeps': this.sweeps,
      'plan/delta': delta,
      'plan/start-value': startValue(model, values),
    };
  }

  /**
   * π(s) ← argmax_a Σ p(s', r | s, a) [r + γ V(s')], step 3. An action gives way only to one better by more than θ: equally
   * good ones would be exchanged without end (exercise 4.4). Stable means done only if the values were final.
   */
  private improve(): Metrics {
    const { policy, lookahead, config } = this;
    let changed = 0;
    for (let s = 0; s < policy.length; s++) {
      this.lookAhead(s);
      const best = argmax(lookahead, 0, lookahead.length);
      if (lookahead[best] <= lookahead[policy[s]] + config.threshold) continue;
      policy[s] = best;
      changed++;
    }
    this.stable = changed === 0 && this.evaluated;
    this.evaluated = false;
    this.sweepsOfPolicy = 0;
    this.improvements++;
    return { 'plan/improvements': this.improvements, 'plan/changed': changed };
  }

  /** Writes Σ p(s', r | s, a) [r + γ V(s')] of all actions into the scratch. */
  private lookAhead(state: number): void {
    const { model, values, lookahead, config } = this;
    for (let a = 0; a < model.actions; a++)
      lookahead[a] = backup(model, state * model.actions + a, values, config.gamma);
  }

  /** The look-ahead from V as it is now, π as certainty, and V(s). */
  inspect(obs: Float32Array): Inspection {
    return firstRow(this.estimates(obs, 1));
  }

  estimates(obs: Float32Array, n: number): Estimates {
    const { actions } = this.model;
    const actionValues = new Float32Array(n * actions);
    const probabilities = new Float32Array(n * actions);
    for (let i = 0; i < n; i++) {
      this.lookAhead(obs[i]);
      actionValues.set(this.lookahead, i * actions);
      probabilities[i * actions + this.policy[obs[i]]] = 1;
    }
    const values = Float64Array.from({ length: n }, (_, i) => this.values[obs[i]]);
    return { actionValues, probabilities, values };
  }

  /** Another γ is another problem: planning restarts from the current policy and values. */
  tune(config: Readonly<Record<string, unknown>>): void {
    const before = { ...this.config };
    Object.assign(this.config, config);
    if (before.gamma === this.config.gamma && before.threshold === this.config.threshold) return;
    this.evaluated = this.stable = false;
    this.sweepsOfPolicy = 0;
  }

  snapshot(): Snapshot {
    const { sweeps, sweepsOfPolicy, improvements, evaluated, stable } = this;
    return {
      config: { ...this.config },
      values: this.values.slice(),
      policy: this.policy.slice(),
      sweeps,
      sweepsOfPolicy,
      improvements,
      evaluated,
      stable,
    };
  }

  restore(saved: Snapshot): void {
    Object.assign(this.config, child(saved, 'config'));
    restoreColumns({ values: this.values, policy: this.policy }, saved, 'policy-iteration');
    this.sweeps = savedNumber(saved, 'sweeps');
    this.sweepsOfPolicy = savedNumber(saved, 'sweepsOfPolicy');
    this.improvements = savedNumber(saved, 'improvements');
    this.evaluated = saved['evaluated'] === true;
    this.stable = saved['stable'] === true;
  }

  dispose(): void {}
}

export const policyIteration = defineAgent<Compute, typeof config>({
  id: 'policy-iteration',
  title: 'Policy iteration',
  group: 'tabular',
  summary:
    "Plans with the world's model: evaluates a policy and improves it, in turn (Howard, 1960; Sutton & Barto §4.3).",
  config,
  main: ['gamma', 'threshold', 'evaluationSweeps'],
  presets: {},
  needs: 'model',
  refuses: (spec) => refusesTable(spec),
  slots: () => 1,
  create: (spec, config, _streams, _compute, { model }) => new PolicyIteration(spec, config, model),
});
