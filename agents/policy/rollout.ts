/** A rollout of on-policy agents: T steps of E worlds with what the policy and the critic said, filled step by step. */
import type { StepBuffers } from '#core/agent.ts';
import type { EnvSpec } from '#core/env.ts';
import type { Rollout } from '#core/returns.ts';
import { copyColumns, restoreColumns, savedNumber, child, type Snapshot } from '#core/snapshot.ts';
import type { StepInputs } from '#agents/nn/learner.ts';

/** Who says what states are worth. */
interface Critic {
  /** [n] of the step that is being played. */
  readonly values: Float32Array;
  /** Of one observation, as the world of this slot goes on to it; may overwrite `values`. */
  value(obs: Float32Array, slot: number): number;
}

export interface RolloutShape {
  readonly steps: number;
  readonly slots: number;
  readonly observation: number;
  /** Numbers per action: 1 for an index. */
  readonly action: number;
}

/** How many numbers say which action was taken: 1 for an index. */
export function actionWidth({ action }: EnvSpec): number {
  return action.kind === 'discrete' ? 1 : action.low.length;
}

export class RolloutBuffer implements Rollout {
  readonly steps: number;
  readonly slots: number;
  readonly rewards: Float32Array;
  readonly values: Float32Array;
  readonly nextValues: Float32Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /** [T × E × observation] */
  readonly obs: Float32Array;
  /** [T × E × action] */
  readonly actions: Float32Array;
  readonly logProbs: Float32Array;
  /** Steps filled. */
  filled = 0;
  private readonly shape: RolloutShape;
  /** Of the step that is being played: what `act` drew. */
  private readonly pending: {
    readonly values: Float32Array;
    readonly actions: Float32Array;
    readonly logProbs: Float32Array;
  };
  private readonly row: Float32Array;

  constructor(shape: RolloutShape) {
    const { steps, slots, observation, action } = shape;
    const size = steps * slots;
    this.shape = shape;
    this.steps = steps;
    this.slots = slots;
    this.rewards = new Float32Array(size);
    this.values = new Float32Array(size);
    this.nextValues = new Float32Array(size);
    this.terminated = new Uint8Array(size);
    this.truncated = new Uint8Array(size);
    this.obs = new Float32Array(size * observation);
    this.actions = new Float32Array(size * action);
    this.logProbs = new Float32Array(size);
    this.pending = {
      values: new Float32Array(slots),
      actions: new Float32Array(slots * action),
      logProbs: new Float32Array(slots),
    };
    this.row = new Float32Array(observation);
  }

  get full(): boolean {
    return this.filled === this.steps;
  }

  /** Draws the actions of a step and remembers what the policy and the critic said. */
  act(critic: Critic, n: number, sample: (drawn: Float32Array, logProbs: Float32Array) => void): void {
    sample(this.pending.actions, this.pending.logProbs);
    for (let i = 0; i < n; i++) this.pending.values[i] = critic.values[i];
  }

  /** Takes what the worlds answered. Successors' values are those of the next step, of `finalObs`, or of the end. */
  observe(step: StepBuffers, critic: Critic): void {
    const { slots, pending, filled } = this;
    const at = filled * slots;
    this.obs.set(step.obs, at * this.shape.observation);
    this.actions.set(pending.actions, at * this.shape.action);
    this.logProbs.set(pending.logProbs, at);
    this.values.set(pending.values, at);
    this.rewards.set(step.reward, at);
    this.terminated.set(step.terminated, at);
    this.truncated.set(step.truncated, at);
    if (filled > 0) this.copyNextValues(filled - 1);
    this.filled++;
    for (let i = 0; i < slots; i++)
      if (step.truncated[i] && !step.terminated[i])
        this.nextValues[at + i] = this.valueOf(step.finalObs, i, critic);
      else if (this.full) this.nextValues[at + i] = this.valueOf(step.nextObs, i, critic);
  }

  /** Copies observations and actions of the named rows into a batch. */
  gather(rows: Uint32Array, obs: StepInputs[string], actions: StepInputs[string]): void {
    const { observation, action } = this.shape;
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k];
      for (let j = 0; j < observation; j++) obs[k * observation + j] = this.obs[row * observation + j];
      for (let j = 0; j < action; j++) actions[k * action + j] = this.actions[row * action + j];
    }
  }

  /** Starts a new rollout. */
  clear(): void {
    this.filled = 0;
  }

  snapshot(): Snapshot {
    return { filled: this.filled, columns: copyColumns(this.columns()) };
  }

  restore(saved: Snapshot): void {
    this.filled = savedNumber(saved, 'filled');
    restoreColumns(this.columns(), child(saved, 'columns'), 'rollout');
  }

  /** Where the episode went on after step t, the value that step t + 1 began with. */
  private copyNextValues(t: number): void {
    const { slots } = this;
    for (let at = t * slots; at < (t + 1) * slots; at++)
      if (!this.truncated[at] || this.terminated[at]) this.nextValues[at] = this.values[at + slots];
  }

  private valueOf(obs: Float32Array, slot: number, critic: Critic): number {
    const { observation } = this.shape;
    for (let k = 0; k < observation; k++) this.row[k] = obs[slot * observation + k];
    return critic.value(this.row, slot);
  }

  private columns(): Record<string, Float32Array | Uint8Array> {
    const { rewards, values, nextValues, terminated, truncated, obs, actions, logProbs, pending } = this;
    return {
      rewards,
      values,
      nextValues,
      terminated,
      truncated,
      obs,
      actions,
      logProbs,
      pendingValues: pending.values,
      pendingActions: pending.actions,
      pendingLogProbs: pending.logProbs,
    };
  }
}
