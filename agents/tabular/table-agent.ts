/**
 * What agents that learn a table of action values from experience have in common beside their update rule: the table and the
 * ε-greedy policy over it, the last step, live settings, and how all of it is saved.
 */
import type { Agent, Estimates, Inspection, Metrics, StepBuffers, TableUpdate } from '#core/agent.ts';
import { actionSize, type EnvSpec } from '#core/env.ts';
import type { RngStreams } from '#core/rng.ts';
import { child, restoreColumns, restoreKept, saveKept, type Kept, type Snapshot } from '#core/snapshot.ts';
import type { ActionBuffer } from '#core/vector-env.ts';
import { actionValues, EpsilonGreedy, firstRow } from './action-values.ts';
import { Progress, type ScheduleSettings } from './schedules.ts';
import { Transitions } from './transitions.ts';

/** The settings that every such agent has: those of fields.ts. */
interface TableSettings extends ScheduleSettings {
  readonly gamma: number;
  readonly initialValue: number;
  readonly numEnvs: number;
}

export abstract class TableAgent<Config extends TableSettings & Snapshot> implements Agent {
  protected readonly config: Config;
  protected readonly actions: number;
  /** [states, actions] what it behaves by. */
  protected readonly q: Float64Array;
  protected readonly progress: Progress;
  protected readonly policy: EpsilonGreedy;
  protected readonly last: Transitions;
  /** What the algorithm keeps beside these, under the names that a checkpoint uses. */
  protected readonly kept: Readonly<Record<string, Kept>> = {};

  /** `config` is copied, for `tune` writes to it. `tables`: how many there are whose visits are counted apart. */
  constructor(spec: EnvSpec, config: Config, streams: RngStreams, tables = 1) {
    this.config = { ...config };
    this.actions = actionSize(spec);
    this.q = actionValues(spec, config.initialValue);
    this.progress = new Progress(this.q.length, this.actions, this.config, tables);
    this.policy = new EpsilonGreedy(this.q, this.actions, this.progress, streams('explore'));
    this.last = new Transitions(config.numEnvs);
  }

  /** ε-greedy with ties broken at random, or greedy with ties going to the lowest index. */
  act(obs: Float32Array, n: number, out: ActionBuffer, mode: 'explore' | 'greedy'): void {
    this.policy.act(obs, n, out, mode);
  }

  /** Keeps S, A, R and the true S'; learning waits for `update`. */
  observe(step: StepBuffers): void {
    this.last.copy(step);
  }

  /** Learns from the step in `last`, slot by slot. */
  abstract update(): Metrics | undefined;

  /** Q(s, ·), the exploring policy as it is now, and max Q(s, ·) as V(s). */
  inspect(obs: Float32Array): Inspection {
    return firstRow(this.policy.estimates(obs, 1));
  }

  estimates(obs: Float32Array, n: number): Estimates {
    return this.policy.estimates(obs, n);
  }

  lastUpdate(): TableUpdate | undefined {
    return this.progress.lastUpdate();
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
      ...saveKept(this.kept),
    };
  }

  restore(saved: Snapshot): void {
    Object.assign(this.config, child(saved, 'config'));
    restoreColumns({ q: this.q }, saved, 'snapshot');
    this.progress.restore(child(saved, 'progress'));
    this.policy.restore(child(saved, 'policy'));
    this.last.restore(child(saved, 'last'));
    restoreKept(this.kept, saved);
  }

  dispose(): void {}
}
