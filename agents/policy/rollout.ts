/** A rollout of on-policy agents: T steps of E environments with the outputs of policy and critic, filled step by step. */
import { refusal } from '#core/errors.ts';
import { minibatchSize } from '#core/minibatches.ts';
import type { StepBuffers } from '#core/agent.ts';
import { observationSize, type EnvSpec } from '#core/env.ts';
import type { Rollout } from '#core/returns.ts';
import { copyColumns, restoreColumns, savedNumber, child, type Snapshot } from '#core/snapshot.ts';

/** Estimates V(s). */
interface Critic {
  /** Of the observation that follows in this slot. */
  value(obs: Float32Array, slot: number): number;
}

export interface RolloutShape {
  readonly steps: number;
  readonly slots: number;
  readonly observation: number;
  /** Numbers per action: 1 for an index. */
  readonly action: number;
}

/** Numbers that say which action was taken: 1 for an index. */
export function actionWidth({ action }: EnvSpec): number {
  return action.kind === 'discrete' ? 1 : action.low.length;
}

/** The rollout that an agent's settings ask for. */
export function rolloutShape(
  spec: EnvSpec,
  { steps, numEnvs }: { readonly steps: number; readonly numEnvs: number },
): RolloutShape {
  return { steps, slots: numEnvs, observation: observationSize(spec), action: actionWidth(spec) };
}

export class RolloutBuffer implements Rollout {
  readonly steps: number;
  readonly slots: number;
  readonly rewards: Float32Array;
  readonly values: Float32Array;
  readonly nextValues: Float32Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /** [T, E, observation] */
  readonly obs: Float32Array;
  /** [T, E, action] */
  readonly actions: Float32Array;
  readonly logProbs: Float32Array;
  /** Steps filled. */
  filled = 0;
  private readonly shape: RolloutShape;
  /** Outputs for the current step, for `observe` to store. */
  readonly pending: {
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

  /** Stores a step. The value of its successor is that of the next step, of `finalObs`, or of the rollout's end. */
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

  /** Where the episode continued after step t: the value at step t + 1. */
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

/** Numbers per row from which copying it as a block outweighs the view that this takes. */
const WIDE = 64;

/** Copies rows of a column into a batch, in their order. */
export function copyRows(column: Float32Array, rows: Uint32Array, into: Float32Array | Int32Array): void {
  const width = into.length / rows.length;
  if (width === 1) {
    for (let k = 0; k < rows.length; k++) into[k] = column[rows[k]];
    return;
  }
  if (width >= WIDE) {
    for (let k = 0; k < rows.length; k++)
      into.set(column.subarray(rows[k] * width, (rows[k] + 1) * width), k * width);
    return;
  }
  for (let k = 0; k < rows.length; k++) {
    const from = rows[k] * width;
    for (let j = 0; j < width; j++) into[k * width + j] = column[from + j];
  }
}

/** Refuses more minibatches than there are `count` rows, or sequences of `length` rows, to fill them with. */
export function checkMinibatches(minibatches: number, { count, length = 1 }: MinibatchRows): void {
  if (minibatches <= count) return;
  const what = length > 1 ? `sequences of ${length} steps` : 'steps';
  const expected = `at most ${count}, the ${what} of a rollout`;
  throw refusal('minibatches', expected, String(minibatches));
}

/** Refuses to normalise advantages within single rows: they would all be 0, and nothing would be learned. */
export function checkNormalised(minibatches: number, { count, length = 1 }: MinibatchRows): void {
  if (minibatchSize(count, minibatches) * length > 1) return;
  const field = count > 1 ? 'minibatches' : 'normaliseAdvantages';
  const single = 'within a single row they would all be 0';
  const [expected, got] =
    count > 1
      ? [`at most ${Math.floor(count / 2)} while advantages are normalised: ${single}`, String(minibatches)]
      : [`false for rollouts of one step: ${single}`, 'true'];
  throw refusal(field, expected, got);
}

/** What minibatches are cut from: rows, or sequences of `length` rows. */
interface MinibatchRows {
  readonly count: number;
  readonly length?: number;
}
